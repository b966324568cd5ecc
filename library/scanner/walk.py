"""One walk over a library root with ``os.scandir``.

Where the time of a directory is believed (``trust``), one whose mtime is that of the last scan is
not opened: adding, removing and renaming change it. Elsewhere its names are read, and it is left
alone where they are those of the last scan. Its subdirectories are then those that scan has
remembered: it remembers each one. Directories that are too fresh to be trusted, hold the link of a
video, a file that may still change or something odd, or cannot be read, are remembered with no
mtime: they are read again next time. Paths here are as ``os`` gives them, relative to the root.
"""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from library.scanner.entries import Entries, is_away
from library.scanner.found import (
    OPEN_AGAIN,
    Folder,
    Remembered,
    Tree,
    identity_of,
    mark_of,
    mtime_of,
)
from library.scanner.trust import RootTrust
from library.scanner.visited import Visited

# A directory changed less than this before it was read may change again within its clock tick.
DIRECTORY_MARGIN_NS = 2_000_000_000


class Stopped(Exception):
    """A walk was told to end."""


class Walk:
    """Walks one root.

    Args:
        known: each directory as it was at the last scan, by path; empty to read everything.
        trust: where their times are believed; nowhere where not given.
        full: read every directory and every file's size and time all the same.
        only: names of the folders to look into; all where not given.

    It may be run in another thread than the one that looks at ``found`` and ``signs``.
    """

    def __init__(
        self,
        root: Path,
        known: Mapping[str, Remembered],
        *,
        trust: RootTrust | None = None,
        full: bool = False,
        only: frozenset[str] | None = None,
    ) -> None:
        self._root = str(root)
        self._known = known
        self._trust = trust
        self._full = full
        self._only = only
        self._directories = 0
        self._stopping = False
        self._children = _children(known)
        self.tree = Tree()
        self._entries = Entries(root, self.tree)
        self._visited = Visited(self._root, known, only)

    @property
    def found(self) -> int:
        """How many files were found so far."""
        return self._entries.found

    @property
    def signs(self) -> int:
        """Grows while the disk answers."""
        return self._directories + self._entries.found

    def stop(self) -> None:
        """Let it end, whoever waits for it no more: with the directory it is at."""
        self._stopping = True

    def run(self) -> Tree:
        """Walk the whole root.

        Raises:
            OSError: the root itself cannot be read.
            Stopped: nobody waits for it any more.
            Shaken: a mount was believed and has lied; the walk is to be done again.
        """
        for _ in self.folders(self.begin()):
            pass
        return self.tree

    def begin(self) -> list[str]:
        """Read the root itself; returns the folders in it that are to be looked into.

        Raises:
            OSError: it cannot be read.
        """
        status = os.stat(self._root)  # noqa: PTH116 - paths are text here
        self.tree.identity = identity_of(status)
        self._visited.note("", status)
        with os.scandir(self._root) as entries:
            listing = sorted(entries, key=lambda entry: entry.name)
            loose = self._folder("")
            loose.count(status.st_dev, "")
            loose.read.add("")
            below = self._entries.sort_in(loose, "", listing)
        if "" in self._known and "" not in loose.directories:
            loose.remember_passed("", {})  # nothing any more
        return [name for name in below if self._only is None or name in self._only]

    def folders(self, names: Iterable[str]) -> Iterator[Folder]:
        """Yield the root's own files and these folders as they are read, those with files that may
        still be written last. Call :meth:`begin` before."""
        fresh = []
        watched = 0
        recent = self._entries.recent
        for folder in itertools.chain([self._folder("")], map(self._walk_folder, names)):
            if len(recent) > watched:
                fresh.append(folder)
            else:
                yield folder
            watched = len(recent)
        self._entries.drop_growing()
        self.tree.files = self._entries.found
        yield from fresh

    def _folder(self, name: str) -> Folder:
        return self.tree.folders.setdefault(name, Folder(name))

    def _walk_folder(self, name: str) -> Folder:
        folder = self._folder(name)
        pending = [name]
        while pending:
            path = pending.pop()
            if self._stopping:
                raise Stopped
            self._directories += 1
            pending += self._directory(folder, path)
        return folder

    def _directory(self, folder: Folder, path: str) -> list[str]:
        """Take one directory in; returns those below it."""
        full = f"{self._root}/{path}"
        try:
            if path in self._known and self._is_believed(folder, path, full):
                return self._leave_alone(folder, path)
            # By its descriptor, so that a file's status needs no way through all folders above it.
            descriptor = os.open(full, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            self._unreadable(folder, path, error)
            return []
        try:
            return self._read(folder, path, descriptor)
        except OSError as error:
            self._unreadable(folder, path, error)
            return []
        finally:
            os.close(descriptor)

    def _is_believed(self, folder: Folder, path: str, full: str) -> bool:
        """Whether its time says that its names are the same."""
        if self._full or self._trust is None:
            return False
        status = os.stat(full)  # noqa: PTH116 - paths are text here
        if self._known[path].mtime_ns != mtime_of(status) or self._visited.holds(path, status):
            return False
        if not self._trust.believes(status.st_dev, path):
            return False
        if self._trust.samples(status.st_dev, path) and not self._has_same_names(path, full):
            return False
        folder.count(status.st_dev, path)
        self._visited.note(path, status)
        return True

    def _has_same_names(self, path: str, full: str) -> bool:
        """Whether nothing that can be seen speaks against its time."""
        try:
            with os.scandir(full) as entries:
                return mark_of(entries) == self._known[path].names
        except OSError as error:
            return not is_away(error)

    def _leave_alone(self, folder: Folder, path: str) -> list[str]:
        folder.unchanged.add(path)
        return self._children.get(path, [])

    def _read(self, folder: Folder, path: str, descriptor: int) -> list[str]:
        now = time.time_ns()
        status = os.fstat(descriptor)
        if self._visited.holds(path, status):
            self._entries.another_way(folder, path)
            return []
        folder.count(status.st_dev, path)
        self._visited.note(path, status)
        with os.scandir(descriptor) as entries:
            listing = list(entries)
        mark = mark_of(listing)
        if path in self._known:
            known = self._known[path]
            self._learn(path, status, mark, descriptor)
            if known[:2] == (mtime_of(status), mark) and not self._full:
                return self._leave_alone(folder, path)
        folder.read.add(path)
        is_settled = now - status.st_mtime_ns > DIRECTORY_MARGIN_NS
        mtime_ns = mtime_of(status) if is_settled else OPEN_AGAIN
        folder.directories[path] = Remembered(mtime_ns, mark)
        return self._entries.sort_in(folder, path, listing)

    def _learn(self, path: str, status: os.stat_result, mark: int, descriptor: int) -> None:
        """See whether its time has moved where its names have changed."""
        known = self._known[path]
        if self._trust is None or known.names in (None, mark) or known.mtime_ns == OPEN_AGAIN:
            return
        if mtime_of(os.fstat(descriptor)) == known.mtime_ns:  # not moved meanwhile either
            self._trust.lied(status.st_dev, path)
        else:
            self._trust.kept(status.st_dev, path)

    def _unreadable(self, folder: Folder, path: str, error: OSError) -> None:
        if isinstance(error, FileNotFoundError | NotADirectoryError):
            if path == folder.name:
                return
            if os.path.islink(f"{self._root}/{path}"):  # noqa: PTH114 - paths are text here
                self._entries.broken_link(folder, path, error)
            else:  # gone since its parent was read
                folder.read.add(path)
                folder.open_again(path)
            return
        self._entries.unreadable(folder, path, error)


def _children(known: Iterable[str]) -> dict[str, list[str]]:
    children: dict[str, list[str]] = {}
    for path in known:
        if path:
            children.setdefault(path.rpartition("/")[0], []).append(path)
    return children
