"""How the library is laid out: what passes, in which order, with which columns and letters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Any

from django.db.models import Count, F, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Substr
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from library.choices import FileState
from library.models import Airing, AnimeSeries, MediaFile
from library.models.series import LOCAL, AnimeSeriesQuerySet, matching, of_genre

PER_PAGE = 60

THERE = Q(deleted_at=None)
_UNREAD = Q(refreshed_at=None) | Q(site=LOCAL)
_COMPLETE = ~_UNREAD & Q(total_episodes__gt=0, downloaded_count__gte=F("total_episodes"))
_MISSING, _UNAVAILABLE = Q(missing_count__gt=0), Q(unavailable_count__gt=0)
SHOWN = {
    "all": THERE,
    "missing": THERE & _MISSING,
    "complete": THERE & _COMPLETE,
    "unread": THERE & _UNREAD,
    "unavailable": THERE & _UNAVAILABLE,
    "held": THERE & Q(catalogue_held=True),
    "removed": ~THERE,
}

# By what can be sorted, each in the direction that is asked for first; "-" turns it round.
_BY_NAME = (F("sort_name").asc(), F("id").asc())
SORTS = {
    "name": (F("sort_name").asc(), F("id").asc()),
    "missing": (F("missing_count").desc(), *_BY_NAME),
    "added": (F("created_at").desc(), F("id").desc()),
    "year": (F("year").desc(nulls_last=True), *_BY_NAME),
    "disk": (F("downloaded_count").desc(), *_BY_NAME),
    "status": (F("status").desc(), *_BY_NAME),
    "next": (F("next_airing").asc(nulls_last=True), *_BY_NAME),
}

COLUMNS: dict[str, str | Promise] = {
    "folder": _("Folder"),
    "year": _("Year"),
    "status": _("Status"),
    "size": _("Size"),
    "added": pgettext_lazy("column of the library", "Added"),
    "next": _("Next episode"),
}
USUAL_COLUMNS = ("folder", "year")

NUMBERS, OTHERS = "#", "…"
LETTERS = (NUMBERS, *"abcdefghijklmnopqrstuvwxyz", OTHERS)


@dataclass(frozen=True, slots=True)
class Letter:
    """Where in the list the names with one first letter begin; ``page`` is 0 for none."""

    letter: str
    page: int = 0

    @property
    def anchor(self) -> str:
        return anchor_of(self.letter)


@dataclass(frozen=True, slots=True)
class Known:
    """What of the series of a page takes questions of its own, by their ids."""

    sizes: Mapping[int, int]
    airings: Mapping[int, datetime]


def passing(filters: Mapping[str, str]) -> Q:
    """What the filters ask of a series."""
    wanted = SHOWN[filters["show"]] & matching(filters["q"])
    if filters["genre"]:
        wanted &= of_genre(filters["genre"])
    if filters["status"]:
        wanted &= Q(status=filters["status"])
    if filters["monitored"]:
        wanted &= Q(monitored=filters["monitored"] == "yes")
    return wanted


def listed(filters: Mapping[str, str]) -> AnimeSeriesQuerySet:
    """The series that pass, in the order that is wished for."""
    found = AnimeSeries.objects.filter(passing(filters))
    sort = filters["sort"].removeprefix("-")
    if sort == "next":
        coming = _coming().filter(series=OuterRef("pk")).order_by("at", "id")
        found = found.annotate(next_airing=Subquery(coming.values("at")[:1]))
    found = found.order_by(*SORTS[sort])
    if filters["sort"].startswith("-"):
        found = found.reverse()
    return found.defer("description", "episode_dict", "mapping")


def columns_of(chosen: str) -> tuple[str, ...]:
    """The columns that are named, in the order of the table; what is none is left out.

    Args:
        chosen: their names with commas between; empty for the usual ones.
    """
    names = chosen.split(",") if chosen else USUAL_COLUMNS
    return tuple(name for name in COLUMNS if name in names)


def known_of(series: Sequence[AnimeSeries], columns: Iterable[str]) -> Known:
    """What the columns show of these series beyond their own rows."""
    ids = [one.pk for one in series]
    return Known(
        sizes=_sizes(ids) if "size" in columns else {},
        airings=_airings(ids) if "next" in columns else {},
    )


def _sizes(ids: Sequence[int]) -> dict[int, int]:
    """Bytes on disk: a file that holds several episodes counts once."""
    held = MediaFile.objects.filter(episodes_here__series__in=ids, state=FileState.PRESENT)
    files = held.order_by().values_list("episodes_here__series", "pk", "size").distinct()
    sizes: dict[int, int] = {}
    for series, _file, size in files:
        sizes[series] = sizes.get(series, 0) + size
    return sizes


def _airings(ids: Sequence[int]) -> dict[int, datetime]:
    rows = _coming().filter(series__in=ids).order_by().values_list("series").annotate(Min("at"))
    return dict(rows)


def _coming() -> QuerySet[Airing]:
    return Airing.objects.filter(at__gte=timezone.now())


def letter_of(sort_name: str) -> str:
    """Beneath which letter a name stands."""
    first = sort_name[:1]
    if "a" <= first <= "z":
        return first
    return NUMBERS if first.isdecimal() else OTHERS


def anchor_of(letter: str) -> str:
    names = {NUMBERS: "number", OTHERS: "other"}
    return f"letter-{names.get(letter, letter)}"


@dataclass(frozen=True, slots=True)
class Figures:
    """All counts of the page, and how many of the shown series begin with each character."""

    counts: Mapping[str, int]
    firsts: Sequence[tuple[str, int]]


def figures_of(filters: Mapping[str, str]) -> Figures:
    """All in one question, which groups by first character.

    The characters come in the database's own order, that of their least names: where it sorts an
    umlaut beside its vowel, that is passed over on the way to the next letter as well.
    """
    shown = passing(filters)
    rows = AnimeSeries.objects.order_by().values(first=Substr("sort_name", 1, 1))
    groups = rows.annotate(
        shown=Count("pk", filter=shown),
        **{name: Count("pk", filter=which) for name, which in SHOWN.items()},
        missing_episodes=Sum("missing_count", filter=THERE),
        unavailable_episodes=Sum("unavailable_count", filter=THERE),
        least=Min("sort_name"),
    ).order_by("least")
    found: list[dict[str, Any]] = [dict(group) for group in groups]
    names = ("shown", *SHOWN, "missing_episodes", "unavailable_episodes")
    counts = {name: sum(group[name] or 0 for group in found) for name in names}
    return Figures(counts, [(group["first"], group["shown"]) for group in found if group["shown"]])


def letters_of(figures: Figures, sort: str) -> list[Letter]:
    """Where each letter begins in a list that is sorted by name; empty where it is not."""
    if sort.removeprefix("-") != "name":
        return []
    firsts = list(figures.firsts)
    if sort == "-name":
        firsts.reverse()
    before = accumulate((number for _first, number in firsts), initial=0)
    pages: dict[str, int] = {}
    for (first, _number), place in zip(firsts, before, strict=False):
        pages.setdefault(letter_of(first), place // PER_PAGE + 1)
    return [Letter(letter, pages.get(letter, 0)) for letter in LETTERS]
