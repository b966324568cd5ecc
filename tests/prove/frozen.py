"""A file system whose directories never move their time, as a process of its own.

``python -m tests.prove.frozen SOURCE MOUNT_POINT`` shows a directory, read only, until it is
unmounted or killed. What is changed in the source is seen at once; nothing is cached.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import mfusepy

NEVER = 1_000_000_000 * 10**9  # nanoseconds since the epoch
Answer = TypeVar("Answer")
PLAIN = ("st_mode", "st_ino", "st_nlink", "st_uid", "st_gid", "st_size", "st_blocks")
TIMES = ("st_atime", "st_mtime", "st_ctime")


class Frozen(mfusepy.Operations):  # type: ignore[misc]
    """Everything as it is in ``source``, but for the times of directories."""

    use_ns = True

    def __init__(self, source: str) -> None:
        self._source = source

    def getattr(self, path: str, _fh: int | None = None) -> dict[str, int]:
        status = _asked(os.lstat, self._source + path)
        told = {name: getattr(status, name) for name in PLAIN}
        is_directory = stat.S_ISDIR(told["st_mode"])
        return told | {
            name: NEVER if is_directory else getattr(status, f"{name}_ns") for name in TIMES
        }

    def readdir(self, path: str, _fh: int) -> Iterator[str]:
        yield from (".", "..", *_asked(os.listdir, self._source + path))

    def readlink(self, path: str) -> str:
        return str(_asked(Path.readlink, Path(self._source + path)))

    def open(self, path: str, flags: int) -> int:
        return _asked(os.open, self._source + path, flags)

    def read(self, _path: str, size: int, offset: int, fh: int) -> bytes:
        return os.pread(fh, size, offset)

    def release(self, _path: str, fh: int) -> int:
        os.close(fh)
        return 0


def _asked(ask: Callable[..., Answer], *what: object) -> Answer:
    try:
        return ask(*what)
    except OSError as error:
        raise mfusepy.FuseOSError(error.errno) from error


if __name__ == "__main__":
    uncached = {"attr_timeout": 0, "entry_timeout": 0, "negative_timeout": 0}
    mfusepy.FUSE(
        Frozen(sys.argv[1]), sys.argv[2], foreground=True, ro=True, fsname="frozen", **uncached
    )
