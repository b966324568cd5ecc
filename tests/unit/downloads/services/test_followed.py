"""A series that leaves the library takes its waiting episodes along, and brings them back."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from aniworld.journal import services as journal
from aniworld.journal.models import Entry
from downloads import services
from downloads.choices import Status
from downloads.models import DownloadQueueItem
from library.models import AnimeSeries, MediaFile
from library.services import get_series, remove_series, restore_series, unmatch_series
from library.services.series import change_series
from tests.unit.downloads.queue_steps import add, finish, pending


def statuses() -> dict[int, str]:
    return dict(DownloadQueueItem.objects.values_list("episode_number", "status"))


def test_removing_a_series_takes_its_items_out_of_the_queue(series: AnimeSeries) -> None:
    done, _waiting, held, active = add(series, 1, 2, 3, 4)
    finish(done, Status.COMPLETED)
    services.hold(item_ids=[held])
    DownloadQueueItem.objects.filter(pk=active).update(status=Status.DOWNLOADING)
    remove_series(series)
    assert statuses() == {1: "COMPLETED", 2: "CANCELLED", 3: "CANCELLED", 4: "CANCELLED"}
    entry = Entry.objects.of_action("queue.removed").get()
    assert entry.reason is not None
    assert entry.reason["text"] == "Their series left the library."


def test_undoing_the_removal_brings_both_back(series: AnimeSeries) -> None:
    add(series, 1, 2)
    with journal.noting() as noted:
        remove_series(series)
    last = [entry for entry in noted if entry.can_be_undone][-1]
    assert last.action == "series.removed"  # what the message offers to undo
    journal.undo(entry_id=last.pk)
    assert not get_series(series.key).is_deleted
    assert pending() == [1, 2]


def test_undoing_in_the_queue_brings_nothing_of_a_removed_series_back(series: AnimeSeries) -> None:
    (item,) = add(series, 1)
    remove_series(series)
    back = services.undo()
    assert back.ids == []
    assert back.skipped == [{"id": str(item), "reason": "series_removed"}]
    restore_series(get_series(series.key, deleted=True))
    assert pending() == [1]


def test_restoring_later_brings_the_series_back_alone(series: AnimeSeries) -> None:
    add(series, 1)
    remove_series(series)
    Entry.objects.filter(action="queue.removed").update(
        undo_until=timezone.now() - timedelta(minutes=1)
    )
    restore_series(get_series(series.key, deleted=True))
    assert pending() == []


def test_what_was_removed_before_stays_out(series: AnimeSeries) -> None:
    first, _second = add(series, 1, 2)
    services.remove_one(item_id=first)
    remove_series(series)
    restore_series(get_series(series.key, deleted=True))
    assert pending() == [2]


def test_a_folder_that_is_another_series_leaves_no_items_behind(series: AnimeSeries) -> None:
    add(series, 1)
    assert series.root is not None
    MediaFile.objects.create(
        series=series, root=series.root, folder=series.folder, path="Frieren (2023)/x.mkv", size=1,
        seen_at=timezone.now(),
    )  # fmt: skip
    unmatch_series(series)
    assert statuses() == {1: "CANCELLED"}


def test_a_change_of_a_series_leaves_its_items(series: AnimeSeries) -> None:
    add(series, 1)
    change_series(series, {"monitored": False})
    assert pending() == [1]
