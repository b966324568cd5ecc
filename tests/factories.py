"""Small builders of rows. What a test does not name gets a plain, valid value."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

from django.utils import timezone

from aniworld.events.operations import OperationState
from downloads.choices import Status
from downloads.models import DownloadQueueItem
from library.choices import (
    Confidence,
    EpisodeState,
    FileState,
    NumberingCase,
    UnmatchedReason,
)
from library.models import (
    AnimeSeries,
    Episode,
    LibraryRoot,
    MediaFile,
    ScanOperation,
    UnmatchedFolder,
)
from library.services.numbering import Range
from library.services.numbering_review import Suggestion

_numbers = count(1)


def said(name: str, code: str, sentence: str) -> dict[str, Any]:
    """The columns ``<name>_code`` and ``<name>_params`` of something that says this sentence."""
    return {f"{name}_code": code, f"{name}_params": {"why": "as_told", "text": sentence}}


def make_root(path: str = "/srv/anime", **fields: Any) -> LibraryRoot:
    return LibraryRoot.objects.get_or_create(path=path, defaults=fields)[0]


def make_series(
    name: str = "", *, present: int = 0, missing: int = 0, seasons: int = 1, **fields: Any
) -> AnimeSeries:
    """A series with ``present`` and ``missing`` episodes in each season, counters to match."""
    number = next(_numbers)
    name = name or f"Series {number}"
    key = fields.pop("key", f"series-{number}")
    series = AnimeSeries(
        **{
            "key": key,
            "site": "aniworld",
            "site_key": key,
            "name": name,
            "folder": name,
            "total_episodes": seasons * (present + missing),
            "downloaded_count": seasons * present,
            "missing_count": seasons * missing,
            "refreshed_at": timezone.now(),
        }
        | fields
    )
    series.index_words()
    series.save()
    make_episodes(
        [
            (series, season, episode, EpisodeState.PRESENT if episode <= present else "MISSING")
            for season in range(1, seasons + 1)
            for episode in range(1, present + missing + 1)
        ]
    )
    return series


def make_episodes(rows: Sequence[tuple[AnimeSeries, int, int, str]]) -> list[Episode]:
    """Many episodes at once: series, season, number, state."""
    return Episode.objects.bulk_create(
        [
            Episode(
                series=series,
                season=season,
                episode_number=number,
                state=state,
                is_downloaded=state == EpisodeState.PRESENT,
                title=f"Title {number}",
                languages=["German Sub"],
            )
            for series, season, number, state in rows
        ],
        batch_size=1000,
    )


def make_file(series: AnimeSeries, path: str, **fields: Any) -> MediaFile:
    values = {"size": 300_000_000, "state": FileState.PRESENT, "seen_at": timezone.now()}
    root = fields.pop("root", None) or series.root or make_root()
    return MediaFile.objects.create(series=series, root=root, path=path, **values | fields)


# Of what is suggested for a series of ``split_numbers``.
SPLIT_MARK = Suggestion(
    NumberingCase.SPLIT_COUR, (Range(1, 3, 4, 2, 1),), (), Confidence.COUNTS, 0, 0
).mark


def split_numbers(series: AnimeSeries) -> None:
    """Four files of one season, of which the catalogue lists two in a second one."""
    series.episodes.all().delete()
    series.files.all().delete()
    files = [
        make_file(series, f"{series.folder}/S01E0{n}.mkv", season=1, episodes=[n])
        for n in range(1, 5)
    ]
    make_episodes([(series, season, n, "MISSING") for season in (1, 2) for n in (1, 2)])
    for file in files[2:]:
        facts = {"state": EpisodeState.PRESENT, "is_downloaded": True, "listed": False}
        number = file.episodes[0]
        Episode.objects.create(series=series, season=1, episode_number=number, file=file, **facts)


def make_item(series: AnimeSeries, episode: int = 1, **fields: Any) -> DownloadQueueItem:
    values = {"season": 1, "status": Status.PENDING, "position": next(_numbers)}
    return DownloadQueueItem.objects.create(
        series=series, episode_number=episode, **values | fields
    )


def make_unmatched(folder: str, *candidates: dict[str, Any], **fields: Any) -> UnmatchedFolder:
    values = {"reason": UnmatchedReason.AMBIGUOUS, "root": fields.pop("root", None) or make_root()}
    return UnmatchedFolder.objects.create(
        folder=folder, candidates=list(candidates), **values | fields
    )


def make_scan(state: str = OperationState.COMPLETED, **fields: Any) -> ScanOperation:
    now = timezone.now()
    values = {"state": state, "started_at": now}
    if state != OperationState.RUNNING:
        values |= {"finished_at": now}
    return ScanOperation.objects.create(**values | fields)
