"""Fetching one episode, in a process of its own that may be killed at any moment. No Django.

The worker starts ``python -m downloads.transfer`` twice for an episode: to *fetch* (resolve the
sources, download from the first that works) and to *finish* (remux, check). Two processes, because
the downloader's memory is gone before the media library and ffmpeg need theirs.
"""
