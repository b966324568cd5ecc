"""Files of a series go into the recycle bin, as their owner has asked."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator, Sequence
from functools import partial

from django.db import transaction

from aniworld.config import reach
from aniworld.journal.services import record
from library.borders import Borders
from library.choices import BinReason
from library.entries import LibraryAction, about
from library.errors import BinIsOff, NotBinned, NothingToDelete
from library.models import AnimeSeries, BinnedFile, MediaFile, ScanOperation
from library.recycling import carry, emptying, write
from library.recycling.look import DISKS, Going, Unit, look
from library.recycling.operation import Outcome, begin, ending
from library.recycling.recover import recover
from library.renaming.carry import has_moved
from library.renaming.disks import Disks

log = logging.getLogger(__name__)

NAMED = 5  # files in an entry of the journal
AT_ONCE = 20  # rows in one transaction


def delete_files(
    series: AnimeSeries,
    files: Sequence[MediaFile],
    *,
    for_good: bool = False,
    act: str = "",
    disks: Disks = DISKS,
) -> Outcome:
    """Move files of a series into the bin, each with what lies beside it.

    Their episodes are missing after it, and not wanted until their owner says so.

    Args:
        for_good: the owner knows that they do not stay, where the bin is off.
        act: what this is a part of, where files of other series go along.

    Raises:
        BinIsOff: it is, and the owner has not said that.
        NothingToDelete: there are no files.
        NotBinned: none of them can go there; nothing was touched.
        ScanRunning, RenamingRunning, RecyclingRunning: something goes through the library.
        ConfigError: the configuration cannot be read.
    """
    if not write.days_kept() and not for_good:
        raise BinIsOff
    if not files:
        raise NothingToDelete
    operation = begin({"series": series.key})
    outcome = Outcome(act or str(uuid.uuid4()))
    with ending(operation, outcome):
        recover(disks)
        going = look(series, files, disks, prepare=True)
        outcome.left += [(unit.file.path, unit.reason) for unit in going.staying if unit.reason]
        if not going.moving:
            raise outcome.left[0][1]
        rows = _plan(operation, going, outcome.act)
        _move(rows, outcome, disks)
    emptying.end_if_off(rows[0], disks)
    log.info("series=%s binned=%s left=%s", series.key, outcome.videos, len(outcome.left))
    return outcome


def _plan(operation: ScanOperation, going: Going, act: str) -> list[BinnedFile]:
    """Write all of it down, with the entry of the journal."""
    series, units = going.series, going.moving
    with transaction.atomic():
        record(
            LibraryAction.FILES_DELETED,
            on=about(series),
            before={
                "files": [unit.file.path for unit in units[:NAMED]],
                "count": len(units),
                "bytes": going.size,
                "days": write.days_kept(),
            },
            undo=write.way_back(act, series.key),
        )
        return [_row(operation, series, unit, act) for unit in units]


def _row(operation: ScanOperation, series: AnimeSeries, unit: Unit, act: str) -> BinnedFile:
    return write.new_row(
        act=act,
        operation=operation,
        root=unit.file.root,
        series=series,
        file=unit.file,
        moves=unit.moves,
        reason=BinReason.DELETED,
        episodes=unit.episodes,
    )


def _move(rows: Sequence[BinnedFile], outcome: Outcome, disks: Disks) -> None:
    """Do what was written. On a disk that falls silent in the middle the rest stays as it is, and
    what was begun is seen to later."""
    left = list(rows)
    try:
        for batch in batches(rows):
            moved = [(row, _move_one(row, outcome, disks)) for row in batch]
            write.into_bin(moved, unwanted=True)
            left = left[len(batch) :]
            outcome.count([row for row, done in moved if done and done[0]])
    except reach.NoAnswer as error:
        for row in left:
            outcome.left.append((row.path, NotBinned(why="silent")))
        log.warning("binning stopped: %s", error)


def _move_one(row: BinnedFile, outcome: Outcome, disks: Disks) -> list[bool]:
    root, home = row.root, write.home_of(row)
    files, borders = write.files_of(root, row.moves), Borders.now(root.path)
    try:
        disks(
            root.path,
            partial(carry.move, files, root.directory, borders, home=root.directory / home),
        )
    except NotBinned as error:
        outcome.left.append((row.path, error))
    except reach.NoAnswer:
        raise
    except OSError as error:
        outcome.left.append((row.path, carry.refusal(error)))
    return disks(root.path, lambda: [has_moved(file) for file in files])


def batches(rows: Sequence[BinnedFile]) -> Iterator[Sequence[BinnedFile]]:
    for start in range(0, len(rows), AT_ONCE):
        yield rows[start : start + AT_ONCE]
