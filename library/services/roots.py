"""The library roots: the configuration names them, the database remembers them.

Who only shows something asks the configuration, so a file edited by hand is shown right at once.
The rows follow when somebody writes: a scan, the worker, whatever adds a series.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from aniworld.config import reach, store
from aniworld.config import services as config
from aniworld.config.directories import library_directories
from aniworld.config.errors import ConfigError
from aniworld.config.reach import Ask
from library.choices import FileState
from library.errors import NoLibraryRoot
from library.models import AnimeSeries, LibraryRoot, MediaFile
from library.naming.paths import from_stored

LOOKS = 20  # files or folders that are looked for
FEWEST_FOLDERS = 3  # that are not all deleted at once


class Absence(StrEnum):
    """Why the disk of a root is not at hand."""

    MISSING = "missing"
    OTHER_DISK = "other_disk"
    SILENT = "silent"  # it does not answer


def root_paths() -> tuple[str, ...]:
    """Return the paths of the configured roots in order. Only reads."""
    return library_directories(store.load())


def known_roots() -> list[LibraryRoot]:
    """Return the configured roots in order, as they are known. Only reads: a root that nobody has
    scanned yet has no row, and is given as it will be."""
    wanted = root_paths()
    known = {root.path: root for root in LibraryRoot.objects.filter(path__in=wanted)}
    return [known.get(path) or LibraryRoot(path=path) for path in wanted]


def shown_roots() -> list[LibraryRoot]:
    """The same, with ``file_count`` as it is now: downloads add to what the last scan counted."""
    roots = known_roots()
    rows = [root.pk for root in roots if root.pk is not None]
    counted = MediaFile.objects.filter(root__in=rows).order_by().values("root")
    files = dict(counted.annotate(files=Count("pk")).values_list("root", "files"))
    for root in roots:
        root.file_count = files.get(root.pk, 0)
    return roots


def absence_of(root: LibraryRoot, *, ask: Ask = reach.ask) -> Absence | None:
    """Why the disk of a root is not at hand, as far as a few looks tell; None where it is.

    An empty mount point is a directory like any other: it is another one than scans have seen, and
    none of the files that are known lies in it. Nor do the numbers of a directory prove a disk:
    whatever is mounted next may get the same.

    Args:
        ask: how patiently the disk is asked.
    """
    try:
        identity = ask(root.path, lambda: identity_of(root.path))
        if not identity:
            return Absence.MISSING
        if not root.identity:
            return None
        known = MediaFile.objects.filter(root=root, state=FileState.PRESENT)
        if root.identity == identity:
            is_there = _holds_some(root, _folders(known), ask)
        else:
            is_there = _has_any(root, _own_files(root, known), ask)
    except reach.NoAnswer:
        return Absence.SILENT
    return None if is_there else Absence.OTHER_DISK


def _has_any(root: LibraryRoot, stored: Sequence[str], ask: Ask) -> bool:
    places = [root.directory / from_stored(path) for path in stored]
    return ask(root.path, lambda: any(map(os.path.exists, places)))


def _holds_some(root: LibraryRoot, folders: Sequence[str], ask: Ask) -> bool:
    """Whether a disk with the numbers of the right one is that: films are deleted and renamed, but
    hardly the folders of all series; where there were few, something else may be left."""
    if not folders or _has_any(root, folders, ask):
        return True
    return len(folders) < FEWEST_FOLDERS and ask(root.path, lambda: _holds_anything(root.path))


def _holds_anything(directory: str) -> bool:
    try:
        with os.scandir(directory) as entries:
            return next(entries, None) is not None
    except OSError:  # what keeps us out is told by whoever wants to read or write
        return True


def _folders(known: QuerySet[MediaFile]) -> list[str]:
    below = known.exclude(folder="").order_by("folder")
    return list(below.values_list("folder", flat=True).distinct()[:LOOKS])


def _own_files(root: LibraryRoot, known: QuerySet[MediaFile]) -> list[str]:
    """The newest files that no other root holds by the same name, if there are any: where two
    folders are exchanged for each other, what both hold is found in either."""
    newest = list(known.order_by("-pk").values_list("path", "folder")[: 10 * LOOKS])
    others = list(LibraryRoot.objects.exclude(pk=root.pk).values_list("pk", flat=True))
    paths = [path for path, _ in newest]
    same = MediaFile.objects.filter(
        root__in=others, folder__in={folder for _, folder in newest}, path__in=paths
    )
    shared = set(same.values_list("path", flat=True)) if others else set()
    return ([path for path in paths if path not in shared] or paths)[:LOOKS]


def identity_of(directory: str) -> str:
    """Device and inode of a directory, as scans keep them; empty where it is none."""
    try:
        status = Path(directory).stat()
        os.statvfs(directory)  # of a directory a share may tell from memory, of its space never
    except OSError:
        return ""
    return f"{status.st_dev}:{status.st_ino}" if stat.S_ISDIR(status.st_mode) else ""


def in_a_root() -> Q:
    """What lies in a configured root: of files, folders and whatever else has a ``root``.

    While the configuration cannot be read, and every page says so that needs it, those count that
    were the roots before.
    """
    try:
        return Q(root__path__in=root_paths())
    except ConfigError:
        return Q(root__is_active=True)


def is_a_root() -> Q:
    """The same of the roots themselves."""
    try:
        return Q(path__in=root_paths())
    except ConfigError:
        return Q(is_active=True)


def synced_roots() -> list[LibraryRoot]:
    """Return the configured roots in order, after bringing their rows up to date: for writers.

    A root that left the configuration keeps its row and its files, inactive: putting it back
    brings everything back.
    """
    wanted = root_paths()
    known = list(LibraryRoot.objects.active())
    if [root.path for root in known] != list(wanted):
        known = _write(wanted)
    return known


def first_root() -> LibraryRoot:
    """Return the root that takes new series, for writers.

    Raises:
        NoLibraryRoot: none is set.
    """
    roots = synced_roots()
    if not roots:
        raise NoLibraryRoot
    return roots[0]


def series_directory(series: AnimeSeries) -> Path:
    """Return the directory of a series; it need not exist yet.

    Raises:
        NoLibraryRoot: the series has no root and none is configured.
    """
    root = series.root or first_root()
    return root.directory / from_stored(series.folder)


def set_root(directory: str) -> None:
    """Make a directory the one library root."""
    config.change(lambda data: data["library"].update(directories=[directory]))
    synced_roots()


def _write(wanted: tuple[str, ...]) -> list[LibraryRoot]:
    with transaction.atomic():
        LibraryRoot.objects.exclude(path__in=wanted).update(is_active=False)
        for position, path in enumerate(wanted):
            LibraryRoot.objects.update_or_create(
                path=path, defaults={"position": position, "is_active": True}
            )
    return list(LibraryRoot.objects.active())
