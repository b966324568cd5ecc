"""What the sites list, beside what is in the library and in the queue: it joins both rooms."""
