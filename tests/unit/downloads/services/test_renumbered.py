"""Queue items follow their episodes when a catalogue renumbers them, or are told."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from aniworld.events.models import OutboxEvent
from aniworld.journal.models import Entry
from downloads import services
from downloads.choices import Status
from downloads.errors import CatalogueHeld
from downloads.models import AutomaticPick, DownloadQueueItem, QueueState
from downloads.services.renumbered import series_held, series_renumbered
from library.leaving import Renumbered
from library.models import AnimeSeries, LibraryRoot, MediaFile
from library.services.refresh import keep_catalogue
from library.services.settle import settle
from providers.base import EpisodeInfo, SeriesInfo
from tests.unit.downloads.queue_steps import add, finish

TALES = ["of Ash", "of Bone", "of Clay", "of Dust", "of Elm", "of Fog"]


def reads(series: AnimeSeries, titles: Sequence[str]) -> None:
    """Let the site list these in season 1."""
    listed = [
        EpisodeInfo(1, n, title=title, languages=("German Sub",), hosters=("VOE",))
        for n, title in enumerate(titles, 1)
    ]
    keep_catalogue(series, SeriesInfo(key=series.site_key, name=series.name, link=""), listed)


@pytest.fixture
def told(series: AnimeSeries, root: LibraryRoot) -> AnimeSeries:
    """Read before; the first two are on disk."""
    reads(series, TALES)
    for n in (1, 2):
        MediaFile.objects.create(
            root=root,
            series=series,
            folder=series.folder,
            path=f"{series.folder}/S01E{n:02}.mkv",
            season=1,
            episodes=[n],
            size=1,
            seen_at=timezone.now(),
        )
    settle([series.pk])
    return series


def waiting() -> dict[str, tuple[int, str]]:
    rows = DownloadQueueItem.objects.order_by("title").values_list(
        "title", "episode_number", "status"
    )
    return {title: (number, status) for title, number, status in rows}


def test_waiting_held_and_failed_items_follow_their_episodes(told: AnimeSeries) -> None:
    _waiting, held, failed = add(told, 3, 4, 5)
    services.hold(item_ids=[held])
    finish(failed, Status.FAILED)
    reads(told, ["Prologue", *TALES])
    assert waiting() == {
        TALES[2]: (4, "PENDING"),
        TALES[3]: (5, "PAUSED"),
        TALES[4]: (6, "FAILED"),
    }
    entry = Entry.objects.of_action("queue.renumbered").get()
    assert entry.after["episodes"] == ["S01E04", "S01E05"]


def test_what_is_just_being_fetched_begins_anew(told: AnimeSeries) -> None:
    (item,) = add(told, 3)
    DownloadQueueItem.objects.filter(pk=item).update(
        status=Status.DOWNLOADING, claimed_by="worker", downloaded_bytes=5
    )
    reads(told, ["Prologue", *TALES])
    again = DownloadQueueItem.objects.get()
    assert again.pk != item  # its partial data stays behind, and its worker's claim with it
    assert (again.status, again.episode_number, again.claimed_by) == ("PENDING", 4, "")
    assert again.downloaded_bytes == 0


def test_an_item_whose_episode_is_no_more_leaves_for_good(told: AnimeSeries) -> None:
    add(told, 3, 4)
    reads(told, [*TALES[:2], *TALES[3:]])
    assert waiting() == {TALES[3]: (3, "PENDING")}
    entry = Entry.objects.of_action("queue.removed").get()
    assert entry.reason is not None
    assert entry.reason["code"] == "episode_gone"
    assert not entry.can_be_undone
    assert services.undo().ids == []


@pytest.mark.parametrize("status", [Status.COMPLETED, Status.FAILED])
def test_what_was_done_with_goes_with_a_line_where_its_episode_is_no_more(
    told: AnimeSeries, status: Status
) -> None:
    done, waits = add(told, 3, 4)
    finish(done, status)
    OutboxEvent.objects.all().delete()
    reads(told, [*TALES[:2], *TALES[3:]])
    assert waiting() == {TALES[3]: (3, "PENDING")}
    entry = Entry.objects.of_action("queue.cleared").get()
    assert entry.reason is not None
    assert entry.reason["code"] == "episode_gone"
    assert (entry.before["ids"], entry.before["episodes"]) == ([str(done)], ["S01E03"])
    assert (entry.object_id, entry.can_be_undone) == (told.key, False)
    removed = [e.data["removed_ids"] for e in OutboxEvent.objects.all() if "removed_ids" in e.data]
    assert removed == [[str(done)]]
    assert DownloadQueueItem.objects.get().pk == waits


def test_it_takes_as_many_queries_for_thousands_of_items(series: AnimeSeries) -> None:
    """All under the lock of the queue: what waits for it is not to wait for seconds."""
    QueueState.locked()
    taken = {}
    for many in (20, 5_000):
        DownloadQueueItem.objects.all().delete()
        DownloadQueueItem.objects.bulk_create(
            [
                DownloadQueueItem(series=series, season=1, episode_number=n, position=n)
                for n in range(1, many + 1)
            ],
            batch_size=500,
        )
        change = Renumbered({(1, n): (1, n + 1) for n in range(1, many + 1)}, {(1, many + 9)})
        with CaptureQueriesContext(connection) as queries:
            series_renumbered(series, change)
        taken[many] = len(queries)
        numbers = DownloadQueueItem.objects.order_by("position").values_list("episode_number")
        assert [number for (number,) in numbers] == list(range(2, many + 2))
    assert taken[5_000] == taken[20] <= 14
    for is_held in (True, False):
        with CaptureQueriesContext(connection) as queries:
            series_held(series, is_held)
        assert len(queries) <= 8


def test_what_was_removed_comes_back_under_its_number(told: AnimeSeries) -> None:
    (item,) = add(told, 3)
    services.remove_one(item_id=item)
    reads(told, ["Prologue", *TALES])
    assert services.undo().ids == [item]
    assert waiting() == {TALES[2]: (4, "PENDING")}


def test_what_was_picked_by_itself_stays_picked(told: AnimeSeries) -> None:
    AutomaticPick.objects.create(
        series=told, season=1, episode_number=3, language="German Sub", picked_at=timezone.now()
    )
    reads(told, ["Prologue", *TALES])
    assert AutomaticPick.objects.get().episode_number == 4


def test_while_a_list_is_held_nothing_of_it_is_fetched(told: AnimeSeries) -> None:
    _first, active = add(told, 3, 4)
    DownloadQueueItem.objects.filter(pk=active).update(
        status=Status.DOWNLOADING, claimed_by="worker"
    )
    reads(told, [TALES[1], TALES[0], *TALES[2:]])
    assert told.catalogue_held
    assert waiting() == {TALES[2]: (3, "PENDING"), TALES[3]: (4, "PENDING")}
    now = timezone.now()
    assert not DownloadQueueItem.objects.ready(now).exists()
    codes = set(DownloadQueueItem.objects.values_list("error_code", flat=True))
    assert codes == {CatalogueHeld.code}
    reads(told, TALES)  # the site takes it back
    assert DownloadQueueItem.objects.ready(now).count() == 2
    assert set(DownloadQueueItem.objects.values_list("error_code", flat=True)) == {""}


def codes() -> dict[int, str]:
    rows = DownloadQueueItem.objects.filter(removed_at__isnull=True)
    return dict(rows.order_by("episode_number").values_list("episode_number", "error_code"))


def test_what_begins_to_wait_while_a_list_is_held_says_so(told: AnimeSeries) -> None:
    removed, failed = add(told, 3, 4)
    services.remove_one(item_id=removed)
    finish(failed, Status.FAILED)
    reads(told, [TALES[1], TALES[0], *TALES[2:]])
    assert told.catalogue_held
    add(told, 5)
    services.retry(item_ids=[failed])
    assert services.undo().ids == [removed]
    assert codes() == dict.fromkeys((3, 4, 5), CatalogueHeld.code)
    services.remove_one(item_id=removed)
    reads(told, TALES)  # the site takes it back
    services.undo()
    assert codes() == dict.fromkeys((3, 4, 5), "")
