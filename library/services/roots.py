"""The library roots: the configuration names them, the database remembers them.

Who only shows something asks the configuration, so a file edited by hand is shown right at once.
The rows follow when somebody writes: a scan, the worker, whatever adds a series.
"""

from __future__ import annotations

import os
import stat
from enum import StrEnum
from pathlib import Path

from django.db import transaction
from django.db.models import Count, Q

from aniworld.config import reach, store
from aniworld.config import services as config
from aniworld.config.directories import library_directories
from aniworld.config.errors import ConfigError
from aniworld.config.reach import Ask
from library.choices import FileState
from library.errors import NoLibraryRoot
from library.models import AnimeSeries, LibraryRoot, MediaFile
from library.naming.paths import from_stored

LOOKS = 20  # files that are looked for in a directory that is another one than it was


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
    none of the files that are known lies in it.

    Args:
        ask: how patiently the disk is asked.
    """
    try:
        identity = ask(root.path, lambda: identity_of(root.path))
        if not identity:
            return Absence.MISSING
        if root.identity in ("", identity):
            return None
        known = MediaFile.objects.filter(root=root, state=FileState.PRESENT).order_by("-pk")
        files = [
            root.directory / from_stored(path)
            for path in known.values_list("path", flat=True)[:LOOKS]
        ]
        is_there = ask(root.path, lambda: any(map(os.path.exists, files)))
    except reach.NoAnswer:
        return Absence.SILENT
    return None if is_there else Absence.OTHER_DISK


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
