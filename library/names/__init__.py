"""The name reader: pure Python, no Django, no file system."""

from library.names.reader import read
from library.names.reading import NameJson, NameReading

__all__ = [
    "NameJson",
    "NameReading",
    "read",
]
