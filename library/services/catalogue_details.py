"""What a list does not say of a series, read from the series' own page: a few at a time, once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from aniworld.sites import configured
from aniworld.sites.patience import Patience, Purpose
from library.errors import NotInCatalogue
from library.models import AnimeSeries, CatalogueEntry
from library.models.catalogue import LONGEST_NAME
from library.services.catalogue import note_genres, web_address
from library.services.listed_covers import keep_listed_cover
from providers.asking import asked_now
from providers.base import SeriesInfo, Site
from providers.errors import ProviderError

log = logging.getLogger(__name__)

FILLED_AT_ONCE = 200  # pages in a run of the job: some minutes at one request a second
TRIED_AGAIN = timedelta(days=7)
PATIENCE = 20.0  # seconds that somebody waits in vain
_TAKEN = 50  # series in one transaction

_TOLD = ("alternative_names", "year", "cover_url", "genres", "description")
_INDEXED = ("letter", "sort_name", "search_text", "genre_index")


@dataclass(slots=True)
class Filled:
    """How filling went."""

    read: int = 0
    failed: int = 0
    left: int = 0
    last: ProviderError | None = None


def details_now(site: str, key: str) -> CatalogueEntry:
    """What the page of a series says, for somebody who looks at the series; read once.

    A series that is on no list is kept as one that a search has found.

    Raises:
        NotInCatalogue: nothing is known of it, and its site has not found it either.
        UnknownProvider: the site is not enabled. ProviderError: the site failed.
    """
    asked = configured.site(site)
    if not (key and key.isprintable()):
        raise NotInCatalogue(site=site, key=key[:80])
    known = CatalogueEntry.objects.filter(site=site, key=key).first()
    if known is None or known.details_at is None:
        with asked_now(patience=PATIENCE):
            known = read_details(asked, key)
    with asked_now(patience=PATIENCE):
        keep_listed_cover(known)
    return known


def read_details(site: Site, key: str) -> CatalogueEntry:
    """Ask a site for the head of a series and keep it.

    Raises:
        NotInCatalogue, ProviderError.
    """
    try:
        info = site.series(key)
    except ProviderError as error:
        tried = CatalogueEntry.objects.filter(site=site.name, key=key)
        if not tried.update(details_tried_at=timezone.now()) and error.code == "not_found":
            raise NotInCatalogue(site=site.name, key=key[:80]) from error
        raise
    return _keep(site.name, key, info)


def fill(
    names: Sequence[str],
    *,
    most: int = FILLED_AT_ONCE,
    is_stopping: Callable[[], bool] = lambda: False,
    tell: Callable[[int, int], object] = lambda _current, _total: None,
) -> Filled:
    """Read the pages of entries nobody has looked at yet, new ones first. What the library knows of
    its own series needs no page. A site that cannot be had is left alone.

    Args:
        names: of which sites.
        most: pages that are read.
    """
    for name in names:
        _take_from_library(name)
    filled, patience = Filled(), Patience()
    waiting = CatalogueEntry.objects.of_sites(names).without_details(timezone.now() - TRIED_AGAIN)
    entries = list(waiting.only("pk", "site", "key")[:most])
    filled.left = waiting.count() - len(entries)
    for number, entry in enumerate(entries):
        if is_stopping():
            break
        tell(number, len(entries))
        _fill_one(entry, patience, filled)
    for name in names:
        note_genres(name)
    return filled


def _fill_one(entry: CatalogueEntry, patience: Patience, filled: Filled) -> None:
    if patience.refusal(entry.site, Purpose.REFRESH):
        filled.left += 1
        return
    try:
        with patience.asking(entry.site, Purpose.REFRESH, entry.key):
            keep_listed_cover(read_details(configured.site(entry.site), entry.key))
    except ProviderError as error:
        filled.failed, filled.last = filled.failed + 1, error
    else:
        filled.read += 1


def _keep(site: str, key: str, info: SeriesInfo) -> CatalogueEntry:
    now = timezone.now()
    with transaction.atomic():
        entry, is_new = CatalogueEntry.objects.select_for_update().get_or_create(
            site=site,
            key=key,
            defaults={
                "name": info.name[:LONGEST_NAME],
                "link": web_address(info.link),
                "listed": False,
            },
        )
        _take(entry, info, now)
        entry.save(update_fields=[*_TOLD, *_INDEXED, "details_at", "details_tried_at"])
    log.info("details kept site=%s key=%s new=%s", site, key, is_new)
    return entry


def _take(entry: CatalogueEntry, info: SeriesInfo | AnimeSeries, now: datetime) -> None:
    """What it says; where it is silent, what the list has said stays."""
    entry.year = info.year or entry.year
    entry.cover_url = web_address(info.cover_url) or entry.cover_url
    entry.genres = list(info.genres) or entry.genres
    entry.description = info.description or entry.description
    # The list has the names first: with others it would differ at each reading.
    entry.alternative_names = entry.alternative_names or list(info.alternative_names)
    entry.details_at = entry.details_tried_at = now
    entry.index_words()


def _take_from_library(name: str) -> None:
    """Series in the library have been read already."""
    read = AnimeSeries.objects.active().filter(site=name, refreshed_at__isnull=False)
    series = {one.site_key: one for one in read.defer("episode_dict", "mapping")}
    rows = CatalogueEntry.objects.filter(site=name, details_at=None).values_list("pk", "key")
    wanted = [pk for pk, key in rows.iterator() if key in series]
    for start in range(0, len(wanted), _TAKEN):
        with transaction.atomic():
            entries = list(CatalogueEntry.objects.filter(pk__in=wanted[start : start + _TAKEN]))
            for entry in entries:
                one = series[entry.key]
                _take(entry, one, one.refreshed_at or timezone.now())
            fields = [*_TOLD, *_INDEXED, "details_at", "details_tried_at"]
            CatalogueEntry.objects.bulk_update(entries, fields)
