"""Comparing a walked root with what the database knows of it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from library.choices import FileState
from library.models import MediaFile
from library.naming.paths import from_stored
from library.scanner.found import Folder, SeenFile, Tree
from library.scanner.rows import KnownFile, known_files


@dataclass(slots=True)
class FolderChange:
    """What is different in one folder. ``held``: gone files only become unavailable.

    ``replaced`` have gone from their place, and nothing is lost with them. ``believed`` are the
    episodes that are taken for deleted with the gone ones: series, season, number. ``left`` are the
    ids of those gone that lie elsewhere now, ``arrived`` is how many of the new came from there.
    """

    folder: Folder
    new: list[SeenFile] = field(default_factory=list)
    changed: list[tuple[KnownFile, SeenFile]] = field(default_factory=list)
    same: list[KnownFile] = field(default_factory=list)  # of the directories that were read
    returned: list[KnownFile] = field(default_factory=list)
    gone: list[KnownFile] = field(default_factory=list)
    unseen: list[KnownFile] = field(default_factory=list)  # where nothing could be seen
    away: list[KnownFile] = field(default_factory=list)  # behind a link whose target is not there
    replaced: list[KnownFile] = field(default_factory=list)
    believed: list[tuple[int, int, int]] = field(default_factory=list)
    left: set[int] = field(default_factory=set)
    arrived: int = 0
    held: bool = False

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def lost(self) -> list[KnownFile]:
        """What is not there: no name says it any more, or a link that leads nowhere."""
        return [*self.gone, *self.away]

    @property
    def known(self) -> Iterator[KnownFile]:
        """All that was known in the directories that were read, or has vanished."""
        changed = (file for file, _ in self.changed)
        return itertools.chain(self.same, self.returned, changed, self.lost, self.unseen)

    @property
    def exists(self) -> bool:
        return bool(self.folder.read or self.folder.unchanged or self.folder.unreadable)


def changes_of(
    root_id: int, tree: Tree, *, only: frozenset[str] | None = None
) -> Iterator[FolderChange]:
    """Yield the folders that were read or have vanished, in the order of their names."""
    names = {name for name, folder in tree.folders.items() if not folder.is_unchanged}
    names |= _vanished(root_id, tree, only)
    for name, known in known_files(root_id, sorted(names)):
        folder = tree.folders.get(name) or _not_walked(name, tree)
        yield _compare(folder, known)
        folder.files = []  # what is different is in the change: a large library is held once


def leave_out_arrivals(root_id: int, changes: Iterable[FolderChange], began: datetime) -> None:
    """Take no file for gone, or for another one, that was placed since the walk began: it was not
    there to be seen.

    Args:
        began: when the walk of this root began.
    """
    doubted = [change for change in changes if change.gone or change.changed]
    if not doubted:
        return
    # What is said to have been seen later than now is of a clock that was set back since.
    placed = MediaFile.objects.filter(
        root_id=root_id, seen_at__gte=began, seen_at__lte=timezone.now()
    )
    arrived = set(placed.values_list("pk", flat=True))
    for change in doubted if arrived else ():
        change.gone = [file for file in change.gone if file.id not in arrived]
        change.changed = [pair for pair in change.changed if pair[0].id not in arrived]


def _not_walked(name: str, tree: Tree) -> Folder:
    """A folder that is no more, or a link in the root that leads nowhere or may not be followed."""
    folder, root = Folder(name), tree.folders.get("", Folder(""))
    folder.away |= root.away & {name}
    folder.unreadable |= root.unreadable & {name}
    return folder


def _vanished(root_id: int, tree: Tree, only: frozenset[str] | None) -> set[str]:
    """Folders the database has files of and the walk has not found."""
    stored = MediaFile.objects.filter(root_id=root_id).order_by().values_list("folder", flat=True)
    known = {from_stored(folder) for folder in stored.distinct()} - {""}
    if only is not None:
        known &= only
    found = {name for name, folder in tree.folders.items() if _is_there(folder)}
    return known - found


def _is_there(folder: Folder) -> bool:
    return bool(folder.read or folder.unchanged or folder.unreadable)


def _compare(folder: Folder, known: Sequence[KnownFile]) -> FolderChange:
    change = FolderChange(folder)
    before = {file.path: file for file in known}
    for seen in folder.files:
        file = before.pop(seen.path, None)
        if file is None:
            change.new.append(seen)
        elif (file.size, file.mtime_ns) != (seen.size, seen.mtime_ns):
            change.changed.append((file, seen))
        elif file.state == FileState.PRESENT:
            change.same.append(file)
        else:
            change.returned.append(file)
    for file in before.values():
        if _is_away(folder, file.path):
            change.away.append(file)
        elif file.path in folder.pieces:
            change.replaced.append(file)  # the largest piece of the disc stands for it now
        elif _has_gone(folder, file.path):
            change.gone.append(file)
        elif file.path.rpartition("/")[0] not in folder.unchanged:
            change.unseen.append(file)
    return change


def _is_away(folder: Folder, path: str) -> bool:
    """Whether a known file is, or lies behind, something that is away."""
    while path and path not in folder.away:
        path = path.rpartition("/")[0]
    return bool(path)


def _has_gone(folder: Folder, path: str) -> bool:
    """Whether a known file that was not seen is really not there."""
    if path in folder.growing or path in folder.hidden:
        return False
    directory = path.rpartition("/")[0]
    while directory and directory not in folder.read:
        if directory in folder.unchanged or directory in folder.unreadable:
            return False  # nothing was seen of what is below it
        directory = directory.rpartition("/")[0]
    return True  # what was read names it no more, or the whole folder has gone
