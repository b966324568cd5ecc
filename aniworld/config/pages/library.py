"""The library folders: which they are, how their disks are, and picking another one."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from aniworld.config import services, store
from aniworld.config.directories import directory_problem
from aniworld.config.errors import DirectoryUnusable, FolderRefused
from aniworld.config.folders import Folder, Listing, look, starts
from aniworld.config.menu import MenuEntry, menu
from aniworld.config.pages.sections import SectionPage
from aniworld.config.schema import Config
from aniworld.config.surroundings import is_set
from aniworld.web.display import size
from aniworld.web.texts import text_of


@dataclass(frozen=True, slots=True)
class FolderRow:
    """A folder as the pages show it."""

    folder: Folder

    @property
    def problem(self) -> str:
        return text_of(self.folder.problem)

    @property
    def space(self) -> str:
        """``1.2 GB of 4 TB``, as far as anybody could say."""
        return size(self.folder.free)

    @property
    def total(self) -> str:
        return size(self.folder.total)


@dataclass(frozen=True, slots=True)
class RootRow:
    """A library folder. ``row`` is None where its disk says nothing."""

    path: str
    place: int
    row: FolderRow | None
    problem: DirectoryUnusable | None

    @property
    def problem_text(self) -> str:
        return text_of(self.problem)


@dataclass(frozen=True, slots=True)
class LibraryPage(SectionPage):
    """The library's section, with its folders before the other settings."""

    roots: list[RootRow]
    stands_in: str

    @property
    def last(self) -> int:
        return len(self.roots) - 1


@dataclass(frozen=True, slots=True)
class PickerPage:
    """A folder, and the way to others. ``problem`` says why the one asked for is not shown."""

    here: str
    listing: Listing | None
    problem: FolderRefused | None
    asked: str
    chosen: tuple[str, ...]

    @property
    def menu(self) -> list[MenuEntry]:
        return menu(self.here)

    @property
    def problem_text(self) -> str:
        return text_of(self.problem)

    @property
    def starts(self) -> list[str]:
        return starts()

    @property
    def current(self) -> FolderRow | None:
        return FolderRow(self.listing.folder) if self.listing else None

    @property
    def rows(self) -> list[FolderRow]:
        return [FolderRow(one) for one in self.listing.inner] if self.listing else []

    @property
    def is_chosen(self) -> bool:
        return self.listing is not None and self.listing.folder.path in self.chosen


def roots_of(config: Config) -> list[RootRow]:
    """The folders that are set, with what their disks say now."""
    return [_root(path, at) for at, path in enumerate(config.library.directories)]


def stand_in() -> str:
    """The folder that the environment names, as long as none is set."""
    is_fixed = is_set("ANIME_DIRECTORY") and settings.ANIME_DIRECTORY
    return str(settings.ANIME_DIRECTORY) if is_fixed else ""


def picker_page(here: str, asked: str) -> PickerPage:
    """A folder with those in it; where it cannot be shown, why."""
    chosen = store.load().library.directories
    try:
        return PickerPage(here, look(asked), None, asked, chosen)
    except FolderRefused as error:
        return PickerPage(here, None, error, asked, chosen)


def add_folder(path: str) -> Config:
    """Add a folder behind the others. Raises as ``services.edit``."""
    return _set([*store.load().library.directories, path])


def remove_folder(path: str) -> Config:
    """Take a folder out of the list; its files stay where they are."""
    return _set([one for one in store.load().library.directories if one != path])


def move_folder(path: str, step: int) -> Config:
    """Move a folder within the list. Args: step: -1 up, 1 down."""
    return _set(moved(store.load().library.directories, path, step))


def moved(entries: tuple[str, ...] | list[str], entry: str, step: int) -> list[str]:
    """A list in which one entry stands one place further up (-1) or down (1)."""
    found = list(entries)
    if entry in found:
        at = found.index(entry)
        found.insert(max(0, at + step), found.pop(at))
    return found


def _set(directories: list[str]) -> Config:
    return services.edit({"library": {"directories": directories}})


def _root(path: str, place: int) -> RootRow:
    if problem := directory_problem(path):
        return RootRow(path, place, None, problem)
    try:
        return RootRow(path, place, FolderRow(look(path).folder), None)
    except FolderRefused:  # a library in a folder of the system: somebody has set it by hand
        return RootRow(path, place, None, None)
