"""From a queue item and the configuration to a transfer's job, and to the place of its file."""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings

from aniworld.config.schema import Config
from downloads.errors import ProviderOff, SeriesUnknown
from downloads.models import DownloadQueueItem
from downloads.transfer.messages import FetchJob
from downloads.worker.disk import Disk
from downloads.worker.workspace import MEGABYTE
from library.models import AnimeSeries
from library.naming.layout import Layout, target_path
from library.naming.template import EpisodeName
from library.naming.videos import is_video
from library.services import series_directory
from library.services.numbering import Numbering

LONGEST_RETRY_PAUSE = 1.0  # seconds, inside one transfer; the settings rule between transfers


def fetch_job(
    item: DownloadQueueItem, config: Config, *, work_dir: Path, skip: tuple[str, ...]
) -> FetchJob:
    """The job of one try, from the configuration as it is now.

    Raises:
        SeriesUnknown: the owner has removed the series meanwhile.
        ProviderOff: the owner has switched the series' site off.
    """
    series = item.series
    if series.is_deleted:
        raise SeriesUnknown(why="removed", name=series.name)
    site = config.providers.sites.get(series.site)
    if site is None or not site.enabled:
        raise ProviderOff(site=series.site)
    return FetchJob(
        site=series.site,
        site_settings=site,
        key=series.site_key,
        season=item.season,
        episode=item.episode_number,
        languages=wanted_languages(series, config),
        hosters=tuple(series.hosters or config.providers.hosters),
        skip=skip,
        work_dir=str(work_dir),
        allow_private_hosts=tuple(settings.ALLOW_PRIVATE_HOSTS),
        min_free_bytes=config.downloads.min_free_mb * MEGABYTE,
        retry_pause=min(config.downloads.retry_base_seconds, LONGEST_RETRY_PAUSE),
    )


def wanted_languages(series: AnimeSeries, config: Config) -> tuple[str, ...]:
    return tuple(series.languages or config.providers.languages)


def destination(item: DownloadQueueItem, config: Config, *, extension: str, disk: Disk) -> Path:
    """Where the item's file goes, absolute and inside the library root.

    Numbers are those of the library, so that a scan reads from the name what was meant.

    Raises:
        NoLibraryRoot: none is configured.
        RootUnavailable: the disk does not answer.
        OSError: the series' folder cannot be read.
    """
    series = item.series
    directory = series_directory(series)
    season, number = Numbering.of((), series.mapping).library_number(
        item.season, item.episode_number
    )
    is_default = item.language in ("", *config.providers.languages[:1])
    name = EpisodeName(
        name=series.name,
        year=series.year,
        season=season,
        episode=number,
        title=item.title,
        language="" if is_default else item.language,
        key=series.key,
    )
    layout = disk.ask(lambda: _layout(directory)) if series.folder else None
    relative = target_path(
        config.downloads.naming_template, name, extension=extension, layout=layout
    )
    return disk.directory / relative


def _layout(directory: Path) -> Layout:
    """What is there already; a folder that is not there yet has its name and nothing in it."""
    try:
        with os.scandir(directory) as found:
            entries = list(found)
    except FileNotFoundError:
        return Layout(directory.name)
    folders = [entry.name for entry in entries if entry.is_dir()]
    is_flat = any(is_video(entry.name) and entry.is_file() for entry in entries)
    return Layout(directory.name, folders, is_flat)
