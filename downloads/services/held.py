"""What items say that begin to wait while the catalogue of their series is held."""

from __future__ import annotations

from collections.abc import Sequence

from downloads.choices import WAITING
from downloads.errors import CatalogueHeld
from downloads.models import DownloadQueueItem
from library.models import AnimeSeries
from providers.coded import Coded


def why_held(series: AnimeSeries) -> Coded | None:
    """Why nothing of a series is fetched now; None where that is no matter of its catalogue."""
    return CatalogueHeld(name=series.name).as_json() if series.catalogue_held else None


def say_as_held(ids: Sequence[int]) -> None:
    """Let items that have come back to the queue say that they wait for their owner's word, and
    say so no more where it was given meanwhile. The queue is locked."""
    waiting = DownloadQueueItem.objects.filter(pk__in=ids, status__in=WAITING)
    held = AnimeSeries.objects.filter(
        pk__in=waiting.filter(series__catalogue_held=True).values("series")
    )
    for series in held.only("pk", "name", "catalogue_held"):
        columns = DownloadQueueItem.error.values(why_held(series))
        waiting.filter(series=series).update(**columns)
    over = waiting.filter(series__catalogue_held=False, error_code=CatalogueHeld.code)
    over.update(**DownloadQueueItem.error.values(None))
