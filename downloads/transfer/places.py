"""Places on a disk that is shared with others, who may have put anything there.

A link would be written through, a pipe waited for for ever: what we do not make ourselves is
deleted, never followed.
"""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path


def own_file(path: Path) -> Path:
    """Delete what is at ``path`` unless it is a file; returns it.

    Raises:
        OSError: it cannot be deleted.
    """
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return path
    if stat.S_ISDIR(mode):
        shutil.rmtree(path)
    elif not stat.S_ISREG(mode):
        path.unlink()
    return path


def own_folder(path: Path) -> Path:
    """Make a folder, in the place of what else is there; returns it. Its parent is not made: it is
    there, or the disk has gone.

    Raises:
        OSError: it cannot be made.
    """
    if path.is_symlink() or (path.exists() and not path.is_dir()):
        path.unlink()
    path.mkdir(exist_ok=True)
    return path


def keep_files_alone(folder: Path) -> None:
    """Delete what is no file in a folder that has nothing but files.

    Raises:
        OSError: it cannot be deleted.
    """
    with os.scandir(folder) as entries:
        others = [one.name for one in entries if not one.is_file(follow_symlinks=False)]
    for name in others:
        own_file(folder / name)
