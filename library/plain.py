"""Opening what others may have put in the place of a file. No Django."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import IO


class NoPlainFile(Exception):
    """A pipe, a device, a folder: nothing of it is read."""


def open_plain(path: Path) -> IO[bytes]:
    """Open a plain file for reading, without waiting for anybody. Links are followed.

    Raises:
        NoPlainFile: it is none; it was not opened, or nothing was read from it.
        OSError: it cannot be opened.
    """
    if not stat.S_ISREG(path.stat().st_mode):  # a device may do something when it is opened
        raise NoPlainFile
    # What has taken its place meanwhile must not make us wait either.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    file = os.fdopen(descriptor, "rb")
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        file.close()
        raise NoPlainFile
    return file
