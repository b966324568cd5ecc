"""What the disk of a library folder guarantees, tried in it: only when its owner asks for it.

In a hidden folder of its own tiny files are written, renamed, linked and deleted again.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Annotated, TypedDict

from django.db import transaction
from django.utils import timezone

from aniworld.config import reach
from aniworld.journal.services import Subject, record
from aniworld.system.entries import SystemAction
from aniworld.system.errors import NoSuchRoot
from library.naming.shelf import longest_name
from library.services.roots import root_paths
from providers.coded import errno_name

PREFIX = ".aniworld-trial-"
TRIAL_SECONDS = 10.0  # a disk that has to start turning needs some
_LONGEST = 255
_AT_FDCWD = -100
_RENAME_NOREPLACE = 1


class RootTrial(TypedDict):
    """What was seen. What could not be tried is null."""

    at: datetime
    refused: Annotated[str, "What the disk said no with, such as EROFS; empty: it takes files."]
    rename_without_replacing: Annotated[bool | None, "In one call; else Aniworld links or copies."]
    hard_links: bool | None
    tells_case_apart: bool | None
    longest_name: Annotated[int | None, "Bytes."]


_seen: dict[str, RootTrial] = {}


def trial_of(path: str) -> RootTrial | None:
    """What the last trial showed, since this process began."""
    return _seen.get(path)


def try_out(path: str) -> RootTrial:
    """Try a library folder now.

    Raises:
        NoSuchRoot: it is none.
    """
    if path not in root_paths():
        raise NoSuchRoot(path=path)
    try:
        seen = reach.ask(path, lambda: _tried(Path(path)), seconds=TRIAL_SECONDS)
    except OSError as error:
        seen = _refused(errno_name(error))
    _seen[path] = seen
    with transaction.atomic():
        record(
            SystemAction.ROOT_TRIED, on=Subject("root", path), after={"refused": seen["refused"]}
        )
    return seen


def _tried(root: Path) -> RootTrial:
    work = Path(tempfile.mkdtemp(prefix=PREFIX, dir=root))
    try:
        first = work / "first"
        with first.open("wb") as file:
            file.write(b"aniworld\n")
            file.flush()
            os.fsync(file.fileno())
        return {
            "at": timezone.now(),
            "refused": "",
            "rename_without_replacing": _renames(work, first),
            "hard_links": _links(first, work / "linked"),
            "tells_case_apart": not (work / "FIRST").exists(),
            "longest_name": longest_name(root, most=_LONGEST),
        }
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _renames(work: Path, first: Path) -> bool | None:
    """Whether the system refuses to rename over a file that is there, and says why."""
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is None:
        return None
    other = work / "other"
    other.write_bytes(b"")
    done = call(_AT_FDCWD, os.fsencode(other), _AT_FDCWD, os.fsencode(first), _RENAME_NOREPLACE)
    return bool(done != 0 and ctypes.get_errno() == errno.EEXIST)


def _links(first: Path, second: Path) -> bool:
    try:
        os.link(first, second)
    except OSError:
        return False
    return True


def _refused(reason: str) -> RootTrial:
    return {
        "at": timezone.now(),
        "refused": reason,
        "rename_without_replacing": None,
        "hard_links": None,
        "tells_case_apart": None,
        "longest_name": None,
    }
