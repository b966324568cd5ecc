"""The pages of the recycle bin: what is in it, and what would go there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aniworld.web import display
from aniworld.web.ids import whole
from aniworld.web.texts import text_of
from library.choices import BinReason
from library.models import AnimeSeries, BinnedFile
from library.models.binned import BinnedFileQuerySet
from library.naming.paths import to_shown
from library.recycling.emptying import bytes_in_bin
from library.recycling.look import Going, Unit, chosen, look
from library.recycling.write import days_kept
from library.services.numbering import MAX_NUMBER

ROWS = 100  # of the bin on one page
UNITS = 500  # that are listed before they go; of more only the number is said
SERIES_CHOICES = 300

REASONS: Mapping[str, str | Promise] = {
    BinReason.DELETED: gettext_lazy("deleted"),
    BinReason.REPLACED: gettext_lazy("replaced by a download"),
    BinReason.BETTER_LANGUAGE: gettext_lazy("replaced by a better language"),
    BinReason.SWAPPED_BACK: gettext_lazy("replaced by the one it had replaced"),
}


@dataclass(frozen=True, slots=True)
class BinRow:
    """One video in the bin. ``together`` is how many videos its act holds on this page."""

    row: BinnedFile
    together: int

    @property
    def name(self) -> str:
        return to_shown(self.row.path).rpartition("/")[2]

    @property
    def folder(self) -> str:
        return to_shown(self.row.path).rpartition("/")[0]

    @property
    def codes(self) -> str:
        return ", ".join(display.episode_code(*number) for number in self.row.episodes)

    @property
    def beside(self) -> int:
        """How many files went along."""
        return len(self.row.moves) - 1

    @property
    def size(self) -> str:
        return display.size(self.row.size)

    @property
    def reason(self) -> str | Promise:
        return REASONS[self.row.reason]

    @property
    def who(self) -> str:
        return str(self.row.binned_by.get("name", ""))


@dataclass(frozen=True)
class BinPage:
    """What is in the bin, the newest first; ``series`` and ``act`` are what it is filtered by."""

    series: str
    act: str
    paging: Page[BinnedFile]
    found: BinnedFileQuerySet
    days: int

    @cached_property
    def rows(self) -> list[BinRow]:
        listed = list(self.paging.object_list)
        acts = [row.act for row in listed]
        return [BinRow(row, acts.count(row.act)) for row in listed]

    @cached_property
    def size(self) -> str:
        return display.size(bytes_in_bin(self.found))

    @property
    def is_filtered(self) -> bool:
        return bool(self.series or self.act)

    @cached_property
    def choices(self) -> list[tuple[str, str]]:
        """The series of which anything is in the bin."""
        known = BinnedFile.objects.in_bin().exclude(series_key="").order_by("series_name")
        return list(known.values_list("series_key", "series_name").distinct()[:SERIES_CHOICES])


def bin_page(query: Mapping[str, str]) -> BinPage:
    """The page that a query asks for; what is no filter is none."""
    series, act = query.get("series", "")[:255], query.get("act", "")[:36]
    found = BinnedFile.objects.in_bin().newest_first().select_related("root", "series")
    if series:
        found = found.filter(series_key=series)
    try:
        found = found.filter(act=act) if act else found
    except ValidationError:  # no id at all
        found = found.none()
    paging = Paginator(found, ROWS).get_page(query.get("page"))
    return BinPage(series, act, paging, found, days_kept())


@dataclass(frozen=True, slots=True)
class DeletionPage:
    """Asks once more before files in the bin go for good. ``ids`` empty: all of them."""

    ids: list[int]
    count: int
    bytes: int

    @property
    def size(self) -> str:
        return display.size(self.bytes)


def deletion_page(ids: list[int]) -> DeletionPage:
    rows = BinnedFile.objects.in_bin()
    found = rows.filter(pk__in=ids) if ids else rows
    return DeletionPage(ids, found.count(), bytes_in_bin(found))


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One video that would go, or stays for ``reason``."""

    unit: Unit

    @property
    def path(self) -> str:
        return to_shown(self.unit.file.path)

    @property
    def codes(self) -> str:
        return ", ".join(display.episode_code(*number) for number in self.unit.episodes)

    @property
    def size(self) -> str:
        return display.size(self.unit.size)

    @property
    def beside(self) -> list[str]:
        return [name.encode(errors="replace").decode() for name in self.unit.beside]

    @property
    def reason(self) -> str:
        return text_of(self.unit.reason) if self.unit.reason else ""


@dataclass(frozen=True)
class DeletePage:
    """What would go of a series; ``season`` and ``episode`` where it is about a part of it."""

    going: Going
    days: int
    season: int | None = None
    episode: int | None = None

    @property
    def series(self) -> AnimeSeries:
        return self.going.series

    @property
    def address(self) -> str:
        """Where it is, and where it is confirmed."""
        part = {"season": self.season, "episode": self.episode}
        asked = urlencode({name: value for name, value in part.items() if value is not None})
        return reverse("series-delete", args=[self.series.key]) + (f"?{asked}" if asked else "")

    @property
    def what(self) -> str:
        """What it is about, in words."""
        if self.season is None:
            return _("all files of the series")
        if self.episode is not None:
            return display.episode_code(self.season, self.episode)
        return _("Season %d") % self.season if self.season else _("Specials and films")

    @cached_property
    def rows(self) -> list[UnitRow]:
        return [UnitRow(unit) for unit in self.going.units[:UNITS]]

    @property
    def more(self) -> int:
        return len(self.going.units) - len(self.rows)

    @cached_property
    def count(self) -> int:
        return len(self.going.moving)

    @property
    def size(self) -> str:
        return display.size(self.going.size)

    @cached_property
    def also(self) -> str:
        """The episodes that were not asked for, and are on the same files."""
        if self.season is None:
            return ""
        others = [n for n in self.going.lost() if not self._is_asked(n)]
        return ", ".join(display.episode_code(*number) for number in others)

    @property
    def mark(self) -> str:
        """Tells what was looked at: what is confirmed must be the same."""
        return f"{self.count}-{self.going.size}"

    def _is_asked(self, number: tuple[int, int]) -> bool:
        return number[0] == self.season and self.episode in (None, number[1])


def delete_page(series: AnimeSeries, query: Mapping[str, Any]) -> DeletePage:
    """Raises ``ConfigError``."""
    season, episode = (_number(query.get(name)) for name in ("season", "episode"))
    if season is None:
        episode = None
    episodes = None if episode is None else (episode,)
    going = look(series, chosen(series, season=season, episodes=episodes))
    return DeletePage(going, days_kept(), season, episode)


def _number(text: Any) -> int | None:
    number = whole(text or "")
    return number if number is not None and number <= MAX_NUMBER else None
