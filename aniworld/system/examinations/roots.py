"""The library folders: are they there, and do they take files? Nothing is written to find out.

A disk may be asleep or hang: each is asked a little, and waited for no longer than somebody who
waits for an answer would.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.conf import settings

from aniworld.config import reach
from aniworld.system.findings import Finding, Look
from aniworld.system.kinds import found
from library.models import LibraryRoot
from library.services.roots import Absence, absence_of, known_roots
from providers.coded import coded

_MEGABYTE = 1_000_000
_SPACE_SECONDS = 0.5  # it has just answered


@dataclass(frozen=True, slots=True)
class Space:
    """What a file system tells of itself. ``names`` are the files that may still be made; None
    where it has no such bound."""

    device: int
    free: int
    names: int | None
    is_read_only: bool
    is_open: bool


def space_of(path: str, *, seconds: float = reach.PATIENCE) -> Space:
    """Ask the disk of a folder.

    Raises:
        OSError: it cannot be asked, or does not answer.
    """
    return reach.ask(path, lambda: _asked(path), seconds=seconds)


def _asked(path: str) -> Space:
    told = os.statvfs(path)
    return Space(
        device=os.stat(path).st_dev,  # noqa: PTH116 - beside the other questions about it
        free=told.f_bavail * told.f_frsize,
        names=told.f_favail if told.f_files else None,
        is_read_only=bool(told.f_flag & os.ST_RDONLY),
        is_open=os.access(path, os.R_OK | os.W_OK | os.X_OK),
    )


def roots(look: Look) -> Iterator[Finding]:
    """Each folder; of several on one disk the first that suffers from it stands for all."""
    known = known_roots()
    if not known:
        yield found(coded("no_root"))
    seen: set[tuple[str, int]] = set()
    if look.has("data_dir_full"):  # a root on the same disk is no second fault
        seen.add(("root_full", os.stat(settings.DATA_DIR).st_dev))  # noqa: PTH116
    for root in known:
        yield from _of_root(root, look, seen)


def _of_root(root: LibraryRoot, look: Look, seen: set[tuple[str, int]]) -> Iterator[Finding]:
    if (absence := absence_of(root)) is not None:
        yield _ABSENT[absence](root.path)
        return
    try:
        space = space_of(root.path, seconds=_SPACE_SECONDS)
    except reach.NoAnswer:
        yield _silent(root.path)
        return
    except OSError:  # it went away just now
        yield _missing(root.path)
        return
    finding = _of_disk(
        root.path, space, floor=look.config.downloads.min_free_mb if look.config else 0
    )
    if finding is None:
        return
    if (finding.kind.code, space.device) not in seen:
        seen.add((finding.kind.code, space.device))
        yield finding


def _of_disk(path: str, space: Space, *, floor: int) -> Finding | None:
    if space.is_read_only:
        return found(coded("root_read_only", path=path), about=path)
    if not space.is_open:
        return found(coded("root_closed", path=path), about=path)
    free = space.free // _MEGABYTE
    if free < floor:
        return found(coded("root_full", path=path, free=free, floor=floor), about=path)
    if space.names == 0:
        return found(coded("root_no_names", path=path), about=path)
    return None


def link_targets(look: Look) -> Iterator[Finding]:
    """The folders that links in the library may lead to."""
    for path in look.config.library.link_targets if look.config else ():
        try:
            is_there = reach.ask(path, lambda path=path: os.path.isdir(path))  # type: ignore[misc]  # noqa: PTH112
        except OSError:
            is_there = False
        if not is_there:
            yield found(coded("link_target_missing", path=path), about=path)


def _missing(path: str) -> Finding:
    return found(coded("root_missing", path=path), about=path)


def _other_disk(path: str) -> Finding:
    return found(coded("root_other_disk", path=path), about=path)


def _silent(path: str) -> Finding:
    return found(coded("root_silent", path=path), about=path)


_ABSENT: dict[Absence, Callable[[str], Finding]] = {
    Absence.MISSING: _missing,
    Absence.OTHER_DISK: _other_disk,
    Absence.SILENT: _silent,
}
