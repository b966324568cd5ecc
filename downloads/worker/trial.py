"""Whether a disk takes files, tried with a tiny one before an episode is fetched for it.

Permissions, mount options and device numbers tell less than a trial: a pool, a share or a disk
with a fault refuses what all of them allow, and nothing can be moved into a bind mount, which has
the number of the disk it shows.
"""

from __future__ import annotations

import os
from pathlib import Path

from library.naming.shelf import nearest

_TRIAL = ".aniworld-trial"


def written(folder: Path) -> Path:
    """Write a tiny file into a work folder, sync it and delete it; returns the folder.

    Raises:
        OSError: the disk does not take it.
    """
    _write(folder).unlink()
    return folder


def move(work: Path, into: Path) -> None:
    """Let a tiny file go the way of a finished episode: into ``into``, or the nearest folder above
    it that is there already. Nothing of it is left.

    Raises:
        OSError: it cannot go there; EXDEV where that is another file system.
    """
    source, target = _write(work), nearest(into) / _TRIAL
    try:
        source.replace(target)
    finally:
        source.unlink(missing_ok=True)
    target.unlink()


def _write(folder: Path) -> Path:
    trial = folder / _TRIAL
    trial.unlink(missing_ok=True)  # of one that was killed in between
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        with os.fdopen(os.open(trial, flags, 0o600), "wb") as file:
            file.write(b"aniworld\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        trial.unlink(missing_ok=True)
        raise
    return trial
