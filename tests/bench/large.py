"""Fill the database of ``DATA_DIR`` or ``DATABASE_URL`` with a very large library that is in use:
10,000 series, 10,000 waiting and 100,000 finished queue items, and what has come together in years.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aniworld.settings")
django.setup()

from django.db import connection, models, transaction  # noqa: E402 - after django.setup()
from django.utils import timezone  # noqa: E402

from aniworld.events.operations import OperationState  # noqa: E402
from aniworld.sites.models import ServiceDay  # noqa: E402
from downloads.choices import Status  # noqa: E402
from downloads.models import DownloadQueueItem, FetchedDay  # noqa: E402
from library.choices import EpisodeState, Follow, UnmatchedReason  # noqa: E402
from library.models import (  # noqa: E402
    Airing,
    AnimeSeries,
    Availability,
    CatalogueEntry,
    Episode,
    LibraryDay,
    LibraryRoot,
    MediaFile,
    ScanOperation,
    UnmatchedFolder,
)
from library.services import tallies  # noqa: E402

SERIES = 10_000
EPISODES, PRESENT, MISSING = 12, 8, 3  # the last one is announced
LONG = 1_000  # episodes of the last two series: in one season, and in twenty
WAITING, FINISHED = 10_000, 100_000
DAYS = 730
FOLDERS = 200
BATCH = 2_000
LANGUAGES = ("German Dub", "German Sub", "English Sub")
FIRST = ("Silent", "Crimson", "Hollow", "Distant", "Paper", "Iron", "Velvet", "Northern", "Last")
SECOND = ("Lantern", "Harbour", "Blade", "Garden", "Winter", "Signal", "Orchard", "Machine", "Tide")


def main() -> None:
    folder = Path(os.environ["ANIME_DIRECTORY"])
    with transaction.atomic():
        root = LibraryRoot.objects.create(path=str(folder), last_scanned_at=timezone.now())
        shows = list(AnimeSeries.objects.bulk_create(_shows(root), batch_size=BATCH))
        places = [place for show in shows for place in _places(show)]
        _create(MediaFile, _files(root, places))
        ids = dict(MediaFile.objects.values_list("path", "pk"))
        _create(Episode, _episodes(places, ids))
        _create(Availability, _availability(places))
        _create(Airing, _airings(places))
        _create(DownloadQueueItem, _items(shows, places))
        _years(root)
    tallies.keep(timezone.now())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # does it by itself, a minute later
            cursor.execute("ANALYZE")


def _create(kind: type[models.Model], rows: Iterator[models.Model]) -> None:
    while some := list(islice(rows, BATCH)):
        kind._default_manager.bulk_create(some)


def _shows(root: LibraryRoot) -> Iterator[AnimeSeries]:
    for number in range(SERIES):
        name = f"{FIRST[number % 9]} {SECOND[number // 9 % 9]} of Chapter {number}"
        counts = (EPISODES, PRESENT, MISSING) if number < SERIES - 2 else (LONG, LONG - 10, 9)
        total, there, missing = counts
        show = AnimeSeries(
            key=f"show-{number}",
            site="aniworld" if number % 3 else "bs",
            site_key=f"show-{number}",
            name=name,
            folder=f"{name} ({1970 + number % 56})",
            root=root,
            year=1970 + number % 56,
            status=("ongoing", "completed")[number % 2],
            genres=["Drama", f"Genre {number % 30}"],
            description="What it is about, in a few sentences of the usual length. " * 5,
            follow=Follow.NEW if number % 3 == 0 else Follow.OFF,
            cover_source="https://site.example/cover.jpg",
            total_episodes=total,
            downloaded_count=there,
            missing_count=missing,
            refreshed_at=timezone.now(),
            first_read_at=timezone.now() - timedelta(days=200),
        )
        show.index_words()
        yield show


Place = tuple[AnimeSeries, int, int, str]  # series, season, episode, its state


def _places(show: AnimeSeries) -> Iterator[Place]:
    """The episodes of a series."""
    number = int(show.key.rpartition("-")[2])
    seasons = 20 if number == SERIES - 1 else 1
    each = show.total_episodes // seasons
    for at in range(show.total_episodes):
        state = EpisodeState.PRESENT if at < show.downloaded_count else EpisodeState.MISSING
        if at == show.total_episodes - 1:
            state = EpisodeState.ANNOUNCED
        yield show, at // each + 1, at % each + 1, state


def _path(place: Place) -> str:
    show, season, episode, _state = place
    return f"{show.folder}/Season {season:02}/{show.name} - S{season:02}E{episode:02}.mkv"


def _files(root: LibraryRoot, places: list[Place]) -> Iterator[MediaFile]:
    now = timezone.now()
    for number, place in enumerate(places):
        show, season, episode, state = place
        if state == EpisodeState.PRESENT:
            yield MediaFile(
                root=root,
                series=show,
                path=_path(place),
                folder=show.folder,
                size=300_000_000 + number,
                mtime_ns=number,
                season=season,
                episodes=[episode],
                rule="season_episode",
                width=(1920, 1280, 3840)[number % 3],
                height=(1080, 720, 2160)[number % 3],
                video_codec="h264",
                audio_languages=["ger"],
                probed_at=now,
                seen_at=now,
                problem="name_without_number" if number % 500 == 0 else "",
            )


def _episodes(places: list[Place], files: dict[str, int]) -> Iterator[Episode]:
    now = timezone.now()
    for number, place in enumerate(places):
        show, season, episode, state = place
        file = files.get(_path(place))
        yield Episode(
            series=show,
            season=season,
            episode_number=episode,
            title=f"The title of episode {episode}",
            original_title=f"Original title {episode}",
            state=state,
            is_downloaded=file is not None,
            download_date=now - timedelta(minutes=7 * number) if file else None,
            file_id=file,
            file_path=_path(place) if file else "",
            file_size=300_000_000 if file else None,
            languages=list(LANGUAGES[: number % 3 + 1]) if state != EpisodeState.ANNOUNCED else [],
            hosters=["VOE", "Filemoon"],
        )


def _availability(places: list[Place]) -> Iterator[Availability]:
    now = timezone.now()
    for number, (show, season, episode, state) in enumerate(places):
        if state != EpisodeState.ANNOUNCED:
            yield Availability(
                series=show,
                season=season,
                episode_number=episode,
                language=LANGUAGES[0],
                first_seen_at=now - timedelta(minutes=5 * (number % 50_000)),
                is_news=number % 7 == 0,
            )


def _airings(places: list[Place]) -> Iterator[Airing]:
    """Some of what is missing, and what is announced, over a year back and two months ahead."""
    now = timezone.now()
    for number, (show, season, episode, state) in enumerate(places):
        if state == EpisodeState.ANNOUNCED or (state == EpisodeState.MISSING and number % 4 == 0):
            days = number % 60 if state == EpisodeState.ANNOUNCED else -(number % 365)
            yield Airing(
                series=show,
                season=season,
                episode_number=episode,
                language=LANGUAGES[1],
                at=now + timedelta(days=days, minutes=number % 600),
                has_time=True,
                noted_at=now,
            )


def _items(shows: list[AnimeSeries], places: list[Place]) -> Iterator[DownloadQueueItem]:
    now = timezone.now()
    missing = [place for place in places if place[3] == EpisodeState.MISSING]
    for position, (show, season, episode, _state) in enumerate(missing[:WAITING]):
        yield DownloadQueueItem(
            series=show,
            season=season,
            episode_number=episode,
            title=f"The title of episode {episode}",
            position=position,
        )
    for number in range(FINISHED):
        yield DownloadQueueItem(
            series=shows[number % len(shows)],
            season=1,
            episode_number=number // len(shows) + 1,
            status=Status.COMPLETED if number % 50 else Status.FAILED,
            position=number,
            language=LANGUAGES[number % 3],
            provider="aniworld",
            hoster="VOE",
            downloaded_bytes=300_000_000,
            total_bytes=300_000_000,
            error_code="" if number % 50 else "link_dead",
            started_at=now - timedelta(minutes=number + 3),
            completed_at=now - timedelta(minutes=number),
        )


def _years(root: LibraryRoot) -> None:
    """What there was on each day, what the sites list, and what a scan could not place."""
    today = timezone.localdate()
    days = [(at, today - timedelta(days=DAYS - 1 - at)) for at in range(DAYS)]
    LibraryDay.objects.bulk_create(
        LibraryDay(
            day=day, files=at * 100, bytes=at * 10**10, episodes=at * 100, missing=at, announced=9
        )
        for at, day in days
    )
    FetchedDay.objects.bulk_create(
        FetchedDay(day=day, bytes=at % 90 * 10**9, episodes=at % 90, failed=at % 7)
        for at, day in days
    )
    ServiceDay.objects.bulk_create(
        ServiceDay(service=service, day=day, answered=at % 300, failed=at % 11)
        for service in ("aniworld", "bs", "hoster:voe", "hoster:filemoon")
        for at, day in days
    )
    CatalogueEntry.objects.bulk_create(
        [CatalogueEntry(**_listed(number)) for number in range(SERIES)], batch_size=BATCH
    )
    UnmatchedFolder.objects.bulk_create(
        UnmatchedFolder(root=root, folder=f"Folder {number}", reason=UnmatchedReason.AMBIGUOUS)
        for number in range(FOLDERS)
    )
    counted = ("new", "changed", "gone", "unreadable", "unmatched", "errors", "duration")
    ScanOperation.objects.create(
        state=OperationState.COMPLETED,
        started_at=timezone.now(),
        finished_at=timezone.now(),
        result={"folders": SERIES, "files": 80_000} | dict.fromkeys(counted, 0),
    )


def _listed(number: int) -> dict[str, object]:
    entry = CatalogueEntry(site=("aniworld", "bs")[number % 2], key=f"listed-{number}")
    entry.name = f"{FIRST[number % 9]} {SECOND[number // 9 % 9]} {number}"
    entry.year = 1970 + number % 56
    entry.genres = [f"Genre {number % 30}"]
    entry.index_words()
    return {field.attname: getattr(entry, field.attname) for field in entry._meta.concrete_fields}


if __name__ == "__main__":
    main()
