"""What browsers are told of the queue."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import transaction

from aniworld.events.models import OutboxEvent
from aniworld.events.socket.reader import events_after
from downloads import events
from downloads.choices import End, PauseCode, Status
from downloads.models import DownloadQueueItem
from downloads.transfer.errors import DiskFull
from library.models import AnimeSeries
from tests.unit.downloads.queue_steps import add


@pytest.fixture
def item(series: AnimeSeries) -> DownloadQueueItem:
    [pk] = add(series, 3)
    OutboxEvent.objects.all().delete()
    return DownloadQueueItem.objects.select_related("series").get(pk=pk)


def told() -> OutboxEvent:
    return OutboxEvent.objects.get()


def sent_data(type: str) -> dict[str, Any]:
    """What a browser gets."""
    messages = [json.loads(event.text) for event in events_after(0)]
    [data] = [message["data"] for message in messages if message["type"] == type]
    found: dict[str, Any] = data
    return found


def test_a_pause_of_its_own_is_said_in_words_when_it_is_sent(item: DownloadQueueItem) -> None:
    full = DiskFull().as_json()
    with transaction.atomic():
        events.paused_itself(PauseCode.DISK_FULL, full)
    assert (told().room, told().type) == ("system_progress", "system_warning")
    assert told().data == {"code": "queue_paused_disk_full", "message": full}
    assert sent_data("system_warning") == {
        "code": "queue_paused_disk_full",
        "message": "The disk is full.",
    }


def test_pages_hear_of_episodes_and_series_by_folder(item: DownloadQueueItem) -> None:
    events.episode_updated(item, "PRESENT")
    events.series_completed(item)

    updated, completed = OutboxEvent.objects.order_by("id")
    names = {"key": "frieren", "folder": "Frieren (2023)"}
    assert updated.data == {**names, "season": 1, "episode": 3, "state": "PRESENT"}
    assert completed.data == names


def test_what_an_action_was_about_stands_beside_it(item: DownloadQueueItem) -> None:
    events.item_changed("item_started", item)
    events.item_retrying(item)
    events.queue_reordered(7, 2)
    events.items_moved([7, 8], End.TOP)
    events.items_moved([7], None)
    events.list_cleared(Status.COMPLETED, 4)
    events.list_cleared(Status.FAILED, 5)
    events.worker_changed("worker_started")

    assert [row.data for row in OutboxEvent.objects.order_by("id")] == [
        {"action": "item_started", "item_id": str(item.pk)},
        {"action": "item_retrying", "item_id": str(item.pk), "next_try_at": None},
        {"action": "queue_reordered", "item_id": "7", "new_position": 2},
        {"action": "items_moved", "moved_ids": ["7", "8"], "moved_count": 2, "end": "TOP"},
        {"action": "items_moved", "moved_ids": ["7"], "moved_count": 1, "end": None},
        {"action": "completed_cleared", "cleared_count": 4},
        {"action": "failed_cleared", "cleared_count": 5},
        {"action": "worker_started"},
    ]
    assert set(OutboxEvent.objects.values_list("type", "room")) == {("queue_status", "downloads")}


@pytest.mark.parametrize(
    "word", ["added", "removed", "restored", "held", "released", "retried", "told"]
)
def test_a_change_of_many_names_the_first_hundred(db: None, word: str) -> None:
    getattr(events, f"items_{word}")(list(range(1, 151)))

    assert told().data == {
        "action": f"items_{word}",
        f"{word}_ids": [str(number) for number in range(1, 101)],
        f"{word}_count": 150,
    }


@pytest.mark.parametrize("word", ["started", "stopped", "paused", "resumed"])
def test_the_owners_wish_is_told_as_it_is_now(db: None, word: str) -> None:
    events.queue_controlled(getattr(events, f"Queue{word.title()}"))

    assert (told().room, told().type) == ("downloads", f"queue_{word}")
    assert told().data == {"is_running": False, "is_paused": False}
