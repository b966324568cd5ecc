"""What the library's pages show, ready to be written down by their templates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Q, Sum
from django.utils.functional import cached_property

from aniworld.events.operations import OperationState
from aniworld.sites import configured
from aniworld.web import display
from aniworld.web.ids import whole
from aniworld.web.texts import text
from library.choices import CatalogueState
from library.errors import RootUnavailable
from library.models import AnimeSeries, MediaFile, ScanOperation
from library.models.series import LOCAL, AnimeSeriesQuerySet, matching, of_genre
from library.pages.forms import FolderForm, LibraryFilterForm
from library.pages.pictures import Picture, picture_of
from library.services import scans
from library.services.losses import RootLoss, awaits_word, losses_of
from library.services.operations import ScanProblem, problems_json
from library.services.roots import in_a_root, root_paths

PER_PAGE = 60
MOST_PAGES = 20  # that a list a visitor has scrolled through is rendered anew with
UNREAD_SHOWN = 100

ORDERINGS: dict[str, tuple[str, ...]] = {
    "name": ("sort_name", "id"),
    "missing": ("-missing_count", "sort_name", "id"),
    "added": ("-created_at", "-id"),
    "year": ("-year", "sort_name", "id"),
}


@dataclass(frozen=True, slots=True)
class Poster:
    """A series as a poster or a row of the table."""

    series: AnimeSeries

    @property
    def picture(self) -> Picture:
        return picture_of(self.series)

    @property
    def is_read(self) -> bool:
        """Whether its catalogue has ever been read; without it nobody knows what is missing."""
        return self.series.catalogue_state == CatalogueState.READ

    @property
    def is_complete(self) -> bool:
        total = self.series.total_episodes
        return self.is_read and 0 < total <= self.series.downloaded_count

    @property
    def years(self) -> str:
        return display.years(self.series.year, self.series.end_year)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many series are shown, and how many each of the first filters would show."""

    shown: int
    all: int
    missing: int
    complete: int
    unread: int
    unavailable: int
    held: int
    removed: int
    missing_episodes: int
    unavailable_episodes: int


@dataclass(frozen=True)
class ScanPanel:
    """The running scan, or else how the last one ended."""

    operation: ScanOperation | None

    @property
    def is_running(self) -> bool:
        return self.operation is not None and self.operation.state == OperationState.RUNNING

    @property
    def has_failed(self) -> bool:
        return self.operation is not None and self.operation.state == OperationState.FAILED

    @property
    def is_measured(self) -> bool:
        return self.operation is not None and self.operation.total > 0

    @cached_property
    def can_accept(self) -> bool:
        """Whether it waits for the owner to confirm that files are really gone."""
        return self.operation is not None and awaits_word(self.operation)

    @property
    def has_changed_root(self) -> bool:
        """Whether a library folder is empty, or another one than before."""
        code = self.operation.error_code if self.operation else ""
        return self.can_accept and code == RootUnavailable.code

    @cached_property
    def losses(self) -> list[RootLoss]:
        """What the owner's word would make missing."""
        return losses_of(self.operation) if self.operation and self.can_accept else []

    @property
    def signs(self) -> list[str]:
        """What the losses look like, beyond the files of one series."""
        roots = self.operation.error_params.get("roots", ()) if self.operation else ()
        return [
            text(sign) for sign in dict.fromkeys(root.get("sign", "") for root in roots) if sign
        ]

    @property
    def result(self) -> Mapping[str, Any]:
        return (self.operation.result if self.operation else None) or {}

    @property
    def is_fresh(self) -> bool:
        """Whether it ended within the last minute."""
        return display.is_fresh(self.operation.finished_at if self.operation else None)

    @cached_property
    def _reported(self) -> tuple[list[ScanProblem], list[ScanProblem]]:
        """The problems of sites, and those of files and series."""
        sites = configured.known_names()
        reported = problems_json(self.operation) if self.operation else []
        ours = [problem for problem in reported if problem["path"] not in sites]
        return [problem for problem in reported if problem["path"] in sites], ours

    @property
    def silent_sites(self) -> list[str]:
        """Why sites could not be asked: what they know may be missing here, or out of date."""
        return [problem["text"] for problem in self._reported[0]]

    @property
    def problems(self) -> list[ScanProblem]:
        """What else the scan could not do, and why."""
        return self._reported[1]

    @property
    def problem_count(self) -> int:
        counted = int(self.result.get("errors", 0)) + int(self.result.get("unreadable", 0))
        return counted - len(self.silent_sites)

    @cached_property
    def unread(self) -> list[MediaFile]:
        """The first of the files whose names could not be read."""
        if not self.result.get("unreadable"):
            return []
        files = MediaFile.objects.filter(in_a_root()).present().unread()
        return list(files.order_by("root", "path")[:UNREAD_SHOWN])

    @property
    def has_problems(self) -> bool:
        return bool(self.problems or self.unread)


@dataclass(frozen=True, slots=True)
class ScanPage:
    """The panel of the scan alone."""

    scan: ScanPanel


@dataclass(frozen=True, slots=True)
class RemovalsPage:
    """The last question before files count as missing."""

    losses: list[RootLoss]

    @property
    def total(self) -> int:
        return sum(loss.gone for loss in self.losses)

    @property
    def is_counted(self) -> bool:
        """Whether just so many files are gone; an exchanged folder may hold some of them."""
        return not any(loss.is_changed for loss in self.losses)


@dataclass(frozen=True, slots=True)
class LibraryPage:
    form: LibraryFilterForm
    filters: Mapping[str, str]
    posters: list[Poster]
    first: Page[AnimeSeries]
    last: Page[AnimeSeries]
    counts: Counts
    genres: list[str]
    roots: tuple[str, ...]
    has_site: bool
    scan: ScanPanel
    folder_form: FolderForm

    @property
    def is_filtered(self) -> bool:
        ignored = {"sort", "view"}
        return any(
            value and value != "all" for name, value in self.filters.items() if name not in ignored
        )


def scan_panel() -> ScanPanel:
    return ScanPanel(scans.latest())


def library_page(query: Mapping[str, str], *, folder_form: FolderForm | None = None) -> LibraryPage:
    """Read a part of the library. ``query`` holds the filters, the ``page`` to begin with, and how
    many ``pages`` of them are wanted at once."""
    form = LibraryFilterForm(query)
    filters = form.filters()
    counts = _counts(_passing(filters))
    paginator = Paginator(_listed(filters), PER_PAGE)
    paginator.count = counts.shown  # in place of a query of its own
    first = paginator.get_page(query.get("page"))
    last = paginator.get_page(first.number + _more_pages(query.get("pages", "")))
    shown = paginator.object_list[(first.number - 1) * PER_PAGE : last.number * PER_PAGE]
    return LibraryPage(
        form=form,
        filters=filters,
        posters=[Poster(series) for series in shown],
        first=first,
        last=last,
        counts=counts,
        genres=_genres(),
        roots=root_paths(),
        has_site=bool(configured.site_names()),
        scan=scan_panel(),
        folder_form=folder_form or FolderForm(),
    )


def _more_pages(wanted: str) -> int:
    """How many pages follow the first one."""
    return min(max(whole(wanted) or 1, 1), MOST_PAGES) - 1


def _listed(filters: Mapping[str, str]) -> AnimeSeriesQuerySet:
    """The series that pass, in the order that is wished for."""
    passing = AnimeSeries.objects.filter(_passing(filters))
    return passing.order_by(*ORDERINGS[filters["sort"]]).defer(
        "description", "episode_dict", "mapping"
    )


_THERE = Q(deleted_at=None)
_UNREAD = Q(refreshed_at=None) | Q(site=LOCAL)
_COMPLETE = ~_UNREAD & Q(total_episodes__gt=0, downloaded_count__gte=F("total_episodes"))
_MISSING, _UNAVAILABLE = Q(missing_count__gt=0), Q(unavailable_count__gt=0)
_SHOWN = {
    "all": _THERE,
    "missing": _THERE & _MISSING,
    "complete": _THERE & _COMPLETE,
    "unread": _THERE & _UNREAD,
    "unavailable": _THERE & _UNAVAILABLE,
    "held": _THERE & Q(catalogue_held=True),
    "removed": ~_THERE,
}


def _passing(filters: Mapping[str, str]) -> Q:
    """What the filters ask of a series."""
    wanted = _SHOWN[filters["show"]] & matching(filters["q"])
    if filters["genre"]:
        wanted &= of_genre(filters["genre"])
    if filters["status"]:
        wanted &= Q(status=filters["status"])
    if filters["monitored"]:
        wanted &= Q(monitored=filters["monitored"] == "yes")
    return wanted


def _counts(shown: Q) -> Counts:
    """All counts of the page in one query."""
    figures = AnimeSeries.objects.aggregate(
        shown=Count("pk", filter=shown),
        **{name: Count("pk", filter=which) for name, which in _SHOWN.items()},
        missing_episodes=Sum("missing_count", filter=_THERE),
        unavailable_episodes=Sum("unavailable_count", filter=_THERE),
    )
    return Counts(**{name: value or 0 for name, value in figures.items()})


def _genres() -> list[str]:
    rows = AnimeSeries.objects.active().order_by().values_list("genres", flat=True).distinct()
    return sorted({genre for genres in rows for genre in genres}, key=str.casefold)
