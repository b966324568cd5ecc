"""From a queue item and the configuration to a transfer's job, and to the place of its file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from django.conf import settings

from aniworld.config.schema import Config
from aniworld.sites.health.services import resting_sites
from downloads.errors import ProviderOff, SeriesUnknown
from downloads.models import DownloadQueueItem
from downloads.seen import Beside
from downloads.transfer.messages import FetchJob, Place
from downloads.worker.destination import library_number
from downloads.worker.workspace import MEGABYTE
from library.models import AnimeSeries
from library.ties.services import served_as
from providers.base import OWN, SiteSettings

MOST_LENGTHS = 200  # files of a season
LONGEST_RETRY_PAUSE = 1.0  # seconds, inside one transfer; the settings rule between transfers


def fetch_job(
    item: DownloadQueueItem,
    config: Config,
    *,
    work_dir: Path,
    skip: tuple[str, ...],
    limit_bytes: int,
) -> FetchJob:
    """The job of one try, from the configuration as it is now.

    Args:
        limit_bytes: how many a second it begins with; 0 for any number.

    Raises:
        SeriesUnknown: the owner has removed the series meanwhile.
        ProviderOff: the owner has switched the series' site off, and those it is tied to.
    """
    series = item.series
    if series.is_deleted:
        raise SeriesUnknown(why="removed", name=series.name)
    return FetchJob(
        home=series.site,
        places=places_of(item, config),
        languages=wanted_languages(series, config),
        only_language=item.wanted_language,
        hosters=tuple(series.hosters or config.providers.hosters),
        skip=skip,
        work_dir=str(work_dir),
        allow_private_hosts=tuple(settings.ALLOW_PRIVATE_HOSTS),
        min_free_bytes=config.downloads.min_free_mb * MEGABYTE,
        connections=config.downloads.connections,
        limit_bytes=limit_bytes,
        season_lengths=season_lengths(item),
        may_quarantine=config.downloads.quarantine_days > 0,
        manifest_roots=tuple(settings.MANIFEST_ROOTS),
        retry_pause=min(config.downloads.retry_base_seconds, LONGEST_RETRY_PAUSE),
    )


def places_of(item: DownloadQueueItem, config: Config) -> tuple[Place, ...]:
    """Where the episode may come from: a link that its owner has given it, its own site, then those
    that the series is tied to, in the owner's order. A site that lets nobody in, or is left alone,
    comes after those that answer.

    Raises:
        ProviderOff: none of them is switched on.
    """
    series, number = item.series, (item.season, item.episode_number)
    listed = [(series.site, series.site_key, number)]
    for tie in series.ties.all():
        there = served_as(tie, *number)
        if there is not None:
            listed.append((tie.site, tie.site_key, there))
    places = [
        Place(OWN, SiteSettings(), "", *number, own.link, own.language)
        for own in series.own_links.filter(season=number[0], episode_number=number[1])
    ]
    for site, key, (season, episode) in listed:
        chosen = config.providers.sites.get(site)
        if chosen is not None and chosen.enabled:
            places.append(Place(site, chosen, key, season, episode))
    if not places:
        raise ProviderOff(site=series.site)
    return tuple(_well_ones_first(places))


def _well_ones_first(places: Sequence[Place]) -> Sequence[Place]:
    if len(places) == 1:
        return places
    resting = resting_sites()
    return sorted(places, key=lambda place: place.site in resting)


def season_lengths(item: DownloadQueueItem) -> tuple[float, ...]:
    """Seconds of the files of the season's other episodes. Specials and films are of any length,
    so they say nothing of each other."""
    season, number = library_number(item)
    if season == 0:
        return ()
    files = item.series.files.filter(season=season, duration__gt=0).order_by("-pk")
    known = files.values_list("episodes", "duration")[:MOST_LENGTHS]
    return tuple(
        seconds
        for episodes, seconds in known
        if seconds and len(episodes) == 1 and number not in episodes
    )


def beside(item: DownloadQueueItem) -> Beside:
    """The other files of the series that a length may be held against: those of the season, or,
    where there are none, of its other seasons. Specials and films say nothing of any."""
    season, number = library_number(item)
    if season == 0:
        return {"files": 0, "shortest": None}
    files = item.series.files.filter(season__gt=0, duration__gt=0).order_by("-pk")
    known = list(files.values_list("season", "episodes", "duration")[:MOST_LENGTHS])
    single = [
        (of, seconds)
        for of, episodes, seconds in known
        if seconds and len(episodes) == 1 and (of, episodes[0]) != (season, number)
    ]
    same = [seconds for of, seconds in single if of == season]
    lengths = same or [seconds for _of, seconds in single]
    return {"files": len(lengths), "shortest": min(lengths, default=None)}


def first_language(item: DownloadQueueItem, config: Config) -> str:
    """The one it is likely to come in; empty where none is wanted."""
    return item.wanted_language or next(iter(wanted_languages(item.series, config)), "")


def wanted_languages(series: AnimeSeries, config: Config) -> tuple[str, ...]:
    return tuple(series.languages or config.providers.languages)
