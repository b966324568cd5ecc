"""Which episodes of a catalogue have other numbers than at its last reading. Plain code.

Titles tell it: one that stands once in the old list and once in the new one is the same episode.
What lies between two such episodes follows by its order where just as many lie between them in both
lists. What neither tells is a doubt, and a doubt is the owner's to end: see ``docs/adr/0026``.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from library.naming.titles import plain_title
from library.services.numbering import Number

# Words that only count, in German, English, French, Spanish, Italian and Latin Japanese.
_COUNTING = frozenset(
    (
        *("die", "der", "das", "the", "la", "le", "el", "folge", "folgen", "episode", "episoden"),
        *("episodes", "episodio", "ep", "eps", "teil", "part", "partie", "kapitel", "chapter"),
        *("capitulo", "capitolo", "film", "movie", "special", "ova", "ona", "oad", "staffel"),
        *("season", "saison", "akt", "act", "nr", "no", "vol", "volume", "wa", "dai", "tba"),
        *("tbd", "unbekannt", "unknown", "untitled", "ohne", "kein", "titel", "title"),
    )
)
_NUMBER = re.compile(r"[a-z]{0,2}\d+(?:[a-z]{1,2}\d+)?|[ivxlc]+")  # 12, S01E03, Ep3, IV
SHORTEST = 3  # letters and digits of a title that tells something
LONGEST = 300  # characters that are compared


@dataclass(frozen=True, slots=True)
class Listed:
    """One episode of a list, and whether something hangs on its number (``weighs``): a file."""

    number: Number
    title: str = ""
    original: str = ""
    weighs: bool = False
    is_listed: bool = True  # False: the catalogue has withdrawn it before

    @property
    def signs(self) -> frozenset[str]:
        """What its titles say; none where they only count."""
        found = (sign_of(title) for title in (self.title, self.original))
        return frozenset(sign for sign in found if sign)


@dataclass(frozen=True, slots=True)
class Compared:
    """What has become of the numbers of a list.

    Attributes:
        pairs: old number by new number of the same episode, also where they are alike; never two
            to one.
        doubts: old numbers, each with the new one that it may be; None: with none that it may be.
        likely: ``pairs`` and the likeliest of the doubts.
    """

    pairs: Mapping[Number, Number]
    doubts: Mapping[Number, Number | None]
    likely: Mapping[Number, Number]

    @property
    def is_certain(self) -> bool:
        return not self.doubts


def sign_of(title: str) -> str:
    """A title as it is compared; empty where it names no episode: "Folge 3", "Episode III", "?"."""
    plain = plain_title(title[:LONGEST])
    if len(plain.replace(" ", "")) < SHORTEST:
        return ""
    only_counts = all(word in _COUNTING or _NUMBER.fullmatch(word) for word in plain.split())
    return "" if only_counts else plain


def compare(old: Sequence[Listed], new: Sequence[Listed]) -> Compared:
    """Say which episodes of ``old`` are which of ``new``.

    Takes as long as sorting them: each title is looked up, and each list is gone through once.
    """
    return _Comparison(old, new).result()


class _Comparison:
    def __init__(self, old: Sequence[Listed], new: Sequence[Listed]) -> None:
        self._old = {one.number: one for one in sorted(old, key=lambda one: one.number)}
        self._new = {one.number: one for one in sorted(new, key=lambda one: one.number)}
        self._signs = {one: one.signs for one in (*old, *new)}
        self._pairs: dict[Number, Number] = {}
        self._taken: dict[Number, Number] = {}
        self._doubts: dict[Number, Number | None] = {}
        self._ordered = list(self._new)
        self._order = {number: at for at, number in enumerate(self._ordered)}

    def result(self) -> Compared:
        self._by_title()
        touched = self._touched()
        self._by_order(touched)
        self._by_number(touched)
        self._left_over()
        self._circles()
        certain = {a: b for a, b in self._pairs.items() if a not in self._doubts}
        likely, used = dict(certain), set(certain.values())
        for old, new in sorted(self._doubts.items(), key=lambda doubt: doubt[0]):
            if new is not None and new not in used:
                likely[old] = new
                used.add(new)
        return Compared(certain, self._doubts, likely)

    def _pair(self, old: Number, new: Number) -> None:
        self._pairs[old] = new
        self._taken[new] = old

    def _by_title(self) -> None:
        """A title that stands once in each list."""
        olds, news = self._owners(self._old.values()), self._owners(self._new.values())
        hits: dict[Number, set[Number]] = defaultdict(set)
        for sign, number in olds.items():
            if sign in news:
                hits[number].add(news[sign])
        wanted = Counter(number for found in hits.values() for number in found)
        for number, found in hits.items():
            # Two titles that lead to two episodes, or two episodes to one: one of them was mended.
            if len(found) == 1 and wanted[next(iter(found))] == 1:
                self._pair(number, next(iter(found)))
            elif self._old[number].weighs:
                self._doubts[number] = min(found - {number}, default=number)

    def _owners(self, listed: Iterable[Listed]) -> dict[str, Number]:
        """By what titles say: the one episode that says it."""
        found: dict[str, Number | None] = {}
        for one in listed:
            for sign in self._signs[one]:
                found[sign] = None if sign in found else one.number
        return {sign: number for sign, number in found.items() if number is not None}

    def _touched(self) -> set[int]:
        """The seasons that an episode has moved within, out of, or into."""
        moved = [pair for pair in self._pairs.items() if pair[0] != pair[1]]
        moved += [(a, b) for a, b in self._doubts.items() if b is not None and a != b]
        return {season for pair in moved for season, _ in pair}

    def _by_order(self, touched: set[int]) -> None:
        """Runs without telling titles, between episodes that are known."""
        for season, numbers in _by_season(self._old):
            if season in touched:
                for run in list(self._runs(numbers)):
                    self._settle_run(run)

    def _runs(self, numbers: Sequence[Number]) -> Iterator[_Run]:
        """What is unknown, with the known ones before and behind it."""
        before: Number | None = None
        run: list[Number] = []
        for number in numbers:
            if number in self._pairs:
                if run:
                    yield _Run(
                        run, self._pairs.get(before) if before else None, self._pairs[number]
                    )
                before, run = number, []
            elif number not in self._doubts and self._old[number].is_listed:
                run.append(number)
        if run:
            yield _Run(run, self._pairs.get(before) if before else None, None)

    def _settle_run(self, run: _Run) -> None:
        free = self._free(run)
        pairs = list(zip(run.numbers, free, strict=False))
        if len(free) == len(run.numbers) and all(self._may_be(a, b) for a, b in pairs):
            for old, new in pairs:
                self._pair(old, new)
            return
        if not free and run.is_between:
            return  # nothing is left where they were: they were withdrawn
        for at, number in enumerate(run.numbers):
            if self._old[number].weighs:
                self._doubts[number] = free[at] if at < len(free) else None

    def _free(self, run: _Run) -> list[Number]:
        """The new numbers that a run may have: those between the known ones on both sides."""
        if not run.is_between:
            season = run.numbers[0][0]
            free = [n for n in self._new if n[0] == season and n not in self._taken]
            return free if free == run.numbers else []
        if run.before and run.behind and run.before[0] != run.behind[0]:
            return []
        found = self._from(run.before, 1) if run.before else self._from(run.behind, -1)[::-1]
        if run.before and run.behind:
            after = self._order[run.before] + len(found) + 1
            if self._ordered[after : after + 1] != [run.behind]:
                return []  # something else has come between them
        return found

    def _from(self, known: Number | None, step: int) -> list[Number]:
        """The unknown ones beside a known one, in its season, from there on."""
        assert known is not None  # noqa: S101 - of a run that has it
        found: list[Number] = []
        at = self._order[known] + step
        while 0 <= at < len(self._ordered):
            number = self._ordered[at]
            if number[0] != known[0] or number in self._taken:
                break
            found.append(number)
            at += step
        return found

    def _may_be(self, old: Number, new: Number) -> bool:
        """Whether nothing speaks against it: both are told by titles, and by others."""
        one, other = self._signs[self._old[old]], self._signs[self._new[new]]
        return not (one and other) or bool(one & other) or old == new

    def _by_number(self, touched: set[int]) -> None:
        """What has the number it had, where nothing has moved; its title may have changed."""
        for number, one in self._old.items():
            if number in self._pairs or number in self._doubts or number in self._taken:
                continue
            if number not in self._new:
                continue
            if number[0] not in touched:
                if one.is_listed or self._comes_back(number):
                    self._pair(number, number)
            elif one.weighs and one.is_listed:
                self._doubts[number] = number

    def _comes_back(self, number: Number) -> bool:
        """Whether a number that was withdrawn is listed again for what may be the same episode."""
        before, now = self._signs[self._old[number]], self._signs[self._new[number]]
        return not (before and now) or bool(before & now)

    def _left_over(self) -> None:
        """What has gone, while something has come whose titles do not say that it is another."""
        gone = [
            one
            for number, one in self._old.items()
            if one.is_listed and number not in self._pairs and number not in self._doubts
        ]
        self._title_lost(gone)
        taken = {*self._taken, *self._doubts.values()}
        come = [one for number, one in self._new.items() if number not in taken]
        says_nothing = any(not self._signs[one] for one in come)
        for at, one in enumerate(gone):
            if one.weighs and (says_nothing or (come and not self._signs[one])):
                self._doubts[one.number] = come[at].number if at < len(come) else None

    def _title_lost(self, gone: Sequence[Listed]) -> None:
        """One has lost its title while another of its season, that never told one, has gone: it
        may be just the other one that is left, under its number."""
        silent = {one.number[0]: one.number for one in gone if not self._signs[one]}
        for number, one in self._old.items():
            stays = self._pairs.get(number) == number
            if not (stays and one.weighs and number[0] in silent and self._signs[one]):
                continue
            if not self._signs[self._new[number]]:
                self._doubts[number] = None
                self._doubts.setdefault(silent[number[0]], number)

    def _circles(self) -> None:
        """Episodes that have changed places: or else the site has mended their titles."""
        seen: set[Number] = set()
        for start in self._pairs:
            chain: list[Number] = []
            number = start
            while number in self._pairs and number not in seen:
                seen.add(number)
                chain.append(number)
                number = self._pairs[number]
            if len(chain) > 1 and number in chain:
                circle = chain[chain.index(number) :]
                if len(circle) > 1 and any(self._old[one].weighs for one in circle):
                    self._doubts |= {one: self._pairs[one] for one in circle}


class _Run(NamedTuple):
    """Old numbers in a row that no title tells, and the new numbers of the known ones beside it."""

    numbers: list[Number]
    before: Number | None
    behind: Number | None

    @property
    def is_between(self) -> bool:
        """Whether anything is known beside it."""
        return self.before is not None or self.behind is not None


def _by_season(listed: Mapping[Number, Listed]) -> Iterator[tuple[int, list[Number]]]:
    for season, numbers in groupby(listed, key=lambda number: number[0]):
        yield season, list(numbers)
