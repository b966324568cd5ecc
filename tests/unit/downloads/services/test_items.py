"""Items of the queue as their owner removes, brings back, holds and tries them again."""

from __future__ import annotations

from datetime import timedelta
from time import process_time
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from aniworld.events.models import OutboxEvent
from aniworld.journal import services as journal
from aniworld.journal.models import Entry
from downloads import services
from downloads.choices import Status
from downloads.errors import (
    ItemNotFound,
    NotFailed,
)
from downloads.models import DownloadQueueItem
from library.choices import EpisodeState
from library.models import AnimeSeries, Episode
from providers.errors import NotFound
from tests.unit.downloads.queue_steps import add, finish, pending

# removing and bringing back


def test_removed_items_come_back_where_they_were(series: AnimeSeries) -> None:
    ids = add(series, 1, 2, 3)
    services.remove_one(item_id=ids[1])
    assert pending() == [1, 3]
    assert DownloadQueueItem.objects.get(pk=ids[1]).status == Status.CANCELLED
    assert services.undo().ids == [ids[1]]
    assert pending() == [1, 2, 3]
    assert services.undo().ids == []


def test_removing_many_takes_those_that_are_there(series: AnimeSeries) -> None:
    ids = add(series, 1, 2)
    assert sorted(services.remove(item_ids=[*ids, 999_999])) == ids
    assert services.remove(item_ids=ids) == []
    with pytest.raises(ItemNotFound):
        services.remove_one(item_id=ids[0])


def test_a_held_item_comes_back_held(series: AnimeSeries) -> None:
    [item] = add(series, 1)
    services.hold(item_ids=[item])
    services.remove(item_ids=[item])
    services.undo()
    assert DownloadQueueItem.objects.get().status == Status.PAUSED


def test_removing_the_active_item_takes_its_claim_away(series: AnimeSeries) -> None:
    [item] = add(series, 1)
    DownloadQueueItem.objects.update(status=Status.DOWNLOADING, claimed_by="worker-1")
    services.remove(item_ids=[item])
    row = DownloadQueueItem.objects.get()
    assert (row.status, row.claimed_by, row.status_before) == ("CANCELLED", "", "PENDING")
    progress = OutboxEvent.objects.get(type="download_progress")
    assert progress.data["status"] == "cancelled"


def test_undo_reaches_back_ten_minutes(series: AnimeSeries) -> None:
    ids = add(series, 1)
    services.remove(item_ids=ids)
    DownloadQueueItem.objects.update(removed_at=timezone.now() - timedelta(minutes=11))
    assert services.undo().ids == []


def test_undo_leaves_out_what_is_queued_again(series: AnimeSeries) -> None:
    first = add(series, 1, 2)
    services.remove(item_ids=first)
    [again] = add(series, 1)
    undone = services.undo()
    assert undone.ids == [first[1]]
    assert undone.skipped == [{"id": str(first[0]), "reason": "queued"}]
    services.remove(item_ids=[again])
    assert services.undo(item_ids=[again]).ids == [again]


def test_what_is_on_disk_by_now_is_neither_undone_nor_tried_again(series: AnimeSeries) -> None:
    removed, failed, kept = add(series, 1, 2, 3)
    DownloadQueueItem.objects.filter(pk=failed).update(status="FAILED")
    services.remove(item_ids=[removed, kept])
    Episode.objects.filter(series=series, episode_number__in=(1, 2)).update(
        state=EpisodeState.PRESENT, is_downloaded=True, file_path="a.mkv"
    )
    undone = services.undo()
    assert undone.ids == [kept]
    assert undone.skipped == [{"id": str(removed), "reason": "present"}]
    assert services.retry(item_ids=[failed]).skipped == [{"id": str(failed), "reason": "present"}]
    assert DownloadQueueItem.objects.get(pk=failed).status == "FAILED"


def test_clearing_takes_items_off_the_lists_until_undone(series: AnimeSeries) -> None:
    done, failed, _ = add(series, 1, 2, 3)
    finish(done, Status.COMPLETED)
    finish(failed, Status.FAILED)
    assert services.clear(status=Status.COMPLETED) == 1
    assert services.clear(status=Status.FAILED) == 1
    assert services.clear(status=Status.FAILED) == 0
    assert list(DownloadQueueItem.objects.listed()) == list(DownloadQueueItem.objects.waiting())
    assert sorted(services.undo().ids) == [done, failed]
    assert services.status()["statistics"]["completed_count"] == 1


# holding


def test_held_items_wait_and_can_be_released(series: AnimeSeries) -> None:
    first, second = add(series, 1, 2)
    held = services.hold(item_ids=[first, 999_999])
    assert held.ids == [first]
    assert held.skipped == [{"id": "999999", "reason": "not_found"}]
    ready = DownloadQueueItem.objects.ready(timezone.now())
    assert [item.pk for item in ready] == [second]
    assert services.status()["statistics"]["pending_count"] == 2
    assert services.hold(item_ids=[first]).skipped == [{"id": str(first), "reason": "paused"}]
    assert services.release(item_ids=[first]).ids == [first]


# trying again


def test_a_failed_item_is_tried_again_with_a_fresh_count(series: AnimeSeries) -> None:
    [item] = add(series, 1)
    gone = NotFound(why="episode", site="AniWorld").as_json()
    finish(item, Status.FAILED, retry_count=3, **DownloadQueueItem.error.values(gone))
    assert services.retry_one(item_id=item).ids == [item]
    row = DownloadQueueItem.objects.get()
    assert (row.status, row.retry_count, row.error, row.error_params) == ("PENDING", 0, None, {})


def test_only_failed_items_can_be_tried_again(series: AnimeSeries) -> None:
    [item] = add(series, 1)
    with pytest.raises(NotFailed):
        services.retry_one(item_id=item)
    with pytest.raises(ItemNotFound):
        services.retry_one(item_id=999_999)


def test_all_failed_items_are_tried_again_but_those_queued(series: AnimeSeries) -> None:
    first, second, third = add(series, 1, 2, 3)
    finish(first, Status.FAILED)
    finish(second, Status.FAILED)
    add(series, 1)
    changed = services.retry()
    assert changed.ids == [second]
    assert changed.skipped == [{"id": str(first), "reason": "queued"}]
    named = services.retry(item_ids=[third, 999_999])
    assert {skip["reason"] for skip in named.skipped} == {"not_failed", "not_found"}


# however many they are


def queue_many(series: AnimeSeries, count: int, **fields: Any) -> list[int]:
    items = [
        DownloadQueueItem(series=series, season=9, episode_number=n, position=n, **fields)
        for n in range(1, count + 1)
    ]
    return [item.pk for item in DownloadQueueItem.objects.bulk_create(items, batch_size=1_000)]


def test_all_that_was_cleared_comes_back_at_once(series: AnimeSeries) -> None:
    ids = queue_many(series, 2_500, progress_percent=40, downloaded_bytes=400)
    services.hold(item_ids=ids[:3])
    assert services.clear_waiting() == 2_500
    removal = Entry.objects.latest("pk")
    began = process_time()
    journal.undo(entry_id=removal.pk)
    assert process_time() - began < 1  # row by row: two seconds and more
    waiting = DownloadQueueItem.objects.waiting().in_order()
    assert list(waiting.values_list("pk", flat=True)) == ids
    assert waiting.filter(status=Status.PAUSED, pk__in=ids[:3]).count() == 3
    assert not waiting.exclude(progress_percent=0, downloaded_bytes=0, status_before="").exists()


def test_all_that_failed_is_tried_again_in_a_few_statements(
    series: AnimeSeries, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    ids = queue_many(series, 300, status=Status.FAILED, completed_at=timezone.now())
    with django_assert_max_num_queries(25):
        assert services.retry().ids == ids


def test_what_was_cleared_keeps_how_far_it_had_come(series: AnimeSeries) -> None:
    ids = queue_many(series, 3, status=Status.FAILED, progress_percent=40, downloaded_bytes=400)
    services.clear(status=Status.FAILED)
    assert sorted(services.undo().ids) == ids
    back = DownloadQueueItem.objects.finished(Status.FAILED)
    assert set(back.values_list("progress_percent", "downloaded_bytes")) == {(40.0, 400)}
