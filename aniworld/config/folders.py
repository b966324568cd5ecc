"""The folders of this server, for whoever picks one in the browser.

Folders alone, never a file, and not those of the system: what is asked for is resolved first, so
that no link leads into one of them. Every look goes by ``reach``, for a disk may hang.
"""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TypeVar

from django.conf import settings

from aniworld.config import reach
from aniworld.config.errors import FolderRefused
from aniworld.config.mounts import Mounts
from providers.coded import errno_name

MOST_FOLDERS = 500  # of one folder; more are counted, and not shown
MOST_SCANNED = 100_000  # names that are looked at in one folder
MOST_STARTS = 30
PATIENCE = 6.0  # seconds for all disks that are met in one folder

# What no library lies in. Removable disks are mounted below /run/media by some desktops.
_SYSTEM = tuple(
    f"/{name}"
    for name in (
        *("bin", "boot", "dev", "etc", "lib", "lib32", "lib64", "libx32", "lost+found", "proc"),
        *("run", "sbin", "snap", "sys", "usr"),
    )
)
_OPEN_IN_SYSTEM = ("/run/media",)

Answer = TypeVar("Answer")


class Folder(NamedTuple):
    """What there is to know of one folder.

    Attributes:
        owner: the user it belongs to, by name where the system knows one; empty if not known.
        readable, writable: by this program.
        free, total: bytes of its file system; None where nobody could say.
        kind: of the file system, as the system calls it; empty where nobody could say.
        problem: why nothing is known of it.
    """

    name: str
    path: str
    owner: str = ""
    readable: bool = False
    writable: bool = False
    free: int | None = None
    total: int | None = None
    kind: str = ""
    problem: FolderRefused | None = None


class Listing(NamedTuple):
    """A folder with those in it, by name. ``more`` is how many of them are not shown."""

    folder: Folder
    parent: str | None
    inner: list[Folder]
    more: int


def look(path: str) -> Listing:
    """A folder, and the folders in it that a library may lie in.

    Args:
        path: a full path.

    Raises:
        FolderRefused: it is of the system or this program's own, or cannot be listed, and why.
    """
    if not path.startswith("/") or "\0" in path or not _is_text(path):
        raise FolderRefused(why="relative")
    # By its letters first: the way there alone may lead over one that is not to be looked into.
    _check(os.path.normpath("/" + path.lstrip("/")))
    ends_at = time.monotonic() + PATIENCE
    try:
        found = reach.ask(path, lambda: _found_in(path))
    except OSError as error:
        raise _refusal(path, error) from error
    mounts = Mounts()
    folder = _alone(found.path, mounts, ends_at)
    if folder is None:
        raise FolderRefused(why="missing", path=path)  # it went meanwhile
    parent = str(Path(found.path).parent) if found.path != "/" else None
    inner = list(_facts_of(found, mounts, ends_at))
    return Listing(folder, parent, inner, found.more)


def closed_folder(path: str) -> FolderRefused | None:
    """Why a folder that is there is none a library may lie in; None where it may."""
    try:
        _check(reach.ask(path, lambda: os.path.realpath(path)))
    except FolderRefused as error:
        return error
    except OSError as error:
        return _refusal(path, error)
    return None


def starts() -> list[str]:
    """Where to begin: the root of the server, and where file systems are mounted."""
    points = (point for point in Mounts().points() if point != "/" and is_open(point))
    return ["/", *islice(points, MOST_STARTS)]


def is_open(path: str) -> bool:
    """Whether a folder, by its full path without links, is one that may be looked into."""
    if _is_in(path, str(settings.DATA_DIR)):
        return False
    is_system = any(_is_in(path, one) for one in _SYSTEM)
    return not is_system or any(_is_in(path, one) for one in _OPEN_IN_SYSTEM)


class _Found(NamedTuple):
    """What a folder's own disk tells: ``path`` without links, the folders in it, and which of them
    are links."""

    path: str
    inner: list[str]
    links: frozenset[str]
    more: int


def _found_in(path: str) -> _Found:
    real = os.path.realpath(path, strict=True)
    _check(real)
    if not Path(real).is_dir():
        raise FolderRefused(why="none", path=path)
    above = real.rstrip("/")
    links, found = set(), []
    with os.scandir(real) as entries:
        for entry in islice(entries, MOST_SCANNED):
            where = f"{above}/{entry.name}"
            # A link is not followed here: it may lead to a disk that hangs.
            is_link = entry.is_symlink()
            if is_link or entry.is_dir(follow_symlinks=False):
                if entry.name.startswith(".") or not _is_text(entry.name) or not is_open(where):
                    continue
                found.append(where)
                links |= {where} if is_link else set()
    found.sort(key=str.casefold)
    more = max(0, len(found) - MOST_FOLDERS)
    return _Found(real, found[:MOST_FOLDERS], frozenset(links), more)


def _facts_of(found: _Found, mounts: Mounts, ends_at: float) -> Iterator[Folder]:
    """Those on the disk of the folder are asked in one question, mounts and links each in its own:
    one that hangs does not take the others with it."""
    apart = found.links | set(mounts.points())
    plain = [path for path in found.inner if path not in apart]
    asked = _asked(found.path, lambda: {path: _folder(path, mounts) for path in plain}, ends_at)
    for path in found.inner:
        if path in apart:
            folder = _alone(path, mounts, ends_at)
        else:
            folder = asked[path] if asked is not None else _silent(path)
        if folder is not None:
            yield folder


def _alone(path: str, mounts: Mounts, ends_at: float) -> Folder | None:
    asked = _asked(path, lambda: (_folder(path, mounts),), ends_at)
    return asked[0] if asked is not None else _silent(path)


def _asked(path: str, question: Callable[[], Answer], ends_at: float) -> Answer | None:
    """None where the disk does not answer, or all patience went to others."""
    left = min(reach.PATIENCE, ends_at - time.monotonic())
    if left <= 0:
        return None
    try:
        return reach.ask(path, question, seconds=left)
    except reach.NoAnswer:
        return None


def _folder(path: str, mounts: Mounts) -> Folder | None:
    """What the disk says of a folder; None for what is none, or not to be looked into."""
    name = Path(path).name or path
    try:
        real = os.path.realpath(path, strict=True)
        status = Path(real).stat()
        if not stat.S_ISDIR(status.st_mode) or not is_open(real):
            return None
        space = shutil.disk_usage(real)
    except OSError as error:
        return Folder(name, path, problem=_refusal(path, error))
    return Folder(
        name,
        path,
        owner=_owner(status.st_uid),
        readable=os.access(real, os.R_OK | os.X_OK),
        writable=os.access(real, os.W_OK | os.X_OK),
        free=space.free,
        total=space.total,
        kind=mounts.of(real).kind,
    )


def _silent(path: str) -> Folder:
    return Folder(Path(path).name, path, problem=FolderRefused(why="silent", path=path))


def _check(path: str) -> None:
    if _is_in(path, str(settings.DATA_DIR)):
        raise FolderRefused(why="own", path=path)
    if not is_open(path):
        raise FolderRefused(path=path)


def _refusal(path: str, error: OSError) -> FolderRefused:
    if isinstance(error, reach.NoAnswer):
        return FolderRefused(why="silent", path=path)
    if isinstance(error, FileNotFoundError):
        return FolderRefused(why="missing", path=path)
    if isinstance(error, NotADirectoryError):
        return FolderRefused(why="none", path=path)
    return FolderRefused(why="unreadable", path=path, errno=errno_name(error))


def _owner(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:  # in a container most users have no name
        return str(uid)


def _is_text(name: str) -> bool:
    """Half of a surrogate pair stands for bytes that are no UTF-8, which no browser sends back."""
    return not any("\ud800" <= char <= "\udfff" for char in name)


def _is_in(path: str, outer: str) -> bool:
    return path == outer or path.startswith(f"{outer.rstrip('/')}/")
