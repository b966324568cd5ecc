"""Which entries of the kept lists pass, and what they are to the library and the queue: a fixed
number of queries, however long the lists are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from aniworld.sites import configured
from downloads.models import DownloadQueueItem
from library.choices import Follow
from library.models import AnimeSeries, CatalogueEntry, CatalogueList, SeriesTie
from library.models.catalogue import CatalogueEntryQuerySet
from library.models.series import AnimeSeriesQuerySet

LETTERS = ("0", *"abcdefghijklmnopqrstuvwxyz", "~")
MOST_DAYS, USUAL_DAYS = 90, 1


class Show(StrEnum):
    """Which entries."""

    ALL = "ALL"
    OWNED = "OWNED"  # in the library
    ABSENT = "ABSENT"  # not in the library
    QUEUED = "QUEUED"  # with an episode that waits or is being downloaded
    FOLLOWING = "FOLLOWING"
    NEW = "NEW"  # not on the list some days ago
    GONE = "GONE"  # and not any more


class Sort(StrEnum):
    NAME = "NAME"
    YEAR = "YEAR"  # the newest first
    NEW = "NEW"  # what came last first


_ORDERS = {
    Sort.NAME: ("sort_name", "id"),
    Sort.YEAR: (F("year").desc(nulls_last=True), "sort_name", "id"),
    Sort.NEW: (F("appeared_at").desc(nulls_last=True), "sort_name", "id"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; texts are empty where they do not matter. ``days`` is how long ago is
    meant by new and gone."""

    site: str = ""
    text: str = ""
    genre: str = ""
    letter: str = ""
    show: Show = Show.ALL
    days: int = USUAL_DAYS
    sort: Sort = Sort.NAME

    @property
    def is_narrow(self) -> bool:
        """Whether some are left out."""
        return bool(self.site or self.text or self.genre or self.letter) or self.show != Show.ALL


@dataclass(frozen=True, slots=True)
class Line:
    """One entry, the series that it is in the library, and whether something of it is queued."""

    entry: CatalogueEntry
    series: AnimeSeries | None = None
    is_queued: bool = False

    @property
    def is_followed(self) -> bool:
        return self.series is not None and self.series.follow != Follow.OFF


def passing(wanted: Wanted, names: Sequence[str]) -> QuerySet[CatalogueEntry]:
    """The entries that pass, in the order that is wished for.

    Args:
        names: the enabled sites.
    """
    sites = [name for name in names if wanted.site in {"", name}]
    entries = _shown(wanted).of_sites(sites).matching(wanted.text)
    if wanted.genre:
        entries = entries.of_genre(wanted.genre)
    if wanted.letter:
        entries = entries.filter(letter=wanted.letter)
    return entries.order_by(*_ORDERS[wanted.sort])


def lines_of(entries: Sequence[CatalogueEntry]) -> list[Line]:
    """What these are here, by themselves or by a tie, in three queries."""
    place = {"site__in": {e.site for e in entries}, "site_key__in": [e.key for e in entries]}
    large = ("description", "episode_dict", "mapping", "search_text")
    ties = SeriesTie.objects.filter(**place, series__deleted_at=None).select_related("series")
    known = {
        (tie.site, tie.site_key): tie.series
        for tie in ties.defer(*(f"series__{name}" for name in large))
    }
    rows = AnimeSeries.objects.active().filter(**place).defer(*large)
    known |= {(one.site, one.site_key): one for one in rows}
    queued = set(
        DownloadQueueItem.objects.unfinished()
        .filter(series__in=[one.pk for one in known.values()])
        .values_list("series_id", flat=True)
    )
    found = ((entry, known.get((entry.site, entry.key))) for entry in entries)
    return [Line(entry, one, one is not None and one.pk in queued) for entry, one in found]


def lists_of(names: Sequence[str]) -> list[CatalogueList]:
    """How the list of each of these sites is, in their order; a bare row of one that nobody has
    read."""
    rows = {row.site: row for row in CatalogueList.objects.filter(site__in=names)}
    return [rows.get(name) or CatalogueList(site=name) for name in names]


def site_names() -> list[str]:
    return configured.site_names()


def _shown(wanted: Wanted) -> CatalogueEntryQuerySet:
    since = timezone.now() - timedelta(days=wanted.days)
    if wanted.show is Show.GONE:
        return CatalogueEntry.objects.filter(listed=True, gone_at__gte=since)
    there = CatalogueEntry.objects.there()
    queued = DownloadQueueItem.objects.unfinished().filter(series=OuterRef("pk"))
    conditions: dict[Show, Q] = {
        Show.NEW: Q(appeared_at__gte=since),
        Show.OWNED: Q(Exists(_series())) | Q(Exists(_ties())),
        Show.ABSENT: ~Q(Exists(_series())) & ~Q(Exists(_ties())),
        Show.FOLLOWING: Q(Exists(_series().followed())),
        Show.QUEUED: Q(Exists(_series().filter(Exists(queued)))),
    }
    return there.filter(conditions.get(wanted.show, Q()))


def _series() -> AnimeSeriesQuerySet:
    """The series of the library that an entry is."""
    return AnimeSeries.objects.active().filter(site=OuterRef("site"), site_key=OuterRef("key"))


def _ties() -> QuerySet[SeriesTie]:
    """The ties of an entry to series of the library."""
    return SeriesTie.objects.filter(
        site=OuterRef("site"), site_key=OuterRef("key"), series__deleted_at=None
    )
