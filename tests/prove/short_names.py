"""A file system that takes names of 143 bytes, as eCryptfs does, as a process of its own.

``python -m tests.prove.short_names SOURCE MOUNT_POINT`` shows a directory, to read and to write,
until it is unmounted or killed.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import mfusepy

LONGEST = 143
Answer = TypeVar("Answer")
SHOWN = (
    *("st_mode", "st_ino", "st_nlink", "st_uid", "st_gid", "st_size", "st_blocks"),
    *("st_atime", "st_mtime", "st_ctime"),
)
SPACE = ("f_bsize", "f_frsize", "f_blocks", "f_bfree", "f_bavail", "f_files", "f_ffree")


class ShortNames(mfusepy.Operations):  # type: ignore[misc]
    """Everything as it is in ``source``; new names are refused where they are too long."""

    def __init__(self, source: str) -> None:
        self._source = source

    def getattr(self, path: str, _fh: int | None = None) -> dict[str, float]:
        status = _asked(os.lstat, self._old(path))
        return {name: getattr(status, name) for name in SHOWN}

    def readdir(self, path: str, _fh: int) -> Iterator[str]:
        yield from (".", "..", *_asked(os.listdir, self._old(path)))

    def statfs(self, path: str) -> dict[str, int]:
        told = _asked(os.statvfs, self._old(path))
        return {name: getattr(told, name) for name in SPACE} | {"f_namemax": LONGEST}

    def mkdir(self, path: str, mode: int) -> None:
        _asked(os.mkdir, self._new(path), mode)

    def rmdir(self, path: str) -> None:
        _asked(os.rmdir, self._old(path))

    def unlink(self, path: str) -> None:
        _asked(os.unlink, self._old(path))

    def rename(self, old: str, new: str) -> None:
        _asked(os.rename, self._old(old), self._new(new))

    def create(self, path: str, mode: int, _info: object = None) -> int:
        return _asked(os.open, self._new(path), os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)

    def open(self, path: str, flags: int) -> int:
        return _asked(os.open, self._old(path), flags & ~os.O_APPEND)

    def read(self, _path: str, size: int, offset: int, fh: int) -> bytes:
        return os.pread(fh, size, offset)

    def write(self, _path: str, data: bytes, offset: int, fh: int) -> int:
        return _asked(os.pwrite, fh, data, offset)

    def truncate(self, path: str, length: int, _fh: int | None = None) -> None:
        _asked(os.truncate, self._old(path), length)

    def fsync(self, _path: str, _only_data: int, fh: int) -> None:
        _asked(os.fsync, fh)

    def release(self, _path: str, fh: int) -> int:
        os.close(fh)
        return 0

    def _old(self, path: str) -> str:
        return self._source + path

    def _new(self, path: str) -> str:
        if len(os.fsencode(Path(path).name)) > LONGEST:
            raise mfusepy.FuseOSError(errno.ENAMETOOLONG)
        return self._source + path


def _asked(ask: Callable[..., Answer], *what: object) -> Answer:
    try:
        return ask(*what)
    except OSError as error:
        raise mfusepy.FuseOSError(error.errno) from error


if __name__ == "__main__":
    mfusepy.FUSE(ShortNames(sys.argv[1]), sys.argv[2], foreground=True, fsname="short_names")
