"""Flags and language keys of AniWorld.

Source: the page contract, 2.5. The file name of a flag tells; its title does not (the table
calls the English subtitles just "Englisch"), and the keys are the page's own affair.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from providers.base import Language
from providers.sites.aniworld.landmarks import attribute

if TYPE_CHECKING:
    from bs4 import Tag

_FLAGS = {
    "german": Language.GERMAN_DUB,
    "japanese-english": Language.ENGLISH_SUB,
    "japanese-german": Language.GERMAN_SUB,
    "english": Language.ENGLISH_DUB,
    "japanese": Language.JAPANESE,
}
# Only where the page itself does not tie a key to a flag.
_KEYS = {
    "1": Language.GERMAN_DUB,
    "2": Language.ENGLISH_SUB,
    "3": Language.GERMAN_SUB,
    "4": Language.ENGLISH_DUB,
}
_FLAG_FILE = re.compile(r"([^/?]{1,64})\.svg")
_LONGEST_ADDRESS = 2_000


def languages_of_row(row: Tag) -> tuple[str, ...]:
    """The languages of an episode by the flags in its row, in their order."""
    flags = (_flag(image) for image in row.select("img.flag"))
    return tuple(dict.fromkeys(_FLAGS.get(flag, f"unknown-{flag}") for flag in flags if flag))


def languages_by_key(page: Tag) -> dict[str, str]:
    """``data-lang-key`` → language, from the page's own language box."""
    found: dict[str, str] = {}
    for image in page.select("div.changeLanguageBox img[data-lang-key]"):
        key = attribute(image, "data-lang-key")
        flag = _flag(image)
        if flag:
            found[key] = _FLAGS.get(flag, f"unknown-{key}")
    return found


def language_of_key(key: str, box: dict[str, str]) -> str:
    """The language of a hoster entry; ``unknown-<key>`` where neither box nor table knows."""
    return box.get(key) or _KEYS.get(key) or f"unknown-{key}"


def _flag(image: Tag) -> str:
    for name in ("data-src", "src"):
        path = attribute(image, name)[:_LONGEST_ADDRESS].partition("?")[0]
        match = _FLAG_FILE.fullmatch(path.rpartition("/")[2])
        if match:
            return match.group(1).lower()
    return ""
