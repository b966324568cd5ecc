"""How a file says that Aniworld wrote it, and that nobody has changed it since. No Django.

The mark stands in the file itself: a digest of all the rest of it. So it outlives a database that
is lost or restored, and whatever somebody else has written, or changed, has none.
"""

from __future__ import annotations

import hashlib
import re

_WORDS = b"Written by Aniworld: "
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_COMMENT = re.compile(re.escape(_DECLARATION + b"<!-- " + _WORDS) + rb"([0-9a-f]{64}) -->\n")
_START, _COMMENT_SEGMENT, _FIRST_SEGMENT = b"\xff\xd8", b"\xff\xfe", b"\xff\xe0"


def marked_xml(elements: bytes) -> bytes:
    """A whole file of these elements. Args: elements: as they follow the declaration."""
    return _DECLARATION + b"<!-- " + _WORDS + _digest(elements) + b" -->\n" + elements


def marked_jpeg(picture: bytes) -> bytes:
    """The same picture with a mark, as a comment behind its first segment."""
    at = _place(picture)
    content = _WORDS + _digest(picture)
    segment = _COMMENT_SEGMENT + (len(content) + 2).to_bytes(2, "big") + content
    return picture[:at] + segment + picture[at:]


def is_ours(content: bytes) -> bool:
    """Whether Aniworld has written exactly this."""
    if (found := _COMMENT.match(content)) is not None:
        return found[1] == _digest(content[found.end() :])
    return content.startswith(_START) and _is_our_picture(content)


def _is_our_picture(content: bytes) -> bool:
    at = _place(content)
    if content[at : at + 2] != _COMMENT_SEGMENT:
        return False
    end = at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    said = content[at + 4 : end]
    return said == _WORDS + _digest(content[:at] + content[end:])


def _place(picture: bytes) -> int:
    """Where a comment stands: readers want the segment that says what it is before it."""
    if picture[2:4] != _FIRST_SEGMENT:
        return 2
    return 4 + int.from_bytes(picture[4:6], "big")


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()
