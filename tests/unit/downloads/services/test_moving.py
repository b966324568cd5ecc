"""The order of the waiting as its owner changes it: to the top, to the bottom, and back."""

from __future__ import annotations

from time import process_time

import pytest

from aniworld.events.models import OutboxEvent
from aniworld.journal import services as journal
from aniworld.journal.errors import ChangedSince
from aniworld.journal.models import Entry
from downloads import services
from downloads.choices import End, Priority, Status
from downloads.models import DownloadQueueItem
from library.models import AnimeSeries
from tests.unit.downloads.queue_steps import add, finish, listed, pending


def newest() -> Entry:
    return Entry.objects.latest("pk")


def test_several_go_to_the_top_in_their_order_and_back(series: AnimeSeries) -> None:
    ids = add(series, 1, 2, 3, 4, 5)
    moved = services.move_to(item_ids=[ids[4], ids[2]], end=End.TOP)
    assert moved.ids == [ids[2], ids[4]]
    assert pending() == [3, 5, 1, 2, 4]
    journal.undo(entry_id=newest().pk)
    assert pending() == [1, 2, 3, 4, 5]
    journal.undo(entry_id=newest().pk)
    assert pending() == [3, 5, 1, 2, 4], "what was undone is undone in turn"


def test_to_the_bottom(series: AnimeSeries) -> None:
    ids = add(series, 1, 2, 3, 4)
    services.move_to(item_ids=ids[:2], end=End.BOTTOM)
    assert pending() == [3, 4, 1, 2]


def test_nothing_leaves_its_priority(series: AnimeSeries) -> None:
    high = add(series, 1, 2, priority=Priority.HIGH)
    low = add(series, 3, 4, priority=Priority.LOW)
    services.move_to(item_ids=[high[1], low[1]], end=End.TOP)
    assert pending() == [2, 1, 4, 3]


def test_what_stands_there_already_is_no_act(series: AnimeSeries) -> None:
    ids = add(series, 1, 2, 3)
    entries, events = Entry.objects.count(), OutboxEvent.objects.count()
    assert services.move_to(item_ids=ids[:2], end=End.TOP).ids == ids[:2]
    assert services.move_to(item_ids=ids[2:], end=End.BOTTOM).ids == ids[2:]
    assert (Entry.objects.count(), OutboxEvent.objects.count()) == (entries, events)


def test_what_does_not_wait_is_left_alone_and_named(series: AnimeSeries) -> None:
    ids = add(series, 1, 2, 3)
    finish(ids[0], Status.COMPLETED)
    moved = services.move_to(item_ids=[ids[0], ids[2], 999_999], end=End.TOP)
    assert moved.ids == [ids[2]]
    assert moved.skipped == [
        {"id": str(ids[0]), "reason": "completed"},
        {"id": "999999", "reason": "not_found"},
    ]


def test_an_order_that_was_changed_since_is_not_put_back(series: AnimeSeries) -> None:
    ids = add(series, 1, 2, 3)
    services.move_to(item_ids=[ids[2]], end=End.TOP)
    moved = newest().pk
    services.reorder(item_id=ids[2], new_position=2)
    with pytest.raises(ChangedSince):
        journal.undo(entry_id=moved)
    assert pending() == [1, 2, 3]


def test_one_that_was_taken_since_stays_taken(series: AnimeSeries) -> None:
    ids = add(series, 1, 2, 3, 4)
    services.move_to(item_ids=[ids[2], ids[3]], end=End.TOP)
    moved = newest().pk
    finish(ids[2], Status.COMPLETED)
    journal.undo(entry_id=moved)
    assert pending() == [1, 2, 4]


def test_moving_again_and_again_keeps_the_sort_keys_small(series: AnimeSeries) -> None:
    ids = add(series, 1, 2, 3, 4, 5)
    for _ in range(70):
        services.move_to(item_ids=[ids[0], ids[4]], end=End.TOP)
        services.move_to(item_ids=[ids[0], ids[4]], end=End.BOTTOM)
    assert pending() == [2, 3, 4, 1, 5]
    keys = DownloadQueueItem.objects.values_list("position", flat=True)
    assert max(map(abs, keys)) < 1_000


def test_thousands_are_moved_and_cleared_and_come_back(series: AnimeSeries) -> None:
    ids = services.enqueue(series_key=series.key, episodes=listed(series, 3_000)).ids
    first = add(series, 1)
    services.move_to(item_ids=ids, end=End.BOTTOM)
    assert pending()[0] == 1
    assert newest().undo is None, "an act on so many has no handle"
    assert services.clear_waiting() == 3_001
    assert pending() == []
    assert services.clear_waiting() == 0
    journal.undo(entry_id=newest().pk)
    waiting = DownloadQueueItem.objects.waiting().in_order().values_list("pk", flat=True)
    assert list(waiting) == [*first, *ids]


def test_clearing_the_waiting_leaves_the_active_and_what_is_done(series: AnimeSeries) -> None:
    ids = add(series, 1, 2, 3, 4)
    DownloadQueueItem.objects.filter(pk=ids[0]).update(status=Status.DOWNLOADING)
    finish(ids[1], Status.COMPLETED)
    services.hold(item_ids=[ids[2]])
    assert services.clear_waiting() == 2
    left = DownloadQueueItem.objects.filter(removed_at=None).values_list("status", flat=True)
    assert sorted(left) == ["COMPLETED", "DOWNLOADING"]
    [told] = OutboxEvent.objects.order_by("-id")[:1]
    assert told.data["action"] == "items_removed"
    assert told.data["removed_count"] == 2


def test_one_that_came_back_to_where_another_stands_can_be_moved(series: AnimeSeries) -> None:
    ids = add(series, 1, 2, 3, 4)
    services.remove(item_ids=[ids[0]])
    services.move_to(item_ids=[ids[2]], end=End.TOP)  # to where the first one was
    services.undo()
    assert pending() == [1, 3, 2, 4]
    services.reorder(item_id=ids[2], new_position=0)
    assert pending() == [3, 1, 2, 4]
    services.reorder(item_id=ids[3], new_position=1)
    assert pending() == [3, 4, 1, 2]
    journal.undo(entry_id=newest().pk)
    assert pending() == [3, 1, 2, 4]


def test_ids_that_are_named_again_and_again_take_no_time(series: AnimeSeries) -> None:
    DownloadQueueItem.objects.bulk_create(
        [
            DownloadQueueItem(series=series, season=9, episode_number=n, position=n)
            for n in range(2_000)
        ],
        batch_size=1_000,
    )
    ids = list(DownloadQueueItem.objects.in_order().values_list("pk", flat=True))
    began = process_time()
    moved = services.move_to(item_ids=ids * 20, end=End.TOP)
    assert process_time() - began < 1
    assert (moved.ids, moved.skipped) == (ids, [])
