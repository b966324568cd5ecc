"""One step of a renaming on the disk. No database: the disk may hang, and is asked by a thread.

Every look and every rename here may meet something else than was planned: what has changed since is
left alone.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import stat
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from library.borders import Borders, Outside
from library.errors import NotRenamed
from library.moving import exchange, folded, has_entry, rename, sync_directory
from library.naming.paths import to_stored
from library.naming.shelf import nearest
from library.scanner.found import mtime_of
from providers.coded import errno_name

log = logging.getLogger(__name__)

# A file changed less than this ago may still be written to, as scans have it.
FRESH_NS = 10_000_000_000


@dataclass(frozen=True, slots=True)
class File:
    """A file to be renamed, by absolute paths.

    ``inode`` tells it from all others on its disk. ``size`` and ``mtime_ns`` are what a scan has
    seen of a video; None of what lies beside it.
    """

    old: Path
    new: Path
    inode: int
    size: int | None = None
    mtime_ns: int | None = None


def inode_of(path: Path) -> int:
    """What tells a file from the others on its disk; 0 where there is none."""
    try:
        return path.lstat().st_ino
    except OSError:
        return 0


def carry_out(files: Sequence[File], borders: Borders, *, home: Path) -> None:
    """Give all these files their names; where one refuses, the others get their old ones back.

    Args:
        home: the folder of the series; nothing is made outside it, and itself it is never made.

    Raises:
        NotRenamed: why nothing was done.
        OSError: the disk refuses.
    """
    for file in files:
        _check(file, borders, home)
    rename_together(files, home=home)
    tidy(files, home=home)


def rename_together(files: Sequence[File], *, home: Path) -> None:
    """Rename all of them, or none; what they are is the caller's to look at before.

    Args:
        home: the folder below which folders are made, which is there itself.

    Raises:
        NotRenamed: one has no way to go; the others have their old names again.
        OSError: the disk refuses.
    """
    done: list[tuple[Path, Path]] = []
    try:
        _rename_all(files, done, home)
    except BaseException:
        _take_back(done)
        raise
    finally:
        for folder in {path.parent for pair in done for path in pair}:
            if folder.is_dir():
                sync_directory(folder)


def complete(files: Sequence[File], *, home: Path) -> list[bool]:
    """End what a process has left half done: where some of the files have moved the rest follow.

    Returns:
        Of each file whether it has its new name now.
    """
    moved = [has_moved(file) for file in files]
    if not any(moved):
        return moved
    for file, is_done in zip(files, moved, strict=True):
        if is_done and not _is_spelling(file) and _is_same(file.old, file.inode):
            file.old.unlink()  # both names were those of one file for a moment
    places = {inode_of(path): path for file in files for path in (file.old, file.new)}
    left = [
        replace(file, old=places.get(file.inode, file.old))
        for file, is_done in zip(files, moved, strict=True)
        if not is_done
    ]
    try:
        _rename_all(left, [], home)
    except NotRenamed as error:
        log.warning("renaming left half done: %s", error)
    return [has_moved(file) for file in files]


def has_moved(file: File) -> bool:
    """Whether a file is under its new name; by what is there, where the disk numbers files anew."""
    if _is_spelling(file):
        return has_entry(file.new)
    if _is_same(file.new, file.inode):
        return True
    if _is_same(file.old, file.inode):
        return False
    return os.path.lexists(file.new) and not os.path.lexists(file.old)


def _is_spelling(file: File) -> bool:
    """Whether the names differ in capitals alone."""
    return file.old.parent == file.new.parent and folded(file.old.name) == folded(file.new.name)


def _is_same(path: Path, inode: int) -> bool:
    return bool(inode) and inode_of(path) == inode


def _check(file: File, borders: Borders, home: Path) -> None:
    """Raises ``NotRenamed``."""
    try:
        seen, there = file.old.lstat(), file.old.stat()
    except FileNotFoundError as error:
        raise NotRenamed(why="gone") from error
    if not (stat.S_ISREG(seen.st_mode) or stat.S_ISLNK(seen.st_mode)):
        raise NotRenamed(why="no_file")
    if seen.st_ino != file.inode:
        raise NotRenamed(why="changed")
    if file.size is not None:
        if (there.st_size, mtime_of(there)) != (file.size, file.mtime_ns):
            raise NotRenamed(why="changed")
        if 0 <= time.time_ns() - there.st_mtime_ns < FRESH_NS:
            raise NotRenamed(why="being_written")
    _check_place(file, borders, home, is_link=stat.S_ISLNK(seen.st_mode))


def _check_place(file: File, borders: Borders, home: Path, *, is_link: bool) -> None:
    above = nearest(file.new.parent)
    if not (above == home or above.is_relative_to(home)):
        raise NotRenamed(why="gone")  # the folder of the series is
    try:
        for folder in {file.old.parent, above}:
            borders.check(folder)
    except Outside as error:
        raise NotRenamed(why="outside", target=to_stored(error.target)) from error
    if above.stat().st_dev != file.old.parent.stat().st_dev:
        raise NotRenamed(why="other_disk")
    if is_link and file.old.parent != file.new.parent:
        raise NotRenamed(why="link")


def _rename_all(files: Sequence[File], done: list[tuple[Path, Path]], home: Path) -> None:
    """Rename whatever can be; names that go round in a circle are exchanged one by one."""
    left = {file.new: file.old for file in files if file.old != file.new}
    while left:
        free = [new for new, old in left.items() if not _holder(new, left, but=old)]
        for new in free:
            old = left.pop(new)
            make_folders(new.parent, home)
            _rename_one(old, new)
            done.append((old, new))
        if not free:
            new, old = next(iter(left.items()))
            _exchange_one(old, new)
            done.append((old, new))
            del left[new]
            # Whoever was there is now where this one was, and may be at home by that.
            left = {to: old if at == new else at for to, at in left.items()}
            left = {to: at for to, at in left.items() if to != at}


def _holder(name: Path, left: dict[Path, Path], *, but: Path) -> bool:
    """Whether another of the files that have yet to go has a name."""
    taken = folded(str(name))
    return any(folded(str(at)) == taken for at in left.values() if at != but)


def _rename_one(old: Path, new: Path) -> None:
    try:
        rename(old, new)
    except FileExistsError as error:
        raise NotRenamed(why="taken", path=to_stored(new.name)) from error
    except OSError as error:
        raise refusal(error) from error


def _exchange_one(old: Path, new: Path) -> None:
    try:
        exchange(old, new)
    except OSError as error:
        is_unable = error.errno in {errno.ENOTSUP, errno.ENOENT}
        raise (NotRenamed(why="in_a_circle") if is_unable else refusal(error)) from error


def refusal(error: OSError) -> NotRenamed:
    """What a disk says, as the reason why a file keeps its name."""
    if error.errno == errno.EXDEV:
        return NotRenamed(why="other_disk")
    return NotRenamed(why="refused", errno=errno_name(error))


def _take_back(done: Iterable[tuple[Path, Path]]) -> None:
    """Where that fails too, the files stay where they are: the database is told where that is."""
    for old, new in reversed(list(done)):
        try:
            if os.path.lexists(old) and not _is_one_file(old, new):
                exchange(old, new)
            else:
                rename(new, old)
        except OSError as error:
            log.warning("file=%s does not get its name back: %s", new, error)


def _is_one_file(one: Path, other: Path) -> bool:
    return os.path.samestat(one.lstat(), other.lstat())


def make_folders(folder: Path, home: Path) -> None:
    """Make a folder and those above it up to ``home``, which is there, or its disk has gone."""
    missing = []
    while folder != home and not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for one in reversed(missing):
        one.mkdir(exist_ok=True)


def tidy(files: Sequence[File], *, home: Path) -> None:
    """Take away the folders that are empty now, but for ``home``."""
    for folder in {file.old.parent for file in files} - {file.new.parent for file in files}:
        with contextlib.suppress(OSError):  # not empty, or not ours to take away
            if folder != home:
                folder.rmdir()
