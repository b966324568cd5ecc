"""Which numbering would bring the files of a series and its catalogue together. Plain code.

Nothing of it is done by itself: what is found is suggested, with what speaks for it. A guess that
any file or title contradicts is not told at all.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from typing import NamedTuple

from library.choices import Confidence, NumberingCase
from library.errors import InvalidMapping
from library.naming.paths import from_stored
from library.naming.titles import plain_title
from library.services.numbering import MappingRange, Number, Range, ranges_from_json
from library.services.numbering_guesses import (
    LEAST_TELLING,
    MOST_RUNS,
    Guess,
    Seen,
    Sight,
    guesses,
)
from library.services.remapped import Key, runs
from library.services.renumbered import sign_of
from providers.coded import Coded, coded

MOST_WORDS = 12  # of a title that is looked for in names
_LONGEST_NAME = 300  # characters of a name that are looked through
_DISAGREEING = 10  # one title in so many may be wrong


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A numbering that may be meant.

    Attributes:
        ranges: what would be added to the owner's own.
        files: whose episodes would be others, in order.
        agree, known: how many of their names have the title of the episode they would be, and how
            many have a title of any.
    """

    case: NumberingCase
    ranges: tuple[Range, ...]
    files: tuple[Seen, ...]
    confidence: Confidence
    agree: int
    known: int

    @property
    def mapping(self) -> list[MappingRange]:
        return [one.as_json() for one in self.ranges]

    @property
    def mark(self) -> str:
        """Tells it from others: the same ranges for the same reason are the same."""
        said = json.dumps([self.case, self.confidence, self.mapping], sort_keys=True)
        return sha256(said.encode()).hexdigest()[:32]

    @property
    def reason(self) -> Coded:
        """What is seen."""
        facts = {"first": min(one.library_first for one in self.ranges), "targets": self._targets}
        if self.case == NumberingCase.SPLIT_COUR:
            last = max(key[1] for one in self.files for key in one.named.keys)
            return coded("numbers_split", seasons=self._seasons, last=last, **facts)
        if self.case == NumberingCase.JOINED:
            return coded("numbers_joined", seasons=self._seasons, **facts)
        is_special = self.case == NumberingCase.SPECIALS
        if not self._seasons and is_special:
            return coded("numbers_specials", why="over_all", first=facts["first"])
        if not self._seasons:
            return coded("numbers_counted_on", why="over_all", **facts)
        if is_special:
            return coded("numbers_specials", seasons=self._seasons, first=facts["first"])
        return coded("numbers_counted_on", seasons=self._seasons, **facts)

    @property
    def _seasons(self) -> list[int]:
        """Those in the names; none where the files count over all."""
        return sorted({one.library_season for one in self.ranges if one.library_season is not None})

    @property
    def _targets(self) -> list[int]:
        seasons = {one.provider_season for one in self.ranges}
        return sorted(season for season in seasons if season is not None)

    @property
    def evidence(self) -> Coded:
        """What speaks for it."""
        if self.confidence == Confidence.TITLES:
            return coded("numbers_by_titles", agree=self.agree, known=self.known)
        if self.confidence == Confidence.COUNTS:
            return coded("numbers_by_counts")
        return coded("numbers_by_place")


def review(sight: Sight) -> list[Suggestion]:
    """What may be meant, the best founded first; no two decide about the same number.

    Nothing where each file stands for a listed episode, and no title says that it is another.
    """
    elsewhere = sum(map(sight.is_elsewhere, sight.open_files))
    if not sight.listed or not (sight.astray or elsewhere >= LEAST_TELLING):
        return []
    found: list[Suggestion] = []
    decided: set[Key] = set()
    for guess in guesses(sight):
        if decided.isdisjoint(guess.moves) and (suggestion := _weighed(sight, guess)):
            found.append(suggestion)
            decided |= guess.moves.keys()
    return found


def _weighed(sight: Sight, guess: Guess) -> Suggestion | None:
    """A guess with what speaks for it; None where anything speaks against it."""
    ranges = tuple(runs(guess.moves))
    if not ranges or len(ranges) > MOST_RUNS:
        return None
    try:
        ranges_from_json([one.as_json() for one in (*sight.ranges, *ranges)])
    except InvalidMapping:
        return None
    weighing = _Weighing(sight, guess, ranges)
    return weighing.suggestion() if weighing.holds() else None


class _Titles(NamedTuple):
    agree: int
    known: int


@dataclass(frozen=True)
class _Weighing:
    sight: Sight
    guess: Guess
    ranges: tuple[Range, ...]

    @cached_property
    def after(self) -> Mapping[int, tuple[Number, ...]]:
        """Where each file that it concerns would stand."""
        numbering = replace(self.sight.numbering, ranges=(*self.sight.ranges, *self.ranges))
        concerned = (
            one
            for one in self.sight.open_files
            if not self.guess.moves.keys().isdisjoint(one.named.keys)
        )
        return {one.pk: one.named.placed(numbering) for one in concerned}

    @cached_property
    def changed(self) -> list[Seen]:
        sight = self.sight
        return [
            one
            for one in sight.open_files
            if one.pk in self.after and self.after[one.pk] != sight.placed[one.pk]
        ]

    def holds(self) -> bool:
        sight = self.sight
        if not any(sight.is_astray(one) or sight.is_elsewhere(one) for one in self.changed):
            return False
        return self._all_are_listed() and not self._takes_another_place() and self._titles_agree()

    def _all_are_listed(self) -> bool:
        known = self.sight.known
        return all(number in known for numbers in self.after.values() for number in numbers)

    def _takes_another_place(self) -> bool:
        """Whether a file of another name stands where one of these would: among themselves they
        cannot, as no two ranges lead to one episode."""
        there = {
            number
            for one in self.sight.files
            if one.pk not in self.after
            for number in self.sight.placed[one.pk]
        }
        gained = (set(numbers) - set(self.sight.placed[pk]) for pk, numbers in self.after.items())
        return any(not there.isdisjoint(numbers) for numbers in gained)

    def _titles_agree(self) -> bool:
        before = self._titles(self.sight.placed)
        titles = self.titles
        wrong = titles.known - titles.agree
        return wrong * _DISAGREEING <= titles.agree and titles.agree >= before.agree

    @cached_property
    def titles(self) -> _Titles:
        return self._titles(self.after)

    def _titles(self, placed: Mapping[int, tuple[Number, ...]]) -> _Titles:
        telling = [one for one in self.changed if one.titled is not None]
        return _Titles(sum(one.titled in placed[one.pk] for one in telling), len(telling))

    def suggestion(self) -> Suggestion:
        files = tuple(sorted(self.changed, key=lambda one: (_order(one), one.path)))
        return Suggestion(self.guess.case, self.ranges, files, self._confidence(), *self.titles)

    def _confidence(self) -> Confidence:
        if self.titles.agree >= LEAST_TELLING:
            return Confidence.TITLES
        targets = {to for to in self.guess.moves.values() if to is not None}
        filled = {number for numbers in self.after.values() for number in numbers}
        return Confidence.COUNTS if targets <= filled else Confidence.FITS


def _order(file: Seen) -> tuple[int, int]:
    season, number = file.named.keys[0]
    return (season if season is not None else -1), number


class TitleFinder:
    """Finds the one episode whose title stands in the name of a file.

    Args:
        episodes: the catalogue's numbers with their titles.
        names: what the series is called: an episode of that title is told by nothing.
    """

    def __init__(
        self, episodes: Iterable[tuple[Number, Sequence[str]]], names: Iterable[str]
    ) -> None:
        called = {plain_title(name) for name in names}
        found: dict[tuple[str, ...], Number | None] = {}
        for number, titles in episodes:
            for sign in {sign_of(title) for title in titles} - called - {""}:
                words = tuple(sign.split())
                if len(words) <= MOST_WORDS:
                    known = found.setdefault(words, number)
                    found[words] = number if known == number else None
        self._titles = {words: number for words, number in found.items() if number is not None}
        self._lengths: dict[str, set[int]] = {}
        for words in self._titles:
            self._lengths.setdefault(words[0], set()).add(len(words))

    def find(self, path: str) -> Number | None:
        """Args: path: in the stored form of ``library.naming.paths``. None: no title, or two."""
        if not self._titles:
            return None
        name = from_stored(path).rpartition("/")[2].rpartition(".")[0]
        words = plain_title(name.encode(errors="replace").decode()[-_LONGEST_NAME:]).split()
        best: list[tuple[str, ...]] = []
        for titled in self._in(words):
            if best and len(titled) < len(best[0]):
                continue
            best = [titled] if not best or len(titled) > len(best[0]) else [*best, titled]
        numbers = {self._titles[titled] for titled in best}
        return numbers.pop() if len(numbers) == 1 else None

    def _in(self, words: Sequence[str]) -> Iterator[tuple[str, ...]]:
        for at, word in enumerate(words):
            for length in self._lengths.get(word, ()):
                titled = tuple(words[at : at + length])
                if titled in self._titles:
                    yield titled
