"""Texts of foreign documents as they are shown: without markup, in one line, of bounded length."""

from __future__ import annotations

import html
import re

LONGEST_TITLE = 500
LONGEST_TEXT = 10_000
_LONGEST_RAW = 100_000
_TAG = re.compile(r"</?[A-Za-z!][^<>]{0,2000}>")
_HALF = re.compile("[\ud800-\udfff]")


def plain(text: str, *, most: int = LONGEST_TITLE) -> str:
    """A title as a person wrote it. What looks like markup in it is none: it may be "<harmony/>".

    Args:
        most: characters that are kept.
    """
    text = _HALF.sub("\N{REPLACEMENT CHARACTER}", text[:_LONGEST_RAW])
    shown = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(shown.split())[:most].rstrip()


def prose(text: str, *, most: int = LONGEST_TEXT) -> str:
    """A description, which may be HTML, without its markup.

    Args:
        most: characters that are kept.
    """
    without = _TAG.sub(" ", text[:_LONGEST_RAW])
    return plain(html.unescape(without), most=most)
