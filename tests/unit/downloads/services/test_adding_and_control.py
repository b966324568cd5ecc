"""The queue as its owner fills, orders and starts it, and what is shown of it."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.db.models import Sum, TextField
from django.db.models.functions import Cast, Length
from pytest_django import DjangoAssertNumQueries

from aniworld.config import store
from aniworld.events.models import OutboxEvent
from downloads import events, services, snapshots
from downloads.api.shapes import added_to_queue
from downloads.choices import Priority, Status
from downloads.errors import (
    InvalidRequest,
    NotPending,
    OtherFolder,
    SeriesUnknown,
)
from downloads.models import DownloadQueueItem, QueueState
from downloads.services import EpisodeRef
from library.choices import EpisodeState
from library.models import AnimeSeries, Episode
from tests.unit.downloads.queue_steps import add, finish, listed, pending, sent, told

# adding


def test_episodes_are_added_in_the_order_given(series: AnimeSeries) -> None:
    added = add(series, 3, 1, 2)
    assert pending() == [3, 1, 2]
    assert len(added) == 3
    assert told() == [("queue_status", "items_added")]
    event = OutboxEvent.objects.get()
    assert event.data["added_ids"] == [str(pk) for pk in added]
    assert sent(0)[-1]["queue_status"]["statistics"]["pending_count"] == 3


def test_titles_come_from_the_catalogue_unless_given(series: AnimeSeries) -> None:
    refs = [EpisodeRef(1, 1), EpisodeRef(1, 2, "Mein Titel"), EpisodeRef(1, 3)]
    services.enqueue(series_key=series.key, episodes=refs)
    titles = DownloadQueueItem.objects.order_by("position").values_list("title", flat=True)
    assert list(titles) == ["Folge 1", "Mein Titel", "Folge 3"]


def test_what_the_catalogue_does_not_list_is_skipped_and_named(series: AnimeSeries) -> None:
    Episode.objects.filter(episode_number=2).update(listed=False)  # a file alone stood for it
    Episode.objects.filter(episode_number=3).update(
        listed=False, state=EpisodeState.PRESENT, is_downloaded=True
    )
    refs = [EpisodeRef(1, 1), EpisodeRef(1, 2), EpisodeRef(1, 3), EpisodeRef(9, 9)]
    added = services.enqueue(series_key=series.key, episodes=refs)
    assert pending() == [1]
    reasons = {(one.season, one.episode): one.reason for one in added.skipped}
    assert reasons == {(1, 2): "not_listed", (1, 3): "present", (9, 9): "not_listed"}


def test_a_series_may_be_named_by_its_id(series: AnimeSeries) -> None:
    added = services.enqueue(series_key=str(series.pk), episodes=[EpisodeRef(1, 1)])
    assert len(added.ids) == 1


def test_the_series_is_looked_at_once(
    series: AnimeSeries, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(100) as asked:
        services.enqueue(series_key=series.key, episodes=[EpisodeRef(1, 1)])
    looks = [query for query in asked if query["sql"].startswith("SELECT")]
    assert sum('FROM "library_animeseries"' in query["sql"] for query in looks) == 1


def test_another_folder_is_refused_and_the_right_one_named(series: AnimeSeries) -> None:
    refs = [EpisodeRef(1, 1)]
    with pytest.raises(OtherFolder) as refused:
        services.enqueue(series_key=series.key, episodes=refs, folder="Frieren (2032)")
    assert refused.value.params["right"] == "Frieren (2023)"
    assert pending() == []
    assert services.enqueue(series_key=series.key, episodes=refs, folder="Frieren (2023)").ids


@pytest.mark.parametrize("given", ["Äpfel", "A\u0308pfel"])
def test_a_folder_may_be_spelled_as_disks_do(series: AnimeSeries, given: str) -> None:
    AnimeSeries.objects.update(folder="Äpfel")
    refs = [EpisodeRef(1, 1)]
    assert services.enqueue(series_key=series.key, episodes=refs, folder=given).ids


def test_what_needs_no_download_is_skipped_and_named(series: AnimeSeries) -> None:
    Episode.objects.filter(episode_number=1).update(state=EpisodeState.PRESENT, is_downloaded=True)
    Episode.objects.filter(episode_number=2).update(state=EpisodeState.UNAVAILABLE)
    add(series, 3)
    refs = [EpisodeRef(1, number) for number in (1, 2, 3, 4, 4)]
    added = services.enqueue(series_key=series.key, episodes=refs)
    reasons = {(skipped.episode, skipped.reason) for skipped in added.skipped}
    assert reasons == {(1, "present"), (2, "unavailable"), (3, "queued"), (4, "duplicate")}
    assert pending() == [3, 4]
    assert added_to_queue(added)["message"] == "1 added, 4 skipped"


@pytest.mark.parametrize(
    "refs",
    [
        [],
        [EpisodeRef(1, 1), EpisodeRef(-1, 1)],
        [EpisodeRef(1, 1), EpisodeRef(1, 0)],
        [EpisodeRef(1, 1), EpisodeRef(1, 2**40)],
        [EpisodeRef(1, 1)] * 10_001,
    ],
)
def test_nonsense_is_refused_and_adds_nothing(series: AnimeSeries, refs: list[EpisodeRef]) -> None:
    with pytest.raises(InvalidRequest):
        services.enqueue(series_key=series.key, episodes=refs)
    assert pending() == []
    assert told() == []


def test_an_unknown_or_removed_series_is_refused(series: AnimeSeries) -> None:
    with pytest.raises(SeriesUnknown):
        services.enqueue(series_key="no-such", episodes=[EpisodeRef(1, 1)])
    series.soft_delete()
    with pytest.raises(SeriesUnknown):
        services.enqueue(series_key=series.key, episodes=[EpisodeRef(1, 1)])
    with pytest.raises(SeriesUnknown):
        services.enqueue_missing(series_key="no-such")


def test_all_missing_episodes_can_be_added_at_once(series: AnimeSeries) -> None:
    assert len(services.enqueue_missing(series_key=series.key).ids) == 6
    Episode.objects.update(state=EpisodeState.ANNOUNCED)
    assert services.enqueue_missing(series_key=series.key).ids == []


def test_ten_thousand_episodes_fit_in_one_call(series: AnimeSeries) -> None:
    refs = listed(series, 10_000)
    added = services.enqueue(series_key=series.key, episodes=refs)
    assert len(added.ids) == 10_000
    event = OutboxEvent.objects.get()
    assert event.data["added_count"] == 10_000
    assert len(event.data["added_ids"]) == 100
    assert len(sent(0)[-1]["queue_status"]["status"]["pending_queue"]) == 100


def test_auto_start_is_a_setting(series: AnimeSeries) -> None:
    add(series, 1)
    assert not QueueState.current().is_running
    store.update(lambda values: values["downloads"].update(auto_start=True))
    try:
        add(series, 2)
    finally:
        store.update(lambda values: values["downloads"].update(auto_start=False))
    assert QueueState.current().is_running


# order


def test_priorities_go_before_age(series: AnimeSeries) -> None:
    add(series, 1, priority=Priority.LOW)
    add(series, 2)
    add(series, 3, priority=Priority.HIGH)
    add(series, 4)
    assert pending() == [3, 2, 4, 1]


@pytest.mark.parametrize(
    ("moved", "to", "order"),
    [
        (3, 0, [3, 1, 2, 4]),
        (1, 2, [2, 3, 1, 4]),
        (1, 99, [2, 3, 4, 1]),
        (2, 1, [1, 2, 3, 4]),
        (4, 1, [1, 4, 2, 3]),
    ],
)
def test_a_waiting_item_can_be_moved(
    series: AnimeSeries, moved: int, to: int, order: list[int]
) -> None:
    ids = dict(zip((1, 2, 3, 4), add(series, 1, 2, 3, 4), strict=True))
    place = services.reorder(item_id=ids[moved], new_position=to)
    assert pending() == order
    assert pending()[place] == moved


def test_moving_stays_within_the_priority(series: AnimeSeries) -> None:
    [high] = add(series, 1, priority=Priority.HIGH)
    add(series, 2, 3)
    [low] = add(series, 4, priority=Priority.LOW)
    assert services.reorder(item_id=low, new_position=0) == 3
    assert services.reorder(item_id=high, new_position=3) == 0
    assert pending() == [1, 2, 3, 4]


def test_only_waiting_items_can_be_moved(series: AnimeSeries) -> None:
    [item] = add(series, 1)
    finish(item, Status.FAILED)
    for unknown in (item, 999_999):
        with pytest.raises(NotPending):
            services.reorder(item_id=unknown, new_position=0)


def test_moved_items_keep_their_order_after_moving_again(series: AnimeSeries) -> None:
    ids = add(series, 1, 2, 3, 4, 5)
    for item_id in ids:
        services.reorder(item_id=item_id, new_position=0)
    assert pending() == [5, 4, 3, 2, 1]
    positions = DownloadQueueItem.objects.values_list("position", flat=True)
    assert len(set(positions)) == 5


# the owner's wish


def test_nothing_starts_by_itself_and_start_is_idempotent(series: AnimeSeries) -> None:
    add(series, 1)
    assert services.status()["status"]["is_running"] is False
    assert services.start()["status"]["is_running"] is True
    services.start()
    assert told().count(("queue_started", "")) == 1


def test_stop_pause_and_resume(db: None) -> None:
    services.start(limit=2)
    assert QueueState.current().remaining == 2
    services.pause()
    services.pause()
    assert services.status()["status"]["is_paused"] is True
    assert services.status()["status"]["is_running"] is True
    services.resume()
    services.stop()
    services.stop()
    state = QueueState.current()
    assert (state.is_running, state.is_paused, state.remaining) == (False, False, None)
    assert [type for type, _ in told()] == [
        "queue_started",
        "queue_paused",
        "queue_resumed",
        "queue_stopped",
    ]


def test_start_clears_a_pause(db: None) -> None:
    services.pause()
    status = services.start()["status"]
    assert (status["is_running"], status["is_paused"]) == (True, False)


def test_a_limit_below_one_is_refused(db: None) -> None:
    with pytest.raises(InvalidRequest):
        services.start(limit=0)


# what is shown


def test_an_item_has_the_agreed_shape(series: AnimeSeries) -> None:
    [pk] = add(series, 1, priority=Priority.HIGH)
    item = services.status()["status"]["pending_queue"][0]
    assert item["added_at"].endswith("Z")
    assert {**item, "added_at": ""} == {
        "id": str(pk),
        "key": "frieren",
        "serie_id": "frieren",
        "serie_folder": "Frieren (2023)",
        "serie_name": "Frieren – 葬送のフリーレン",
        "season": 1,
        "episode": 1,
        "title": "Folge 1",
        "status": "PENDING",
        "priority": "HIGH",
        "position": 0,
        "language": "",
        "wanted_language": "",
        "is_exempt": False,
        "progress": {
            "percent": 0.0,
            "downloaded_mb": 0.0,
            "total_mb": None,
            "total_is_estimate": False,
            "speed_mbps": None,
            "eta_seconds": None,
            "waiting_for": "",
            "waiting_until": None,
        },
        "stage": "",
        "error": None,
        "advice": "",
        "retry_count": 0,
        "next_try_at": None,
        "attempts": [],
        "source_url": "",
        "file_destination": "",
        "seen": None,
        "quarantined": None,
        "provider": "",
        "hoster": "",
        "added_at": "",
        "started_at": None,
        "completed_at": None,
    }


def test_the_statistics_count_and_estimate(series: AnimeSeries) -> None:
    done, failed, active, _ = add(series, 1, 2, 3, 4)
    finish(done, Status.COMPLETED, downloaded_bytes=10_000_000, download_speed=2_000_000)
    finish(failed, Status.FAILED)
    DownloadQueueItem.objects.filter(pk=active).update(
        status=Status.DOWNLOADING, downloaded_bytes=4_000_000, total_bytes=8_000_000
    )
    assert services.status()["statistics"] == {
        "total_items": 4,
        "pending_count": 1,
        "active_count": 1,
        "completed_count": 1,
        "failed_count": 1,
        "total_downloaded_mb": 14.0,
        "average_speed_mbps": 2.0,
        "estimated_time_remaining": 7,
    }


def test_the_status_costs_few_queries_whatever_the_queue(
    series: AnimeSeries, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    services.enqueue(series_key=series.key, episodes=listed(series, 1_000))
    for status in (Status.COMPLETED, Status.FAILED):
        chosen = DownloadQueueItem.objects.waiting()[:300].values_list("pk", flat=True)
        DownloadQueueItem.objects.filter(pk__in=list(chosen)).update(status=status)
    with django_assert_max_num_queries(6):
        queue = services.status()
    assert len(queue["status"]["completed_downloads"]) == 100
    with django_assert_max_num_queries(2):
        page = services.serialise_page(snapshots.rows(DownloadQueueItem.objects.listed())[:500])
    assert len(page) == 500


def test_events_of_a_long_queue_are_stored_small_and_sent_whole(
    series: AnimeSeries, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    refs = listed(series, 1_000)
    added = services.enqueue(series_key=series.key, episodes=refs).ids
    finish(added[0], Status.COMPLETED)
    # PostgreSQL: the lock that orders the ids, and the word to the listeners, beside the row.
    statements = 3 if connection.vendor == "postgresql" else 1
    with transaction.atomic():
        with django_assert_num_queries(statements):
            events.item_changed("item_started", DownloadQueueItem(pk=1))
        for number in range(998):
            events.item_changed("item_started", DownloadQueueItem(pk=number))
        events.queue_controlled(events.QueueStopped)
    as_text = Length(Cast("data", TextField()))
    stored = OutboxEvent.objects.aggregate(characters=Sum(as_text))["characters"]
    assert OutboxEvent.objects.count() == 1_001
    assert stored < 100_000

    newest = OutboxEvent.objects.latest("id").pk
    with django_assert_num_queries(6):  # the events; the state, counts, shut sites, two lists
        change, stop = sent(newest - 2)
    assert (change["action"], stop["is_running"]) == ("item_started", False)
    for data in (change, stop):
        assert data["queue_status"] == services.status()
        assert len(data["queue_status"]["status"]["pending_queue"]) == 100
        assert data["queue_status"]["statistics"]["pending_count"] == 999
