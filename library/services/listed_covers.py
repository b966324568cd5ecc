"""Covers of what the sites list, in a place of their own that has a bound: what is in the library
keeps its cover for good, these are only looked at."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from library.models import CatalogueEntry
from library.services.covers import ODD, WIDTHS, Fetch, fetcher, store
from providers.errors import ProviderError

log = logging.getLogger(__name__)

WIDTH = WIDTHS[0]
MOST_COVERS, MOST_BYTES = 4_000, 120_000_000
_AT_ONCE = 500  # rows in one statement


def listed_cover_path(entry_id: int) -> Path:
    return listed_cover_folder() / f"{entry_id}.webp"


def listed_cover_folder() -> Path:
    return Path(settings.DATA_DIR) / "covers" / "listed"


def keep_listed_cover(entry: CatalogueEntry, *, fetch: Fetch | None = None) -> bool:
    """Fetch and store the cover of an entry unless that was done or tried already.

    A cover is never worth an error: what goes wrong is logged, and not tried again.

    Args:
        fetch: gets the bytes of an address; the client of the entry's site where not given.

    Returns:
        Whether a new cover was stored.
    """
    if not entry.lacks_cover:
        return False
    entry.cover_at = timezone.now()
    try:
        content = (fetch or fetcher(entry.site))(entry.cover_url)
        store(content, {WIDTH: listed_cover_path(entry.pk)})
    except (ProviderError, *ODD) as error:
        log.warning("cover not kept site=%s key=%s error=%s", entry.site, entry.key[:80], error)
        CatalogueEntry.objects.filter(pk=entry.pk).update(cover_source="", cover_at=entry.cover_at)
        return False
    entry.cover_source = entry.cover_url
    CatalogueEntry.objects.filter(pk=entry.pk).update(
        cover_source=entry.cover_source, cover_at=entry.cover_at
    )
    return True


def tidy_listed_covers() -> int:
    """Delete the covers of entries that are no more, and of the rest the oldest beyond the bound;
    returns how many files went."""
    covered = CatalogueEntry.objects.exclude(cover_source="").order_by("-cover_at", "-id")
    order = list(covered.values_list("pk", flat=True))
    sizes = dict(_sizes())
    stay, left = set[int](), MOST_BYTES
    for pk in order[:MOST_COVERS]:
        left -= sizes.get(pk, 0)
        if left < 0:
            break
        stay.add(pk)
    gone = [pk for pk in sizes if pk not in stay]
    for pk in gone:
        listed_cover_path(pk).unlink(missing_ok=True)
    without = [pk for pk in order if pk not in stay or pk not in sizes]
    for start in range(0, len(without), _AT_ONCE):
        portion = CatalogueEntry.objects.filter(pk__in=without[start : start + _AT_ONCE])
        portion.update(cover_source="", cover_at=None)
    return len(gone)


def _sizes() -> Iterator[tuple[int, int]]:
    """The ids of the entries that have a file, and the bytes of each."""
    for file in listed_cover_folder().glob("*.webp"):
        if file.stem.isdecimal():
            yield int(file.stem), file.stat().st_size
