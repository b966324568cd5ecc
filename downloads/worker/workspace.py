"""Files of the queue on the library's disk: hidden work folders, and the step into the library.

``<library root>/.aniworld/<item id>/`` holds what belongs to an unfinished item. It lies on the
library's own file system, so that the last step is a rename, and hidden, so that no scanner
looks in.
"""

from __future__ import annotations

import errno
import logging
import os
import shutil
from collections.abc import Collection, Container
from pathlib import Path

from downloads.errors import FileExists, OtherDisk, RootUnavailable
from library.moving import rename_without_replacing, sync_directory

logger = logging.getLogger(__name__)

WORK_FOLDER = ".aniworld"
MEGABYTE = 1_000_000


def work_dir(root: Path, item_id: int) -> Path:
    """Make and return the work folder of an item.

    Raises:
        RootUnavailable: the library root is not there.
        OSError: it cannot be written to.
    """
    folder = folder_of(root, item_id)
    _make_below(root, folder)
    return folder


def _make_below(root: Path, folder: Path) -> None:
    """Make a folder and those above it up to the library root, which is never made by us: with its
    disk away that would be a new library in its place."""
    if not root.is_dir():
        raise RootUnavailable(why="to_download", path=str(root))
    above = root
    for name in folder.relative_to(root).parts:
        above /= name
        above.mkdir(exist_ok=True)


def folder_of(root: Path, item_id: int) -> Path:
    return root / WORK_FOLDER / str(item_id)


def free_megabytes(path: Path) -> int:
    return shutil.disk_usage(path).free // MEGABYTE


def discard(root: Path, item_id: int, *, but: Collection[str] = ()) -> None:
    """Delete what belongs to an item; what is not there is fine.

    Args:
        but: names of files in its folder that stay.
    """
    folder = folder_of(root, item_id)
    if (root / WORK_FOLDER).is_symlink() or folder.is_symlink():
        return  # nothing is deleted where somebody's link leads
    if but:
        _empty(folder, but)
        return
    shutil.rmtree(folder, ignore_errors=True)
    _remove_empty(root / WORK_FOLDER)


def _empty(folder: Path, but: Collection[str]) -> None:
    with os.scandir(folder) as entries:
        others = [entry for entry in entries if entry.name not in but]
    for entry in others:
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path, ignore_errors=True)
        else:
            Path(entry.path).unlink(missing_ok=True)


def sweep(root: Path, keep: Container[int]) -> None:
    """Delete the work folders of all items but those to keep."""
    work = root / WORK_FOLDER
    if work.is_symlink() or not work.is_dir():
        return
    for folder in work.iterdir():
        if folder.name.isdecimal() and int(folder.name) not in keep:
            logger.info("item=%s removing left-over work folder", folder.name)
            shutil.rmtree(folder, ignore_errors=True)
    _remove_empty(work)


def place(source: Path, target: Path, *, root: Path) -> None:
    """Rename a checked file into the library, in one step, and sync the directory. What is to be
    written over goes into the bin: ``library.recycling.replacing``.

    Raises:
        RootUnavailable: the library root is not there.
        FileExists: there is a file of that name.
        OtherDisk: the series' folder lies on another file system than its library root.
        OSError: not permitted, no space …
    """
    _make_below(root, target.parent)
    try:
        rename_without_replacing(source, target)
    except FileExistsError as error:
        raise FileExists(path=str(target)) from error
    except OSError as error:
        if error.errno == errno.EXDEV:
            raise OtherDisk(folder=str(target.parent)) from error
        raise
    sync_directory(target.parent)


def _remove_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError as error:
        logger.debug("folder=%s stays: %s", folder, error.strerror)
