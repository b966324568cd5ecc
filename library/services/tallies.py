"""Counting the library: once a day for its history, and what its files are like.

To group all files takes longer than a page may, so it is done by a job and after each scan.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import (
    Case,
    CharField,
    Count,
    Func,
    Max,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.utils import timezone

from library.choices import EpisodeState, FileState
from library.models import AnimeSeries, Episode, LibraryDay, LibraryTally, MediaFile
from library.models.days import StoredLargest, StoredShare

LARGEST_KEPT = 20
SHARES_KEPT = 30  # labels and tracks come from files, which may say anything
COMBINATIONS_READ = 2_000
SOUND = "sound:"  # before the code of a track, where nobody has said what the file is
OTHERS = "*"  # all that are too rare to be kept one by one
UNDETERMINED = "und"
# Above so many lines or columns a picture is of that kind; films are cut to several heights.
QUALITIES = (
    *(("2160p", 1600, 2844), ("1440p", 1200, 2133), ("1080p", 800, 1422)),
    *(("720p", 620, 1102), ("576p", 500, 889), ("480p", 0, 0)),
)


@dataclass(frozen=True, slots=True)
class Counts:
    """What the catalogues list of the series that are there, and what of that is on disk."""

    series: int
    complete: int  # series of which something is on disk, and nothing that is out is missing
    incomplete: int
    unmonitored: int  # series of which nothing counts as missing
    episodes: int
    present: int
    missing: int
    unavailable: int
    announced: int

    @property
    def others(self) -> int:
        """Episodes that are out and not on disk, and that nobody wants."""
        known = self.present + self.missing + self.unavailable + self.announced
        return max(self.episodes - known, 0)


def counts() -> Counts:
    """What there is now, by the counters of the series and the index of what is announced."""
    # To look for the few series that are gone costs a tenth of looking for those that are there.
    gone = AnimeSeries.objects.exclude(deleted_at=None).order_by().values("pk")
    announced = Episode.objects.filter(state=EpisodeState.ANNOUNCED, listed=True)
    number = (
        announced.exclude(series__in=gone)
        .order_by()
        .annotate(
            number=Func("pk", function="COUNT")  # as an aggregate it would be grouped
        )
    )
    found = (
        AnimeSeries.objects.active()
        .order_by()
        .aggregate(
            series=Count("pk"),
            episodes=Sum("total_episodes", default=0),
            present=Sum("downloaded_count", default=0),
            missing=Sum("missing_count", default=0),
            unavailable=Sum("unavailable_count", default=0),
            complete=Count("pk", filter=_COMPLETE),
            incomplete=Count("pk", filter=Q(missing_count__gt=0) | Q(unavailable_count__gt=0)),
            unmonitored=Count("pk", filter=Q(monitored=False)),
            announced=Max(Subquery(number.values("number")), default=0),
        )
    )
    return Counts(**found)


def keep(now: datetime) -> LibraryDay:
    """Count the library, and keep that as what there is on the day of ``now``."""
    known, files = counts(), _files()
    sums = files.aggregate(files=Count("pk"), bytes=Sum("size", default=0))
    tally = {
        **sums,
        "at": now,
        "qualities": _qualities(files),
        "languages": _languages(files),
        "largest": _largest(files),
    }
    figures = {"episodes": known.present, "missing": known.missing, "announced": known.announced}
    with transaction.atomic():
        LibraryTally.objects.update_or_create(pk=1, defaults=tally)
        row, _is_new = LibraryDay.objects.update_or_create(
            day=timezone.localtime(now).date(),
            defaults={**sums, **figures, "is_counted": True},
        )
    return row


def forget_before(day: date) -> int:
    """Delete the days before this one; how many there were."""
    return LibraryDay.objects.filter(day__lt=day).delete()[0]


_COMPLETE = Q(monitored=True, downloaded_count__gt=0, missing_count=0, unavailable_count=0)


def _files() -> QuerySet[MediaFile, MediaFile]:
    """The videos that are there, in the folders of the library."""
    return MediaFile.objects.filter(state=FileState.PRESENT, root__is_active=True).order_by()


def _qualities(files: QuerySet[MediaFile, MediaFile]) -> list[StoredShare]:
    kinds = [
        When(Q(height__gt=lines) | Q(width__gt=columns), then=Value(name))
        for name, lines, columns in QUALITIES
    ]
    kind = Case(*kinds, default=Value(""), output_field=CharField())
    rows = files.annotate(kind=kind).values_list("kind").annotate(Count("pk"), Sum("size"))
    return _shares((name, count, size) for name, count, size in rows)


def _languages(files: QuerySet[MediaFile, MediaFile]) -> list[StoredShare]:
    """By what a name or a download says; of files of which neither does, by their sound."""
    rows = files.values_list("language", "audio_languages").annotate(
        count=Count("pk"), bytes=Sum("size")
    )
    return _shares(
        (name, count, size)
        for label, tracks, count, size in rows.order_by("-count")[:COMBINATIONS_READ]
        for name in ([label] if label else _sound(tracks))
    )


def _sound(tracks: Sequence[str]) -> list[str]:
    """The languages of tracks; a container that says none calls it ``und``."""
    return [f"{SOUND}{one}" for one in tracks if one and one != UNDETERMINED] or [""]


def _shares(rows: Iterable[tuple[str, int, int]]) -> list[StoredShare]:
    """Added up by name, the largest first; those that are too rare to be kept are one."""
    files, sizes = Counter[str](), Counter[str]()
    for name, count, size in rows:
        files[name] += count
        sizes[name] += size
    names = sorted(files, key=lambda one: (-files[one], -sizes[one], one))
    kept = [_share(name, files[name], sizes[name]) for name in names[:SHARES_KEPT]]
    if rare := names[SHARES_KEPT:]:
        count, size = (sum(sums[name] for name in rare) for sums in (files, sizes))
        kept.append(_share(OTHERS, count, size))
    return kept


def _share(name: str, files: int, size: int) -> StoredShare:
    return {"name": name, "files": files, "bytes": size}


def _largest(files: QuerySet[MediaFile, MediaFile]) -> list[StoredLargest]:
    of_series = files.filter(series__deleted_at=None, series__isnull=False)
    rows = (
        of_series.values_list("series__key", "series__name")
        .annotate(count=Count("pk"), bytes=Sum("size"))
        .order_by("-bytes", "series__key")
    )
    return [
        {"key": key, "name": name, "files": count, "bytes": size}
        for key, name, count, size in rows[:LARGEST_KEPT]
    ]
