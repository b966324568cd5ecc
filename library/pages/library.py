"""What the library's pages show, ready to be written down by their templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.utils import timezone
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

from aniworld.events.operations import OperationState
from aniworld.sites import configured
from aniworld.web import display
from aniworld.web.ids import whole
from aniworld.web.texts import text
from library.choices import CatalogueState
from library.errors import RootUnavailable
from library.models import AnimeSeries, MediaFile, ScanOperation
from library.pages.forms import MOST_AT_ONCE, SHORT_SORT, SORT, FolderForm, LibraryFilterForm
from library.pages.pictures import Picture, picture_of
from library.pages.shelf import (
    COLUMNS,
    PER_PAGE,
    SORTS,
    Letter,
    anchor_of,
    columns_of,
    figures_of,
    known_of,
    letter_of,
    letters_of,
    listed,
)
from library.services import scans
from library.services.losses import RootLoss, awaits_word, losses_of
from library.services.operations import ScanProblem, problems_json
from library.services.roots import in_a_root, root_paths

MOST_PAGES = 10  # of the list that are rendered at once; of more, those around the place in it
UNREAD_SHOWN = 100
NEWS = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Poster:
    """A series as a poster or a row of the table."""

    series: AnimeSeries
    bytes: int | None = None  # on disk, where that is asked for
    next_airing: datetime | None = None
    anchor: str = ""  # of the letter that begins with it

    @property
    def size(self) -> str:
        return display.size(self.bytes)

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

    @property
    def is_recent(self) -> bool:
        """Whether what it found is still news: within a day."""
        ended = self.operation.finished_at if self.operation else None
        return ended is not None and timezone.now() - ended < NEWS

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
    letters: list[Letter]
    columns: tuple[str, ...]
    part: str = ""  # what alone is asked for: the rest of the list, or what is earlier in it

    most_pages: ClassVar[int] = MOST_PAGES

    @property
    def is_rest(self) -> bool:
        return self.part == "more"

    @property
    def is_earlier(self) -> bool:
        return self.part == "earlier"

    @property
    def width(self) -> int:
        """How many columns the table has at most."""
        return 4 + len(self.columns)

    @property
    def headings(self) -> list[Heading]:
        return [Heading(name, COLUMNS[name], self.filters["sort"]) for name in self.columns]

    @property
    def fixed(self) -> dict[str, Heading]:
        """The columns that every table has."""
        names = {"name": _("Series"), "disk": _("On disk"), "missing": _("Missing")}
        return {name: Heading(name, words, self.filters["sort"]) for name, words in names.items()}

    @property
    def column_choices(self) -> list[ColumnChoice]:
        return [ColumnChoice(name, words, self.columns) for name, words in COLUMNS.items()]

    @property
    def sort_choices(self) -> list[tuple[str, Any]]:
        """For the list of choices: the usual ones, and the one that is in use."""
        chosen = self.filters["sort"]
        return [one for one in SORT if one[0] in SHORT_SORT or one[0] == chosen]

    @property
    def filters_set(self) -> int:
        """How many of the filters that can be folded away are set."""
        folded = ("show", "status", "genre", "monitored")
        return sum(self.filters[name] not in {"", "all"} for name in folded)

    @property
    def every(self) -> str:
        """The filters as an address says them, for what is done with all that pass."""
        return urlencode({name: value for name, value in self.filters.items() if value})

    @property
    def can_tick_all(self) -> bool:
        return self.counts.shown <= MOST_AT_ONCE

    @property
    def most_at_once(self) -> int:
        return MOST_AT_ONCE

    @property
    def is_filtered(self) -> bool:
        ignored = {"sort", "view", "columns"}
        return any(
            value and value != "all" for name, value in self.filters.items() if name not in ignored
        )


@dataclass(frozen=True, slots=True)
class Heading:
    """The head of a column; it sorts by it where that can be done, and then the other way round."""

    name: str
    words: str | Promise
    sorted_by: str

    @property
    def can_sort(self) -> bool:
        return self.name in SORTS

    @property
    def is_sorted(self) -> bool:
        return self.sorted_by.removeprefix("-") == self.name

    @property
    def leads_to(self) -> str:
        return f"-{self.name}" if self.sorted_by == self.name else self.name

    @property
    def direction(self) -> str:
        """As ``aria-sort`` says it; empty where it is not sorted by."""
        if not self.is_sorted:
            return ""
        rises = self.name in {"name", "next"}
        return "ascending" if rises != self.sorted_by.startswith("-") else "descending"


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """A column that the table can have."""

    name: str
    words: str | Promise
    chosen: tuple[str, ...]

    @property
    def is_shown(self) -> bool:
        return self.name in self.chosen

    @property
    def leads_to(self) -> str:
        """The columns with this one turned on or off; "none" where none is left."""
        names = {*self.chosen} ^ {self.name}
        return ",".join(name for name in COLUMNS if name in names) or "none"


def scan_panel() -> ScanPanel:
    return ScanPanel(scans.latest())


def library_page(
    query: Mapping[str, str], *, folder_form: FolderForm | None = None, part: str = ""
) -> LibraryPage:
    """Read a part of the library. ``query`` holds the filters, the ``page`` to begin with, and how
    many ``pages`` of them are wanted at once; ``part`` is what alone is asked for of it."""
    form = LibraryFilterForm(query)
    filters = form.filters()
    figures = figures_of(filters)
    counts = Counts(**figures.counts)
    paginator = Paginator(listed(filters), PER_PAGE)
    paginator.count = counts.shown  # in place of a query of its own
    first = paginator.get_page(query.get("page"))
    last = paginator.get_page(first.number + _more_pages(query.get("pages", "")))
    shown = paginator.object_list[(first.number - 1) * PER_PAGE : last.number * PER_PAGE]
    columns = columns_of(filters["columns"])
    letters = letters_of(figures, filters["sort"]) if counts.shown > PER_PAGE else []
    return LibraryPage(
        form=form,
        filters=filters,
        posters=_posters(list(shown), filters, columns),
        first=first,
        last=last,
        counts=counts,
        genres=_genres(),
        roots=root_paths(),
        has_site=bool(configured.site_names()),
        scan=scan_panel(),
        folder_form=folder_form or FolderForm(),
        letters=letters,
        columns=columns,
        part=part,
    )


def _posters(
    shown: Sequence[AnimeSeries], filters: Mapping[str, str], columns: tuple[str, ...]
) -> list[Poster]:
    known = known_of(shown, columns if filters["view"] == "table" else ())
    is_by_name = filters["sort"].removeprefix("-") == "name"
    posters: list[Poster] = []
    letter = ""
    for series in shown:
        now = letter_of(series.sort_name) if is_by_name else ""
        anchor = anchor_of(now) if now != letter else ""
        posters.append(
            Poster(series, known.sizes.get(series.pk), known.airings.get(series.pk), anchor)
        )
        letter = now
    return posters


def _more_pages(wanted: str) -> int:
    """How many pages follow the first one."""
    return min(max(whole(wanted) or 1, 1), MOST_PAGES) - 1


def _genres() -> list[str]:
    rows = AnimeSeries.objects.active().order_by().values_list("genres", flat=True).distinct()
    return sorted({genre for genres in rows for genre in genres}, key=str.casefold)
