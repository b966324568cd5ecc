"""What the catalogue page shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from aniworld.pages.catalogue import reading
from aniworld.pages.catalogue.reading import (
    LETTERS,
    MOST_DAYS,
    USUAL_DAYS,
    Line,
    Show,
    Sort,
    Wanted,
)
from aniworld.sites import configured
from aniworld.web import display
from aniworld.web.advice import advice_of
from aniworld.web.ids import whole
from library.models import CatalogueEntry, CatalogueList
from library.pages.listed import ListedCard, card_of
from library.pages.pictures import picture_of
from library.services.catalogue import genres_of
from library.services.catalogue_search import is_old
from library.services.roots import root_paths

Words = str | Promise
PER_PAGE = 48
LONGEST_TEXT = 200

SHOW: list[tuple[str, Words]] = [
    (Show.ALL, _("All")),
    (Show.OWNED, _("In your library")),
    (Show.ABSENT, _("Not in your library")),
    (Show.QUEUED, _("Queued")),
    (Show.FOLLOWING, _("Followed")),
    (Show.NEW, _("New on the list")),
    (Show.GONE, _("Gone from the list")),
]
SORT: list[tuple[str, Words]] = [
    (Sort.NAME, _("By name")),
    (Sort.YEAR, _("By year")),
    (Sort.NEW, _("What came last first")),
]
DAYS: list[tuple[int, Words]] = [
    (1, _("since yesterday")),
    (7, _("in 7 days")),
    (30, _("in 30 days")),
    (90, _("in 90 days")),
]


@dataclass(frozen=True, slots=True)
class CardLine:
    """One entry as a card."""

    line: Line

    @property
    def card(self) -> ListedCard:
        """With the cover that the library has, where it has the series."""
        series = self.line.series
        own = picture_of(series) if series is not None and series.cover_source else None
        return card_of(self.line.entry, shown=own)


@dataclass(frozen=True, slots=True)
class ListLine:
    """How the list of one site is."""

    row: CatalogueList
    label: str

    @property
    def is_read(self) -> bool:
        return self.row.read_at is not None

    @property
    def is_fresh(self) -> bool:
        """Whether it was read so lately that no age says anything."""
        return display.is_fresh(self.row.read_at)

    @property
    def is_old(self) -> bool:
        return is_old(self.row)

    @property
    def advice(self) -> str:
        return advice_of(self.row.error)


@dataclass(frozen=True, slots=True)
class CataloguePage:
    wanted: Wanted
    sites: list[ListLine]
    paging: Page[CatalogueEntry]
    lines: list[CardLine]
    genres: list[str]
    has_root: bool

    @property
    def is_read(self) -> bool:
        """Whether any list ever was."""
        return any(line.is_read for line in self.sites)

    @property
    def count(self) -> int:
        return self.paging.paginator.count

    @property
    def letters(self) -> list[tuple[str, str]]:
        """Each with what it is called."""
        names = {"0": "0–9", "~": "…"}
        return [(letter, names.get(letter, letter.upper())) for letter in LETTERS]

    @property
    def show_choices(self) -> list[tuple[str, Words]]:
        return SHOW

    @property
    def sort_choices(self) -> list[tuple[str, Words]]:
        return SORT

    @property
    def day_choices(self) -> list[tuple[int, Words]]:
        return DAYS


def asked_for(query: Mapping[str, str]) -> Wanted:
    """What an address asks for; what makes no sense in it is as if it was not there."""
    show, sort = query.get("show", "").upper(), query.get("sort", "").upper()
    letter = query.get("letter", "").lower()
    days = whole(query.get("days", "")) or USUAL_DAYS
    genre = query.get("genre", "")[:100]
    return Wanted(
        site=query.get("site", "")[:64],
        text=query.get("q", "").strip()[:LONGEST_TEXT],
        genre=genre if genre.isprintable() else "",  # PostgreSQL takes no zero
        letter=letter if letter in LETTERS else "",
        show=Show(show) if show in list(Show) else Show.ALL,
        days=min(max(days, 1), MOST_DAYS),
        sort=Sort(sort) if sort in list(Sort) else Sort.NAME,
    )


def catalogue_page(query: Mapping[str, str]) -> CataloguePage:
    """One page of what passes the filters of an address."""
    wanted, names, labels = asked_for(query), reading.site_names(), configured.labels()
    paging = Paginator(reading.passing(wanted, names), PER_PAGE).get_page(query.get("page"))
    lines, lists = reading.lines_of(list(paging.object_list)), reading.lists_of(names)
    return CataloguePage(
        wanted=wanted,
        sites=[ListLine(row, labels[row.site]) for row in lists],
        paging=paging,
        lines=[CardLine(line) for line in lines],
        genres=genres_of(lists),
        has_root=bool(root_paths()),
    )
