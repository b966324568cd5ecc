"""What the queue writes into the journal, and how that is taken back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from aniworld.config import store
from aniworld.journal import services as journal
from aniworld.journal.actors import acting_as
from aniworld.journal.errors import ChangedSince, NotUndoable, UndoRefused, UndoTooLate
from aniworld.journal.models import Entry
from downloads import entries, services
from downloads.choices import PauseCode, Status
from downloads.models import UNDO_WINDOW, DownloadQueueItem, FetchedDay
from downloads.transfer.errors import DiskFull
from downloads.transfer.messages import failure
from downloads.worker import claims, lease
from downloads.worker.retries import Decision, Verdict
from library.models import AnimeSeries
from providers.errors import NotFound
from tests.conftest import TESTER
from tests.factories import make_item, make_series
from tests.unit.downloads.queue_steps import add, finish, pending

pytestmark = pytest.mark.django_db


def last(action: str = "") -> Entry:
    return Entry.objects.of_action(action).newest_first()[0]


def actions() -> list[str]:
    return list(Entry.objects.order_by("id").values_list("action", flat=True))


def undo(entry: Entry) -> Entry:
    return journal.undo(entry_id=entry.pk)


# --- adding


def test_what_was_added_is_named_and_can_be_taken_out_again(series: AnimeSeries) -> None:
    ids = add(series, 1, 2)
    added = last()
    assert (added.action, added.object_id, added.actor_name) == (
        *("queue.added", "frieren", TESTER.name),
    )
    assert added.after == {
        **{"ids": [str(pk) for pk in ids], "count": 2},
        **{"episodes": ["S01E01", "S01E02"], "priority": "NORMAL"},
    }
    finish(ids[0], Status.COMPLETED)
    removed = undo(added)
    assert removed.action == "queue.removed"
    assert pending() == []
    assert DownloadQueueItem.objects.get(pk=ids[0]).status == Status.COMPLETED, "what is done stays"
    undo(removed)
    assert pending() == [2]


def test_nothing_added_is_no_act(series: AnimeSeries) -> None:
    add(series, 1)
    add(series, 1)
    assert actions() == ["queue.added"]


def test_a_queue_that_starts_by_itself_says_so(series: AnimeSeries) -> None:
    store.update(lambda values: values["downloads"].update(auto_start=True))
    add(series, 1)
    assert actions() == ["queue.added", "queue.started"]
    assert last().reason_code == "auto_start"


def test_an_act_on_thousands_is_one_entry_with_the_first_hundred(series: AnimeSeries) -> None:
    other = make_series("Other")
    items = [make_item(one, number).pk for one in (series, other) for number in range(1, 151)]
    services.remove(item_ids=items)
    removed = Entry.objects.get()
    assert (removed.object_type, removed.object_id) == ("queue", "")
    assert (len(removed.before["ids"]), len(removed.before["episodes"])) == (100, 100)
    assert removed.before["count"] == 300
    undo(removed)
    assert DownloadQueueItem.objects.waiting().count() == 300


def test_an_act_on_more_than_a_handle_holds_has_no_redo(
    series: AnimeSeries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entries, "MOST_TO_UNDO", 1)
    ids = add(series, 1, 2)
    with pytest.raises(NotUndoable):
        undo(last())
    services.remove(item_ids=ids)
    assert undo(last()).undo is None, "the removal is named by its moment, its undo by ids"


# --- removing, clearing, bringing back


def test_each_removal_is_undone_by_itself(series: AnimeSeries) -> None:
    ids = add(series, 1, 2, 3)
    services.remove(item_ids=ids[:1])
    first = last()
    services.remove(item_ids=ids[1:])
    undo(last())
    assert pending() == [2, 3]
    restored = undo(first)
    assert pending() == [1, 2, 3]
    assert (restored.object_id, restored.after["episodes"]) == ("frieren", ["S01E01"])
    undo(restored)
    assert pending() == [2, 3]


def test_undoing_all_marks_every_removal_it_brought_back(series: AnimeSeries) -> None:
    ids = add(series, 1, 2, 3)
    for pk in ids:
        services.remove(item_ids=[pk])
    assert len(services.undo().ids) == 3
    restored = last("queue.restored")
    assert set(restored.undoes.values_list("action", flat=True)) == {"queue.removed"}
    assert restored.undoes.count() == 3
    assert not Entry.objects.undoable().of_action("queue.removed").exists()


def test_a_removal_brought_back_in_part_can_still_be_undone(series: AnimeSeries) -> None:
    ids = add(series, 1, 2)
    services.remove(item_ids=ids)
    removed = last()
    services.undo(item_ids=ids[:1])
    removed.refresh_from_db()
    assert removed.can_be_undone
    undo(removed)
    assert pending() == [1, 2]


def test_ten_minutes_are_time_to_undo(series: AnimeSeries) -> None:
    services.remove(item_ids=add(series, 1))
    removed = last()
    assert removed.undo_until is not None
    assert removed.undo_until - removed.at == pytest.approx(UNDO_WINDOW, abs=timedelta(seconds=1))
    Entry.objects.update(undo_until=timezone.now())
    assert services.undo().ids == []
    with pytest.raises(UndoTooLate):
        undo(removed)


def test_what_is_queued_again_leaves_nothing_to_undo(series: AnimeSeries) -> None:
    services.remove(item_ids=add(series, 1))
    removed = last()
    add(series, 1)
    with pytest.raises(ChangedSince):
        undo(removed)


def test_a_cleared_list_comes_back_as_it_was(series: AnimeSeries) -> None:
    done, failed = add(series, 1, 2)
    finish(done, Status.COMPLETED)
    finish(failed, Status.FAILED)
    services.clear(status=Status.FAILED)
    cleared = last()
    assert (cleared.object_type, cleared.before) == (
        *("queue", {"ids": [str(failed)], "count": 1, "status": "FAILED"}),
    )
    restored = undo(cleared)
    assert services.status()["statistics"]["failed_count"] == 1
    assert restored.undo is None, "removing is not clearing"
    services.clear(status=Status.COMPLETED)
    services.clear(status=Status.COMPLETED)
    assert actions().count("queue.cleared") == 2, "an empty list is no act"


# --- holding, order, trying again


def test_held_and_released_undo_each_other(series: AnimeSeries) -> None:
    ids = add(series, 1, 2)
    services.hold(item_ids=ids)
    held = last()
    assert (held.action, held.after["count"]) == ("queue.held", 2)
    released = undo(held)
    assert released.action == "queue.released"
    assert undo(released).action == "queue.held"
    services.release(item_ids=ids)
    DownloadQueueItem.objects.update(status=Status.COMPLETED)
    with pytest.raises(ChangedSince):
        undo(last())


def test_a_moved_item_goes_back_to_its_place(series: AnimeSeries) -> None:
    ids = add(series, 1, 2, 3)
    services.reorder(item_id=ids[0], new_position=2)
    moved = last()
    assert moved.before == {"item": str(ids[0]), "episode": "S01E01", "position": 0}
    assert moved.after == {"position": 2}
    undo(moved)
    assert pending() == [1, 2, 3]
    services.reorder(item_id=ids[0], new_position=0)
    assert actions().count("queue.reordered") == 2, "where it is already is no move"


def test_an_older_hold_or_move_does_not_undo_a_newer_one(series: AnimeSeries) -> None:
    ids = add(series, 1, 2, 3)
    services.hold(item_ids=ids[:1])
    first = last()
    services.release(item_ids=ids[:1])
    services.hold(item_ids=ids[:1])
    with pytest.raises(ChangedSince):
        undo(first)
    services.reorder(item_id=ids[2], new_position=0)
    first = last()
    services.reorder(item_id=ids[2], new_position=2)
    with pytest.raises(ChangedSince):
        undo(first)
    assert pending() == [1, 2, 3]


@pytest.mark.parametrize("status", [Status.COMPLETED, Status.DOWNLOADING])
def test_taking_back_a_return_leaves_what_was_fetched_meanwhile(
    series: AnimeSeries, status: Status
) -> None:
    [item] = add(series, 1)
    services.remove(item_ids=[item])
    restored = undo(last())
    DownloadQueueItem.objects.filter(pk=item).update(status=status)
    with pytest.raises(ChangedSince):
        undo(restored)
    assert DownloadQueueItem.objects.get(pk=item).status == status


def test_what_was_done_to_the_queue_is_undone_for_a_while_only(series: AnimeSeries) -> None:
    ids = add(series, 1, 2)
    services.hold(item_ids=ids)
    services.release(item_ids=ids)
    services.reorder(item_id=ids[0], new_position=1)
    services.remove(item_ids=ids)
    undo(last())
    undoable = Entry.objects.exclude(undo=None)
    assert undoable.count() >= 6
    assert not undoable.filter(undo_until=None).exists()


def test_who_tries_again_is_known(series: AnimeSeries) -> None:
    [item] = add(series, 1)
    finish(item, Status.FAILED)
    services.retry()
    assert (last().action, last().after["episodes"]) == ("queue.retried", ["S01E01"])


def test_every_wish_of_the_owner_is_an_act_and_no_repetition_is(series: AnimeSeries) -> None:
    add(series, 1)
    Entry.objects.all().delete()
    for act in (services.start, services.pause, services.resume, services.stop):
        act()
        act()
    assert actions() == ["queue.started", "queue.paused", "queue.resumed", "queue.stopped"]


# --- what came of it


@pytest.fixture
def claimed(series: AnimeSeries) -> DownloadQueueItem:
    add(series, 1)
    services.start()
    assert lease.take("w1")
    item = claims.claim_next("w1")
    assert item is not None
    Entry.objects.all().delete()
    return item


def test_a_download_that_arrived_says_where(
    claimed: DownloadQueueItem, series: AnimeSeries
) -> None:
    assert series.root is not None
    target = Path(series.root.path, "Frieren (2023)", "S01E01.mp4")
    target.parent.mkdir()
    target.write_bytes(b"x" * 1000)
    claims.about_to_place(claimed, "w1", target, 1000)
    claims.complete(claimed, "w1", file_language="German Dub", duration=20.0)
    completed, stopped = Entry.objects.order_by("id")
    assert (completed.action, completed.object_id) == ("download.completed", "frieren")
    assert completed.after == {
        **{"item": str(claimed.pk), "episode": "S01E01", "path": str(target)},
        **{"size": 1000, "language": ""},
    }
    assert (stopped.action, stopped.reason_code) == ("queue.stopped", "nothing_pending")


def test_a_download_that_failed_for_good_says_why(claimed: DownloadQueueItem) -> None:
    gone = failure(NotFound(why="episode", site="AniWorld"))
    claims.settle_failure(claimed, "w1", gone, Decision(Verdict.RETRY, 1.0))
    assert actions() == [], "a try that is followed by another is no end"
    again = claims.claim_next("w1") or DownloadQueueItem.objects.get()
    DownloadQueueItem.objects.update(status=Status.DOWNLOADING, claimed_by="w1")
    claims.settle_failure(again, "w1", gone, Decision(Verdict.FAIL))
    failed = last("download.failed")
    assert (failed.reason_code, failed.reason_params) == (gone.code, dict(gone.params))
    assert failed.after["episode"] == "S01E01"


def test_a_download_that_is_given_up_is_counted_once(claimed: DownloadQueueItem) -> None:
    gone = failure(NotFound(why="episode", site="AniWorld"))
    claims.settle_failure(claimed, "w1", gone, Decision(Verdict.RETRY, 1.0))
    assert not FetchedDay.objects.exists(), "a try that is followed by another is no end"
    DownloadQueueItem.objects.update(status=Status.DOWNLOADING, claimed_by="w1")
    again = DownloadQueueItem.objects.get()
    claims.settle_failure(again, "w1", gone, Decision(Verdict.FAIL))
    counted = FetchedDay.objects.values_list("day", "episodes", "failed").get()
    assert counted == (timezone.localdate(), 0, 1)


def test_a_queue_that_pauses_itself_says_why(claimed: DownloadQueueItem) -> None:
    full = failure(DiskFull(why="before", free=3, root="/srv/anime", floor=500))
    decision = Decision(Verdict.PAUSE, pause=PauseCode.DISK_FULL)
    claims.settle_failure(claimed, "w1", full, decision)
    assert (last().action, last().after) == ("queue.paused", {"pause": "DISK_FULL"})
    assert (last().reason_code, last().reason_params) == ("disk_full", dict(full.params))


def test_a_limit_that_is_reached_is_the_reason_to_stop(series: AnimeSeries) -> None:
    add(series, 1, 2)
    services.start(limit=1)
    assert lease.take("w1")
    item = claims.claim_next("w1")
    assert item is not None
    gone = failure(NotFound(why="episode", site="AniWorld"))
    claims.settle_failure(item, "w1", gone, Decision(Verdict.FAIL))
    assert (last().action, last().reason_code) == ("queue.stopped", "limit_reached")


@pytest.mark.django_db(transaction=True)
def test_of_two_ways_back_at_once_one_brings_it_back(series: AnimeSeries) -> None:
    """The address of one entry and the undo of all lock the same rows in the same order."""
    services.remove(item_ids=add(series, 1, 2, 3))
    removed = last()
    together = threading.Barrier(2, timeout=60)
    outcomes: list[str] = []

    def attempt(way: Callable[[], object]) -> None:
        try:
            together.wait()
            with acting_as(TESTER):  # a thread begins with nobody
                outcomes.append("done" if way() else "nothing")
        except UndoRefused:
            outcomes.append("nothing")
        finally:
            connection.close()

    ways = (lambda: undo(removed), lambda: services.undo().ids)
    threads = [threading.Thread(target=attempt, args=(way,)) for way in ways]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "nothing"]
    assert pending() == [1, 2, 3]
    assert actions().count("queue.restored") == 1
