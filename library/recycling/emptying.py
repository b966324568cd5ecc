"""What is in the recycle bin goes for good: by its owner's word, or when its time is up."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import QuerySet, Sum

from aniworld.journal.services import record
from library import events
from library.choices import BinState
from library.entries import LibraryAction, about_bin
from library.errors import LibraryError, NotInBin
from library.models import BinnedFile, LibraryRoot
from library.models.binned import BinnedFileQuerySet
from library.naming.paths import from_stored
from library.recycling import carry, folder, write
from library.recycling.operation import Outcome
from library.recycling.recover import recover
from library.renaming.disks import Disks
from library.services.roots import synced_roots

log = logging.getLogger(__name__)

AT_ONCE = 200  # rows in one transaction
# What no row knows stays so long at least, also where the bin is off by now: a database that was
# restored does not know what was deleted since.
STRANGE_FOR = timedelta(days=7)


def delete_for_good(ids: Collection[int], *, disks: Disks | None = None) -> Outcome:
    """Delete files in the bin. On a disk that is away they go when it is back.

    Args:
        ids: of rows; those that are not in the bin are left out.

    Raises:
        NotInBin: none of them is.
    """
    wanted, outcome = sorted(ids), Outcome()
    for start in range(0, len(wanted), AT_ONCE):
        with transaction.atomic():
            rows = _claimed(BinnedFile.objects.filter(pk__in=wanted[start : start + AT_ONCE]))
            if rows:
                _record(LibraryAction.BIN_DELETED, rows)
        _add(outcome, _delete(rows, disks or Disks()))
    if not outcome.videos and not outcome.left:
        raise NotInBin
    return outcome


def empty(*, disks: Disks | None = None) -> Outcome:
    """Delete all that is in the bin. Raises ``NotInBin`` where there is nothing."""
    ids = BinnedFile.objects.in_bin().values_list("pk", flat=True)
    return delete_for_good(list(ids), disks=disks)


def end_if_off(row: BinnedFile, disks: Disks) -> None:
    """Where the bin is off, what has come into it goes at once; its entry of the journal says so.
    What a disk does not let go goes with the rest, later."""
    if write.days_kept():
        return
    with transaction.atomic():
        rows = _claimed(BinnedFile.objects.filter(act=row.act))
    for path, error in _delete(rows, disks).left:
        log.warning("binned=%s stays: %s", path, error)


def empty_old(now: datetime, *, disks: Disks | None = None) -> Outcome:
    """Delete what has been in the bin for long enough, and put right what the disks say of it.

    Rows whose files somebody has deleted by hand are forgotten. Folders of the bin that no row
    knows (of a database that was restored since) go when they are as old.
    """
    disks, outcome, last = disks or Disks(), Outcome(), 0
    recover(disks)
    # By their ids: those that cannot go now keep none of the others from it.
    while due := list(BinnedFile.objects.due(now).filter(pk__gt=last).order_by("pk")[:AT_ONCE]):
        last = due[-1].pk
        _add(outcome, _delete(_over(due), disks))
    for root in synced_roots():
        _tidy(root, now, disks)
    return outcome


def bytes_in_bin(rows: QuerySet[BinnedFile] | None = None) -> int:
    """What the bin takes on all disks together, or these rows of it."""
    found = BinnedFile.objects.in_bin() if rows is None else rows
    return found.order_by().aggregate(all=Sum("size"))["all"] or 0


def _over(due: Sequence[BinnedFile]) -> list[BinnedFile]:
    """Those of them that are deleted now: what somebody began to delete, and what is claimed."""
    begun = [row.pk for row in due if row.state == BinState.DELETING]
    with transaction.atomic():
        over = _claimed(BinnedFile.objects.filter(pk__in=[row.pk for row in due]))
        if over:
            _record(LibraryAction.BIN_EMPTIED, over)
    rows = BinnedFile.objects.filter(pk__in=begun, state=BinState.DELETING)
    return [*rows.select_related("root").order_by("pk"), *over]


def _claimed(wanted: BinnedFileQuerySet) -> list[BinnedFile]:
    """Those of ``wanted`` that are in the bin, and from now on are to be deleted. Call inside
    ``atomic()``: whoever restores one at the same moment has it, or does not, but never both."""
    rows = wanted.in_bin().select_related("root").select_for_update(of=("self",)).order_by("pk")
    found = list(rows)
    ids = [row.pk for row in found]
    BinnedFile.objects.filter(pk__in=ids).update(state=BinState.DELETING)
    return found


def _add(outcome: Outcome, more: Outcome) -> None:
    outcome.videos, outcome.bytes = outcome.videos + more.videos, outcome.bytes + more.bytes
    outcome.left += more.left


def _record(action: LibraryAction, rows: Sequence[BinnedFile]) -> None:
    record(
        action,
        on=about_bin({row.series_name for row in rows}),
        before={"count": len(rows), "bytes": sum(row.size for row in rows)},
    )
    events.bin_changed(row.series_key for row in rows)


def _delete(rows: Iterable[BinnedFile], disks: Disks) -> Outcome:
    outcome, away = Outcome(), dict[int, LibraryError]()
    for row in rows:
        error = away.get(row.root_id) or _absence(row.root, disks)
        if error is not None:
            away[row.root_id] = error  # the others there are not asked for
        else:
            error = _delete_one(row, disks)
        if error is None:
            outcome.count([row])
        else:
            outcome.left.append((row.path, error))
    return outcome


def _absence(root: LibraryRoot, disks: Disks) -> LibraryError | None:
    """Why nothing can be deleted in a library folder."""
    try:
        disks.prove(root)
    except LibraryError as error:
        return error
    except OSError as error:
        return carry.refusal(error)
    return None


def _delete_one(row: BinnedFile, disks: Disks) -> LibraryError | None:
    """Why a row cannot be deleted now; None where it is."""
    root = row.root.directory
    try:
        disks(row.root.path, partial(folder.delete, root, row.folder))
        disks(row.root.path, partial(folder.forget_empty, root))
    except OSError as error:
        log.warning("binned=%s cannot be deleted: %s", row.pk, error)
        return carry.refusal(error)
    row.delete()
    return None


def _tidy(root: LibraryRoot, now: datetime, disks: Disks) -> None:
    rows = list(BinnedFile.objects.in_bin().filter(root=root))
    try:
        disks.prove(root)
        lost = disks(root.path, lambda: [row.pk for row in rows if not _is_there(row, root)])
        found = disks(root.path, lambda: folder.folders_in(root.directory))
        for name in _strange(root, found, now):
            log.info("root=%s bin=%s of no row is deleted", root.path, name)
            disks(root.path, partial(folder.delete, root.directory, name))
        disks(root.path, partial(folder.forget_empty, root.directory))
    except (LibraryError, OSError) as error:  # away: the others are no worse for it
        log.warning("root=%s bin cannot be tidied: %s", root.path, error)
        return
    if lost:
        with transaction.atomic():
            BinnedFile.objects.in_bin().filter(pk__in=lost).delete()
            events.bin_changed(row.series_key for row in rows if row.pk in lost)


def _is_there(row: BinnedFile, root: LibraryRoot) -> bool:
    try:
        (root.directory / from_stored(row.moves[0]["new"])).lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def _strange(root: LibraryRoot, found: Iterable[str], now: datetime) -> list[str]:
    """Folders of no row that are older than anything in the bin may be."""
    known = set(BinnedFile.objects.filter(root=root).values_list("folder", flat=True))
    limit = now - max(timedelta(days=write.days_kept()), STRANGE_FOR)
    moments = {name: folder.moment_of(name) for name in found if name not in known}
    return [name for name, moment in moments.items() if moment is not None and moment < limit]
