"""Taking back what the journal says was done to the queue: the functions behind its handles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from aniworld.journal.errors import ChangedSince
from aniworld.journal.services import register_undo
from aniworld.web.rights import Right
from downloads import services
from downloads.errors import ItemNotFound, NothingKept
from downloads.models import DownloadQueueItem, QueueState
from downloads.services import quarantine, quiet
from downloads.services.moving import Move


def register() -> None:
    register_undo("queue.restore", _restore, takes=Right.OPERATE)
    register_undo("queue.remove", _take_out, takes=Right.OPERATE)
    register_undo("queue.unadd", _take_out, takes=Right.OPERATE)
    register_undo("queue.hold", _hold, takes=Right.OPERATE)
    register_undo("queue.release", _release, takes=Right.OPERATE)
    register_undo("queue.reorder", _reorder, takes=Right.OPERATE)
    register_undo("queue.put_back", _put_back, takes=Right.OPERATE)
    register_undo("queue.bind", _bind, takes=Right.OPERATE)
    register_undo("queue.exempt", _exempt, takes=Right.OPERATE)
    register_undo("queue.unlift", _unlift, takes=Right.OPERATE)
    register_undo("queue.undiscard", _undiscard, takes=Right.OPERATE)


def _restore(*, removed_at: str) -> None:
    services.restore(removed_at=datetime.fromisoformat(removed_at))


def _take_out(*, item_ids: Sequence[int]) -> None:
    """What was downloaded meanwhile, or is just being, stays."""
    waiting = DownloadQueueItem.objects.waiting().filter(pk__in=item_ids)
    services.remove(item_ids=list(waiting.values_list("pk", flat=True)))


def _hold(*, item_ids: Sequence[int], at: str) -> None:
    services.hold(item_ids=_as_left(item_ids, at))


def _release(*, item_ids: Sequence[int], at: str) -> None:
    services.release(item_ids=_as_left(item_ids, at))


def _bind(*, item_ids: Sequence[int]) -> None:
    if not quiet.bind(item_ids=item_ids).ids:
        raise ChangedSince


def _exempt(*, item_ids: Sequence[int]) -> None:
    if not quiet.exempt(item_ids=item_ids).ids:
        raise ChangedSince


def _unlift(*, until: str) -> None:
    """Args: until: where it ends at another time by now, that stays."""
    if QueueState.locked().lifted_until != datetime.fromisoformat(until):
        raise ChangedSince
    quiet.keep()


def _as_left(item_ids: Sequence[int], at: str) -> list[int]:
    """Those that nobody has held, released, downloaded or tried again since.

    Raises:
        ChangedSince: there are none.
    """
    QueueState.locked()
    left = DownloadQueueItem.objects.waiting().filter(
        pk__in=item_ids, updated_at=datetime.fromisoformat(at)
    )
    ids = list(left.values_list("pk", flat=True))
    if not ids:
        raise ChangedSince
    return ids


def _undiscard(*, item_id: int, until: str) -> None:
    try:
        quarantine.bring_back(item_id=item_id, until=datetime.fromisoformat(until))
    except (ItemNotFound, NothingKept) as error:
        raise ChangedSince from error


def _reorder(*, item_id: int, new_position: int, left: int) -> None:
    """Args: left: the place the item was moved to; where it has another by now, it stays there."""
    QueueState.locked()
    order = list(DownloadQueueItem.objects.waiting().in_order().values_list("pk", flat=True))
    if order[left : left + 1] != [item_id]:
        raise ChangedSince
    services.reorder(item_id=item_id, new_position=new_position)


def _put_back(*, moves: Sequence[tuple[int, int, int]]) -> None:
    services.put_back(moves=[Move(*one) for one in moves])
