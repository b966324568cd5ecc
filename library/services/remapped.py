"""The owner's numbering of a series, changed so that each file keeps its episode. Plain code.

A *key* is a number as file names have it: season and number, or no season and a number over all
seasons. What each key stood for before is followed to its new number; keys that stand by themselves
for what they are to need no range.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from library.errors import InvalidMapping
from library.services.numbering import (
    MAX_NUMBER,
    MAX_RANGES,
    MappingRange,
    Number,
    Numbering,
    Range,
    ranges_from_json,
)

Key = tuple[int | None, int]
MOST_KEYS = 20_000


@dataclass(frozen=True, slots=True)
class Named:
    """The numbers in the name of a file, as the name reader gives them."""

    season: int | None
    episodes: tuple[int, ...]
    absolute: tuple[int, ...]

    def placed(self, numbering: Numbering) -> tuple[Number, ...]:
        return numbering.place(self.season, self.episodes, self.absolute).numbers

    @property
    def keys(self) -> tuple[Key, ...]:
        if self.episodes and self.season is not None:
            return tuple((self.season, number) for number in self.episodes)
        return tuple((None, number) for number in self.absolute or self.episodes)


@dataclass(frozen=True, slots=True)
class Renumbering:
    """What has happened to the catalogue's numbers.

    Attributes:
        moves: old by new number.
        listed: the new list.
        gone: old numbers whose episodes the new list has not.
        known: all old numbers, also of what was withdrawn before.
    """

    moves: Mapping[Number, Number]
    listed: Collection[Number]
    gone: Collection[Number] = frozenset()
    known: Collection[Number] = frozenset()
    targets: Collection[Number] = field(init=False)
    come: Collection[Key] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "targets", set(self.moves.values()))
        object.__setattr__(self, "come", set(self.listed) - set(self.known))

    def follow(self, number: Number) -> Number | None:
        """Where an old number leads now; None: its episode is no more, and another one has it."""
        if number in self.moves:
            return self.moves[number]
        is_another = number in self.targets or (number in self.gone and number in self.listed)
        return None if is_another else number


def remapped(
    files: Sequence[Named], numbering: Numbering, change: Renumbering
) -> list[MappingRange] | None:
    """The ranges by which each of these files stands for the episode that it stood for.

    Args:
        numbering: that of the series before.

    Returns:
        None where no ranges can say it: there would be too many.
    """
    try:
        found = _Keys(files, numbering, change).ranges()
    except _TooMany:
        return None
    ranges = [one.as_json() for one in found]
    try:
        ranges_from_json(ranges)
    except InvalidMapping:
        return None
    return ranges


class _TooMany(Exception):
    """More keys than are followed one by one."""


@dataclass(slots=True)
class _Keys:
    files: Sequence[Named]
    numbering: Numbering
    change: Renumbering
    wanted: dict[Key, Number | None] = field(default_factory=dict)
    rest: list[Range] = field(default_factory=list)  # of ranges that go beyond what is listed

    def ranges(self) -> list[Range]:
        self._of_files()
        if self._is_as_it_is_to_be():
            return list(self.numbering.ranges)
        self._of_ranges()
        plain = Numbering.of(self.change.listed)
        if not self.numbering.ranges and not self._needed(plain):
            return []
        if any(season is not None for season, _ in self.wanted):
            self._of_the_catalogue()
            self._refuse_twice()
            self._of_what_has_come()
        else:
            self._refuse_twice()
        found = [*runs(self._needed(plain)), *self.rest]
        if len(found) > MAX_RANGES:
            raise _TooMany
        return found

    def _of_files(self) -> None:
        for file in self.files:
            numbers = file.placed(self.numbering)
            if len(numbers) == len(file.keys):
                for key, number in zip(file.keys, numbers, strict=True):
                    # Now that it is listed as it is named it is that one.
                    if key == number or key not in self.change.come:
                        self.wanted[key] = self._follow(number)
            elif numbers:  # some of its numbers are set aside
                for key in file.keys:
                    self._alone(key)
        if len(self.wanted) > MOST_KEYS:
            raise _TooMany

    def _is_as_it_is_to_be(self) -> bool:
        """Whether the numbering there is says it all; then it is not written anew."""
        if self.change.moves or self.change.gone:
            return False
        now = replace(Numbering.of(self.change.listed), ranges=self.numbering.ranges)
        taken = (one.holds(*number) for one in now.ranges for number in self.change.come)
        return not any(taken) and all(self._stands(file, now) for file in self.files)

    def _alone(self, key: Key) -> None:
        season, number = key
        episodes, absolute = ((number,), ()) if season is not None else ((), (number,))
        placed = self.numbering.place(season, episodes, absolute).numbers
        self.wanted[key] = self._follow(placed[0]) if placed else None

    def _of_ranges(self) -> None:
        """The ranges there are lead to the new numbers of the episodes they led to."""
        last: dict[int, int] = {}
        for season, number in (*self.change.known, *self.change.listed):
            last[season] = max(last.get(season, 0), number)
        for one in self.numbering.ranges:
            if one.provider_season is None:
                end = one.library_last
            else:
                offset = last.get(one.provider_season, 0) - one.provider_first
                end = min(one.library_last, one.library_first + offset)
            if end - one.library_first > MOST_KEYS:
                raise _TooMany
            for number in range(one.library_first, end + 1):
                target = one.to_provider(one.library_season, number)
                key = (one.library_season, number)
                self.wanted.setdefault(key, self._follow(target) if target else None)
            self._keep_rest(one, end)

    def _keep_rest(self, one: Range, end: int) -> None:
        """The part of a range that leads beyond what the catalogue lists."""
        begin = max(end + 1, one.library_first)
        if begin > one.library_last or one.provider_season is None:
            return
        first = one.provider_first + begin - one.library_first
        rest = Range(one.library_season, begin, one.library_last, one.provider_season, first)
        self.rest.append(rest)

    def _of_the_catalogue(self) -> None:
        """Names by season that no file has now, but may have tomorrow: a disk that comes back."""
        claimed = {number for (season, _), number in self.wanted.items() if season is not None}
        for number in sorted(self.change.known):
            target = self._follow(number)
            if target is not None and target in claimed:
                continue
            self.wanted.setdefault(self.numbering.library_number(*number), target)

    def _refuse_twice(self) -> None:
        """Two names of one kind for one episode: the ranges can say that of the first alone."""
        claimed: set[tuple[bool, Number]] = set()
        for key in sorted(self.wanted, key=_order):
            number = self.wanted[key]
            if number is None:
                continue
            mark = (key[0] is None, number)
            if mark in claimed:
                self.wanted[key] = None
            claimed.add(mark)

    def _of_what_has_come(self) -> None:
        """A new episode whose number is, in file names, that of another one gets a free name."""
        by_season = {n for (season, _), n in self.wanted.items() if season is not None}
        last: dict[int, int] = {}
        for season, episode in (*self.change.listed, *_seasons(self.wanted)):
            last[season] = max(last.get(season, 0), episode)
        for number in sorted(self.change.listed):
            if number in by_season or number not in self.wanted or not self._is_new(number):
                continue
            free = self._end_of_chain(number)
            if free is None:
                last[number[0]] += 1
                free = (number[0], last[number[0]])
            if free[1] > MAX_NUMBER:
                raise _TooMany
            self.wanted[free] = number

    def _is_new(self, number: Number) -> bool:
        """Whether it is another episode than it was."""
        change = self.change
        return number not in change.known or number in change.moves or number in change.gone

    def _end_of_chain(self, number: Number) -> Number | None:
        """The name that has become free by the shift which has taken that of ``number``: so the
        names of a season stay its numbers, in another order, and what comes later is named as
        ever."""
        at: Number | None = number
        seen = set[Number]()
        while at is not None and at in self.wanted:
            if at in seen or at[0] != number[0]:  # in another season it would be looked for in vain
                return None
            seen.add(at)
            at = self.wanted[at]
        return at if at is not None and at[0] == number[0] else None

    def _follow(self, number: Number) -> Number | None:
        return self.change.follow(number)

    def _needed(self, plain: Numbering) -> dict[Key, Number | None]:
        """Those that do not stand for it by themselves."""
        together = {
            key
            for file in self.files
            if len(file.keys) > 1 and not self._stands(file, plain)
            for key in file.keys
        }
        # A name that is kept free is told though a file of it would be counted there: so that what
        # comes gets it.
        of_files = {key for file in self.files for key in file.keys}
        return {
            key: number
            for key, number in self.wanted.items()
            if key in together
            or not _alone_stands(key, number, plain)
            or not (key == number or key in of_files)
            or (key != number and self._is_ruled(key))
        }

    def _is_ruled(self, key: Key) -> bool:
        """Whether a range decides about a name by season already. It may be counted over all to the
        same episode today, and be listed as it is named tomorrow: then it would be that one."""
        return key[0] is not None and any(one.holds(*key) for one in self.numbering.ranges)

    def _stands(self, file: Named, plain: Numbering) -> bool:
        placed = file.placed(plain)
        if len(placed) != len(file.keys):
            return all(self.wanted.get(key) is None for key in file.keys) and not placed
        pairs = zip(file.keys, placed, strict=True)
        return all(self.wanted.get(key, number) == number for key, number in pairs)


def _alone_stands(key: Key, number: Number | None, plain: Numbering) -> bool:
    season, count = key
    episodes, absolute = ((count,), ()) if season is not None else ((), (count,))
    return number is not None and plain.place(season, episodes, absolute).numbers == (number,)


def _seasons(keys: Iterable[Key]) -> Iterator[Number]:
    for season, number in keys:
        if season is not None:
            yield season, number


def _order(key: Key) -> tuple[int, int]:
    return (-1 if key[0] is None else key[0]), key[1]


def runs(wanted: Mapping[Key, Number | None]) -> Iterator[Range]:
    """Numbers of file names with what they lead to, as ranges: neighbours that lead to neighbours
    are one; what leads to None is none of the catalogue's."""
    run: list[Key] = []
    for key in sorted(wanted, key=_order):
        if run and not _goes_on(wanted, run[-1], key):
            yield _range(run, wanted[run[0]])
            run = []
        run.append(key)
    if run:
        yield _range(run, wanted[run[0]])


def _goes_on(wanted: Mapping[Key, Number | None], one: Key, other: Key) -> bool:
    if (one[0], one[1] + 1) != other:
        return False
    before, behind = wanted[one], wanted[other]
    if before is None or behind is None:
        return before is behind
    return (before[0], before[1] + 1) == behind


def _range(run: Sequence[Key], first: Number | None) -> Range:
    season, number = first if first is not None else (None, 0)
    return Range(run[0][0], run[0][1], run[-1][1], season, number)
