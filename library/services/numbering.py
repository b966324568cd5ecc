"""From the numbers in file names to the catalogue's numbers, for one series.

Three things decide, in this order: the owner's ranges for the series, the season the file
names, the catalogue's episode counts for numbers that run over the whole series.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Annotated, Any, NamedTuple, Self, TypedDict

from aniworld.web.shapes import Bounds
from aniworld.web.texts import text_of
from library.errors import InvalidMapping, MappingContradicts
from providers.coded import WHY, Coded, coded

Number = tuple[int, int]  # season, episode in the catalogue
MAX_NUMBER = 100_000
MAX_RANGES = 500
_BOUNDS = Bounds(0, MAX_NUMBER)
# The steps that lead to an episode: codes.
AS_NAMED = "placed_as_named"
OWN_NUMBERING = "placed_by_own_numbering"
COUNTED_BEFORE = "placed_after_seasons_before"
COUNTED_OVER_ALL = "placed_over_all_seasons"
NO_NUMBER = coded("no_episode_number")
SET_ASIDE = coded("number_set_aside")


class MappingRange(TypedDict):
    """``library_season`` null: the library counts over the whole series. ``provider_season`` null:
    the numbers are none of the catalogue's (it has withdrawn what they were)."""

    library_season: Annotated[int | None, _BOUNDS]
    library_first: Annotated[int, _BOUNDS]
    library_last: Annotated[int, _BOUNDS]
    provider_season: Annotated[int | None, _BOUNDS]
    provider_first: Annotated[int, _BOUNDS]


@dataclass(frozen=True, slots=True)
class Range:
    """Library episodes ``first`` to ``last`` are the provider's from ``provider_first`` on; without
    a ``provider_season`` they are none of them."""

    library_season: int | None
    library_first: int
    library_last: int
    provider_season: int | None
    provider_first: int

    def holds(self, season: int | None, number: int) -> bool:
        """Whether it decides about this number of the library."""
        is_in = self.library_first <= number <= self.library_last
        return season == self.library_season and is_in

    def to_provider(self, season: int | None, number: int) -> Number | None:
        if self.provider_season is None or not self.holds(season, number):
            return None
        return self.provider_season, number - self.library_first + self.provider_first

    def to_library(self, season: int, number: int) -> tuple[int | None, int] | None:
        offset = number - self.provider_first
        if (
            self.provider_season is None
            or season != self.provider_season
            or not 0 <= offset <= self.length - 1
        ):
            return None
        return self.library_season, self.library_first + offset

    def __str__(self) -> str:
        """Words for the owner: "absolute 101 to 112 → season 2 from 1"."""
        return text_of(self.in_code())

    def in_code(self) -> Coded:
        """What ``str`` says."""
        why = "absolute" if self.library_season is None else "season"
        if self.provider_season is None:
            why = f"{why}_aside"
        return {"code": "range", "params": {WHY: why, **self.as_json()}}

    @property
    def value(self) -> str:
        """Names the range among those of its series: no other one begins there."""
        return f"{'' if self.library_season is None else self.library_season}-{self.library_first}"

    @property
    def provider_last(self) -> int:
        return self.provider_first + self.length - 1

    @property
    def length(self) -> int:
        return self.library_last - self.library_first + 1

    def as_json(self) -> MappingRange:
        return {
            "library_season": self.library_season,
            "library_first": self.library_first,
            "library_last": self.library_last,
            "provider_season": self.provider_season,
            "provider_first": self.provider_first,
        }


class Placed(NamedTuple):
    """Where a file's numbers belong, and by which step; else what speaks against it."""

    numbers: tuple[Number, ...] = ()
    how: str = ""
    problem: Coded | None = None


@dataclass(frozen=True, slots=True)
class Numbering:
    """``listed`` are the catalogue's episode numbers by season."""

    listed: Mapping[int, Sequence[int]] = field(default_factory=dict)
    ranges: Sequence[Range] = ()

    @classmethod
    def of(cls, listed: Iterable[Number], mapping: Any = ()) -> Self:
        seasons: dict[int, list[int]] = {}
        for season, number in sorted(listed):
            seasons.setdefault(season, []).append(number)
        return cls(seasons, ranges_from_json(mapping) if mapping else ())

    def place(self, season: int | None, episodes: Sequence[int], absolute: Sequence[int]) -> Placed:
        """Return the catalogue numbers of a file that was read as these numbers."""
        if episodes and season is not None:
            if not self.ranges and season not in self.listed:  # of most files of a first scan
                return _as_named(season, tuple(episodes))
            return self._in_season(season, episodes)
        if numbers := (absolute or episodes):
            return self._counted(numbers)
        return Placed(problem=NO_NUMBER)

    def library_number(self, season: int, number: int) -> Number:
        """Return the numbers a new file gets in its name for one of the catalogue's episodes."""
        for entry in self.ranges:
            found = entry.to_library(season, number)
            if found is not None and found[0] is not None:
                return found[0], found[1]
        return season, number

    def absolute_number(self, season: int, number: int) -> int | None:
        """Return the number over all seasons that a new file gets for one of the catalogue's
        episodes; None where it has none (specials) or a scan would take it for another episode."""
        found = self._own_absolute(season, number)
        if found is None:
            found = self._position(season, number)
        if found is None or self._counted((found,)).numbers != ((season, number),):
            return None
        return found

    def _own_absolute(self, season: int, number: int) -> int | None:
        for entry in self.ranges:
            found = entry.to_library(season, number)
            if found is not None and found[0] is None:
                return found[1]
        return None

    def _position(self, season: int, number: int) -> int | None:
        """The opposite of ``_nth``."""
        seasons = [one for one in self.listed if one > 0]
        if len(seasons) <= 1:
            return number
        if number not in self.listed.get(season, ()):
            return None
        before = sum(len(self.listed[one]) for one in seasons if one < season)
        return before + self.listed[season].index(number) + 1

    def _in_season(self, season: int, episodes: Sequence[int]) -> Placed:
        mapped = [self._by_range(season, number) for number in episodes] if self.ranges else ()
        aside = [self._is_aside(season, number) for number in episodes] if self.ranges else ()
        if any(mapped) or any(aside):
            numbers = tuple(
                found or (season, number)
                for found, number, is_aside in zip(mapped, episodes, aside, strict=True)
                if not is_aside
            )
            return Placed(numbers, OWN_NUMBERING, None if numbers else SET_ASIDE)
        return self._counted_in_season(season, episodes) or _as_named(season, tuple(episodes))

    def _counted_in_season(self, season: int, episodes: Sequence[int]) -> Placed | None:
        """Files in "Season 2" that go on counting from season 1 (26 instead of 1)."""
        listed = self.listed.get(season)
        if season == 0 or not listed or min(episodes) <= listed[-1]:
            return None
        numbers = [self._nth(number) for number in episodes]
        if any(number is None or number[0] != season for number in numbers):
            return None
        return Placed(
            tuple(number for number in numbers if number),
            how=COUNTED_BEFORE,
        )

    def _counted(self, absolute: Sequence[int]) -> Placed:
        numbers = []
        how = COUNTED_OVER_ALL
        for number in absolute:
            if self._is_aside(None, number):
                continue
            mapped = self._by_range(None, number)
            found = mapped or self._nth(number)
            if found is None:
                return Placed(problem=coded("catalogue_too_short", number=number))
            how = OWN_NUMBERING if mapped else how
            numbers.append(found)
        return Placed(tuple(numbers), how, None if numbers else SET_ASIDE)

    def _is_aside(self, season: int | None, number: int) -> bool:
        return any(one.provider_season is None and one.holds(season, number) for one in self.ranges)

    def _by_range(self, season: int | None, number: int) -> Number | None:
        for entry in self.ranges:
            if found := entry.to_provider(season, number):
                return found
        return None

    def _nth(self, number: int) -> Number | None:
        """The ``number``-th episode over all regular seasons, counted from 1."""
        seasons = [season for season in self.listed if season > 0]
        if len(seasons) <= 1:  # nothing to count over: the number is the episode's
            return (seasons[0] if seasons else 1), number
        if number < 1:
            return None
        left = number
        for season in seasons:
            if left <= len(self.listed[season]):
                return season, self.listed[season][left - 1]
            left -= len(self.listed[season])
        return None


@lru_cache(maxsize=4096)  # every series has an S01E05
def _as_named(season: int, episodes: tuple[int, ...]) -> Placed:
    return Placed(tuple([(season, number) for number in episodes]), AS_NAMED)


def ranges_from_json(data: Any) -> tuple[Range, ...]:
    """Read ranges given by a person or a file. Raises ``InvalidMapping``."""
    if not isinstance(data, list) or len(data) > MAX_RANGES:
        raise InvalidMapping(why="no_list", most=MAX_RANGES)
    ranges = tuple(_range(entry, place) for place, entry in enumerate(data, 1))
    for position, entry in enumerate(ranges):
        for other in ranges[:position]:
            _refuse_overlap(entry, other)
    return ranges


def _range(entry: Any, place: int) -> Range:
    names = MappingRange.__annotations__
    if not isinstance(entry, dict) or set(entry) != set(names):
        raise InvalidMapping(why="names", place=place, names=list(names))
    for name, value in entry.items():
        if value is None and name in ("library_season", "provider_season"):
            continue
        if type(value) is not int or not 0 <= value <= MAX_NUMBER:
            raise InvalidMapping(why="number", place=place, name=name, most=MAX_NUMBER)
    found = Range(**entry)
    if found.length < 1:
        raise MappingContradicts(why="order", place=place)
    return found


def _refuse_overlap(one: Range, other: Range) -> None:
    if (
        one.library_season == other.library_season
        and one.library_first <= other.library_last
        and other.library_first <= one.library_last
    ):
        raise MappingContradicts(why="library_twice", one=other.in_code(), other=one.in_code())
    # One counted by season and one over all may lead to the same: files of both kinds are about.
    both_kinds = (one.library_season is None) != (other.library_season is None)
    if one.provider_season is None or both_kinds:
        return
    if (
        one.provider_season == other.provider_season
        and one.provider_first < other.provider_first + other.length
        and other.provider_first < one.provider_first + one.length
    ):
        raise MappingContradicts(why="provider_twice", one=other.in_code(), other=one.in_code())
