"""Keeping what a catalogue has changed: each reading is compared with what was known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Max

from library import events
from library.choices import CatalogueChangeKind as Kind
from library.models import AnimeSeries, CatalogueChange, Episode
from library.models.changes import StoredEpisode
from library.services.numbering import Number
from providers.base import EpisodeInfo

# A site may make up new titles each time it is read: the oldest changes of a series are forgotten.
MOST_OF_SERIES = 2_000
KEPT_FOR = timedelta(days=365)
_AT_ONCE = 200
_LONGEST = 300  # characters of a title, as a change keeps it


@dataclass(slots=True)
class Noted:
    """What one reading of a series' catalogue shows to be changed.

    The first reading of a series shows nothing: what it lists is not new.
    """

    series: AnimeSeries
    at: datetime
    _withdrawn: set[Number] = field(default_factory=set)  # before, and not back since
    counts: Counter[str] = field(default_factory=Counter)  # of what was written, by kind

    @classmethod
    def of(cls, series: AnimeSeries, at: datetime) -> Noted:
        return cls(series, at, _withdrawn_before(series))

    @property
    def is_first(self) -> bool:
        return self.series.first_read_at is None

    def listed(self, known: Episode | None, entry: EpisodeInfo) -> CatalogueChange | None:
        """What is to be said of an episode that the reading lists."""
        number = (entry.season, entry.number)
        now = stored(number, entry.title, entry.original_title)
        if known is None or not known.listed:
            kind = Kind.RETURNED if number in self._withdrawn else Kind.NEW
            return self._row(kind, number, None, now)
        if (known.title, known.original_title) == _titles(entry):
            return None
        return self._row(Kind.RENAMED, number, of_episode(known), now)

    def renumbered(
        self, known: Mapping[Number, Episode], moves: Mapping[Number, Number]
    ) -> list[CatalogueChange]:
        rows = []
        for old, new in sorted(moves.items(), key=lambda pair: pair[1]):
            was = of_episode(known[old])
            now: StoredEpisode = {**was, "season": new[0], "episode": new[1]}
            rows.append(self._row(Kind.RENUMBERED, new, was, now))
        return rows

    def withdrawn(self, gone: Iterable[Episode]) -> list[CatalogueChange]:
        return [
            self._row(Kind.WITHDRAWN, (one.season, one.episode_number), of_episode(one), None)
            for one in gone
        ]

    def _row(
        self, kind: Kind, number: Number, was: StoredEpisode | None, now: StoredEpisode | None
    ) -> CatalogueChange:
        season, episode = number
        return CatalogueChange(
            series=self.series,
            at=self.at,
            kind=kind,
            season=season,
            episode_number=episode,
            was=was,
            now=now,
        )

    def write(self, rows: Iterable[CatalogueChange | None]) -> None:
        """Write them, in the transaction of what they tell."""
        found = [] if self.is_first else [row for row in rows if row is not None]
        CatalogueChange.objects.bulk_create(found, batch_size=_AT_ONCE)
        self.counts.update(row.kind for row in found)

    def tell(self) -> None:
        """In the transaction that ends the reading: what all of it has shown."""
        if self.counts:
            events.catalogue_changed(self.series, self.counts)

    def trim(self) -> None:
        """Forget the oldest ones, where the series has too many. Call inside ``atomic()``."""
        rows = CatalogueChange.objects.filter(series=self.series).newest_first()
        if len(beyond := rows.values_list("pk", flat=True)[MOST_OF_SERIES : MOST_OF_SERIES + 1]):
            first = rows.get(pk=beyond[0])
            CatalogueChange.objects.filter(series=self.series, at__lt=first.at).delete()
            same = CatalogueChange.objects.filter(series=self.series, at=first.at)
            same.filter(pk__lte=first.pk).delete()


def forget_old_changes(now: datetime) -> int:
    """Delete what is older than it is kept. Returns how many went."""
    return CatalogueChange.objects.filter(at__lt=now - KEPT_FOR).delete()[0]


def stored(number: Number, title: str, original: str) -> StoredEpisode:
    shown = (title or original)[:_LONGEST]
    return {"season": number[0], "episode": number[1], "title": shown}


def of_episode(episode: Episode) -> StoredEpisode:
    number = (episode.season, episode.episode_number)
    return stored(number, episode.title, episode.original_title)


def _titles(entry: EpisodeInfo) -> tuple[str, str]:
    return entry.title[:1000], entry.original_title[:1000]


def _withdrawn_before(series: AnimeSeries) -> set[Number]:
    """The numbers of which the last that was noted is that they were withdrawn."""
    rows = CatalogueChange.objects.filter(series=series)
    last = rows.order_by().values("season", "episode_number").annotate(last=Max("pk"))
    of_last = rows.filter(kind=Kind.WITHDRAWN, pk__in=last.values("last"))
    return set(of_last.values_list("season", "episode_number"))
