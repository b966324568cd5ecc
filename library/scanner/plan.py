"""What is to be done with one root: which folders, which files, whose names are read."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Self

from library.models import LibraryRoot
from library.models.files import StoredMount
from library.scanner import guards
from library.scanner.ahead import names_of
from library.scanner.columns import ReadColumns, grammar
from library.scanner.diff import FolderChange
from library.scanner.disk import Disks
from library.scanner.found import Folder, Remembered, Tree
from library.scanner.scout import Found, scouted
from library.scanner.trust import RootTrust

# What is different in a folder, and what the names of its files say, in their order.
Read = tuple[FolderChange, Iterator[ReadColumns]]


@dataclass(slots=True)
class Plan:
    """What is to be done with one root."""

    root: LibraryRoot
    tree: Tree
    known: Mapping[str, Remembered]
    changes: list[FolderChange]
    grammar: str  # of the name reader
    full: bool  # names are read again that have not changed
    trust: RootTrust
    is_full_look: bool  # every directory was read, every file's size asked for
    only: frozenset[str] | None = None  # the folders looked into, where not all
    homes: dict[str, int] = field(default_factory=dict)  # series whose files a folder holds now
    renamed: dict[str, tuple[int, str]] = field(default_factory=dict)  # see Moves
    losses: guards.Losses = field(init=False)  # known when every root was looked through
    files_are_told: ClassVar[bool] = True  # as many as there are, before the first is written

    @property
    def folders(self) -> int:
        """How many folders the root holds."""
        return len(self.tree.folders) - 1

    @property
    def changed(self) -> set[str]:
        """The folders that are brought in line."""
        return {change.name for change in self.changes}

    @property
    def reads_every_name(self) -> bool:
        """Whether after this no name is left that another name reader has read."""
        return not any(change.unseen for change in self.changes)

    @property
    def mounts(self) -> list[StoredMount]:
        """What is to be kept of the file systems the root lies on, when all of it was looked
        through."""
        return self.trust.as_json(self.tree.folders.values(), of_all=self.only is None)

    @contextlib.contextmanager
    def reading(self) -> Iterator[Iterator[Read]]:
        """Give the changes with what is said by the names that have to be read."""
        with names_of(list(self._names_to_read())) as columns:
            yield ((change, columns) for change in self.changes)

    def _names_to_read(self) -> Iterator[str]:
        """The paths of all files whose names will be read, in the order of the changes."""
        for change in self.changes:
            yield from (seen.path for seen in change.new)
            yield from (seen.path for _, seen in change.changed)
            yield from (known.path for known in change.returned)
            if self.full:
                yield from (known.path for known in change.same)


@dataclass(slots=True)
class FirstPlan(Plan):
    """A root no file is known of: it can lose nothing, so it is walked while it is written."""

    names: list[str] = field(default_factory=list)
    disks: Disks = field(kw_only=True)
    files_are_told: ClassVar[bool] = False

    @classmethod
    def of(
        cls, root: LibraryRoot, tree: Tree, names: list[str], trust: RootTrust, disks: Disks
    ) -> Self:
        tree.problems.clear()  # they are found again
        stamp = grammar()
        return cls(root, tree, {}, [], stamp, True, trust, True, names=names, disks=disks)

    @property
    def folders(self) -> int:
        return len(self.names)

    @property
    def changed(self) -> set[str]:
        return {"", *self.names}

    @contextlib.contextmanager
    def reading(self) -> Iterator[Iterator[Read]]:
        with scouted(self.root.directory, self.names, self.disks) as found:
            yield self._changes(found)

    def _changes(self, found: Iterator[Found]) -> Iterator[Read]:
        told: set[tuple[str, str]] = set()  # a process that died may have told some already
        with guards.readable(self.root):
            for folder, columns, problems in found:
                self.tree.problems += [one for one in problems if (one.path, one.code) not in told]
                told.update((one.path, one.code) for one in problems)
                self.tree.folders[folder.name] = Folder(folder.name, devices=folder.devices)
                yield FolderChange(folder, new=folder.files), iter(columns)
