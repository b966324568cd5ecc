"""What the name reader found in one name."""

from __future__ import annotations

from typing import NamedTuple, TypedDict


class NameJson(TypedDict):
    """The object `manage.py parsenames` prints for one name."""

    season: int | None
    episodes: list[int]
    absolute: list[int]
    title: str | None
    year: int | None
    special: bool
    version: int | None
    group: str | None
    language: str | None


class NameReading(NamedTuple):
    """Numbers and facts a path gives about one video file.

    `episodes` count within `season` (None where neither name nor folder says which);
    `absolute` count over the whole series. `rule` names the line of the grammar that read
    the name; `problem` says why no number was read and is empty when one was.
    """

    season: int | None = None
    episodes: tuple[int, ...] = ()
    absolute: tuple[int, ...] = ()
    title: str | None = None
    year: int | None = None
    special: bool = False
    version: int | None = None
    group: str | None = None
    language: str | None = None
    rule: str = ""
    problem: str = ""

    def as_json(self) -> NameJson:
        return {
            "season": self.season,
            "episodes": list(self.episodes),
            "absolute": list(self.absolute),
            "title": self.title,
            "year": self.year,
            "special": self.special,
            "version": self.version,
            "group": self.group,
            "language": self.language,
        }
