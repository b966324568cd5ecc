"""The order of the waiting, as its owner changes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.db import transaction
from django.db.models import F

from aniworld.journal.errors import ChangedSince
from aniworld.journal.services import Undo, record
from downloads import entries, events
from downloads.choices import End
from downloads.entries import MOST_TO_UNDO, Brief, QueueAction
from downloads.errors import NotPending
from downloads.models import UNDO_WINDOW, DownloadQueueItem, QueueState
from downloads.services.items import Changed
from library.entries import about

BATCH = 500  # items that one statement moves


class _Waiting(NamedTuple):
    """One of the waiting. ``position`` is its sort key within the priority, not its place."""

    id: int
    priority: int
    position: int


def reorder(*, item_id: int, new_position: int) -> int:
    """Move a waiting item to ``new_position`` (from 0, among the waiting).

    An item stays within its priority: a place above or below becomes the first or last of it.

    Returns:
        The place it has now.

    Raises:
        NotPending: the item does not wait, or does not exist.
    """
    with transaction.atomic():
        QueueState.locked()
        order = _order()
        places = {one.id: place for place, one in enumerate(order)}
        if item_id not in places:
            raise NotPending(item=item_id)
        old = places[item_id]
        new = _within_priority(order, old, new_position)
        if new != old:
            order = _apart(order)
            _record_move(item_id, old, new)
            _shift(order[old], order[new])
            events.queue_reordered(item_id, new)
        return new


def move_to(*, item_ids: Sequence[int], end: End) -> Changed:
    """Move waiting items to the top or the bottom of their priority; among themselves they keep
    their order.

    Returns:
        Those that stand there now; of the others, why they were left alone.
    """
    changed = Changed()
    with transaction.atomic():
        QueueState.locked()
        order, wanted = _order(), set(item_ids)
        chosen = [one for one in order if one.id in wanted]
        changed.ids.extend(one.id for one in chosen)
        _skip_others(item_ids, changed)
        moves = [move for move in _moves(order, chosen, end) if move.old != move.new]
        if moves:
            _record_moves(moves, end)
            _place({move.id: move.new for move in moves})
            events.items_moved([move.id for move in moves], end)
    return changed


class Move(NamedTuple):
    """What an item's sort key was and is."""

    id: int
    old: int
    new: int


def put_back(*, moves: Sequence[Move]) -> None:
    """Give items the sort keys they had, those that still stand where they were moved to.

    Raises:
        ChangedSince: none does, or another one has come to where one of them was.
    """
    with transaction.atomic():
        QueueState.locked()
        order = _order()
        left = {one.id: one for one in order}
        back = [move for move in moves if move.id in left and left[move.id].position == move.new]
        moving = {move.id for move in back}
        wanted = {(left[move.id].priority, move.old) for move in back}
        taken = {(one.priority, one.position) for one in order if one.id not in moving}
        if not back or wanted & taken:
            raise ChangedSince
        again = [Move(move.id, move.new, move.old) for move in back]
        _record_moves(again, None)
        _place({move.id: move.new for move in again})
        events.items_moved([move.id for move in again], None)


def _order() -> list[_Waiting]:
    rows = DownloadQueueItem.objects.waiting().in_order()
    return [_Waiting(*row) for row in rows.values_list("pk", "priority", "position")]


def _apart(order: list[_Waiting]) -> list[_Waiting]:
    """The line with a sort key of its own for each of a priority: what has come back may have met
    one that was moved to where it had stood."""
    apart: list[_Waiting] = []
    for one in order:
        last = apart[-1] if apart else None
        if last and last.priority == one.priority and last.position >= one.position:
            apart.append(one._replace(position=last.position + 1))
        else:
            apart.append(one)
    met = {new.id: new.position for old, new in zip(order, apart, strict=True) if new != old}
    if met:
        _place(met)
    return apart


def _skip_others(item_ids: Sequence[int], changed: Changed) -> None:
    done = set(changed.ids)
    others = [one for one in dict.fromkeys(item_ids) if one not in done]
    if not others:
        return
    there = DownloadQueueItem.objects.filter(pk__in=others, removed_at__isnull=True)
    statuses = dict(there.values_list("pk", "status"))
    for item_id in others:
        changed.skip(item_id, statuses.get(item_id, "not_found").lower())


def _moves(order: list[_Waiting], chosen: list[_Waiting], end: End) -> list[Move]:
    """New sort keys beyond those of all that stay, in each priority. Those that stand there in this
    order already keep theirs."""
    moves = []
    for priority in dict.fromkeys(one.priority for one in chosen):
        same = [one for one in order if one.priority == priority]
        going = [one for one in chosen if one.priority == priority]
        if going == (same[: len(going)] if end is End.TOP else same[-len(going) :]):
            continue
        first = same[0].position - len(going) if end is End.TOP else same[-1].position + 1
        moves += [Move(one.id, one.position, first + place) for place, one in enumerate(going)]
    return moves


def _record_moves(moves: list[Move], end: End | None) -> None:
    """Args: end: where they were moved; None: back to where they were."""
    briefly = entries.briefly(DownloadQueueItem.objects.filter(pk__in=[one.id for one in moves]))
    by_id: dict[int, Brief] = {one.id: one for one in briefly}
    named = [by_id[move.id] for move in moves]
    places = {"moves": [list(move) for move in moves]}
    can_be_undone = len(moves) <= MOST_TO_UNDO
    record(
        QueueAction.REORDERED,
        on=entries.about_all(named),
        before=entries.many(named),
        after={"end": end.value if end else None},
        undo=Undo("queue.put_back", places, lasts=UNDO_WINDOW) if can_be_undone else None,
    )


def _place(keys: dict[int, int]) -> None:
    items = [DownloadQueueItem(pk=pk, position=position) for pk, position in keys.items()]
    DownloadQueueItem.objects.bulk_update(items, ["position"], batch_size=BATCH)


def _record_move(item_id: int, old: int, new: int) -> None:
    item = DownloadQueueItem.objects.select_related("series").get(pk=item_id)
    places = {"item_id": item_id, "new_position": old, "left": new}
    back = Undo("queue.reorder", places, lasts=UNDO_WINDOW)
    record(
        QueueAction.REORDERED,
        on=about(item.series),
        before={**entries.facts_of(item), "position": old},
        after={"position": new},
        undo=back,
    )


def _within_priority(order: list[_Waiting], old: int, wanted: int) -> int:
    same = [place for place, one in enumerate(order) if one.priority == order[old].priority]
    return min(max(wanted, same[0]), same[-1])


def _shift(moved: _Waiting, there: _Waiting) -> None:
    """Give the item the sort key of the place it goes to; those in between make room."""
    start, target = moved.position, there.position
    between, step = ((target, start - 1), 1) if target < start else ((start + 1, target), -1)
    DownloadQueueItem.objects.filter(priority=moved.priority, position__range=between).update(
        position=F("position") + step
    )
    DownloadQueueItem.objects.filter(pk=moved.id).update(position=target)
