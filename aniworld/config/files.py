"""Files that must survive a power loss whole."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

_STAMP = "%Y%m%dT%H%M%S%fZ"


def stamp(*, after: str = "") -> str:
    """The time for a file name: sorts by age, and no two are alike.

    Args:
        after: the last one given out; the clock may have been set back since.
    """
    now = datetime.now(UTC)
    if after:
        now = max(now, datetime.strptime(after, _STAMP).replace(tzinfo=UTC) + timedelta.resolution)
    return now.strftime(_STAMP)


def is_stamp(text: str) -> bool:
    try:
        datetime.strptime(text, _STAMP)
    except ValueError:
        return False
    return True


def read_file(path: Path, *, most: int) -> bytes:
    """Read a file, and never wait for what is none (a pipe, a device).

    Raises:
        ValueError: it is larger than ``most`` bytes.
        OSError: it cannot be read.
    """
    with open(path, "rb", opener=_without_waiting) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), str(path))
        content = file.read(most + 1)
    if len(content) > most:
        raise ValueError(f"larger than {most} bytes")
    return content


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


def write_atomically(path: Path, content: bytes) -> None:
    """Replace ``path`` by ``content``: a reader sees the old file or the new one, never a part."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    _sync_directory(path.parent)


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
