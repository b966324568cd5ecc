"""Keeping since when an episode can be had in a language.

An episode is out in a language as long as its catalogue lists that language and a hoster for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from library.models import AnimeSeries, Availability
from library.models.availability import LONGEST_LANGUAGE
from library.models.bulk import Insert
from library.services.numbering import Number
from providers.base import EpisodeInfo

EPISODES_AT_ONCE = 300  # keeps a transaction well below 50 ms
# What is known of languages that have gone is bounded: a site may make up new ones each time it is
# read, or list other episodes. Those that have been gone for longest are forgotten.
MOST_GONE = 20  # languages of one episode
MOST_GONE_OF_SERIES = 10_000  # languages of all its episodes

_INSERT = Insert(
    f"""INSERT INTO {Availability._meta.db_table}
        (series_id, season, episode_number, language, first_seen_at, is_news)
    """,
    "(%s, %s, %s, %s, %s, %s)",
    # Another process has read the same catalogue: the first one keeps its day.
    "ON CONFLICT (series_id, season, episode_number, language) DO NOTHING",
)


@dataclass(slots=True)
class Changes:
    """What one reading of a catalogue has changed for some episodes."""

    series_id: int
    at: datetime
    is_news: bool  # whether the series was read before
    new: list[tuple[Number, str]] = field(default_factory=list)
    first: set[Number] = field(default_factory=set)  # of the new ones: never out before
    back: list[int] = field(default_factory=list)  # ids of rows, here and below
    gone: list[int] = field(default_factory=list)
    ahead: list[int] = field(default_factory=list)  # of a clock that was ahead when they were seen
    forgotten: list[int] = field(default_factory=list)

    def add(self, other: Changes) -> None:
        self.new += other.new
        self.first |= other.first
        self.back += other.back
        self.gone += other.gone
        self.ahead += other.ahead
        self.forgotten += other.forgotten

    def write(self) -> None:
        """Write them. Call inside ``atomic()``."""
        at = connection.ops.adapt_datetimefield_value(self.at)
        _INSERT.run(
            [(self.series_id, *number, name, at, self.is_news) for number, name in self.new]
        )
        if self.back:
            Availability.objects.filter(pk__in=self.back).update(gone_at=None)
        if self.gone:
            Availability.objects.filter(pk__in=self.gone).update(gone_at=self.at)
        if self.ahead:
            Availability.objects.filter(pk__in=self.ahead).update(first_seen_at=self.at)
        if self.forgotten:
            Availability.objects.filter(pk__in=self.forgotten).delete()


@dataclass(slots=True)
class Seen:
    """What a reading of a series' catalogue changes in what is known of its languages."""

    series_id: int
    at: datetime
    is_news: bool
    _changes: dict[Number, Changes] = field(default_factory=dict)

    @classmethod
    def of(cls, series: AnimeSeries, listed: Iterable[EpisodeInfo], at: datetime) -> Seen:
        """Compare with what is known. Args: at: when the catalogue was read."""
        seen = cls(series.pk, at, is_news=series.first_read_at is not None)
        gone = list[_Gone]()
        out = {(e.season, e.number, name) for e in listed for name in _languages(e)}
        rows, before = Availability.objects.filter(series=series), set[Number]()
        for pk, season, number, language, first_seen_at, gone_at in rows.values_list(
            "pk", "season", "episode_number", "language", "first_seen_at", "gone_at"
        ):
            before.add((season, number))
            is_out = (season, number, language) in out
            out.discard((season, number, language))
            if is_out and gone_at is not None:
                seen._of((season, number)).back.append(pk)
            elif not is_out and gone_at is None:
                seen._of((season, number)).gone.append(pk)
            if first_seen_at > at:
                seen._of((season, number)).ahead.append(pk)
            if not is_out:
                gone.append(_Gone(gone_at or at, first_seen_at, pk, (season, number)))
        for season, number, language in sorted(out):
            changes = seen._of((season, number))
            changes.new.append(((season, number), language))
            if (season, number) not in before:
                changes.first.add((season, number))
        for one in _too_many(gone):
            seen._of(one.number).forgotten.append(one.pk)
        return seen

    def taken(self, numbers: Iterable[Number]) -> Changes:
        """The changes of these episodes, which are then no longer among the rest."""
        together = Changes(self.series_id, self.at, self.is_news)
        for number in numbers:
            if (changes := self._changes.pop(number, None)) is not None:
                together.add(changes)
        return together

    def rest(self) -> Iterator[Changes]:
        """What nobody has taken, as much at a time as goes into one transaction."""
        while self._changes:
            yield self.taken(list(self._changes)[:EPISODES_AT_ONCE])

    def _of(self, number: Number) -> Changes:
        return self._changes.setdefault(number, Changes(self.series_id, self.at, self.is_news))


class _Gone(NamedTuple):
    """A language that an episode is not out in any more."""

    gone_at: datetime
    first_seen_at: datetime
    pk: int
    number: Number


def _too_many(gone: Iterable[_Gone]) -> Iterator[_Gone]:
    """Those that are forgotten, the longest gone first; but the first one of an episode as long as
    there is any: since then it is out."""
    by_number: dict[Number, list[_Gone]] = {}
    for one in sorted(gone):
        by_number.setdefault(one.number, []).append(one)
    left = []
    for rows in by_number.values():
        first = min(rows, key=lambda one: one.first_seen_at)
        others = [one for one in rows if one is not first]
        most = max(len(others) - (MOST_GONE - 1), 0)
        yield from others[:most]
        left += [first, *others[most:]]
    yield from sorted(left)[: max(len(left) - MOST_GONE_OF_SERIES, 0)]


def _languages(entry: EpisodeInfo) -> set[str]:
    """Those an episode is out in: none while nobody offers it."""
    if not entry.is_available:
        return set()
    return {name[:LONGEST_LANGUAGE] for name in entry.languages if name}
