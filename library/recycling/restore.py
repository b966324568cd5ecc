"""Files come back from the recycle bin: to where they were, never over another file."""

from __future__ import annotations

import logging
import os
from collections.abc import Collection, Sequence
from enum import StrEnum
from functools import partial
from pathlib import Path

from django.db import transaction

from aniworld.config import reach
from aniworld.journal.services import record
from library.borders import Borders
from library.choices import BinReason, BinState
from library.entries import LibraryAction, about_bin
from library.errors import LibraryError, NotBinned, NotInBin, NotRenamed
from library.models import BinnedFile, MediaFile, ScanOperation
from library.models.binned import BinnedFileQuerySet, StoredMove
from library.naming.paths import from_stored, to_stored
from library.naming.text import LONGEST_NAME
from library.recycling import carry, folder, write
from library.recycling import operation as recycling
from library.recycling.carry import Seen
from library.recycling.delete import NAMED
from library.recycling.look import DISKS, beside
from library.recycling.operation import Outcome, ending
from library.recycling.recover import came_back, let_go, recover
from library.renaming.carry import has_moved
from library.renaming.disks import Disks
from library.renaming.sides import stem_of

log = logging.getLogger(__name__)

MOST_NUMBERS = 99


class Taken(StrEnum):
    """What becomes of a file whose place another one has."""

    STAYS = "stays"  # it stays in the bin
    NUMBERED = "numbered"  # it gets a name with a number
    SWAPPED = "swapped"  # it and what has replaced it change places; what has not replaced it stays


def restore(ids: Collection[int], *, taken: Taken = Taken.STAYS, disks: Disks = DISKS) -> Outcome:
    """Give files in the bin their places back.

    Args:
        ids: of rows; those that are not in the bin are left out.

    Raises:
        NotInBin: none of them is.
        ScanRunning, RenamingRunning, RecyclingRunning: something goes through the library.
    """
    recover(disks)  # what was begun and not ended is in the bin, or in its place
    return carry_out(begin(ids), taken=taken, disks=disks)


def begin(ids: Collection[int]) -> ScanOperation:
    """Write which files come back; :func:`carry_out` does it, outside of any transaction.

    Raises:
        NotInBin, ScanRunning, RenamingRunning, RecyclingRunning: as :func:`restore`.
    """
    with transaction.atomic():
        begun = recycling.begin({"series": None})
        wanted = BinnedFile.objects.in_bin().filter(pk__in=ids)
        if not wanted.update(state=BinState.RESTORING, operation=begun):
            raise NotInBin
        rows = list(_claimed(begun))
        record(
            LibraryAction.FILES_RESTORED,
            on=about_bin({row.series_name for row in rows}),
            after={"files": [row.path for row in rows[:NAMED]], "count": len(rows)},
        )
    return begun


def carry_out(
    operation: ScanOperation, *, taken: Taken = Taken.STAYS, disks: Disks = DISKS
) -> Outcome:
    """Do what was begun. What cannot come back stays in the bin, and the outcome says why."""
    outcome = Outcome()
    with ending(operation, outcome):
        recover(disks)
        for row in list(_claimed(operation)):
            try:
                _restore(row, taken, outcome, disks)
            except reach.NoAnswer:
                outcome.left.append((row.path, NotBinned(why="silent")))
                _stays(row)
            except (LibraryError, OSError) as error:
                outcome.left.append((row.path, _told(error)))
                _stays(row)
    log.info("restored=%s left=%s", outcome.videos, len(outcome.left))
    return outcome


def _claimed(operation: ScanOperation) -> BinnedFileQuerySet:
    rows = BinnedFile.objects.filter(operation=operation, state=BinState.RESTORING)
    return rows.select_related("root", "series").order_by("pk")


def _stays(row: BinnedFile) -> None:
    """In the bin, where nothing of it was begun; else the next one who comes sees to it."""
    untouched = BinnedFile.objects.filter(pk=row.pk, state=BinState.RESTORING, back=[])
    untouched.update(state=BinState.BINNED, operation=None)


def _restore(row: BinnedFile, taken: Taken, outcome: Outcome, disks: Disks) -> None:
    disks.prove(row.root)
    root, borders = row.root.directory, Borders.now(row.root.path)
    found = disks(row.root.path, partial(_seen, row, root))
    if not found or found[0][0] != 0:
        row.delete()  # somebody has deleted it: the bin says so no longer
        raise NotBinned(why="gone_from_bin")
    if taken is Taken.SWAPPED and _swap(row, found, outcome, disks):
        return
    question = partial(_ways_back, row.moves, found, root, is_numbered=taken is Taken.NUMBERED)
    row.back = disks(row.root.path, question)
    row.save(update_fields=["back"])
    files = write.files_of(row.root, row.back)
    try:
        disks(row.root.path, partial(carry.move, files, root, borders, home=root))
    finally:
        moved = disks(row.root.path, lambda: [has_moved(file) for file in files])
        size, name = row.size, row.folder
        if came_back(row, moved):
            outcome.videos, outcome.bytes = outcome.videos + 1, outcome.bytes + size
    disks(row.root.path, lambda: folder.tidy(root, name))


def _seen(row: BinnedFile, root: Path) -> list[tuple[int, Seen]]:
    """Which of the files of a row are in the bin, by their place among its moves. What was a file
    and is a link now is none of them."""
    folder.check(root)
    found = []
    for number, move in enumerate(row.moves):
        try:
            seen = carry.see(root / from_stored(move["new"]))
        except NotBinned:
            continue
        if bool(seen.mtime_ns) == bool(move["mtime_ns"]):
            found.append((number, seen))
    return found


def _ways_back(
    moves: Sequence[StoredMove],
    found: Sequence[tuple[int, Seen]],
    root: Path,
    *,
    is_numbered: bool,
) -> list[StoredMove]:
    """The ways out of the bin. What lies beside a video stays there where its place is taken.

    Raises:
        NotBinned: the place of the video is taken.
    """
    ways = [
        (moves[number]["new"], from_stored(moves[number]["old"]), seen) for number, seen in found
    ]
    video = ways[0][1]
    name = video if not os.path.lexists(root / video) else ""
    if not name and not is_numbered:
        raise NotBinned(why="taken", path=to_stored(video))
    name = name or _free_name(video, root)
    before, after = stem_of(video), stem_of(name)
    kept = []
    for at, old, seen in ways:
        new = after + old[len(before) :] if old.startswith(before) else old
        if not os.path.lexists(root / new):
            kept.append(write.stored_move(from_stored(at), new, seen))
    return kept


def _free_name(video: str, root: Path) -> str:
    """The name with the lowest number that nobody has. Raises ``NotBinned``."""
    stem = stem_of(video)
    for number in range(2, MOST_NUMBERS + 1):
        name = f"{stem} ({number}){video[len(stem) :]}"
        if len(os.fsencode(name.rpartition("/")[2])) > LONGEST_NAME:
            break
        if not os.path.lexists(root / name):
            return name
    raise NotBinned(why="no_name")


def _swap(
    row: BinnedFile, found: Sequence[tuple[int, Seen]], outcome: Outcome, disks: Disks
) -> bool:
    """Let a file and what has replaced it change places; False where that is not there any more."""
    if not row.puts:
        return False
    root, at = row.root.directory, row.puts[0]["new"]
    file = MediaFile.objects.filter(root=row.root, path=at).select_related("series").first()
    question = partial(_replacing, row.puts[0], root, is_same=at == row.path)
    moves = disks(row.root.path, question)
    if not moves:
        return False
    other = _plan_swap(row, file, moves, found)
    files, puts = (write.files_of(row.root, ways) for ways in (other.moves, other.puts))
    borders, size, name = Borders.now(row.root.path), row.size, row.folder
    try:
        disks(row.root.path, partial(carry.put, files, puts, root, borders))
    finally:
        _settle_swap(other, disks)
    outcome.videos, outcome.bytes = outcome.videos + 1, outcome.bytes + size
    disks(row.root.path, lambda: folder.tidy(root, name))
    return True


def _settle_swap(other: BinnedFile, disks: Disks) -> None:
    """As far as the disk has come with it: ``other`` is what goes into the bin."""
    files, puts = (write.files_of(other.root, ways) for ways in (other.moves, other.puts))
    if other.goes_last and disks(other.root.path, lambda: has_moved(puts[0])):
        write.counts_again(other)
        let_go(other, disks)
    else:
        moved = disks(other.root.path, lambda: [has_moved(one) for one in files])
        write.replaced(other, moved)


def _plan_swap(
    row: BinnedFile,
    file: MediaFile | None,
    moves: Sequence[tuple[str, Seen]],
    found: Sequence[tuple[int, Seen]],
) -> BinnedFile:
    with transaction.atomic():
        other = write.new_row(
            act=row.act,
            operation=row.operation,
            root=row.root,
            series=row.series,
            file=file,
            moves=moves,
            reason=BinReason.SWAPPED_BACK,
            episodes=[(season, number) for season, number in row.episodes],
        )
        other.undoes = row
        other.puts = [
            write.stored_move(
                from_stored(row.moves[number]["new"]), from_stored(row.moves[number]["old"]), seen
            )
            for number, seen in found
        ]
        other.save(update_fields=["undoes", "puts"])
    return other


def _replacing(put: StoredMove, root: Path, *, is_same: bool) -> list[tuple[str, Seen]]:
    """What has replaced a file, with what lies beside it unless that was there before. Another file
    that has its name by now, be it of another episode, has not replaced it."""
    path = from_stored(put["new"])
    try:
        moves = [(path, carry.see(root / path))]
    except NotBinned:
        return []
    if not _is_it(moves[0][1], put):
        return []
    for other in () if is_same else beside(root, [path]).get(path, ()):
        moves.append((other, carry.see(root / other)))
    return moves


def _is_it(seen: Seen, put: StoredMove) -> bool:
    """Whether this is the file that was put there. A copy of the disk numbers it anew, somebody may
    have touched it, and a disk gives the number of a file that has gone to another one."""
    is_alike = seen.inode == put["inode"] or seen.mtime_ns == put["mtime_ns"] != 0
    return seen.size == put["size"] and is_alike


def _told(error: LibraryError | OSError) -> LibraryError:
    if isinstance(error, NotRenamed):
        return carry.as_not_binned(error)
    return error if isinstance(error, LibraryError) else carry.refusal(error)
