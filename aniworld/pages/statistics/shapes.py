"""What the API says of the statistics."""

from __future__ import annotations

from typing import Annotated, TypedDict

from django.utils import timezone

from aniworld.pages.statistics.periods import Bucket, Period, Step
from aniworld.pages.statistics.reading import Calls, Fetched, Growth, Service, Statistics
from aniworld.web.shapes import Format, Moment, OneOf
from downloads.snapshots import moment
from library.models import LibraryTally
from library.models.days import StoredLargest, StoredShare
from library.services.tallies import Counts

Day = Annotated[str, Format("date")]
Bytes = Annotated[int, "Bytes."]


class StatisticsDays(TypedDict):
    """Days that are told as one, both included."""

    first_day: Day
    last_day: Day


class LibraryGrowth(StatisticsDays):
    """What there was at the end of these days."""

    episodes: Annotated[int, "On disk."]
    files: int
    bytes: Bytes
    missing: Annotated[int | None, "Null of days before the first count."]
    announced: Annotated[int | None, "The same."]
    counted: Annotated[bool, "False: worked out from what is there now."]


class DownloadedDays(StatisticsDays):
    """What was downloaded."""

    finished: int
    failed: Annotated[int, "Given up; a failed try that is followed by another is none."]
    bytes: Annotated[int, "That came from hosters, also in tries that failed."]


class ServiceCalls(StatisticsDays):
    """What became of the calls of one site or hoster."""

    answered: int
    failed: int


class ServiceStatistics(TypedDict):
    """How a site or hoster answered. Days of which nothing was asked are left out."""

    name: str
    label: str
    is_site: bool
    answered: int
    failed: int
    days: list[ServiceCalls]


class CollectionState(TypedDict):
    """What the catalogues list, and what has become of it, as it is now."""

    series: int
    series_complete: Annotated[int, "Something is on disk, and nothing that is out is missing."]
    series_incomplete: int
    series_unmonitored: Annotated[int, "Of these nothing counts as missing."]
    episodes: int
    present: int
    missing: int
    unavailable: Annotated[int, "The disk of their file is gone."]
    announced: int
    not_wanted: Annotated[int, "Out, not on disk, and nobody wants them."]


class FileShare(TypedDict):
    """The files that have something in common."""

    name: Annotated[
        str,
        "Empty: not known. `sound:ger`: only the language of a track is known. `*`: the rest.",
    ]
    files: int
    bytes: Bytes


class LargestSeries(TypedDict):
    key: str
    name: str
    files: int
    bytes: Bytes


class FilesTally(TypedDict):
    """What the files are like, as they were counted last."""

    counted_at: Moment
    files: int
    bytes: Bytes
    qualities: Annotated[list[FileShare], "By the lines of the picture: `1080p`."]
    languages: list[FileShare]
    largest: list[LargestSeries]


class LibraryStatistics(TypedDict):
    """Statistics of a period that ends today."""

    period: Annotated[str, OneOf(Period)]
    first_day: Day
    last_day: Day
    step: Annotated[str, OneOf(Step), "What one entry of the lists stands for."]
    time_zone: Annotated[str, "The server's, in which the days are."]
    collection: CollectionState
    files: Annotated[FilesTally | None, "Null: not counted yet."]
    growth: Annotated[list[LibraryGrowth], "From the first day on of which anything is known."]
    downloads: list[DownloadedDays]
    services: list[ServiceStatistics]


def statistics(known: Statistics) -> LibraryStatistics:
    return {
        "period": known.period.value,
        "first_day": known.first.isoformat(),
        "last_day": known.last.isoformat(),
        "step": known.step.value,
        "time_zone": timezone.get_current_timezone_name(),
        "collection": _collection(known.now),
        "files": _files(known.tally),
        "growth": [_growth(one) for one in known.growth],
        "downloads": [_downloaded(one) for one in known.downloads],
        "services": [_service(one) for one in known.services],
    }


def _days(days: Bucket) -> StatisticsDays:
    return {"first_day": days.first.isoformat(), "last_day": days.last.isoformat()}


def _growth(one: Growth) -> LibraryGrowth:
    return {
        **_days(one.days),
        "episodes": one.episodes,
        "files": one.files,
        "bytes": one.size,
        "missing": one.missing,
        "announced": one.announced,
        "counted": one.is_counted,
    }


def _downloaded(one: Fetched) -> DownloadedDays:
    return {
        **_days(one.days),
        "finished": one.finished,
        "failed": one.failed,
        "bytes": one.size,
    }


def _service(one: Service) -> ServiceStatistics:
    return {
        "name": one.name,
        "label": one.label,
        "is_site": one.is_site,
        "answered": one.whole.answered,
        "failed": one.whole.failed,
        "days": [_calls(calls) for calls in one.calls if calls.share is not None],
    }


def _calls(one: Calls) -> ServiceCalls:
    return {**_days(one.days), "answered": one.answered, "failed": one.failed}


def _collection(now: Counts) -> CollectionState:
    return {
        "series": now.series,
        "series_complete": now.complete,
        "series_incomplete": now.incomplete,
        "series_unmonitored": now.unmonitored,
        "episodes": now.episodes,
        "present": now.present,
        "missing": now.missing,
        "unavailable": now.unavailable,
        "announced": now.announced,
        "not_wanted": now.others,
    }


def _files(tally: LibraryTally | None) -> FilesTally | None:
    if tally is None:
        return None
    return {
        "counted_at": moment(tally.at) or "",
        "files": tally.files,
        "bytes": tally.bytes,
        "qualities": [_share(row) for row in tally.qualities],
        "languages": [_share(row) for row in tally.languages],
        "largest": [_largest(row) for row in tally.largest],
    }


def _share(row: StoredShare) -> FileShare:
    return {"name": row["name"], "files": row["files"], "bytes": row["bytes"]}


def _largest(row: StoredLargest) -> LargestSeries:
    return {
        "key": row["key"],
        "name": row["name"],
        "files": row["files"],
        "bytes": row["bytes"],
    }
