"""Reading the library folders: walk, compare, match, guard, write."""
