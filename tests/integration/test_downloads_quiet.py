"""Quiet hours, limits and budgets that begin in the middle of a download, with real processes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from aniworld.config import store
from aniworld.events.models import OutboxEvent
from downloads import services
from downloads.choices import Lift, Status
from downloads.models import DownloadQueueItem, QueueState
from downloads.quiet import ledger
from library.models import AnimeSeries
from tests.integration.downloads_support import WorkerProcess, queue, wait_until
from tests.integration.streams_stage import Stage, placed_in
from tests.integration.test_downloads_streams_links import large
from tests.site.world import SampleWorld

# Processes see no transaction of the test.
pytestmark = pytest.mark.django_db(transaction=True)

ALWAYS = "daily 00:00-00:00=closed"
HALF = 0.5  # of an episode comes, the rest when the world is mended: there is no race against it
SLOW = 5  # KB a second: an episode would take longer than anything waits here


def set_to(**downloads: Any) -> None:
    store.update(lambda values: values["downloads"].update(downloads))


def item(number: int = 1) -> DownloadQueueItem:
    return DownloadQueueItem.objects.get(episode_number=number)


def is_half_there() -> bool:
    """Nothing more comes: what is there stays the same until the world is mended."""
    row = item()
    return row.status == Status.DOWNLOADING and row.progress_percent > 100 * HALF - 15


def is_in(status: Status, number: int = 1) -> Callable[[], bool]:
    return lambda: item(number).status == status


def pieces(world: SampleWorld) -> Counter[str]:
    """How often each piece was sent whole."""
    whole = [one for one in world.log() if "/seg-" in one["path"] and one["status"] == 200]
    largest: dict[str, int] = {}
    for one in whole:
        largest[one["path"]] = max(largest.get(one["path"], 0), one["sent"])
    return Counter(one["path"] for one in whole if one["sent"] == largest[one["path"]] > 0)


def told(*kinds: str) -> list[str]:
    events = OutboxEvent.objects.filter(type__in=kinds).order_by("id")
    return list(events.values_list("type", flat=True))


def quiet() -> dict[str, Any]:
    return dict(services.status()["status"]["quiet"])


def test_a_download_that_runs_finishes_and_the_next_one_waits(
    world: SampleWorld, series: AnimeSeries, library: Path
) -> None:
    world.hold(HALF)
    queue(series, 1, 2)
    with WorkerProcess():
        services.start()
        wait_until(is_half_there, what="half of it")
        set_to(quiet_hours=[ALWAYS])
        wait_until(lambda: told("queue_quiet_started"), what="quiet hours")
        world.mend_all()
        wait_until(is_in(Status.COMPLETED), what="the end of the first one")
        assert item().started_at is not None
        assert item(2).status == Status.PENDING
        assert (quiet()["is_closed"], QueueState.current().is_running) == (True, True)
        services.lift(until=Lift.TODAY)
        wait_until(is_in(Status.COMPLETED, 2), what="the end of the second one")
    assert told("queue_quiet_started", "queue_quiet_ended") == [
        "queue_quiet_started",
        "queue_quiet_ended",
    ]
    assert len(placed_in(library)) == 2


def test_a_download_that_runs_is_put_back_and_goes_on_without_fetching_anything_twice(
    world: SampleWorld, series: AnimeSeries, library: Path
) -> None:
    set_to(when_quiet_begins="STOP", connections=2)
    world.hold(HALF)
    queue(series, 1)
    with WorkerProcess():
        services.start(limit=1)
        wait_until(is_half_there, what="half of it")
        set_to(quiet_hours=[ALWAYS])
        wait_until(is_in(Status.PENDING), what="the item in the queue")
        row = item()
        assert (row.retry_count, row.next_try_at, row.attempts) == (0, None, [])
        assert row.progress_percent > 100 * HALF - 15
        assert QueueState.current().remaining == 1
        before = pieces(world)
        world.mend_all()
        set_to(quiet_hours=[])
        wait_until(is_in(Status.COMPLETED), what="its end")
    after = pieces(world)
    assert before
    assert after > before
    assert set(after.values()) == {1}
    assert len(placed_in(library)) == 1
    assert item().attempts == []


def test_now_for_one_item_while_the_rest_waits(
    world: SampleWorld, series: AnimeSeries, library: Path
) -> None:
    set_to(quiet_hours=[ALWAYS], when_quiet_begins="STOP")
    _, second = queue(series, 1, 2)
    with WorkerProcess():
        services.start()
        services.exempt(item_ids=[second])
        wait_until(is_in(Status.COMPLETED, 2), what="the end of the one")
        assert item(1).status == Status.PENDING
        assert item(1).started_at is None


@pytest.mark.parametrize("when", ["FINISH", "STOP"])
def test_a_budget_is_used_up_in_the_middle_of_a_download(
    world: SampleWorld, series: AnimeSeries, library: Path, when: str
) -> None:
    """What was fetched before leaves less than half an episode."""
    set_to(when_quiet_begins=when, budget_gb_a_day=0.5)
    ledger.add(timezone.now(), size=499_950_000)
    world.hold(HALF)
    queue(series, 1)
    with WorkerProcess():
        services.start()
        wait_until(lambda: quiet()["is_closed"], what="the end of the budget")
        assert quiet()["reason"]["code"] == "budget_gb_a_day"
        if when == "STOP":
            wait_until(is_in(Status.PENDING), what="the item in the queue")
            set_to(budget_gb_a_day=0)
        world.mend_all()
        wait_until(is_in(Status.COMPLETED), what="its end")
    used = ledger.used(timezone.now())
    sent = sum(one["sent"] for one in world.log() if one["path"].startswith("/media/"))
    size = Path(item().file_destination).stat().st_size
    assert used.day.episodes == 1
    # What the site has sent, but for what was on its way when the child was ended.
    assert size * 0.8 < used.day.bytes - 499_950_000 <= sent


def test_a_changed_limit_acts_on_the_download_that_runs(stage: Stage) -> None:
    set_to(quiet_hours=[f"daily 00:00-00:00={SLOW}"], connections=2)
    stage.at_direct()
    stage.serve_file(large(stage, "160x90"))
    (only,) = queue(stage.series, stage.place[1], season=stage.place[0])
    with WorkerProcess():
        services.start()
        running = DownloadQueueItem.objects.get(pk=only)
        wait_until(lambda: _reread(running).downloaded_bytes > 0, what="its first bytes")
        assert running.status == Status.DOWNLOADING
        set_to(quiet_hours=[])
        wait_until(lambda: _reread(running).status == Status.COMPLETED, what="its end")


def _reread(row: DownloadQueueItem) -> DownloadQueueItem:
    row.refresh_from_db()
    return row


def test_a_limit_that_begins_holds_back_the_download_that_runs(stage: Stage) -> None:
    film = large(stage, "160x90")
    set_to(limit_kb_per_second=2000, connections=2)
    stage.at_direct()
    stage.serve_file(film)
    stage.world.hold(0.3)
    (only,) = queue(stage.series, stage.place[1], season=stage.place[0])
    running = DownloadQueueItem.objects.get(pk=only)
    with WorkerProcess():
        services.start()
        wait_until(lambda: _reread(running).progress_percent > 20, what="a part of it")
        set_to(quiet_hours=[f"daily 00:00-00:00={SLOW}"])
        told_limit = {"type": "queue_status", "data__action": "limit_changed"}
        wait_until(lambda: OutboxEvent.objects.filter(**told_limit).count() > 1, what="the limit")
        stage.world.mend_all()
        had = _reread(running).downloaded_bytes
        wait_until(lambda: _reread(running).downloaded_bytes > had, what="more of it")
        # Were it as fast as before, all of it would have come with that.
        assert running.status == Status.DOWNLOADING
        assert running.downloaded_bytes < film.stat().st_size * 0.9
        services.remove(item_ids=[only])
