"""Which folder a series gets that has none yet, and which ones people may give it."""

from __future__ import annotations

from aniworld.config import store
from library.choices import UnmatchedReason
from library.errors import InvalidFolder
from library.models import (
    AnimeSeries,
    LibraryRoot,
    MediaFile,
    RefusedFolder,
    UnmatchedFolder,
)
from library.naming.folders import folder_problem, series_folder, told_apart
from library.naming.paths import from_stored, to_stored
from library.naming.titles import plain_title


def checked_folder(folder: str, *, root: LibraryRoot | None = None) -> str:
    """Return ``folder`` (stored form) if it may be the name of a directory under a root.

    A name that no new folder may have is good for one that a scan has found in ``root``.

    Raises:
        InvalidFolder: with the reason.
    """
    why = folder_problem(folder)
    if why and not (root and folder and _is_found(root, folder)):
        raise InvalidFolder(why=why)
    return folder


def new_folder(root: LibraryRoot, *, name: str, year: int | None, key: str, site_key: str) -> str:
    """The folder (stored form) of a series that is new, by the naming template as it is now.

    A folder of the same words that a scan has found and no series holds is the series' own: it was
    named by another spelling. One that is taken is told apart.
    """
    wanted = _wanted(name, year, key)
    if _is_taken(root, wanted):
        return to_stored(told_apart(wanted, site_key))
    return _waiting(root, wanted) or to_stored(wanted)


def unused_folder(series: AnimeSeries, root: LibraryRoot) -> str:
    """A folder for a series that is in none of those the owner is asked about."""
    wanted = _wanted(series.name, series.year, series.key)
    asked = any(
        listed.objects.filter(root=root, folder=to_stored(wanted)).exists()
        for listed in (UnmatchedFolder, RefusedFolder)
    )
    is_free = not asked and not _is_taken(root, wanted)
    return to_stored(wanted if is_free else told_apart(wanted, series.site_key))


def _wanted(name: str, year: int | None, key: str) -> str:
    template = store.load().downloads.naming_template
    return series_folder(template, name=name, year=year, key=key)


def _is_taken(root: LibraryRoot, folder: str) -> bool:
    return AnimeSeries.objects.active().filter(root=root, folder=to_stored(folder)).exists()


def _waiting(root: LibraryRoot, wanted: str) -> str:
    """The one folder without a series whose name has the words of ``wanted``; empty if none.

    "Re Zero (2016)" on disk is the folder that would be called "Re-Zero (2016)" now.
    """
    waiting = UnmatchedFolder.objects.filter(root=root)
    if waiting.filter(folder=to_stored(wanted)).exists():
        return to_stored(wanted)
    said = (UnmatchedReason.WRONG_SERIES, UnmatchedReason.IGNORED)
    asked = waiting.exclude(reason__in=said).exclude(folder="")
    words = plain_title(wanted)
    folders = asked.values_list("folder", flat=True)
    same = [folder for folder in folders if words and plain_title(from_stored(folder)) == words]
    return same[0] if len(same) == 1 else ""


def _is_found(root: LibraryRoot, folder: str) -> bool:
    """Whether a scan has found the folder."""
    files = MediaFile.objects.filter(root=root, folder=folder)
    waiting = UnmatchedFolder.objects.filter(root=root, folder=folder)
    return files.exists() or waiting.exists()
