"""Text of any origin as the name of a file or folder: cleaned, and cut to what a name may hold."""

from __future__ import annotations

import re
import unicodedata
from itertools import takewhile

LONGEST_NAME = 255  # bytes, on every file system in common use

_COLON_IN_TITLE = re.compile(r"\s*:\s+")
_REPLACED = str.maketrans(
    {"/": "+", "\\": "+", ":": "-", "|": "-", "*": "-", "?": "!", '"': "'", "<": "(", ">": ")"}
)
# Marks that nobody sees: they turn the direction of what follows, or make two names look the same.
_TURNING = "\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
_UNSEEN = re.compile(f"[{_TURNING}]")
# The same as a class of a pattern that others read, with control characters and line breaks.
UNSEEN = (
    r"\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    r"\ufeff\ufff9-\ufffb"
)
_CONTROL = frozenset({"Cc", "Zl", "Zp"})
_NO_TEXT = frozenset({"Cc", "Cs", "Cn"})
_RESERVED = re.compile(
    r"(?i)^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?= *(?:\.|$))"
)

_ZERO_WIDTH_JOINER = "\u200d"
_MARKS = frozenset({"Mn", "Mc", "Me"})  # these belong to the letter before them, ...
_LIKE_MARKS = frozenset("\u0e33\u0eb3")  # ... and so do the AM of Thai and of Lao
_SKIN_TONES = re.compile("[\U0001f3fb-\U0001f3ff]")
_TAGS = re.compile("[\U000e0020-\U000e007f]")  # of the flags of Scotland and the like
_REGIONAL = re.compile("[\U0001f1e6-\U0001f1ff]")  # two of them are one flag
_VIRAMA = 9  # the combining class of what joins two consonants


def clean(text: str) -> str:
    """Text of any origin as a part of a file's or folder's name on any system.

    "Re: Zero" becomes "Re - Zero", "Re:Zero" becomes "Re-Zero".
    """
    text = unicodedata.normalize("NFC", text)
    text = _COLON_IN_TITLE.sub(" - ", text).translate(_REPLACED)
    if not text.isprintable():
        text = "".join(" " if char.isspace() else char for char in text if _is_kept(char))
    return " ".join(text.split())


def whole_name(text: str) -> str:
    """Cleaned text as a whole name; empty where only dots and spaces are left of it."""
    # A leading dot would hide the file from every scanner, a trailing one is lost on Windows.
    return _RESERVED.sub(r"\1_", clean(text).strip(" ."))


def is_reserved(name: str) -> bool:
    """Whether Windows, and so every share that Windows reads, keeps a name for itself."""
    return _RESERVED.search(name) is not None


def has_unseen(name: str) -> bool:
    """Whether a name holds line breaks, control characters or marks that nobody sees."""
    return _UNSEEN.search(name) is not None or any(
        unicodedata.category(char) in _CONTROL for char in name
    )


def cut(text: str, size: int) -> str:
    """The beginning of ``text`` that fits into ``size`` bytes of UTF-8.

    What people see as one character is not torn apart, unless it alone is longer than ``size``.
    """
    encoded = text.encode()
    if len(encoded) <= size:
        return text
    fitting = len(encoded[:size].decode(errors="ignore"))
    end = fitting
    while end and not _may_end(text, end):
        end -= 1
    return text[: end or fitting]


def _is_kept(char: str) -> bool:
    if char.isspace():
        return True
    return unicodedata.category(char) not in _NO_TEXT and _UNSEEN.match(char) is None


def _may_end(text: str, end: int) -> bool:
    """Whether a character, as people see it, ends before ``text[end]``."""
    before, after = text[end - 1], text[end]
    if after == _ZERO_WIDTH_JOINER or after in _LIKE_MARKS:
        return False
    if unicodedata.category(after) in _MARKS or _SKIN_TONES.match(after) or _TAGS.match(after):
        return False
    if before == _ZERO_WIDTH_JOINER or unicodedata.combining(before) == _VIRAMA:
        return False
    if _REGIONAL.match(after):
        flags = sum(1 for _ in takewhile(_REGIONAL.match, reversed(text[:end])))
        return flags % 2 == 0
    return True
