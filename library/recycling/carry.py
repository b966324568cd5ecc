"""Ways into the recycle bin and out of it, on the disk. No database: the disk may hang, and is
asked by a thread.

A way is a ``File`` with its old and its new name, the video's first. What has changed since it was
planned is left alone.
"""

from __future__ import annotations

import errno
import logging
import os
import stat
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from library.borders import Borders, Outside
from library.errors import NotBinned, NotRenamed
from library.moving import rename_without_replacing, sync_directory
from library.naming.paths import to_stored
from library.naming.shelf import nearest
from library.recycling import folder
from library.renaming import carry
from library.renaming.carry import File, has_moved, inode_of
from library.scanner.found import mtime_of
from providers.coded import errno_name

log = logging.getLogger(__name__)

# The file system knows no links, or gives none for this file.
_NO_LINK = frozenset(
    {errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}
)


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as it is: ``size`` in bytes, of a link its own; of a link no time."""

    inode: int
    size: int
    mtime_ns: int = 0


def see(path: Path) -> Seen:
    """Look at a file, or at a link that stands for one.

    Raises:
        NotBinned: it is gone, or no file.
        OSError: the disk refuses.
    """
    try:
        found = path.lstat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotBinned(why="gone") from error
    if not (stat.S_ISREG(found.st_mode) or stat.S_ISLNK(found.st_mode)):
        raise NotBinned(why="no_file")
    is_link = stat.S_ISLNK(found.st_mode)
    return Seen(found.st_ino, found.st_size, 0 if is_link else mtime_of(found))


def check_home(path: Path, root: Path, borders: Borders) -> None:
    """See that a file lies where the bin of its root can take it from, or give it back.

    Raises:
        NotBinned: a link leads elsewhere, or it lies on another disk.
    """
    above = nearest(path.parent)
    try:
        borders.check(above)
    except Outside as error:
        raise NotBinned(why="outside", target=to_stored(error.target)) from error
    if above.stat().st_dev != root.stat().st_dev:
        raise NotBinned(why="other_disk")


def move(files: Sequence[File], root: Path, borders: Borders, *, home: Path) -> None:
    """Move files into the bin, or back: all of them, or none.

    Args:
        home: the folder of the series, which stays, even empty.

    Raises:
        NotBinned: why nothing was done.
        OSError: the disk refuses.
    """
    folder.check(root)
    for file in files:
        _check(file, root, borders)
    _together(files, root)
    carry.tidy(files, home=home)


def put(files: Sequence[File], puts: Sequence[File], root: Path, borders: Borders) -> None:
    """Put files in their places, of which that of the first may be another's, who goes for it.

    At every moment there is a good file under the name of the one that is replaced, unless the disk
    knows no hard links: then :func:`complete` sees to what a kill leaves between two names.

    Args:
        files: what goes into the bin. Here it does so where the first has the name that is wanted;
            else :func:`move` lets it follow, when the new file counts.
        puts: what takes its place, under the same name or another one.

    Raises:
        NotBinned: why nothing was done.
        OSError: the disk refuses; nothing was done.
    """
    folder.check(root)
    for file in (*files, *puts):
        _check(file, root, borders)
    first, new = files[0], puts[0]
    if first.old != new.new:
        _together(puts, root)
        return
    carry.make_folders(first.new.parent, root)
    try:
        os.link(first.old, first.new, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINK:
            raise
        _one_after_the_other(first, new)
    else:
        try:
            new.old.replace(new.new)
        except OSError:
            first.new.unlink()
            raise
    for place in {first.new.parent, new.new.parent}:
        sync_directory(place)
    _rest(files[1:], puts[1:], root)


def complete(files: Sequence[File], puts: Sequence[File], *, root: Path) -> list[bool]:
    """End what a process has left half done.

    Where anything has moved the rest follows. What takes the place of others decides for them:
    where that has not come, they are where they were.

    Returns:
        Of each of ``files`` whether it has its new name now.
    """
    if not puts:
        return carry.complete(files, home=root)
    if not has_moved(puts[0]):
        _back(files)
        return [False] * len(files)
    carry.complete(puts, home=root)
    first = files[0]
    if first.old == puts[0].new:
        _rest(files[1:], (), root)
        return [os.path.lexists(first.new), *(has_moved(file) for file in files[1:])]
    return [has_moved(file) for file in files]


def follow(files: Sequence[File], root: Path, *, home: Path) -> list[bool]:
    """Let files go into the bin whose replacement counts by now: all of them, or none. What has
    changed since it was looked at stays.

    Args:
        home: the folder of the series, which stays, even empty.

    Returns:
        Of each whether it is there.

    Raises:
        OSError: the disk refuses.
    """
    if not any(carry.complete(files, home=root)):
        try:
            if see(files[0].old).inode == files[0].inode:
                _together(files, root)
        except NotBinned as error:
            log.warning("file=%s stays beside what replaces it: %s", files[0].old, error)
    carry.tidy(files, home=home)
    return [has_moved(file) for file in files]


def take_back(files: Sequence[File], puts: Sequence[File]) -> None:
    """Undo :func:`put`: what was put goes where it came from, what it replaced comes back.

    Raises:
        OSError: the disk refuses.
    """
    first, new = files[0], puts[0]
    if first.old == new.new:
        with suppress(OSError):  # a second name for it, so that the first can be given away
            os.link(new.new, new.old, follow_symlinks=False)
        if not os.path.lexists(new.old):
            rename_without_replacing(new.new, new.old)
        first.new.replace(first.old)
        sync_directory(first.old.parent)
        return
    _back(files)
    _back(puts)


def _together(files: Sequence[File], root: Path) -> None:
    try:
        carry.rename_together(files, home=root)
    except NotRenamed as error:
        raise as_not_binned(error) from error


def _check(file: File, root: Path, borders: Borders) -> None:
    """Raises ``NotBinned``."""
    if see(file.old).inode != file.inode:
        raise NotBinned(why="changed")
    for path in (file.old, file.new):
        if not path.is_relative_to(folder.bin_of(root)):
            check_home(path, root, borders)


def _one_after_the_other(first: File, new: File) -> None:
    rename_without_replacing(first.old, first.new)
    try:
        rename_without_replacing(new.old, new.new)
    except OSError:
        rename_without_replacing(first.new, first.old)
        raise


def _rest(files: Sequence[File], puts: Sequence[File], root: Path) -> None:
    """What lies beside a video that has moved; what does not want to stays."""
    for file in (*files, *puts):
        if has_moved(file):
            continue
        with suppress(OSError):
            carry.make_folders(file.new.parent, root)
            rename_without_replacing(file.old, file.new)


def _back(files: Sequence[File]) -> None:
    """Give files their old names back, where they have lost them."""
    for file in reversed(files):
        if not os.path.lexists(file.new):
            continue
        if not os.path.lexists(file.old):
            rename_without_replacing(file.new, file.old)
        elif file.inode and inode_of(file.old) == inode_of(file.new):
            file.new.unlink()  # both names were those of one file for a moment


def refusal(error: OSError) -> NotBinned:
    """What a disk says, as the reason why a file stays where it is."""
    if error.errno == errno.EXDEV:
        return NotBinned(why="other_disk")
    return NotBinned(why="refused", errno=errno_name(error))


def as_not_binned(error: NotRenamed) -> NotBinned:
    """What a renaming says, in the words of the bin."""
    facts = error.params
    why = facts["why"]
    if why == "root_away":
        return NotBinned(why="root_away", root=facts["root"])
    if why == "taken":
        return NotBinned(why="taken", path=facts["path"])
    if why == "refused":
        return NotBinned(why="refused", errno=facts["errno"])
    return NotBinned(why="other_disk") if why == "other_disk" else NotBinned(why="changed")
