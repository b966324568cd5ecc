"""The series of a library that is lived by chance, and how their files are named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

Number = tuple[int, int]
Place = tuple[int, str]  # which root, folder in it

TITLES = {
    "Amber Tide": {0: 2, 1: 12, 2: 12},
    "Bright Moor": {1: 13},
    "Cold Harbour": {0: 1, 1: 24},
    "Dune Walk": {1: 12, 2: 10, 3: 8},
    "Echo Lane": {1: 6},
    "Far Field": {1: 12},
    "Grey Wharf": {1: 12, 2: 13},
}


@dataclass
class Video:
    """A file, and where it is: in which folder of which root, below it, or nowhere just now."""

    place: Place
    below: str
    numbers: frozenset[Number]
    is_away: bool = False
    is_given_up: bool = False  # the owner has said that it is deleted, while it was away
    is_missed: bool = False  # a scan of everything has seen that it is away

    @property
    def path(self) -> str:
        return f"{self.place[1]}/{self.below}"


@dataclass
class Show:
    title: str
    counts: dict[int, int]
    home: Place
    is_link: bool = False
    target_is_away: bool = False
    is_refused: bool = False
    monitored: bool = True
    videos: list[Video] = field(default_factory=list)
    is_touched: bool = False  # since the last scan: one change of its folder at a time
    is_moved: bool = False  # since the last scan of everything

    @property
    def key(self) -> str:
        return self.title.lower().replace(" ", "-")

    @property
    def visible(self) -> list[Video]:
        return [] if self.target_is_away else [v for v in self.videos if not v.is_away]

    @property
    def away(self) -> list[Video]:
        return [video for video in self.videos if video.is_away or self.target_is_away]

    @property
    def there(self) -> set[Number]:
        return {number for video in self.visible for number in video.numbers}

    @property
    def everything(self) -> list[Number]:
        return [(s, n) for s, count in self.counts.items() for n in range(1, count + 1)]

    @property
    def has_left_something(self) -> bool:
        """Whether files of it are known in a folder that is no more its own."""
        return any(v.place != self.home and not v.is_given_up for v in self.videos)


def by_season(show: Show, numbers: list[Number]) -> str:
    season, number = numbers[0]
    more = f"-E{numbers[-1][1]:02}" if len(numbers) > 1 else ""
    folder = f"Season {season}" if season else "Specials"
    return f"{folder}/{show.title} - S{season:02}E{number:02}{more}.mkv"


def _flat(show: Show, numbers: list[Number]) -> str:
    season, number = numbers[0]
    return (
        f"{show.title} {season}x{number:02} 1080p WEB.mp4" if season else by_season(show, numbers)
    )


def _in_words(show: Show, numbers: list[Number]) -> str:
    season, number = numbers[0]
    return f"Staffel {season}/Folge {number}.mkv" if season else by_season(show, numbers)


def _over_all(show: Show, numbers: list[Number]) -> str:
    season, number = numbers[0]
    if not season:
        return by_season(show, numbers)
    before = sum(count for s, count in show.counts.items() if 0 < s < season)
    return f"[New] {show.title} - {before + number:02} [1080p].mkv"


NAMINGS: list[Callable[[Show, list[Number]], str]] = [by_season, _flat, _in_words, _over_all]
