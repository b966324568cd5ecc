"""How the numbers of a series' files might be those of its catalogue. Plain code.

Each guess is weighed against everything that is known in ``library.services.numbering_review``.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from library.choices import NumberingCase
from library.services.numbering import Number, Numbering, Range
from library.services.remapped import Key, Named

LEAST_TELLING = 2  # titles; one may be chance
MOST_UNCOUNTED = 2  # recaps before a sequel, that one side does not count
MOST_RUNS = 6  # of one guess; what falls into more is no numbering that anybody would have meant


@dataclass(frozen=True, slots=True)
class Seen:
    """A file whose name was read. ``titled`` is the one episode whose title its name has.

    ``pk`` tells it from others: in two library folders files may have one path.
    """

    pk: int
    path: str
    named: Named
    titled: Number | None = None


class Guess(NamedTuple):
    """What numbers of file names would lead to; None: to no episode."""

    case: NumberingCase
    moves: Mapping[Key, Number | None]


@dataclass(frozen=True)
class Sight:
    """What is known of a series: what its catalogue lists, and its files.

    Attributes:
        listed: the catalogue's numbers.
        ranges: the owner's own, which are not doubted.
    """

    listed: Sequence[Number]
    files: Sequence[Seen]
    ranges: Sequence[Range] = ()
    numbering: Numbering = field(init=False)

    def __post_init__(self) -> None:
        rows = [one.as_json() for one in self.ranges]
        object.__setattr__(self, "numbering", Numbering.of(self.listed, rows))

    @cached_property
    def known(self) -> frozenset[Number]:
        return frozenset(self.listed)

    @cached_property
    def open_files(self) -> list[Seen]:
        """Those the owner has said nothing of."""
        return [one for one in self.files if not any(map(self._is_told, one.named.keys))]

    def _is_told(self, key: Key) -> bool:
        """Whether a range holds it: the last one that begins before it, as none overlap."""
        season, number = key
        starts, ends = self._told.get(season, ((), ()))
        at = bisect_right(starts, number) - 1
        return at >= 0 and number <= ends[at]

    @cached_property
    def _told(self) -> Mapping[int | None, tuple[Sequence[int], Sequence[int]]]:
        """By season of the names, where the ranges begin and where they end."""
        found: dict[int | None, tuple[list[int], list[int]]] = {}
        for one in sorted(self.ranges, key=lambda one: one.library_first):
            starts, ends = found.setdefault(one.library_season, ([], []))
            starts.append(one.library_first)
            ends.append(one.library_last)
        return found

    @cached_property
    def placed(self) -> Mapping[int, tuple[Number, ...]]:
        """Where each file stands now, by its ``pk``."""
        return {one.pk: one.named.placed(self.numbering) for one in self.files}

    def is_astray(self, file: Seen) -> bool:
        """Whether it stands for no episode that the catalogue lists."""
        numbers = self.placed[file.pk]
        return not numbers or any(number not in self.known for number in numbers)

    def is_elsewhere(self, file: Seen) -> bool:
        """Whether its name has the title of another episode."""
        return file.titled is not None and file.titled not in self.placed[file.pk]

    @cached_property
    def astray(self) -> list[Seen]:
        return [one for one in self.open_files if self.is_astray(one)]

    @cached_property
    def astray_keys(self) -> frozenset[Key]:
        return frozenset(key for one in self.astray for key in one.named.keys)

    @cached_property
    def named(self) -> Mapping[int | None, Sequence[int]]:
        """The numbers in file names, by season, in order."""
        found: dict[int | None, set[int]] = {}
        for season, number in {key for one in self.open_files for key in one.named.keys}:
            found.setdefault(season, set()).add(number)
        return {season: sorted(numbers) for season, numbers in found.items()}

    @cached_property
    def order(self) -> Sequence[Number]:
        """The regular episodes of the catalogue, one after the other."""
        return sorted(number for number in self.known if number[0] > 0)

    @cached_property
    def place_of(self) -> Mapping[Number, int]:
        return {number: at for at, number in enumerate(self.order)}

    @property
    def seasons(self) -> Mapping[int, Sequence[int]]:
        """The catalogue's numbers by regular season."""
        listed = self.numbering.listed
        return {season: numbers for season, numbers in listed.items() if season > 0}


def guesses(sight: Sight) -> Iterator[Guess]:
    """What might be, the best founded first."""
    yield from _by_titles(sight)
    yield from _cut_otherwise(sight)
    yield from _over_the_end(sight)
    yield from _in_order(sight)


def _by_titles(sight: Sight) -> Iterator[Guess]:
    """What the titles in the names say, with what lies between two that are known."""
    told: dict[int | None, dict[int, Number]] = {}
    twice: set[Key] = set()
    for file in sight.open_files:
        if file.titled is None or len(file.named.keys) != 1:
            continue
        ((season, number),) = file.named.keys
        if told.setdefault(season, {}).setdefault(number, file.titled) != file.titled:
            twice.add((season, number))
    for season, number in twice:
        del told[season][number]
    for season, titled in told.items():
        if len(titled) < LEAST_TELLING:
            continue
        moves = _Chain(sight, season, titled).moves()
        if moves:
            yield Guess(_case_of(moves), moves)


@dataclass(frozen=True)
class _Chain:
    """The numbers of one season of the files, between those whose titles are known."""

    sight: Sight
    season: int | None
    titled: Mapping[int, Number]

    def moves(self) -> Mapping[Key, Number | None]:
        """Empty where what the titles say makes no order."""
        places = {n: self.sight.place_of[to] for n, to in self.titled.items() if to[0] > 0}
        found: dict[int, Number | None] = {n: to for n, to in self.titled.items() if to[0] == 0}
        if len(places) < LEAST_TELLING:
            return {}
        for one, other in zip(sorted(places), sorted(places)[1:], strict=False):
            if places[one] >= places[other] or not self._between(found, places, one, other):
                return {}
        self._ends(found, places)
        found |= {n: self.titled[n] for n in places}
        return _unlike(self.sight, {(self.season, n): to for n, to in found.items()})

    def _between(
        self, found: dict[int, Number | None], places: Mapping[int, int], one: int, other: int
    ) -> bool:
        """What lies between two known ones. Returns whether it can be told."""
        order, start = self.sight.order, places[one] + 1
        free = places[other] - start
        numbers = [n for n in range(one + 1, other) if n not in found]
        if len(numbers) != free:
            here = self.sight.named[self.season]
            numbers = [n for n in numbers if n in set(here)]
        if free and numbers and len(numbers) != free:
            return False
        if free == 0:
            found |= dict.fromkeys(numbers)  # it was put in: a recap that the catalogue has not
        elif numbers:
            found |= {n: order[start + at] for at, n in enumerate(numbers)}
        return True

    def _ends(self, found: dict[int, Number | None], places: Mapping[int, int]) -> None:
        """What lies before the first and behind the last known one, in their seasons."""
        order = self.sight.order
        least = min(1, self.sight.named[self.season][0])
        for known, step in ((min(places), -1), (max(places), 1)):
            at, number = places[known] + step, known + step
            while (
                0 <= at < len(order) and number >= least and order[at][0] == order[places[known]][0]
            ):
                if number not in found:
                    found[number] = order[at]
                    at += step
                number += step
            if at < 0:  # nothing is listed before: what the files have there was put in
                before = (n for n in self.sight.named[self.season] if n <= number)
                found |= {n: None for n in before if n not in found}


def _unlike(sight: Sight, moves: Mapping[Key, Number | None]) -> Mapping[Key, Number | None]:
    """Those that do not stand for it by themselves."""
    return {key: to for key, to in moves.items() if to is None or _alone(sight, key) != (to,)}


def _alone(sight: Sight, key: Key) -> tuple[Number, ...]:
    season, number = key
    named = Named(season, (number,), ()) if season is not None else Named(None, (), (number,))
    return named.placed(sight.numbering)


def _case_of(moves: Mapping[Key, Number | None]) -> NumberingCase:
    """What to call what the titles say."""
    keys = sorted(moves, key=lambda key: key[1])
    targets = [moves[key] for key in keys]
    pairs = {(key[0], to[0] if to else 0) for key, to in zip(keys, targets, strict=True)}
    if any(to == 0 for _, to in pairs):
        return NumberingCase.SPECIALS
    if any(season is not None and to > season for season, to in pairs):
        return NumberingCase.SPLIT_COUR
    if any(season is not None and to < season for season, to in pairs):
        return NumberingCase.JOINED
    first = targets[0]
    begins = first is not None and first[1] == 1 and keys[0][1] > LEAST_TELLING
    return NumberingCase.COUNTED_ON if begins else NumberingCase.SPECIALS


def _cut_otherwise(sight: Sight) -> Iterator[Guess]:
    """As many episodes on both sides, in other seasons."""
    runs = {s: n for s, n in sight.named.items() if s is not None and s > 0}
    keys: list[Key] = []
    for season in sorted(runs):
        numbers = runs[season]
        follows = not keys or numbers[0] in (1, (keys[-1][1]) + 1)
        if not follows or numbers[-1] - numbers[0] + 1 != len(numbers):
            return
        keys += [(season, number) for number in numbers]
    if not keys or _lengths(runs) == _lengths(sight.seasons) or None in sight.named:
        return
    if len(keys) > len(sight.order):
        return
    if len(keys) < len(sight.order) and not _is_half(sight, runs):
        return
    moves: dict[Key, Number | None] = dict(zip(keys, sight.order, strict=False))
    end = keys[-1]
    rest = sight.order[len(keys) :]
    moves |= {(end[0], end[1] + at): to for at, to in enumerate(rest, 1)}
    if len(runs) > len(sight.seasons):
        case = NumberingCase.JOINED
    elif len(sight.seasons) == 1:
        case = NumberingCase.COUNTED_ON
    else:
        case = NumberingCase.SPLIT_COUR
    yield Guess(case, _unlike(sight, moves))


def _lengths(seasons: Mapping[int, Sequence[int]]) -> dict[int, int]:
    return {season: len(numbers) for season, numbers in seasons.items()}


def _is_half(sight: Sight, runs: Mapping[int, Sequence[int]]) -> bool:
    """Two seasons of the files where the catalogue has one, of which the first is just a half."""
    first = min(runs)
    is_so = len(runs) == 2 and len(sight.seasons) == 1
    return is_so and runs[first][0] == 1 and 2 * len(runs[first]) == len(sight.order)


def _over_the_end(sight: Sight) -> Iterator[Guess]:
    """A season of the files that goes on where that of the catalogue has ended."""
    for season, numbers in sight.named.items():
        listed = sight.seasons.get(season) if season is not None else None
        if season is None or not listed:
            continue
        over = [n for n in numbers if n > listed[-1] and (season, n) in sight.astray_keys]
        if not over or (numbers[0] > listed[-1] and _counts_on(sight, season, numbers[0])):
            continue
        follows = [number for number in sight.order if number[0] > season]
        if follows:
            yield from _into_next(season, listed[-1], over, follows)
        elif len(numbers) == len(listed) + len(over):
            yield from _into_specials(sight, season, listed[-1], over)


def _counts_on(sight: Sight, season: int | None, first: int) -> bool:
    """Whether the first number of a season may go on from those before it. The files may count a
    recap more, or less, than the catalogue."""
    if season is None or len(sight.seasons) == 1:
        return True
    before = sum(len(numbers) for one, numbers in sight.seasons.items() if one < season)
    return abs(first - 1 - before) <= MOST_UNCOUNTED


def _into_next(
    season: int, last: int, over: Sequence[int], follows: Sequence[Number]
) -> Iterator[Guess]:
    """On into the seasons behind it, each as a whole."""
    most = over[-1] - last
    if most > len(follows):
        return
    until = follows[most - 1][0]
    targets = [number for number in follows if number[0] <= until]
    moves: dict[Key, Number | None] = {(season, last + at): to for at, to in enumerate(targets, 1)}
    yield Guess(NumberingCase.SPLIT_COUR, moves)


def _into_specials(sight: Sight, season: int, last: int, over: Sequence[int]) -> Iterator[Guess]:
    """As many more than listed as there are specials that no file is named for."""
    taken = set(sight.named.get(0, ()))
    free = [number for number in sight.numbering.listed.get(0, ()) if number not in taken]
    if list(over) != list(range(last + 1, last + len(free) + 1)):
        return
    moves: dict[Key, Number | None] = {
        (season, n): (0, to) for n, to in zip(over, free, strict=True)
    }
    yield Guess(NumberingCase.SPECIALS, moves)


def _in_order(sight: Sight) -> Iterator[Guess]:
    """As many numbers as the season has episodes, but others: the first is the first."""
    for season, numbers in sight.named.items():
        only = next(iter(sight.seasons)) if len(sight.seasons) == 1 else None
        target = only if season is None else season
        listed = sight.numbering.listed.get(target, ()) if target is not None else ()
        if target is None or not listed or set(numbers) <= set(listed):
            continue
        is_run = numbers[-1] - numbers[0] + 1 == len(numbers)
        is_later = numbers[0] > listed[-1]
        if is_later and not _counts_on(sight, season, numbers[0]):
            continue
        begins_later = is_run and is_later and len(numbers) >= LEAST_TELLING
        if len(numbers) > len(listed) or (len(numbers) < len(listed) and not begins_later):
            continue
        rest = len(listed) - len(numbers)
        named = [*numbers, *range(numbers[-1] + 1, numbers[-1] + 1 + rest)]
        moves: dict[Key, Number | None] = {
            (season, n): (target, to) for n, to in zip(named, listed, strict=True)
        }
        case = NumberingCase.COUNTED_ON if begins_later else NumberingCase.SPECIALS
        yield Guess(case, _unlike(sight, moves))
