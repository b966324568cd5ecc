"""The brake against mass disappearance.

A disk that is gone looks like a library whose files were all deleted. Three questions are asked
before anything is believed: can the root be read at all; is it the directory it was; and how much
of it would be lost. Only the owner's word (``accepted``) makes much of it missing, and no word
makes a root that cannot be read count as empty.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count

from aniworld.config.directories import directory_problem
from library.errors import MassRemoval, RootChanged, RootUnavailable
from library.models import AnimeSeries, LibraryRoot, MediaFile
from library.scanner.columns import read_columns
from library.scanner.diff import FolderChange
from library.scanner.moves import Moves
from library.scanner.rows import KnownFile
from providers.coded import errno_name

# So many series losing most of their files at once are no tidying up: a disk of a pool has gone,
# and the few files that other series lost in the same scan went with it.
POOL_SIGN = 3
SERIES_NAMED = 10


@dataclass(slots=True)
class Losses:
    """What one root would lose. ``series`` names those over the share."""

    root: LibraryRoot
    known: int
    gone: int
    series: list[tuple[str, str, int, int]] = field(default_factory=list)  # key, name, gone, known
    whole_root: bool = False
    is_other_disk: bool = False  # another directory than at the last scan

    @property
    def is_too_much(self) -> bool:
        return self.whole_root or bool(self.series)

    @property
    def frozen_reason(self) -> str:
        return MassRemoval.other_disk if self.is_other_disk else MassRemoval.code

    def as_json(self) -> dict[str, Any]:
        """The facts the owner is told: the first of the series by name."""
        named = [
            {"key": key, "name": name, "gone": gone, "known": known}
            for key, name, gone, known in self.series[:SERIES_NAMED]
        ]
        return {
            "path": self.root.path,
            "gone": self.gone,
            "known": self.known,
            "is_other_disk": self.is_other_disk,
            "series": named,
            "more": len(self.series) - len(named),
        }


def mass_removal(held: Sequence[Losses]) -> MassRemoval:
    """What these roots would lose, as the error that a scan ends with."""
    gone, known = sum(one.gone for one in held), sum(one.known for one in held)
    return MassRemoval(gone=gone, known=known, roots=[one.as_json() for one in held])


@contextlib.contextmanager
def readable(root: LibraryRoot) -> Iterator[None]:
    """Freeze a root that cannot be read any more. Raises ``RootUnavailable``."""
    try:
        yield
    except OSError as error:
        gone = RootUnavailable(why="unreadable", path=root.path, errno=errno_name(error))
        freeze(root, gone)
        raise gone from error


def freeze(root: LibraryRoot, error: RootUnavailable) -> None:
    """Keep why a root cannot be trusted: nothing of it is believed until it can."""
    root.error, root.frozen_reason = error.as_json(), error.frozen_reason
    root.save(update_fields=["error_code", "error_params", "frozen_reason"])


def check_readable(root: LibraryRoot) -> None:
    """Refuse a root that is missing, a file or unreadable. Raises ``RootUnavailable``."""
    problem = directory_problem(root.path)
    if problem:
        raise RootUnavailable(why="unusable", problem=problem)


def check_not_empty(root: LibraryRoot, *, accepted: bool) -> None:
    """Refuse a root without any entry while files of it are known. Raises ``RootChanged``."""
    known = MediaFile.objects.filter(root=root).count()
    if not known or accepted:
        return
    with os.scandir(root.path) as entries:
        if next(entries, None) is not None:
            return
    raise RootChanged(why="empty", path=root.path, known=known)


def measure(
    root: LibraryRoot, changes: Sequence[FolderChange], moves: Moves, *, share: float
) -> Losses:
    """Count what is gone, of the root and of each series; ``share`` is the most that is believed.

    A file that only changed its name or place is not gone; for its series it is where it lies with
    no series or another one. Neither is one whose episodes another file of the folder holds now.
    """
    gone = [file for change in changes for file in _uncovered(change)]
    lost = [file for file in gone if not moves.is_in_library(file)]
    strayed = [f for f in gone if f.series_id is not None and not moves.is_with_series(f)]
    of_either = {file.id for file in (*lost, *strayed)}
    losses = Losses(root, MediaFile.objects.filter(root=root).count(), len(of_either))
    losses.whole_root = bool(lost) and len(lost) / losses.known > share
    losses.series = _series_over(strayed, share)
    return losses


def hold(changes: Sequence[FolderChange], losses: Losses) -> None:
    """Mark the folders whose gone files become unavailable instead of missing."""
    everything = losses.whole_root or len(losses.series) >= POOL_SIGN
    keys = {key for key, *_ in losses.series}
    ids = set(AnimeSeries.objects.filter(key__in=keys).values_list("pk", flat=True))
    for change in changes:
        over = any(file.series_id in ids for file in change.gone)
        change.held = bool(change.gone) and (everything or over or _was_held(change))


def _was_held(change: FolderChange) -> bool:
    """Files that became unavailable stay so until they return or the owner decides."""
    return any(file.state != "PRESENT" for file in change.gone)


def _uncovered(change: FolderChange) -> list[KnownFile]:
    """What has gone and whose episodes no other file of the folder holds."""
    if not change.gone:
        return []
    covered = {
        (column[0], column[1], column[2])
        for column in (read_columns(file.path) for file in change.new)
    }
    covered |= {(f.columns[0], f.columns[1], f.columns[2]) for f in change.same}
    return [
        file for file in change.gone if not (_says_something(file) and file.columns[:3] in covered)
    ]


def _says_something(file: KnownFile) -> bool:
    return file.columns[1] != "[]" or file.columns[2] != "[]"


def _series_over(lost: Sequence[KnownFile], share: float) -> list[tuple[str, str, int, int]]:
    gone: dict[int, int] = {}
    for file in lost:
        if file.series_id is not None:
            gone[file.series_id] = gone.get(file.series_id, 0) + 1
    found = (
        AnimeSeries.objects.active()
        .filter(pk__in=gone)
        .annotate(known=Count("files"))
        .order_by("sort_name")
        .values_list("pk", "key", "name", "known")
    )
    return [
        (key, name, gone[pk], known) for pk, key, name, known in found if gone[pk] / known > share
    ]
