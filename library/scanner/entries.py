"""What each name in a directory is: a video, a directory to go into, a link, or something odd.

Paths are as ``os`` gives them, relative to the root. No Django.
"""

from __future__ import annotations

import errno
import os
import stat
import time
from functools import cached_property
from pathlib import Path
from typing import Any

from library.naming.passed import (
    DISC_PIECE,
    ignored_directory_reason,
    ignored_file_reason,
    is_disc_tree,
    other_file_reason,
)
from library.naming.paths import to_stored
from library.naming.videos import ignored_directory, ignored_file, is_video
from library.problems import Problem
from library.scanner.found import SIDE_FILES, Folder, SeenFile, Tree, mtime_of
from providers.coded import errno_name

# A file changed less than this ago may still be written to.
FILE_MARGIN_NS = 10_000_000_000
# Of what answers so, nothing is known: it may well be there.
_NOTHING_IS_KNOWN = {errno.EACCES, errno.EPERM, errno.EMFILE, errno.ENFILE, errno.ENOMEM}
# How long such a file is watched before it counts as complete.
WATCH_SECONDS = 0.25
# The most bytes a path and its folder's name may take as they are stored: PostgreSQL's index over
# both takes 2,704. Paths of fewer characters never need as many.
LONGEST, SURELY_SHORT = 2600, 380


class Entries:
    """Sorts the entries of one root's directories into its tree.

    ``recent`` are the files that may still be written to, ``found`` is how many files there were.
    """

    def __init__(self, root: Path, tree: Tree) -> None:
        self._root = str(root)
        self._tree = tree
        self.recent: list[tuple[Folder, SeenFile]] = []
        self.found = 0

    @cached_property
    def _real_root(self) -> str:
        return os.path.realpath(self._root)

    def sort_in(self, folder: Folder, path: str, listing: list[os.DirEntry[str]]) -> list[str]:
        """Sort entries into files and directories; returns the directories to walk."""
        prefix = f"{path}/" if path else ""
        below: list[str] = []
        passed: dict[str, list[str]] = {}
        first = len(folder.files)
        fresh = time.time_ns() - FILE_MARGIN_NS
        room = SURELY_SHORT - len(prefix)
        for entry in listing:
            name = entry.name
            if is_video(name):
                is_plain = name.isascii() and len(name) < room
                if ignored_file(name):
                    passed.setdefault(ignored_file_reason(name), []).append(name)
                elif is_plain or self._is_storable(folder, prefix, name):
                    self._entry(folder, prefix + name, entry, below, fresh)
            elif reason := self._other(folder, path, prefix + name, entry, below):
                passed.setdefault(reason, []).append(name)
        if is_disc_tree(path) and (pieces := _pieces(folder, first)):
            passed[DISC_PIECE] = pieces
        if passed:
            folder.remember_passed(path, passed)
        return below

    def _other(
        self,
        folder: Folder,
        directory: str,
        path: str,
        entry: os.DirEntry[str],
        below: list[str],
    ) -> str:
        """A name that does not end as a video's; returns why it is passed over, mostly nothing."""
        name = entry.name
        if entry.is_dir(follow_symlinks=False):
            if reason := ignored_directory_reason(name, depth=path.count("/")):
                return reason
            if self._is_storable(folder, path[: -len(name)], name):
                below.append(path)
        elif entry.is_symlink():
            return self._symlink(folder, path, entry, below)
        elif directory == folder.name and (name in SIDE_FILES or name.lower().endswith(".nfo")):
            folder.side_files.append(name)
        else:
            return other_file_reason(name)
        return ""

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
            if is_away(error) and entry.is_symlink():
                self.broken_link(folder, path, error)
                return
            (folder.away if is_away(error) else folder.hidden).add(path)
            self._flaw(folder, path, "unreadable_file", errno=errno_name(error))
            return
        size, mtime_ns = status.st_size, mtime_of(status)
        if entry.is_symlink():  # its target may go, or become another one, and nothing moves here
            folder.open_again(path.rpartition("/")[0])
        if not stat.S_ISREG(status.st_mode):
            self._no_file(folder, path, entry, below, is_directory=stat.S_ISDIR(status.st_mode))
        elif size == 0:
            self._flaw(folder, path, "empty_file")
        else:
            file = SeenFile(path, size, mtime_ns)
            folder.files.append(file)
            self.found += 1
            if mtime_ns > fresh:
                self.recent.append((folder, file))
                folder.open_again(path.rpartition("/")[0])

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

    def _symlink(self, folder: Folder, path: str, entry: os.DirEntry[str], below: list[str]) -> str:
        """A link to a directory is followed unless that has its own turn; returns why it is passed
        over."""
        try:
            status = entry.stat()
        except OSError as error:
            if is_away(error):
                self.broken_link(folder, path, error)
            else:
                self.unreadable(folder, path, error)
            return ""
        if not stat.S_ISDIR(status.st_mode):
            return other_file_reason(entry.name)
        if reason := ignored_directory_reason(entry.name, depth=path.count("/")):
            return reason
        if self._is_read_anyway(f"{self._root}/{path}"):
            self.another_way(folder, path)
        else:
            below.append(path)
        return ""

    def _is_read_anyway(self, link: str) -> bool:
        """Whether a link leads to a folder of this root, which has its own turn."""
        target = os.path.realpath(link)
        if not target.startswith(f"{self._real_root}/"):
            return False
        parts = target[len(self._real_root) + 1 :].split("/")
        return not any(ignored_directory(part, depth=depth) for depth, part in enumerate(parts))

    def another_way(self, folder: Folder, path: str) -> None:
        """A directory that is read by another way."""
        self._flaw(folder, path, "link_loop")

    def broken_link(self, folder: Folder, path: str, error: OSError) -> None:
        """Perhaps to a disk that is away: what is known behind it is not taken for deleted."""
        folder.away.add(path)
        self._flaw(folder, path, "broken_link", errno=errno_name(error))

    def unreadable(self, folder: Folder, path: str, error: OSError) -> None:
        """A directory that nothing can be seen of: what is known in it stays as it is, or is away
        where its disk answers with an error."""
        folder.unreadable.add(path)
        if is_away(error):
            folder.away.add(path)
        folder.open_again(path)
        self._tree.problems.append(Problem(path, "unreadable_folder", {"errno": errno_name(error)}))

    def _flaw(self, folder: Folder, path: str, code: str, **params: Any) -> None:
        """Something odd in a directory: that is opened again next time, to tell it again."""
        self._tree.problems.append(Problem(path, code, params))
        folder.open_again(path.rpartition("/")[0])

    def drop_growing(self) -> None:
        """Leave out files that change while we look; the next scan sees them again."""
        if not self.recent:
            return
        time.sleep(WATCH_SECONDS)
        for folder, file in self.recent:
            try:
                status = os.stat(f"{self._root}/{file.path}")  # noqa: PTH116 - paths are text here
            except OSError:
                folder.growing.add(file.path)  # renamed by its writer meanwhile
                continue
            if (status.st_size, mtime_of(status)) != (file.size, file.mtime_ns):
                folder.growing.add(file.path)
                self._flaw(folder, file.path, "being_written")
        for folder in {id(folder): folder for folder, _ in self.recent}.values():
            if folder.growing:
                folder.files = [f for f in folder.files if f.path not in folder.growing]


def _pieces(folder: Folder, first: int) -> list[str]:
    """Take the pieces of a disc out, the files of its directory from ``first`` on: its largest one
    stands for it. Returns their names."""
    files = folder.files[first:]
    if not files:
        return []
    largest = max(files, key=lambda file: (file.size, file.path))
    folder.files[first:] = [largest]
    pieces = [file.path for file in files if file is not largest]
    folder.pieces.update(pieces)
    return [path.rpartition("/")[2] for path in pieces]


def is_away(error: OSError) -> bool:
    """Whether there is nothing to be had: no such name behind a link, or a disk or server that is
    gone. Of what one only may not look at, or has no means left to, nothing is known."""
    return error.errno not in _NOTHING_IS_KNOWN


def _is_utf8(name: str) -> bool:
    """Whether ``os`` could read the name; bytes it could not are lone surrogates."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
