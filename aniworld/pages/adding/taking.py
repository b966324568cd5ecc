"""Taking a series into the library and, where that is wanted, its episodes into the queue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from downloads import services as queue
from downloads.services import Added
from library import services
from library.choices import EpisodeState
from library.models import AnimeSeries, Episode
from library.services.addresses import series_at
from library.services.roots import named_root


class QueueNow(StrEnum):
    """What of a series is queued with adding it."""

    NONE = "NONE"
    MISSING = "MISSING"  # everything that there is and is not on disk
    FIRST_SEASON = "FIRST_SEASON"  # what misses of the first season; of films where there is none
    LAST_SEASON = "LAST_SEASON"


@dataclass(frozen=True, slots=True)
class Wish:
    """What becomes of a series that comes into the library.

    ``folder`` is the directory's name in the stored form of ``library.naming.paths``, None for one
    by the naming template; ``root`` the path of the library folder it lies in, empty for the first
    one. ``changes`` are as :func:`library.services.add_series` takes them.
    """

    folder: str | None = None
    root: str = ""
    changes: Mapping[str, Any] = field(default_factory=dict)
    queue: QueueNow = QueueNow.NONE


@dataclass(frozen=True, slots=True)
class Taken:
    """``is_new`` is False of a series that was brought back; ``added`` is None where nothing was to
    be queued."""

    series: AnimeSeries
    is_new: bool
    added: Added | None = None


def take(wish: Wish, *, site: str, key: str | None = None, link: str | None = None) -> Taken:
    """Add a series as it is wished; its site is asked. What makes no sense is refused before that.

    Queueing comes last and by itself: should it fail, the series is in the library.

    Args:
        site: the provider's name; where it is empty, whichever enabled one knows the ``link``.
        key: the provider's key, or
        link: an address of the provider that holds the key.

    Raises:
        UnknownRoot, NoSiteChosen; as :func:`library.services.add_series`.
        SeriesUnknown: it was removed again before it could be queued.
    """
    root = named_root(wish.root) if wish.root else None
    if link and not site:
        site, key = series_at(link)
        link = None
    series, is_new = services.add_series(
        site=site,
        key=key,
        link=link,
        folder=wish.folder,
        root=root,
        changes=wish.changes,
    )
    return Taken(series, is_new, _queue(series, wish.queue))


def _queue(series: AnimeSeries, wanted: QueueNow) -> Added | None:
    if wanted is QueueNow.NONE:
        return None
    season: int | None = None
    if wanted is not QueueNow.MISSING:
        seasons = _missing_seasons(series)
        if not seasons:
            return Added()
        season = min(seasons) if wanted is QueueNow.FIRST_SEASON else max(seasons)
    return queue.enqueue_missing(series_key=series.key, season=season)


def _missing_seasons(series: AnimeSeries) -> list[int]:
    """Those that miss anything; films and specials count where there is nothing else."""
    missing = Episode.objects.filter(series=series, state=EpisodeState.MISSING, unwanted=False)
    seasons = list(missing.order_by().values_list("season", flat=True).distinct())
    return [season for season in seasons if season] or seasons
