"""The folder of the recycle bin in a library folder. No database.

``<root>/.aniworld/bin/<stamp>-<id>/<path below the root>``: on the root's own file system, so that
a file goes in and comes back by its name alone, and hidden, so that neither scans nor media servers
look in. Others may write into the library: what is no folder of ours is neither followed nor
deleted.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from library.errors import NotBinned
from library.naming.shelf import nearest

HIDDEN = ".aniworld"  # the worker's folders lie beside the bin
BIN = "bin"
# What Jellyfin and Emby, and what Kodi and Android take for "look no further".
MARKS = (".ignore", ".nomedia")
_STAMP = "%Y%m%dT%H%M%S"
_FOLDER = re.compile(r"(?P<stamp>\d{8}T\d{6})-\d{1,19}")
LONGEST_PATH = 4000  # bytes; Linux takes 4096 with the zero at the end
LONGEST_FOLDER = 40  # bytes of a stamp and an id
# Why the bin itself stays: there is none, something is in it, or its folder is not ours to change.
_STAYS = frozenset(
    {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENOTEMPTY, errno.EACCES, errno.EPERM}
)
_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def bin_of(root: Path) -> Path:
    return root / HIDDEN / BIN


def folder_name(moment: datetime, row: int) -> str:
    """The folder of one row: its moment tells it from one of that id in another database."""
    return f"{moment.astimezone(UTC):{_STAMP}}-{row}"


def moment_of(name: str) -> datetime | None:
    """When the folder of that name was made; None where it is none of ours."""
    found = _FOLDER.fullmatch(name)
    if found is None:
        return None
    with suppress(ValueError):
        return datetime.strptime(found["stamp"], _STAMP).replace(tzinfo=UTC)
    return None


def place_in(path: str, number: int, root: Path) -> str:
    """What a file is called in the folder of its row.

    Args:
        path: below the root, as ``os`` knows it.
        number: among the files of its row.
    """
    above = len(os.fsencode(bin_of(root))) + LONGEST_FOLDER + 2
    if above + len(os.fsencode(path)) <= LONGEST_PATH:
        return path
    return f"{number}{Path(path).suffix}"  # the row knows what it was called


def prepare(root: Path) -> None:
    """Make the bin, hidden from media servers. The root itself is never made.

    Raises:
        NotBinned: a link or a file stands where it is to be.
        OSError: it cannot be made.
    """
    check(root)
    if not root.is_dir():
        raise NotBinned(why="root_away", root=str(root))
    for folder in (root / HIDDEN, bin_of(root)):
        folder.mkdir(exist_ok=True)
    check(root)
    with _opened(root) as descriptor:
        for mark in MARKS:
            flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            with suppress(FileExistsError):
                os.close(os.open(mark, flags | os.O_EXCL, 0o644, dir_fd=descriptor))


def check(root: Path) -> None:
    """Refuse a bin that leads elsewhere, or lies on another disk. Raises ``NotBinned``."""
    for folder in (root / HIDDEN, bin_of(root)):
        with suppress(FileNotFoundError):
            if not stat.S_ISDIR(folder.lstat().st_mode):
                raise NotBinned(why="no_bin", path=str(folder))
    if nearest(bin_of(root)).stat().st_dev != root.stat().st_dev:
        raise NotBinned(why="other_disk")


def folders_in(root: Path) -> list[str]:
    """The names of what lies in the bin and is of ours, by its name."""
    try:
        with _opened(root) as descriptor:
            return [name for name in os.listdir(descriptor) if moment_of(name)]  # noqa: PTH208 - of what is open
    except (FileNotFoundError, NotADirectoryError):
        return []


def delete(root: Path, name: str) -> None:
    """Delete the folder of a row with all that is in it; what is not there is fine.

    Links in it are deleted, never followed, whenever they were laid.

    Raises:
        OSError: the disk refuses.
    """
    if moment_of(name) is None:
        raise ValueError(name)
    try:
        with _opened(root) as descriptor:
            if stat.S_ISDIR(os.lstat(name, dir_fd=descriptor).st_mode):
                shutil.rmtree(name, dir_fd=descriptor)
            else:  # somebody has put something else there
                os.unlink(name, dir_fd=descriptor)
    except (FileNotFoundError, NotADirectoryError):
        return


def forget_empty(root: Path) -> None:
    """Take the bin away where nothing is left in it; what others have put there stays."""
    try:
        with _opened(root) as descriptor:
            if set(os.listdir(descriptor)) <= set(MARKS):  # noqa: PTH208 - of what is open
                for mark in MARKS:
                    with suppress(FileNotFoundError):
                        os.unlink(mark, dir_fd=descriptor)
                bin_of(root).rmdir()
                (root / HIDDEN).rmdir()  # where no worker has anything in it
    except OSError as error:
        if error.errno not in _STAYS:
            raise


def tidy(root: Path, name: str) -> None:
    """Take away the folders of a row that are empty now, and the bin with its last one."""
    top = bin_of(root) / name
    for folder, _, _ in os.walk(top, topdown=False):
        with suppress(OSError):  # not empty
            Path(folder).rmdir()
    forget_empty(root)


@contextmanager
def _opened(root: Path) -> Iterator[int]:
    """The bin itself, never what a link in its place leads to. Raises ``OSError``."""
    descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for name in (HIDDEN, BIN):
            below = os.open(name, _FLAGS, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = below
        yield descriptor
    finally:
        os.close(descriptor)
