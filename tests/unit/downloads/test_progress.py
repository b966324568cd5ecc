"""How one download goes: what browsers are told of it, and what is kept as its end."""

from __future__ import annotations

import pytest

from aniworld.events.models import Operation, OutboxEvent
from aniworld.events.operations import OperationStatus
from aniworld.web.texts import in_words
from downloads import progress
from downloads.choices import Stage
from downloads.errors import ClaimLost
from downloads.models import DownloadQueueItem
from library.models import AnimeSeries
from providers.errors import NotFound
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


def last(type: str) -> OutboxEvent:
    return OutboxEvent.objects.filter(type=type).get()


def told() -> OutboxEvent:
    return last("download_progress")


def test_a_reading_of_a_download(item: DownloadQueueItem) -> None:
    item.stage, item.progress_percent = Stage.DOWNLOADING, 12.34
    item.downloaded_bytes, item.total_bytes = 1_234_567, 10_000_000
    item.download_speed, item.eta = 2_500_000, 4
    assert progress.tell(item, progress.tracker_of(item))

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
            "total_is_estimate": False,
            "speed_mbps": 2.5,
            "eta_seconds": 4,
            "waiting_for": "",
            "waiting_until": None,
        },
    }


def test_a_download_is_an_operation_with_bytes_and_the_share_of_its_pieces(
    item: DownloadQueueItem,
) -> None:
    progress.begin(item)
    item.stage, item.progress_percent = Stage.REMUXING, 99.5
    item.downloaded_bytes, item.total_bytes, item.download_speed = 9_000_000, 10_000_000, 250_000
    progress.tell(item, progress.tracker_of(item))

    operation = Operation.objects.running().get()
    assert (operation.type, operation.operation_id) == ("download", str(item.pk))
    assert operation.reading == {
        **{"phase": "COMPLETING", "percent": 99.5, "current": 9_000_000, "total": 10_000_000},
        **{"rate": 250_000, "message": None, "key": "frieren", "folder": "Frieren (2023)"},
    }


def test_bytes_of_an_unknown_size_are_told_as_they_come(item: DownloadQueueItem) -> None:
    now = 0.0
    tracker = progress.tracker_of(item)
    tracker._throttle._clock = lambda: now
    item.stage = Stage.DOWNLOADING
    heard = []
    for step in range(1, 9):
        now, item.downloaded_bytes = step / 8, step * 1_000_000
        heard.append(progress.tell(item, tracker))
    assert heard == [True, False] * 4
    assert told().data["progress"]["percent"] == 0


@pytest.mark.parametrize("word", ["failed", "cancelled"])
def test_a_try_that_is_followed_by_another_is_no_end(item: DownloadQueueItem, word: str) -> None:
    progress.begin(item)
    progress.set_aside(item, OperationStatus(word))

    assert told().data["status"] == word
    assert not Operation.objects.exists()


def test_the_end_of_a_download(item: DownloadQueueItem) -> None:
    progress.begin(item)
    item.downloaded_bytes, item.progress_percent = 1_234_567, 100
    progress.complete(item)

    event = last("download_complete")
    assert event.room == "downloads"
    assert event.data == {"download_id": str(item.pk), **NAMES, "downloaded_mb": 1.23}
    assert last("download_progress").data["status"] == "completed"
    over = Operation.objects.finished().get()
    assert (over.status, over.reading["percent"]) == ("completed", 100.0)
    assert over.data == last("download_progress").data


def test_a_download_that_is_cancelled_has_ended(item: DownloadQueueItem) -> None:
    progress.begin(item)
    progress.cancel(item)

    assert told().data["status"] == "cancelled"
    assert Operation.objects.finished().get().status == "cancelled"
    with pytest.raises(ClaimLost):
        progress.tell(item, progress.tracker_of(item))


def test_a_failure_brings_the_chain_of_what_was_tried(item: DownloadQueueItem) -> None:
    gone = NotFound(why="episode", site="AniWorld").as_json()
    item.error, item.retry_count = gone, 3
    item.record_attempt(hoster="voe", **gone)
    progress.fail(item)

    event = last("download_failed")
    assert event.room == "downloads"
    assert event.data == {
        "download_id": str(item.pk),
        **NAMES,
        "error": gone,
        "retry_count": 3,
        "attempts": [{"hoster": "voe", **gone}],
    }
    words = "AniWorld does not have this episode."
    sent = in_words(event.data)
    assert sent["error"] == {**gone, "text": words}
    assert sent["attempts"] == [{"hoster": "voe", **gone, "text": words}]
    over = Operation.objects.finished().get()
    assert (over.status, over.reading["message"]) == ("failed", gone)
