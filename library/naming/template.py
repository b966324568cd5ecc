"""The parts of the owner's naming template, and one part rendered.

A template such as ``{name} ({year})/Season {season:02}/{name} - S{season:02}E{episode:02}`` is
rendered part by part, so that nothing in a title can make a folder or leave one.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from library.naming.text import LONGEST_NAME, clean, cut, whole_name

DEFAULT_SERIES_PART = "{name} ({year})"

# A folder that names none of these is of no series, ...
_OF_A_SERIES = frozenset({"name", "key"})
# ... one that names any of these is of a season or an episode.
_OF_AN_EPISODE = frozenset({"season", "episode", "absolute", "title", "language"})

_EMPTY = "\0"  # stands for an empty token until its surroundings are tidied
_EMPTY_BRACKETS = re.compile(r"\(\s*\0\s*\)|\[\s*\0\s*\]|\{\s*\0\s*\}")
_EMPTY_FIRST = re.compile(r"^\0\s*[-–—._]?\s*")
_EMPTY_LATER = re.compile(r"(?:\s*[-–—._]\s*|\s+)?\0")

Values = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class EpisodeName:
    """What a template can name.

    Attributes:
        language: empty for the owner's default language.
        absolute: the episode's number counted over all regular seasons; None where it has none.
    """

    name: str
    season: int
    episode: int
    title: str = ""
    year: int | None = None
    language: str = ""
    key: str = ""
    absolute: int | None = None

    def values(self) -> dict[str, str | int]:
        """What the tokens stand for."""
        return {
            **series_values(self.name, self.year, self.key),
            "season": self.season,
            "episode": self.episode,
            "absolute": "" if self.absolute is None else self.absolute,
            "title": _worded(self.title),
            "language": _worded(self.language),
        }


class Parts(NamedTuple):
    """A template taken apart: the series' folder, the folders in it, the file without extension."""

    series: str
    inner: list[str]
    file: str


def parts_of(template: str) -> Parts:
    """Take a template apart.

    The series' folder lies directly in the library folder and is one for all its episodes: the
    first part that names the series and nothing of an episode. What goes before it says nothing of
    the series. Where an episode is named first, the series' folder is ``Name (year)``.
    """
    *folders, file = [part for part in template.split("/") if part.strip()]
    for at, part in enumerate(folders):
        named = _tokens(part)
        if named & _OF_AN_EPISODE:
            return Parts(DEFAULT_SERIES_PART, folders[at:], file)
        if named & _OF_A_SERIES:
            return Parts(part, folders[at + 1 :], file)
    return Parts(DEFAULT_SERIES_PART, [], file)


def series_values(name: str, year: int | None, key: str) -> dict[str, str | int]:
    """What the tokens of a series stand for; a name nothing is left of gives way to the key."""
    return {"name": _worded(name) or _worded(key), "year": year or "", "key": _worded(key)}


def render(part: str, values: Values, *, room: int = LONGEST_NAME) -> str:
    """One part of a template, at most ``room`` bytes long; empty where nothing is left of it.

    An empty token takes its brackets and the dash before it along. Where the part is too long the
    title gives way first, then the series' name, so that season and episode stay readable.
    """
    values = dict(values)
    if f"{values['name']}".endswith(f"({values['year']})") and "name" in _tokens(part):
        values["year"] = ""  # of "Show (2013)" it is said
    for token in ("title", "name", "key", "title", "name", "key"):
        excess = len(_filled(part, values).encode()) - room
        if excess <= 0:
            break
        value = str(values.get(token, ""))
        values[token] = cut(value, max(len(value.encode()) - excess, 0)).rstrip(" .-")
    return cut(_filled(part, values), room).rstrip(" .")


def names_token(part: str, token: str) -> bool:
    return token in _tokens(part)


def _tokens(part: str) -> set[str]:
    return {token for _, token, _, _ in string.Formatter().parse(part) if token is not None}


def _worded(text: str) -> str:
    """Nothing, where only dots and dashes are left."""
    cleaned = clean(text)
    return cleaned if cleaned.strip(" .-") else ""


def _filled(part: str, values: Values) -> str:
    pieces = []
    for literal, token, width, _ in string.Formatter().parse(part):
        pieces.append(literal)
        if token is not None:
            value = values[token]
            pieces.append(_EMPTY if value == "" else _padded(value, width or ""))
    return whole_name(_without_empty("".join(pieces)))


def _padded(value: str | int, width: str) -> str:
    return format(value, width) if isinstance(value, int) else str(value)


def _without_empty(text: str) -> str:
    """Take empty tokens out, with the brackets round them and the dash before them."""
    while _EMPTY_BRACKETS.search(text):
        text = _EMPTY_BRACKETS.sub(_EMPTY, text)
    while _EMPTY in text:
        text = _EMPTY_LATER.sub("", _EMPTY_FIRST.sub("", text), count=1)
    return text
