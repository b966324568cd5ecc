"""Giving files other names on one disk: in one step, and never over what is there. No Django."""

from __future__ import annotations

import ctypes
import errno
import logging
import os
import unicodedata
from pathlib import Path

logger = logging.getLogger(__name__)

_AT_FDCWD = -100
_RENAME_NOREPLACE = 1
_RENAME_EXCHANGE = 2
# The system, or the file system, does not know the call.
_UNKNOWN = frozenset({errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP})


def rename_without_replacing(source: Path, target: Path) -> None:
    """Raises ``FileExistsError`` where there is a file of that name, else as the system says.

    Linux can do it in one call. Elsewhere a hard link refuses an existing name just as well;
    and where the file system knows no links (exFAT, some shares), an empty file of our own takes
    the name first, and is renamed over.
    """
    if _renameat2(source, target, _RENAME_NOREPLACE):
        return
    try:
        os.link(source, target, follow_symlinks=False)
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno == errno.EXDEV:
            raise
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        source.replace(target)
    else:
        source.unlink()


def exchange(one: Path, other: Path) -> None:
    """Let two files change their names with each other, in one step.

    Raises:
        OSError: it cannot be done; ``ENOTSUP`` where the disk does not know how.
    """
    if not _renameat2(one, other, _RENAME_EXCHANGE):
        raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP), str(other))


def folded(name: str) -> str:
    """A name as a disk compares it that knows no capitals, or writes accents in another way."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def has_entry(path: Path) -> bool:
    """Whether there is something of exactly this name: ``lexists`` would find "a" as "A" on a disk
    that knows no capitals."""
    try:
        return path.name in os.listdir(path.parent)  # noqa: PTH208 - names alone
    except (FileNotFoundError, NotADirectoryError):
        return False


def rename(source: Path, target: Path) -> None:
    """As :func:`rename_without_replacing`, also where the names differ in capitals alone.

    Raises:
        FileExistsError: another file has the name.
        OSError: as the system says.
    """
    if _is_respelled(source, target):
        source.rename(target)  # of the same file, which is all that could be replaced
    else:
        rename_without_replacing(source, target)


def sync_directory(folder: Path) -> None:
    """Write what a folder holds to its disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        logger.debug("folder=%s cannot be synced: %s", folder, error)  # some shares refuse it
    finally:
        os.close(descriptor)


def _is_respelled(source: Path, target: Path) -> bool:
    """Whether the disk takes both names for the one file that is there."""
    is_alike = source.parent == target.parent and folded(source.name) == folded(target.name)
    if not is_alike or not os.path.lexists(target) or has_entry(target):
        return False
    return os.path.samestat(source.lstat(), target.lstat())


def _renameat2(source: Path, target: Path, flag: int) -> bool:
    """Whether the system did it; False where it or the file system does not know the call."""
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is None:
        return False
    done = call(_AT_FDCWD, os.fsencode(source), _AT_FDCWD, os.fsencode(target), flag)
    if done == 0:
        return True
    code = ctypes.get_errno()
    if code in _UNKNOWN:
        return False
    raise OSError(code, os.strerror(code), str(target))
