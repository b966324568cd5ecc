"""The database as a thing that can be away, damaged or lost."""
