"""Real ``runqueue`` processes: standby, signals, sudden death, cancelling, exit codes."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest
from django.utils import timezone

from aniworld.journal.models import Entry
from downloads import services
from downloads.choices import Status
from downloads.models import LEASE, DownloadQueueItem, QueueState
from library.models import AnimeSeries
from tests.integration.downloads_support import (
    WorkerProcess,
    files_in,
    is_gone,
    list_episode,
    queue,
    wait_until,
)
from tests.product import children_of
from tests.site.world import SampleWorld

# Processes see no transaction of the test.
pytestmark = pytest.mark.django_db(transaction=True)

HALF = 0.5  # of an episode comes, the rest when the world is mended: there is no race against it


def item() -> DownloadQueueItem:
    return DownloadQueueItem.objects.order_by("pk")[0]


def is_moving() -> bool:
    row = item()
    return row.status == Status.DOWNLOADING and row.downloaded_bytes > 0


def run_out_the_lease() -> None:
    """As if ten seconds had gone by."""
    QueueState.objects.update(heartbeat_at=timezone.now() - LEASE)


def test_once_drains_the_queue_and_exits(
    world: SampleWorld, series: AnimeSeries, library: Path
) -> None:
    queue(series, 1, 2)
    with WorkerProcess("--once") as worker:
        assert worker.process.stdout
        output = worker.process.stdout.read()
        assert worker.end() == 0
    assert len(files_in(library)) == 2
    assert "2 completed, 0 failed" in output
    assert not services.status()["status"]["worker_alive"]


def test_once_ends_where_all_that_is_left_waits_for_a_site(
    world: SampleWorld, series: AnimeSeries
) -> None:
    """A cron job must not hold the queue for the hours until it is asked again."""
    world.fail("ddos_guard", side="catalogue", path="/anime/*")
    queue(series, 1, 2)
    with WorkerProcess("--once", wait=False) as worker:
        assert worker.end() == 1
    assert {one.status for one in DownloadQueueItem.objects.all()} == {Status.PENDING}
    assert not services.status()["status"]["worker_alive"]


def test_command_and_worker_write_as_themselves(world: SampleWorld, series: AnimeSeries) -> None:
    queue(series, 1)
    with WorkerProcess("--once", wait=False) as worker:
        assert worker.end() == 0
    acts = list(Entry.objects.order_by("id").values_list("action", "actor_kind", "actor_id"))
    added, started, completed, stopped = acts
    assert added[:2] == ("queue.added", "OWNER")  # the test itself
    assert started == ("queue.started", "COMMAND", "runqueue")
    assert (completed[:2], stopped[:2]) == (
        ("download.completed", "WORKER"),
        ("queue.stopped", "WORKER"),
    )
    assert completed[2] == stopped[2]
    assert Entry.objects.of_action("download.").get().after["path"].endswith(".mp4")


def test_once_tells_of_failures_in_json_and_by_its_code(
    world: SampleWorld, series: AnimeSeries
) -> None:
    list_episode(series, 1, 77)
    queue(series, 77)
    with WorkerProcess("--once", "--json", wait=False) as worker:
        assert worker.process.stdout
        lines = [json.loads(line) for line in worker.process.stdout]
        assert worker.end() == 1
    assert lines[0]["event"] == "ready"
    assert lines[-1] == {"event": "end", "completed": 0, "failed": 1}
    assert lines[-2]["item"]["status"] == "FAILED"


def test_worker_that_nobody_listens_to_works_the_queue(
    world: SampleWorld, series: AnimeSeries, library: Path
) -> None:
    queue(series, 1)
    with WorkerProcess() as worker:
        assert worker.process.stdout
        worker.process.stdout.close()
        services.start()
        wait_for_files(library, 1)
        worker.signal(signal.SIGTERM)
        assert worker.end() == 0
    assert (item().status, item().error) == (Status.COMPLETED, None)


def test_a_second_worker_stands_by_and_takes_over(
    world: SampleWorld, series: AnimeSeries, library: Path
) -> None:
    world.hold(HALF)
    queue(series, 1, 2)
    with WorkerProcess() as first, WorkerProcess() as second:
        holder = wait_until(lambda: QueueState.current().lease_holder)
        assert f":{first.process.pid}:" in holder
        with WorkerProcess("--once", wait=False) as third:
            assert third.end() == 3
        services.start()
        wait_until(is_moving, what="progress")
        assert DownloadQueueItem.objects.active().count() == 1
        [child] = children_of(first.process.pid)
        first.signal(signal.SIGKILL)
        first.end()
        wait_until(lambda: is_gone(child), what="the child's end")
        assert DownloadQueueItem.objects.active().count() == 1
        world.mend_all()
        run_out_the_lease()
        wait_for_files(library, 2)
        holder = QueueState.current().lease_holder
        assert f":{second.process.pid}:" in holder
    rows = DownloadQueueItem.objects.all()
    assert {row.status for row in rows} == {Status.COMPLETED}
    assert {row.retry_count for row in rows} == {0}


def _active() -> bool:
    return DownloadQueueItem.objects.unfinished().exists()


def wait_for_files(library: Path, count: int) -> None:
    """Until the queue is empty and the worker has cleared its work folders, which it does only
    after it has written the item down as completed."""
    wait_until(lambda: not _active() and len(files_in(library)) == count, what=f"{count} files")


def test_sigterm_puts_the_item_back_with_its_partial_data(
    world: SampleWorld, series: AnimeSeries, library: Path
) -> None:
    world.hold(HALF)
    queue(series, 1)
    services.start(limit=1)
    with WorkerProcess() as worker:
        wait_until(lambda: item().progress_percent > 30, what="the first pieces")
        [child] = children_of(worker.process.pid)
        worker.signal(signal.SIGTERM)
        assert worker.end(5) == 0
    assert is_gone(child)
    row = item()
    assert (row.status, row.claimed_by, row.retry_count) == (Status.PENDING, "", 0)
    assert any(name.startswith(".aniworld/") for name in files_in(library))
    assert QueueState.current().is_running  # the owner's wish outlives the process
    fetched = [seen["path"] for seen in world.log() if "/seg-" in seen["path"]]
    world.mend_all()
    world.clear_log()
    with WorkerProcess() as worker:
        wait_for_files(library, 1)
    assert item().status == Status.COMPLETED
    again = [seen["path"] for seen in world.log() if "/seg-000" in seen["path"]]
    assert len(fetched) > 1
    assert len(again) == 1  # the probe alone: the download went on where it had ended


def test_cancelling_the_active_item_ends_it_and_leaves_nothing(
    world: SampleWorld, series: AnimeSeries, library: Path
) -> None:
    world.hold(HALF)
    first, _second = queue(series, 1, 2)
    with WorkerProcess() as worker:
        services.start()
        wait_until(is_moving, what="progress")
        [child] = children_of(worker.process.pid)
        services.remove_one(item_id=first)
        wait_until(lambda: is_gone(child), what="the child's end")
        wait_until(lambda: not (library / f".aniworld/{first}").exists())
        world.mend_all()
        wait_for_files(library, 1)
    assert DownloadQueueItem.objects.get(pk=first).status == Status.CANCELLED


def test_stop_and_pause_let_the_active_item_finish(world: SampleWorld, series: AnimeSeries) -> None:
    world.hold(HALF)
    queue(series, 1, 2)
    with WorkerProcess():
        services.start()
        wait_until(is_moving, what="progress")
        services.stop()
        world.mend_all()
        wait_until(lambda: item().status == Status.COMPLETED, what="the episode")
        assert services.status()["statistics"]["pending_count"] == 1
        assert not QueueState.current().is_running
