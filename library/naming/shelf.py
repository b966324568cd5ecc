"""What a series has on disk already: how its folders are named, and how long a name may be."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from library.naming.layout import Layout
from library.naming.text import LONGEST_NAME
from library.naming.videos import is_video

# The least that a name may have on any file system; one that tells less does not know.
_LEAST_NAME = 14


def layout_in(directory: Path) -> Layout:
    """What is in the folder of a series. One that is not there yet has its name and nothing in it.

    Raises:
        OSError: it cannot be read.
    """
    try:
        with os.scandir(directory) as found:
            entries = list(found)
    except FileNotFoundError:
        return Layout(directory.name)
    folders = [entry.name for entry in entries if entry.is_dir()]
    is_flat = any(is_video(entry.name) and entry.is_file() for entry in entries)
    return Layout(directory.name, folders, is_flat)


def nearest(folder: Path) -> Path:
    """The folder itself, or the nearest one above it that is there.

    Raises:
        NotADirectoryError: what is there is no folder.
    """
    while not os.path.lexists(folder):
        folder = folder.parent
    if not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
    return folder


def longest_name(folder: Path, *, most: int = LONGEST_NAME) -> int:
    """Bytes that a new name in a folder may have, as its file system tells, at most ``most``."""
    told = os.pathconf(nearest(folder), "PC_NAME_MAX")
    return min(told, most) if told >= _LEAST_NAME else most
