"""The page of one series, composed of the library's episodes and the queue's items."""
