"""Writing and taking away files of our own in the library, and never one of anybody else. No
Django.

A file takes its name whole or not at all. One that is there is written over, or taken away, only
after it has been taken out of its place and read there: whatever somebody puts in between stays.
"""

from __future__ import annotations

import errno
import logging
import os
import re
import secrets
import stat
import time
from pathlib import Path

from library.borders import Borders
from library.descriptions.marks import is_ours
from library.moving import exchange, rename_without_replacing, sync_directory

logger = logging.getLogger(__name__)

LARGEST = 20_000_000  # bytes; what is larger was not written by us
LEFT_OVER = 3_600.0  # seconds after which a draft is of a process that has died
_DRAFT = re.compile(r"\.aniworld-[0-9a-f]{16}\.part")


def is_own(path: Path) -> bool:
    """Whether a file was written by us, and not changed since. What is no plain file is not."""
    return _own_content(path) is not None


def _own_content(path: Path) -> bytes | None:
    """What a file of ours holds; None of any other."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:  # a link, or nothing that can be read
        return None
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST:
        os.close(descriptor)
        return None
    with os.fdopen(descriptor, "rb") as file:
        content = file.read(LARGEST + 1)
    return content if is_ours(content) else None


def write(path: Path, content: bytes, borders: Borders) -> bool:
    """Put a file in its place, unless one of somebody else has its name.

    Returns:
        Whether it is there now and was not before.

    Raises:
        Outside: the place does not really lie in the library.
        OSError: it cannot be written.
    """
    borders.check(path.parent)
    if os.path.lexists(path) and _own_content(path) in (None, content):
        return False
    draft = _draft(path.parent)
    try:
        _fill(draft, content)
        if not _put(draft, path):
            return False
    finally:
        draft.unlink(missing_ok=True)
    sync_directory(path.parent)
    return True


def take_away(path: Path, borders: Borders) -> bool:
    """Delete a file of ours. Whether there was one. Raises as :func:`write`."""
    borders.check(path.parent)
    if not is_own(path):
        return False
    draft = _draft(path.parent)
    try:
        rename_without_replacing(path, draft)
    except FileNotFoundError:
        return False
    if not is_own(draft):  # somebody has put his own there in this moment
        rename_without_replacing(draft, path)
        return False
    draft.unlink()
    sync_directory(path.parent)
    return True


def clear(folder: Path, names: list[str]) -> None:
    """Delete drafts of processes that have died. Args: names: of all that is in the folder."""
    for name in filter(_DRAFT.fullmatch, names):
        draft = folder / name
        try:
            if time.time() - draft.lstat().st_mtime > LEFT_OVER:
                draft.unlink()
        except OSError as error:
            logger.info("left-over draft=%s stays: %s", draft, error)


def _put(draft: Path, path: Path) -> bool:
    """Give a draft its name, in place of one of ours where there is one."""
    try:
        rename_without_replacing(draft, path)
    except FileExistsError:
        return _put_in_place_of(draft, path)
    return True


def _put_in_place_of(draft: Path, path: Path) -> bool:
    try:
        exchange(draft, path)
    except OSError as error:
        if error.errno not in (errno.ENOTSUP, errno.EOPNOTSUPP):
            raise
        return take_and_put(draft, path)
    if is_own(draft):
        return True
    exchange(draft, path)
    return False


def take_and_put(draft: Path, path: Path) -> bool:
    """The same where the disk cannot exchange two names."""
    aside = _draft(path.parent)
    rename_without_replacing(path, aside)
    if not is_own(aside):
        rename_without_replacing(aside, path)
        return False
    rename_without_replacing(draft, path)
    aside.unlink()
    return True


def _fill(draft: Path, content: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(draft, flags, 0o666), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _draft(folder: Path) -> Path:
    """A name that scans and media servers pass over."""
    return folder / f".aniworld-{secrets.token_hex(8)}.part"
