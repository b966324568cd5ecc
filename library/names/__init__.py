"""The name reader: pure Python, no Django, no file system."""

from library.names.files import VIDEO_EXTENSIONS, ignored_directory, ignored_file, is_video
from library.names.reader import read
from library.names.reading import NameJson, NameReading

__all__ = [
    "VIDEO_EXTENSIONS",
    "NameJson",
    "NameReading",
    "ignored_directory",
    "ignored_file",
    "is_video",
    "read",
]
