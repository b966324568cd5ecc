"""Keeping since when an episode can be had in a language.

An episode is out in a language as long as its catalogue lists that language and a hoster for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

from library.models import AnimeSeries, Availability
from library.models.availability import LONGEST_LANGUAGE
from library.models.bulk import Insert
from library.services.numbering import Number
from providers.base import EpisodeInfo

EPISODES_AT_ONCE = 300  # keeps a transaction well below 50 ms

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
    back: list[int] = field(default_factory=list)  # ids of rows
    gone: list[int] = field(default_factory=list)

    def add(self, other: Changes) -> None:
        self.new += other.new
        self.back += other.back
        self.gone += other.gone

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
        out = {(e.season, e.number, name) for e in listed for name in _languages(e)}
        rows = Availability.objects.filter(series=series)
        for pk, season, number, language, gone_at in rows.values_list(
            "pk", "season", "episode_number", "language", "gone_at"
        ):
            is_out = (season, number, language) in out
            out.discard((season, number, language))
            if is_out and gone_at is not None:
                seen._of((season, number)).back.append(pk)
            elif not is_out and gone_at is None:
                seen._of((season, number)).gone.append(pk)
        for season, number, language in sorted(out):
            seen._of((season, number)).new.append(((season, number), language))
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


def _languages(entry: EpisodeInfo) -> set[str]:
    """Those an episode is out in: none while nobody offers it."""
    if not entry.is_available:
        return set()
    return {name[:LONGEST_LANGUAGE] for name in entry.languages if name}
