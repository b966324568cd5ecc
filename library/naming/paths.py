"""Paths between the disk and the database.

A file name on disk is bytes; the database holds text. Names that are not valid UTF-8 must come
back as the same bytes, so the stored form is the name with every byte that is not UTF-8 written
as ``\\xNN`` and every real backslash doubled. Ordinary names are stored as they are.
"""

from __future__ import annotations

import re

_ESCAPED = re.compile(r"\\(?:x([0-9a-f]{2})|\\)")
_TO_ESCAPE = re.compile("[\\\\\udc80-\udcff]")
_NO_TEXT = re.compile("[\udc00-\udcff]")


def to_stored(path: str) -> str:
    """Make a path as ``os`` gives it (surrogateescape) storable."""
    if path.isascii() and "\\" not in path:
        return path
    return _TO_ESCAPE.sub(_escape, path)


def from_stored(stored: str) -> str:
    """Give back the path that ``os`` understands. The inverse of :func:`to_stored`."""
    if "\\" not in stored:
        return stored
    return _ESCAPED.sub(_unescape, stored)


def to_shown(stored: str) -> str:
    """The name for people, with U+FFFD for every byte that is not UTF-8. Never leads back."""
    return _NO_TEXT.sub("\ufffd", from_stored(stored))


def folder_of(stored: str) -> str:
    """The folder that a path below a root lies in; "" is the root itself."""
    return stored.rpartition("/")[0]


def is_utf8(stored: str) -> bool:
    """Whether the name on disk is valid UTF-8."""
    return _NO_TEXT.search(from_stored(stored)) is None


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    return "\\\\" if character == "\\" else f"\\x{ord(character) - 0xDC00:02x}"


def _unescape(match: re.Match[str]) -> str:
    return chr(0xDC00 + int(match[1], 16)) if match[1] else "\\"
