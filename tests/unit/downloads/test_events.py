"""What browsers are told of the queue and of one download."""

from __future__ import annotations

import pytest

from aniworld.events.errors import OperationOver
from aniworld.events.models import Operation, OutboxEvent
from aniworld.events.operations import OperationStatus
from downloads import events
from downloads.choices import Stage, Status
from downloads.models import DownloadQueueItem
from library.models import AnimeSeries
from tests.unit.downloads.queue_steps import add

NAMES = {
    "key": "frieren",
    "serie_folder": "Frieren (2023)",
    "serie_name": "Frieren – 葬送のフリーレン",
    "season": 1,
    "episode": 3,
}


@pytest.fixture
def item(series: AnimeSeries) -> DownloadQueueItem:
    [pk] = add(series, 3)
    OutboxEvent.objects.all().delete()
    return DownloadQueueItem.objects.select_related("series").get(pk=pk)


def told() -> OutboxEvent:
    return OutboxEvent.objects.get()


def test_a_reading_of_a_download(item: DownloadQueueItem) -> None:
    item.stage, item.progress_percent = Stage.DOWNLOADING, 12.34
    item.downloaded_bytes, item.total_bytes = 1_234_567, 10_000_000
    item.download_speed, item.eta = 2_500_000, 4
    assert events.download_advanced(item, events.download_tracker(item))

    assert (told().room, told().type) == ("download_progress", "download_progress")
    assert told().job == f"download:{item.pk}"
    assert told().data == {
        "download_id": str(item.pk),
        **NAMES,
        "stage": "DOWNLOADING",
        "status": "in_progress",
        "progress": {
            "percent": 12.3,
            "downloaded_mb": 1.23,
            "total_mb": 10.0,
            "speed_mbps": 2.5,
            "eta_seconds": 4,
        },
    }


def test_a_download_is_an_operation_with_bytes_and_the_share_of_its_pieces(
    item: DownloadQueueItem,
) -> None:
    events.download_started(item)
    item.stage, item.progress_percent = Stage.REMUXING, 99.5
    item.downloaded_bytes, item.total_bytes, item.download_speed = 9_000_000, 10_000_000, 250_000
    events.download_advanced(item, events.download_tracker(item))

    operation = Operation.objects.running().get()
    assert (operation.type, operation.operation_id) == ("download", str(item.pk))
    assert operation.reading == {
        **{"phase": "COMPLETING", "percent": 99.5, "current": 9_000_000, "total": 10_000_000},
        **{"rate": 250_000, "message": "", "key": "frieren", "folder": "Frieren (2023)"},
    }


def test_bytes_of_an_unknown_size_are_told_as_they_come(item: DownloadQueueItem) -> None:
    now = 0.0
    tracker = events.download_tracker(item)
    tracker._throttle._clock = lambda: now
    item.stage = Stage.DOWNLOADING
    heard = []
    for step in range(1, 9):
        now, item.downloaded_bytes = step / 8, step * 1_000_000
        heard.append(events.download_advanced(item, tracker))
    assert heard == [True, False] * 4
    assert told().data["progress"]["percent"] == 0


@pytest.mark.parametrize("word", ["failed", "cancelled"])
def test_a_try_that_is_followed_by_another_is_no_end(item: DownloadQueueItem, word: str) -> None:
    events.download_started(item)
    events.download_set_aside(item, OperationStatus(word))

    assert told().data["status"] == word
    assert not Operation.objects.exists()


def last(type: str) -> OutboxEvent:
    return OutboxEvent.objects.filter(type=type).get()


def test_the_end_of_a_download(item: DownloadQueueItem) -> None:
    events.download_started(item)
    item.downloaded_bytes, item.progress_percent = 1_234_567, 100
    events.download_complete(item)

    event = last("download_complete")
    assert event.room == "downloads"
    assert event.data == {"download_id": str(item.pk), **NAMES, "downloaded_mb": 1.23}
    assert last("download_progress").data["status"] == "completed"
    over = Operation.objects.finished().get()
    assert (over.status, over.reading["percent"]) == ("completed", 100.0)
    assert over.data == last("download_progress").data


def test_a_download_that_is_cancelled_has_ended(item: DownloadQueueItem) -> None:
    events.download_started(item)
    events.download_cancelled(item)

    assert told().data["status"] == "cancelled"
    assert Operation.objects.finished().get().status == "cancelled"
    with pytest.raises(OperationOver):
        events.download_advanced(item, events.download_tracker(item))


def test_a_failure_brings_the_chain_of_what_was_tried(item: DownloadQueueItem) -> None:
    item.error_message, item.retry_count = "The episode is gone.", 3
    item.record_attempt(hoster="voe", code="not_found")
    events.download_failed(item)

    event = last("download_failed")
    assert event.room == "downloads"
    assert event.data == {
        "download_id": str(item.pk),
        **NAMES,
        "error": "The episode is gone.",
        "retry_count": 3,
        "attempts": [{"hoster": "voe", "code": "not_found"}],
    }
    over = Operation.objects.finished().get()
    assert (over.status, over.reading["message"]) == ("failed", "The episode is gone.")


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
    events.list_cleared(Status.COMPLETED, 4)
    events.list_cleared(Status.FAILED, 5)
    events.worker_changed("worker_started")

    assert [row.data for row in OutboxEvent.objects.order_by("id")] == [
        {"action": "item_started", "item_id": str(item.pk)},
        {"action": "item_retrying", "item_id": str(item.pk), "next_try_at": None},
        {"action": "queue_reordered", "item_id": "7", "new_position": 2},
        {"action": "completed_cleared", "cleared_count": 4},
        {"action": "failed_cleared", "cleared_count": 5},
        {"action": "worker_started"},
    ]
    assert set(OutboxEvent.objects.values_list("type", "room")) == {("queue_status", "downloads")}


@pytest.mark.parametrize("word", ["added", "removed", "restored", "held", "released", "retried"])
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
