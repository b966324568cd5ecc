"""Ending what a process that died has left half done on its way into the bin or out of it: called
before anything else goes through the library, and by the worker that takes the queue over."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from django.db import IntegrityError, transaction

from aniworld.config.errors import ConfigError
from aniworld.config.reach import Ask
from aniworld.events.operations import OperationState
from library.choices import BinState
from library.errors import LibraryError
from library.models import BinnedFile, MediaFile
from library.recycling import carry, folder, write
from library.renaming.carry import has_moved
from library.renaming.disks import Disks
from library.services.operations import end_dead_ones

log = logging.getLogger(__name__)


def recover(disks: Disks, *, of_worker: bool = False) -> int:
    """Let the database say where files on their way are, and complete what has begun.

    A disk that is away, or does not answer, is asked by the next one who comes.

    Args:
        of_worker: also what a worker had begun: only for the one that holds the queue.

    Returns:
        How many were seen to.
    """
    end_dead_ones()
    begun = BinnedFile.objects.filter(state__in=(BinState.MOVING, BinState.RESTORING))
    over = begun.exclude(operation__state=OperationState.RUNNING)
    if not of_worker:
        over = over.exclude(operation=None)
    done = 0
    for row in over.select_related("root", "series", "undoes__root").order_by("pk"):
        try:
            _ways[row.state](row, disks)
            done += 1
        except (LibraryError, ConfigError, OSError, IntegrityError) as error:
            log.warning("binned=%s is not recovered: %s", row.pk, error)
    return done


def _recover_moving(row: BinnedFile, disks: Disks) -> None:
    disks.at_hand(row.root)
    root = row.root.directory
    files, puts = write.files_of(row.root, row.moves), write.files_of(row.root, row.puts)
    moved = disks(row.root.path, partial(carry.complete, files, puts, root=root))
    if not row.puts:
        write.into_bin([(row, moved)], unwanted=True)
    elif row.goes_last and disks(row.root.path, lambda: has_moved(puts[0])):
        moved = _recover_both(row, disks)
    else:
        write.replaced(row, moved)
    log.info("binned=%s recovered moved=%s of=%s", row.pk, sum(moved), len(moved))


def _recover_both(row: BinnedFile, disks: Disks) -> list[bool]:
    """The old file and the new one may both be there: the old one goes where the new one counts.
    Where nobody has said so, whoever brought the new one has not come to it: that one goes."""
    write.counts_again(row)
    if MediaFile.objects.filter(root=row.root, path=row.puts[0]["new"]).exists():
        return let_go(row, disks)
    files, puts = write.files_of(row.root, row.moves), write.files_of(row.root, row.puts)
    disks(row.root.path, partial(carry.take_back, files, puts))
    row.delete()
    return []


def let_go(row: BinnedFile, ask: Ask) -> list[bool]:
    """Let a file go into the bin whose replacement, of another name, counts by now.

    Returns:
        Of each of its files whether it is there.

    Raises:
        OSError: the disk refuses; who recovers next sees to it.
    """
    write.counts_no_more(row)
    files, home = write.files_of(row.root, row.moves), row.root.directory / write.home_of(row)
    moved = ask(row.root.path, partial(carry.follow, files, row.root.directory, home=home))
    write.replaced(row, moved)
    return moved


def _recover_restoring(row: BinnedFile, disks: Disks) -> None:
    disks.at_hand(row.root)
    files, root = write.files_of(row.root, row.back), row.root.directory
    moved = disks(row.root.path, partial(carry.complete, files, (), root=root))
    came_back(row, moved)
    disks(row.root.path, lambda: folder.tidy(root, row.folder))
    log.info("binned=%s recovered back=%s of=%s", row.pk, sum(moved), len(moved))


def came_back(row: BinnedFile, moved: list[bool]) -> bool:
    """Write which files of a row have come out of the bin; returns whether its video has. What is
    still in the bin stays there."""
    is_back = bool(moved) and moved[0]
    with transaction.atomic():
        if is_back:
            write.out_of_bin(row, row.back)
        else:
            row.state, row.back, row.operation = BinState.BINNED, [], None
            row.save(update_fields=["state", "back", "operation"])
    return is_back


_ways: dict[str, Callable[[BinnedFile, Disks], None]] = {
    BinState.MOVING: _recover_moving,
    BinState.RESTORING: _recover_restoring,
}
