"""The series' title, as its folder gives it, hidden in the name of a file.

A title's own number or word ("Area 88", "Special 7", "Episode G") is not the episode's: where the
folder says the title, the file is read without it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from library.names.titles import key
from library.names.words import CHAPTER, EPISODE, FILM, PART, SPECIAL, alternatives
from library.naming.extras import DISC_EXTRA

_WORD = rf"(?:{'|'.join((SPECIAL, FILM, EPISODE, CHAPTER, PART))})"
_MISLEADING = re.compile(rf"\d|(?<![^\W_])(?:{_WORD}|{DISC_EXTRA})(?![^\W_])")
_NUMBERED_WORD = re.compile(rf"(?<![^\W_]){alternatives(f'{SPECIAL}|{FILM}')} \d{{1,3}}(?!\w)")
# At the end of a title such a word says what the series is: "Title OVA - 02" is a special.
_LAST_WORD = re.compile(rf"(?<![^\W_]){alternatives(f'{SPECIAL}|{FILM}')}$")
# ... but "The Specials" is a name, and so is a title that is nothing else.
_ARTICLES = frozenset({"", "the", "der", "die", "das", "le", "la", "les", "el", "il"})
_LETTER = re.compile(r"[^\W_]")
_GROUPS = r"(?:\[[^\[\]]*\][ .-]{0,3}|\([^()]*\)[ .-]{0,3}){0,3}"
# 05 - Title: the number may stand first.
_FIRST = r"(?P<first>\d{1,4}[).]? (?:- )?)??"
_BETWEEN = r"[\W_]{0,4}"


class Hidden(NamedTuple):
    """A name with its series' title hidden, and how the hidden title is spelled as a key."""

    low: str
    key: str


def hide_title(low: str, titles: tuple[str, ...], *, in_season: bool) -> Hidden | None:
    """`low` with the first of `titles` (keys) that it begins with hidden, behind release groups.

    `in_season` says that the folder of a season holds it, so that no word makes it a special.
    None where none of them misleads or is there, or no number is before or behind it.
    """
    for title in titles:
        pattern = _pattern(title)
        match = pattern.match(low) if pattern else None
        if match:
            return _hidden(low, match, in_season=in_season)
    return None


def _hidden(low: str, match: re.Match[str], *, in_season: bool) -> Hidden | None:
    if not match["first"] and not any(char.isdecimal() for char in low[match.end() :]):
        return None
    title = match["title"]
    last = None if in_season else _LAST_WORD.search(title)
    named = last is not None and key(title[: last.start()]) not in _ARTICLES
    kept = len(title) - len(last[0]) if last and named else len(title)
    hidden = _LETTER.sub("q", title[:kept]) + title[kept:]
    return Hidden(low[: match.start("title")] + hidden + low[match.end() :], key(hidden))


@lru_cache(maxsize=2048)
def _pattern(title_key: str) -> re.Pattern[str] | None:
    """The title in any spelling, or its part that misleads most; None where nothing does."""
    if not title_key or not _MISLEADING.search(title_key):
        return None
    numbered = _NUMBERED_WORD.search(title_key)
    spelled = "|".join(
        _BETWEEN.join(map(re.escape, text.split(" ")))
        for text in (title_key, numbered[0] if numbered else "")
        if text
    )
    return re.compile(rf"{_GROUPS}{_FIRST}\[?(?P<title>{spelled})(?![^\W_])")
