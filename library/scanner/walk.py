"""One walk over a library root with ``os.scandir``.

A directory whose mtime is the one of the last scan is not opened: adding, removing and renaming
change it. Its subdirectories are then those the last scan has remembered: it remembers each one.
Directories that are too fresh to be trusted, hold a file that may still change or something odd, or
cannot be read, are remembered with no mtime: they are opened again next time. Paths here are as
``os`` gives them, relative to the root.
"""

from __future__ import annotations

import errno
import itertools
import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from library.naming.paths import to_stored
from library.naming.videos import ignored_directory, ignored_file, is_video
from library.problems import Problem
from providers.coded import errno_name

# A directory changed less than this before it was read may change again within its clock tick.
DIRECTORY_MARGIN_NS = 2_000_000_000
# A file changed less than this ago may still be written to.
FILE_MARGIN_NS = 10_000_000_000
# How long such a file is watched before it counts as complete.
WATCH_SECONDS = 0.25

# Remembered for a directory that is to be opened again, whatever its mtime.
OPEN_AGAIN = -1
# The most bytes a path and its folder's name may take as they are stored: PostgreSQL's index over
# both takes 2,704. Paths of fewer characters never need as many.
LONGEST, SURELY_SHORT = 2600, 380

SIDE_FILES = frozenset({"key", "data"})


class SeenFile(NamedTuple):
    path: str
    size: int
    mtime_ns: int


@dataclass(slots=True)
class Folder:
    """A directory directly under the root; "" stands for the root itself."""

    name: str
    files: list[SeenFile] = field(default_factory=list)  # of the directories read this time
    read: set[str] = field(default_factory=set)
    unchanged: set[str] = field(default_factory=set)
    unreadable: set[str] = field(default_factory=set)
    mtimes: dict[str, int] = field(default_factory=dict)  # of the directories to remember
    side_files: list[str] = field(default_factory=list)
    growing: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)  # files nothing can be seen of but their names
    away: set[str] = field(default_factory=set)  # links whose target is not there

    @property
    def is_unchanged(self) -> bool:
        return not (self.read or self.unreadable or self.away)


@dataclass(slots=True)
class Tree:
    """What a root holds now."""

    identity: str = ""
    files: int = 0  # of the directories read this time
    folders: dict[str, Folder] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def identity_of(status: os.stat_result) -> str:
    return f"{status.st_dev}:{status.st_ino}"


class Walk:
    """Walks one root.

    Args:
        known: mtime of each directory at the last scan, by path; empty to read everything.
        only: names of the folders to look into; all where not given.
        tick: called for every directory with the number of files found so far; may raise to end
            the walk.
    """

    def __init__(
        self,
        root: Path,
        known: Mapping[str, int],
        *,
        only: frozenset[str] | None = None,
        tick: Callable[[int], None] | None = None,
    ) -> None:
        self._root = str(root)
        self._real_root = os.path.realpath(root)
        self._known = known
        self._only = only
        self._tick = tick
        self._children = _children(known)
        self._visited: set[tuple[int, int]] = set()
        self._recent: list[tuple[Folder, SeenFile]] = []
        self._found = 0
        self.tree = Tree()

    def run(self) -> Tree:
        """Walk the whole root.

        Raises:
            OSError: the root itself cannot be read.
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
        self._visited.add((status.st_dev, status.st_ino))
        self._visited |= _above(self._root)
        with os.scandir(self._root) as entries:
            listing = sorted(entries, key=lambda entry: entry.name)
            loose = self._folder("")
            loose.read.add("")
            below = self._sort_in(loose, "", listing)
        return [name for name in below if self._only is None or name in self._only]

    def folders(self, names: Iterable[str]) -> Iterator[Folder]:
        """Yield the root's own files and these folders as they are read, those with files that may
        still be written last. Call :meth:`begin` before."""
        fresh = []
        watched = 0
        for folder in itertools.chain([self._folder("")], map(self._walk_folder, names)):
            if len(self._recent) > watched:
                fresh.append(folder)
            else:
                yield folder
            watched = len(self._recent)
        self._drop_growing()
        self.tree.files = self._found
        yield from fresh

    def _folder(self, name: str) -> Folder:
        return self.tree.folders.setdefault(name, Folder(name))

    def _walk_folder(self, name: str) -> Folder:
        folder = self._folder(name)
        pending = [name]
        while pending:
            path = pending.pop()
            if self._tick is not None:
                self._tick(self._found)
            pending += self._directory(folder, path)
        return folder

    def _directory(self, folder: Folder, path: str) -> list[str]:
        """Take one directory in; returns those below it."""
        full = f"{self._root}/{path}"
        try:
            if path in self._known and self._is_unchanged(path, full):
                folder.unchanged.add(path)
                return self._children.get(path, [])
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

    def _is_unchanged(self, path: str, full: str) -> bool:
        status = os.stat(full)  # noqa: PTH116 - paths are text here
        self._visited.add((status.st_dev, status.st_ino))
        return self._known[path] == status.st_mtime_ns

    def _read(self, folder: Folder, path: str, descriptor: int) -> list[str]:
        now = time.time_ns()
        status = os.fstat(descriptor)
        self._visited.add((status.st_dev, status.st_ino))
        with os.scandir(descriptor) as entries:
            listing = list(entries)
        folder.read.add(path)
        is_settled = now - status.st_mtime_ns > DIRECTORY_MARGIN_NS
        folder.mtimes[path] = status.st_mtime_ns if is_settled else OPEN_AGAIN
        return self._sort_in(folder, path, listing)

    def _sort_in(self, folder: Folder, path: str, listing: list[os.DirEntry[str]]) -> list[str]:
        """Sort entries into files and directories; returns the directories to walk."""
        prefix = f"{path}/" if path else ""
        below: list[str] = []
        fresh = time.time_ns() - FILE_MARGIN_NS
        room = SURELY_SHORT - len(prefix)
        for entry in listing:
            name = entry.name
            if is_video(name):
                is_plain = name.isascii() and len(name) < room
                if not ignored_file(name) and (is_plain or self._is_storable(folder, prefix, name)):
                    self._entry(folder, prefix + name, entry, below, fresh)
            elif entry.is_dir(follow_symlinks=False):
                ignored = ignored_directory(name, depth=(prefix + name).count("/"))
                if not ignored and self._is_storable(folder, prefix, name):
                    below.append(prefix + name)
            elif entry.is_symlink():
                self._symlink(folder, prefix + name, entry, below)
            elif path == folder.name and (name in SIDE_FILES or name.lower().endswith(".nfo")):
                folder.side_files.append(name)
        return below

    def _is_storable(self, folder: Folder, prefix: str, name: str) -> bool:
        """Tell of a name that is not valid UTF-8; whether the path is short enough to be kept."""
        path = prefix + name
        if not name.isascii() and not _is_utf8(name):
            self._flaw(folder, path, "not_utf8")
        if len(path) <= SURELY_SHORT:
            return True
        size = sum(len(to_stored(text).encode()) for text in (path, path.partition("/")[0]))
        if size > LONGEST:
            self._flaw(folder, path, "path_too_long", size=size)
        return size <= LONGEST

    def _entry(
        self, folder: Folder, path: str, entry: os.DirEntry[str], below: list[str], fresh: int
    ) -> None:
        """A name that ends as a video does: usually a file. Written to after ``fresh``, it is
        watched."""
        try:
            status = entry.stat()
        except OSError as error:
            if _leads_nowhere(error) and entry.is_symlink():
                self._broken_link(folder, path, error)
                return
            folder.hidden.add(path)
            self._flaw(folder, path, "unreadable_file", errno=errno_name(error))
            return
        size, mtime_ns = status.st_size, status.st_mtime_ns
        if not stat.S_ISREG(status.st_mode):
            self._no_file(folder, path, entry, below, is_directory=stat.S_ISDIR(status.st_mode))
        elif size == 0:
            self._flaw(folder, path, "empty_file")
        else:
            file = SeenFile(path, size, mtime_ns)
            folder.files.append(file)
            self._found += 1
            if mtime_ns > fresh:
                self._recent.append((folder, file))
                _open_again(folder, path.rpartition("/")[0])

    def _no_file(
        self,
        folder: Folder,
        path: str,
        entry: os.DirEntry[str],
        below: list[str],
        *,
        is_directory: bool,
    ) -> None:
        if not is_directory:
            self._flaw(folder, path, "not_a_file")
        elif entry.is_symlink():
            self._symlink(folder, path, entry, below)
        else:
            below.append(path)

    def _symlink(
        self, folder: Folder, path: str, entry: os.DirEntry[str], below: list[str]
    ) -> None:
        """A link to a directory is followed unless that directory was walked already."""
        try:
            status = entry.stat()
        except OSError as error:
            if _leads_nowhere(error):
                self._broken_link(folder, path, error)
            else:
                self._unreadable(folder, path, error)
            return
        ignored = ignored_directory(entry.name, depth=path.count("/"))
        if not stat.S_ISDIR(status.st_mode) or ignored:
            return
        visited = (status.st_dev, status.st_ino) in self._visited
        if visited or self._is_read_anyway(f"{self._root}/{path}"):
            self._flaw(folder, path, "link_loop")
            return
        below.append(path)

    def _is_read_anyway(self, link: str) -> bool:
        """Whether a link leads to a folder of this root, which has its own turn."""
        target = os.path.realpath(link)
        if not target.startswith(f"{self._real_root}/"):
            return False
        parts = target[len(self._real_root) + 1 :].split("/")
        return not any(ignored_directory(part, depth=depth) for depth, part in enumerate(parts))

    def _broken_link(self, folder: Folder, path: str, error: OSError) -> None:
        """Perhaps to a disk that is away: what is known behind it is not taken for deleted."""
        folder.away.add(path)
        self._flaw(folder, path, "broken_link", errno=errno_name(error))

    def _flaw(self, folder: Folder, path: str, code: str, **params: Any) -> None:
        """Something odd in a directory: that is opened again next time, to tell it again."""
        self.tree.problems.append(Problem(path, code, params))
        _open_again(folder, path.rpartition("/")[0])

    def _unreadable(self, folder: Folder, path: str, error: OSError) -> None:
        if isinstance(error, FileNotFoundError | NotADirectoryError):
            if path == folder.name:
                return
            if os.path.islink(f"{self._root}/{path}"):  # noqa: PTH114 - paths are text here
                self._broken_link(folder, path, error)
            else:  # gone since its parent was read
                folder.read.add(path)
                folder.mtimes[path] = OPEN_AGAIN
            return
        folder.unreadable.add(path)
        folder.mtimes[path] = OPEN_AGAIN
        reason = {"errno": errno_name(error)}
        self.tree.problems.append(Problem(path, "unreadable_folder", reason))

    def _drop_growing(self) -> None:
        """Leave out files that change while we look; the next scan sees them again."""
        if not self._recent:
            return
        time.sleep(WATCH_SECONDS)
        for folder, file in self._recent:
            try:
                status = os.stat(f"{self._root}/{file.path}")  # noqa: PTH116 - paths are text here
            except OSError:
                folder.growing.add(file.path)  # renamed by its writer meanwhile
                continue
            if (status.st_size, status.st_mtime_ns) != (file.size, file.mtime_ns):
                folder.growing.add(file.path)
                self._flaw(folder, file.path, "being_written")
        for folder in {id(folder): folder for folder, _ in self._recent}.values():
            if folder.growing:
                folder.files = [f for f in folder.files if f.path not in folder.growing]


def _leads_nowhere(error: OSError) -> bool:
    return error.errno in {errno.ENOENT, errno.ENOTDIR, errno.ELOOP}


def _is_utf8(name: str) -> bool:
    """Whether ``os`` could read the name; bytes it could not are lone surrogates."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _open_again(folder: Folder, directory: str) -> None:
    if directory:  # the root itself is always opened
        folder.mtimes[directory] = OPEN_AGAIN


def _above(root: str) -> set[tuple[int, int]]:
    """The directories the root lies in: a link to one of them leads out, and back in again."""
    parents = (os.stat(parent) for parent in Path(os.path.realpath(root)).parents)  # noqa: PTH116 - paths are text here
    return {(status.st_dev, status.st_ino) for status in parents}


def _children(known: Mapping[str, int]) -> dict[str, list[str]]:
    children: dict[str, list[str]] = {}
    for path in known:
        if path:
            children.setdefault(path.rpartition("/")[0], []).append(path)
    return children
