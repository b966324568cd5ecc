"""Every file of the library as a list: what is looked for, and what is known of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, Sum

from library.choices import FileState
from library.models import AnimeSeries, Episode, LibraryRoot, MediaFile, UnmatchedFolder
from library.models.files import OUTSIDE, MediaFileQuerySet
from library.models.series import matching
from library.services.numbering import Number
from library.services.roots import is_a_root

MOST_WORDS = 12  # of what is looked for; each is a condition of its own


class Show(StrEnum):
    """Which files."""

    ALL = "ALL"
    PROBLEMS = "PROBLEMS"  # no number in the name, no film in the file, or its disk is away
    UNMATCHED = "UNMATCHED"  # of no series
    DUPLICATES = "DUPLICATES"  # two of one episode, both of them
    IDLE = "IDLE"  # their number leads to no episode


class Quality(StrEnum):
    """By the picture's size: a wide film counts by its width."""

    ANY = "ANY"
    UHD = "UHD"  # 2160p
    FULL_HD = "FULL_HD"  # 1080p
    HD = "HD"  # 720p
    SD = "SD"
    UNKNOWN = "UNKNOWN"  # it was not looked into, or nothing could be read


class Sort(StrEnum):
    PLACE = "place"
    LARGEST = "largest"
    SMALLEST = "smallest"
    NEWEST = "newest"
    BEST = "best"
    WORST = "worst"


# From which width or height on a picture is of that quality, the best first.
_LEAST = {Quality.UHD: (3200, 1800), Quality.FULL_HD: (1700, 960), Quality.HD: (1100, 660)}
_ORDERS: Mapping[Sort, tuple[Any, ...]] = {
    Sort.PLACE: ("root_id", "folder", "path"),
    Sort.LARGEST: ("-size", "pk"),
    Sort.SMALLEST: ("size", "pk"),
    Sort.NEWEST: ("-mtime_ns", "pk"),
    Sort.BEST: (F("height").desc(nulls_last=True), "pk"),
    Sort.WORST: (F("height").asc(nulls_last=True), "pk"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for. ``text``: every word of it is in the path, or in a name of the series.
    ``series`` is the key of the only one."""

    text: str = ""
    series: str = ""
    show: Show = Show.ALL
    quality: Quality = Quality.ANY
    sort: Sort = Sort.PLACE

    @property
    def is_filtered(self) -> bool:
        named = self.text or self.series
        return bool(named) or self.show is not Show.ALL or self.quality is not Quality.ANY


@dataclass(frozen=True, slots=True)
class Totals:
    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Known:
    """What else is known of some files, by their ids.

    Attributes:
        episodes: those that a file stands for; of a spare one those of the other.
        doubled: files that another one is a second copy of.
        folders: the unmatched folder in which a file lies.
    """

    episodes: Mapping[int, Sequence[Number]] = field(default_factory=dict)
    doubled: frozenset[int] = frozenset()
    folders: Mapping[int, int] = field(default_factory=dict)


def here() -> MediaFileQuerySet:
    """The files in the library folders that are configured."""
    # Joined, each file would be asked for its folder.
    return MediaFile.objects.filter(root__in=LibraryRoot.objects.filter(is_a_root()).values("pk"))


def passing(wanted: Wanted) -> MediaFileQuerySet:
    """The files that pass, in no order."""
    found = here().filter(_shown(wanted.show), _of_quality(wanted.quality))
    if wanted.series:
        found = found.filter(series__key=wanted.series)
    for word in wanted.text.split()[:MOST_WORDS]:
        named = AnimeSeries.objects.filter(matching(word)).values("pk")
        found = found.filter(Q(path__icontains=word) | Q(series__in=named))
    return found


class Listing:
    """The files that pass in the order that is wished for, with what a row says of them: counted
    once, and read a part at a time."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted

    @cached_property
    def totals(self) -> Totals:
        figures = passing(self._wanted).aggregate(files=Count("pk"), bytes=Sum("size"))
        return Totals(figures["files"], figures["bytes"] or 0)

    def count(self) -> int:
        return self.totals.files

    def __len__(self) -> int:
        return self.totals.files

    def __getitem__(self, part: slice) -> list[MediaFile]:
        order = _ORDERS[self._wanted.sort]
        # Sorted before anything is joined: else it would be for every file there is.
        ids = passing(self._wanted).order_by(*order).values("pk")[part]
        found = MediaFile.objects.filter(pk__in=ids).select_related("root", "series", "instead")
        return list(found.order_by(*order).defer(*_UNREAD))


# What no row says.
_UNREAD = (
    *("series__description", "series__episode_dict", "series__mapping", "series__search_text"),
    *("series__held", "root__mounts", "root__passed"),
)


def known_of(files: Sequence[MediaFile]) -> Known:
    """What else is known of these files, in three queries at most."""
    ids = {file.pk for file in files}
    standing = {file.pk: instead(file) or file.pk for file in files}
    numbers: dict[int, list[Number]] = {}
    held = Episode.objects.filter(file__in=set(standing.values()))
    for file, season, number in held.order_by("season", "episode_number").values_list(
        "file", "season", "episode_number"
    ):
        numbers.setdefault(file, []).append((season, number))
    doubled = MediaFile.objects.spare().filter(instead__in=ids).values_list("instead", flat=True)
    return Known(
        {pk: numbers.get(other, ()) for pk, other in standing.items()},
        frozenset(pk for pk in doubled if pk is not None),
        _folders(files),
    )


def instead(file: MediaFile) -> int | None:
    """The id of the file that stands for its episodes, where that is another one."""
    other = file.instead_id
    is_spare = other is not None and not file.problem and file.series_id is not None
    return other if is_spare else None


def quality_of(file: MediaFile) -> Quality:
    """Of its picture."""
    if not file.width and not file.height:
        return Quality.UNKNOWN
    for quality, (width, height) in _LEAST.items():
        if (file.width or 0) >= width or (file.height or 0) >= height:
            return quality
    return Quality.SD


def _folders(files: Sequence[MediaFile]) -> dict[int, int]:
    free = [file for file in files if file.series_id is None]
    if not free:
        return {}
    at = {"root__in": {file.root_id for file in free}, "folder__in": {f.folder for f in free}}
    rows = UnmatchedFolder.objects.filter(**at).values_list("root", "folder", "pk")
    known = {(root, folder): pk for root, folder, pk in rows}
    places = ((file.pk, (file.root_id, file.folder)) for file in free)
    return {pk: known[place] for pk, place in places if place in known}


def _shown(show: Show) -> Q:
    if show is Show.PROBLEMS:
        damaged = ~Q(media_problem__in=["", OUTSIDE])
        return ~Q(problem="") | damaged | Q(state=FileState.UNAVAILABLE)
    if show is Show.UNMATCHED:
        return Q(series=None)
    if show is Show.DUPLICATES:
        spare = MediaFile.objects.filter(instead=OuterRef("pk"), series=OuterRef("series"))
        is_spare = Q(instead__series=F("series"), problem="")
        return is_spare | Q(Exists(spare.filter(problem="")))
    if show is Show.IDLE:
        stands = Q(Exists(Episode.objects.filter(file=OuterRef("pk"))))
        return Q(series__isnull=False, problem="", instead=None) & ~stands
    return Q()


def _of_quality(quality: Quality) -> Q:
    if quality is Quality.ANY:
        return Q()
    if quality is Quality.UNKNOWN:
        return Q(width=None, height=None)
    better = [one for one in _LEAST if one is not quality]
    better = better[: list(_LEAST).index(quality)] if quality in _LEAST else better
    found = _at_least(quality) if quality in _LEAST else Q(height__isnull=False)
    for other in better:
        found &= ~_at_least(other)
    return found


def _at_least(quality: Quality) -> Q:
    width, height = _LEAST[quality]
    return Q(width__isnull=False, width__gte=width) | Q(height__isnull=False, height__gte=height)
