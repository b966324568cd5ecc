"""The folder the backups are kept in: their names, which there are, and which may go."""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import re
import secrets
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from django.conf import settings

from aniworld.config.files import is_stamp, stamp
from aniworld.system import backed_up
from aniworld.system.backups import archive
from aniworld.system.backups.errors import BackupBusy, BackupError, BackupNotFound, BackupRefused
from aniworld.system.backups.manifest import Manifest

log = logging.getLogger(__name__)

_NAME = re.compile(r"aniworld-(2\d{7}T\d{12}Z)-([a-z]+)\.zip", re.ASCII)
_WORK = ".work-"
_OUTSIDE = "outside"  # in a workplace: the path of what is written beside it


class Kind(StrEnum):
    """Why there is a backup. Of each kind so many are kept (``backup.keep_databases``)."""

    MADE = "made"
    SAFETY = "safety"  # of what was there before a restore
    UPLOADED = "uploaded"


@dataclass(frozen=True, slots=True)
class Backup:
    """A file on the shelf. Where it has no manifest, ``error`` says why it is refused."""

    name: str
    kind: Kind
    size: int
    manifest: Manifest | None
    error: BackupError | None = None

    @property
    def shelved_at(self) -> datetime:
        """When it was made, or uploaded."""
        return _moment(self.name)


def directory() -> Path:
    return Path(settings.DATA_DIR) / "backups"


def new_name(kind: Kind) -> str:
    return f"aniworld-{stamp()}-{kind}.zip"


def path_of(name: str) -> Path:
    """Where a backup lies.

    Raises:
        BackupNotFound: there is none of that name; nothing but a name of ours is looked for.
    """
    path = directory() / name
    if not _is_name(name) or path.is_symlink() or not path.is_file():
        raise BackupNotFound(name=name[:100])
    return path


def newest_first() -> list[Backup]:
    """All backups; those that are none are among them, with the reason."""
    names = [path.name for path in directory().glob("aniworld-*.zip")]
    known = sorted(filter(_is_name, names), reverse=True)
    return [found for name in known if (found := _look(name)) is not None]


def one(name: str) -> Backup:
    """Raises ``BackupNotFound``."""
    path_of(name)
    found = _look(name)
    if found is None:
        raise BackupNotFound(name=name)
    return found


def forget(kind: Kind, *, keep: int, spare: Collection[str] = ()) -> None:
    """Delete all but the newest backups of a kind. What is none takes no place of one, and stays
    for its owner to look at.

    Args:
        spare: the names of those that stay, and do not count.
    """
    of_kind = [found for found in newest_first() if found.kind == kind and found.manifest]
    for old in [found for found in of_kind if found.name not in spare][keep:]:
        with contextlib.suppress(FileNotFoundError):
            (directory() / old.name).unlink()
            log.info("backup forgotten name=%s", old.name)


@contextmanager
def alone() -> Iterator[None]:
    """One at a time makes, restores or takes in a backup, over all processes.

    Raises:
        BackupBusy: somebody does so.
    """
    prepare()
    descriptor = os.open(directory() / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupBusy from error
        sweep()
        yield
    finally:
        os.close(descriptor)


def prepare() -> None:
    """Make the folder, which nobody else may look into."""
    directory().mkdir(mode=0o700, exist_ok=True)


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder beside the backups for as long as it takes; what a dead process left there is
    swept by the next that is :func:`alone`."""
    prepare()
    folder, descriptor = _held_folder()
    try:
        yield folder
    finally:
        os.close(descriptor)
        shutil.rmtree(folder, ignore_errors=True)


def _held_folder() -> tuple[Path, int]:
    """What is held is alive: who looks at a backup is not alone, and must not be swept away."""
    while True:
        folder = directory() / f"{_WORK}{secrets.token_hex(8)}"
        folder.mkdir(mode=0o700)
        with contextlib.suppress(FileNotFoundError, BlockingIOError):  # swept before it was held
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                folder.stat()
            except BaseException:
                os.close(descriptor)
                raise
            return folder, descriptor


def sweep() -> None:
    """Remove what dead processes left; for whoever is :func:`alone`."""
    for left in directory().glob(f"{_WORK}*"):
        try:
            descriptor = os.open(left, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            continue  # none of ours, or gone meanwhile
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        else:
            _remove(left)
        finally:
            os.close(descriptor)
    for draft in backed_up.drafts():
        draft.unlink(missing_ok=True)


def has_leftovers() -> bool:
    """Whether there may be something to sweep."""
    return any(directory().glob(f"{_WORK}*")) or any(backed_up.drafts())


def claim(folder: Path, path: Path) -> None:
    """Let what is being written to ``path`` be removed with the workplace ``folder``, should
    nobody come to the end of it.

    Raises:
        OSError: the disk takes no more.
    """
    (folder / _OUTSIDE).write_bytes(os.fsencode(path))


def _remove(left: Path) -> None:
    with contextlib.suppress(OSError, ValueError):
        Path(os.fsdecode((left / _OUTSIDE).read_bytes())).unlink()
    shutil.rmtree(left, ignore_errors=True)
    log.warning("removed what a process left that was ended within a backup folder=%s", left.name)


def _is_name(name: str) -> bool:
    found = _NAME.fullmatch(name)
    return found is not None and is_stamp(found[1])


def _look(name: str) -> Backup | None:
    path = directory() / name
    try:
        size = path.lstat().st_size
    except FileNotFoundError:
        return None  # deleted meanwhile
    kind = _kind(name)
    try:
        return Backup(name, kind, size, archive.manifest_of(path_of(name)))
    except BackupError as error:
        return Backup(name, kind, size, None, error)
    except OSError:
        return Backup(name, kind, size, None, BackupRefused(why="truncated"))


def _kind(name: str) -> Kind:
    found = _NAME.fullmatch(name)
    said = found[2] if found else ""
    return Kind(said) if said in set(Kind) else Kind.UPLOADED


def _moment(name: str) -> datetime:
    found = _NAME.fullmatch(name)
    assert found is not None  # noqa: S101 - no other name is on the shelf
    return datetime.strptime(found[1], "%Y%m%dT%H%M%S%f%z")
