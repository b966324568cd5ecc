"""The page of all files of the library, and the question before some of them go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from aniworld.web import display
from aniworld.web.texts import text_of
from library.choices import FileState
from library.errors import NotBinned
from library.models import MediaFile
from library.naming.paths import to_shown
from library.pages.bin import UnitRow
from library.recycling.look import Going
from library.recycling.several import look_at
from library.recycling.write import days_kept
from library.services import library_files
from library.services.library_files import Known, Listing, Quality, Show, Sort, Totals, Wanted
from library.services.roots import root_paths
from library.services.tallies import UNDETERMINED

Words = str | Promise
PER_PAGE = 40
LONGEST_TEXT = 200
CODES = 4  # of the episodes of one file; of more only the number is said

SHOW: list[tuple[Show, Words]] = [
    (Show.ALL, gettext_lazy("All files")),
    (Show.PROBLEMS, gettext_lazy("With a problem")),
    (Show.UNMATCHED, gettext_lazy("Of no series")),
    (Show.DUPLICATES, gettext_lazy("Two of one episode")),
    (Show.IDLE, gettext_lazy("Of no episode")),
]
QUALITY: list[tuple[Quality, Words]] = [
    (Quality.ANY, gettext_lazy("Any quality")),
    (Quality.UHD, "2160p"),
    (Quality.FULL_HD, "1080p"),
    (Quality.HD, "720p"),
    (Quality.SD, gettext_lazy("Below 720p")),
    (Quality.UNKNOWN, gettext_lazy("Not known")),
]
SORT: list[tuple[Sort, Words]] = [
    (Sort.PLACE, gettext_lazy("By folder and name")),
    (Sort.LARGEST, gettext_lazy("Largest first")),
    (Sort.SMALLEST, gettext_lazy("Smallest first")),
    (Sort.NEWEST, gettext_lazy("Newest first")),
    (Sort.BEST, gettext_lazy("Best picture first")),
    (Sort.WORST, gettext_lazy("Worst picture first")),
]


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file."""

    file: MediaFile
    known: Known

    @property
    def name(self) -> str:
        return to_shown(self.file.path).rpartition("/")[2]

    @property
    def place(self) -> str:
        return to_shown(self.file.path).rpartition("/")[0]

    @property
    def size(self) -> str:
        return display.size(self.file.size)

    @property
    def quality(self) -> str:
        """Picture and codec; empty where nobody has looked."""
        file = self.file
        picture = f"{file.width}×{file.height}" if file.width and file.height else ""
        return " · ".join(filter(None, (picture, file.video_codec)))

    @property
    def languages(self) -> str:
        """What is spoken in it, or what its name says of that."""
        named = [one for one in self.file.audio_languages if one != UNDETERMINED]
        return ", ".join(named) or self.file.language

    @property
    def numbers(self) -> Sequence[tuple[int, int]]:
        return self.known.episodes.get(self.file.pk, ())

    @property
    def first(self) -> tuple[int, int] | None:
        """The episode of which the page is that says why."""
        return self.numbers[0] if self.numbers else None

    @property
    def codes(self) -> str:
        codes = [display.episode_code(*number) for number in self.numbers[:CODES]]
        more = len(self.numbers) - len(codes)
        return ", ".join(codes) + (f" +{more}" if more else "")

    @property
    def is_spare(self) -> bool:
        """Whether another file stands for its episodes."""
        return library_files.instead(self.file) is not None

    @property
    def is_doubled(self) -> bool:
        """Whether another file is there for the same."""
        return self.file.pk in self.known.doubled

    @property
    def is_idle(self) -> bool:
        """Whether its number leads to no episode."""
        return bool(self.file.series_id) and not self.file.problem and not self.numbers

    @property
    def folder_id(self) -> int | None:
        """The unmatched folder it lies in."""
        return self.known.folders.get(self.file.pk)

    @property
    def problems(self) -> list[str]:
        told = (self.file.name_fault, self.file.media_fault)
        faults = [text_of(fault) for fault in told if fault]
        if self.file.state == FileState.UNAVAILABLE:
            faults.append(_("Its disk is not at hand."))
        return faults


@dataclass(frozen=True, slots=True)
class FilesPage:
    wanted: Wanted
    paging: Page[MediaFile]
    rows: list[FileRow]
    totals: Totals
    has_root: bool

    @property
    def size(self) -> str:
        return display.size(self.totals.bytes)

    @property
    def show_choices(self) -> list[tuple[Show, Words]]:
        return SHOW

    @property
    def quality_choices(self) -> list[tuple[Quality, Words]]:
        return QUALITY

    @property
    def sort_choices(self) -> list[tuple[Sort, Words]]:
        return SORT


def asked_for(query: Mapping[str, str]) -> Wanted:
    """What an address asks for; what makes no sense in it is as if it was not there."""
    show, quality = query.get("show", "").upper(), query.get("quality", "").upper()
    sort = query.get("sort", "").lower()
    return Wanted(
        text=_printable(query.get("q", ""))[:LONGEST_TEXT],
        series=_printable(query.get("series", ""))[:255],
        show=Show(show) if show in list(Show) else Show.ALL,
        quality=Quality(quality) if quality in list(Quality) else Quality.ANY,
        sort=Sort(sort) if sort in list(Sort) else Sort.PLACE,
    )


def _printable(text: str) -> str:
    """PostgreSQL takes no zero."""
    return text.strip() if text.isprintable() else ""


def files_page(query: Mapping[str, str]) -> FilesPage:
    """One page of the files that pass the filters of an address."""
    wanted = asked_for(query)
    listing = Listing(wanted)
    listed: Any = listing  # counts and slices, which is all that is asked of it
    paging: Page[MediaFile] = Paginator(listed, PER_PAGE).get_page(query.get("page"))
    files = list(paging.object_list)
    known = library_files.known_of(files)
    rows = [FileRow(file, known) for file in files]
    return FilesPage(wanted, paging, rows, listing.totals, has_root=bool(root_paths()))


@dataclass(frozen=True)
class FilesRemovalPage:
    """What would go of the named files; ``free`` belong to no series and stay."""

    ids: list[int]
    going: list[Going]
    free: list[MediaFile]
    days: int

    @cached_property
    def parts(self) -> list[tuple[Going, list[UnitRow]]]:
        """Each series with the rows of its files."""
        return [(one, [UnitRow(unit) for unit in one.units]) for one in self.going]

    @cached_property
    def count(self) -> int:
        return sum(len(one.moving) for one in self.going)

    @property
    def bytes(self) -> int:
        return sum(one.size for one in self.going)

    @property
    def size(self) -> str:
        return display.size(self.bytes)

    @property
    def mark(self) -> str:
        """Tells what was looked at: what is confirmed must be the same."""
        return f"{self.count}-{self.bytes}"

    @cached_property
    def staying(self) -> list[str]:
        return [to_shown(file.path) for file in self.free]

    @property
    def stays_because(self) -> str:
        return text_of(NotBinned(why="no_series"))

    @cached_property
    def lost(self) -> int:
        """How many episodes have no file after it."""
        return sum(len(one.lost()) for one in self.going)

    @property
    def files(self) -> list[MediaFile]:
        return [unit.file for one in self.going for unit in one.moving]

    @property
    def question(self) -> str:
        words = ngettext("%(n)d file, %(size)s", "%(n)d files, %(size)s", self.count)
        return words % {"n": self.count, "size": self.size}


def removal_page(ids: Sequence[int]) -> FilesRemovalPage:
    """Raises ``ConfigError``."""
    wanted = list(dict.fromkeys(ids))[:PER_PAGE]
    files = library_files.here().filter(pk__in=wanted).select_related("root", "series")
    going, free = look_at(list(files.order_by("root_id", "folder", "path")))
    return FilesRemovalPage(wanted, going, free, days_kept())
