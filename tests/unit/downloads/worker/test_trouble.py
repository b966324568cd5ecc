"""What must not end the worker, lose a file or leave an item behind: broken configuration, disks
that are away, another worker that was quicker."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextvars import copy_context
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connections
from django.utils import timezone

from aniworld.config import store
from aniworld.config.errors import ConfigBroken
from aniworld.events import hints
from aniworld.events.models import OutboxEvent
from aniworld.journal.models import Entry
from downloads import services
from downloads.choices import Stage, Status
from downloads.errors import ClaimLost, RootUnavailable
from downloads.models import DownloadQueueItem, QueueState
from downloads.services import EpisodeRef
from downloads.transfer.messages import Delivered
from downloads.worker import claims, disk, lease, worker, workspace
from downloads.worker.delivery import Delivery
from downloads.worker.destination import destination
from downloads.worker.disk import Disk
from downloads.worker.quiet import Quietness
from downloads.worker.runner import Transfer
from downloads.worker.spare import Spare
from downloads.worker.worker import Worker
from library.choices import EpisodeState
from library.models import AnimeSeries, BinnedFile, Episode, LibraryRoot, ScanOperation
from tests.factories import make_scan

HOURS = timedelta(hours=3)
LONG = "x" * 300  # no file system has such a name: every look at it fails


BROKEN = ConfigBroken(why="unreadable", file="config.json", errno="EIO")


@pytest.fixture
def queued(series: AnimeSeries) -> AnimeSeries:
    services.enqueue(series_key=series.key, episodes=[EpisodeRef(1, 1), EpisodeRef(1, 2)])
    services.start()
    return series


@pytest.fixture
def slow(queued: AnimeSeries) -> Worker:
    """The worker that serves the queue."""
    slow = Worker()
    assert slow.ensure_lease()
    return slow


def claimed(by: Worker) -> DownloadQueueItem:
    item = claims.claim_next(by.name)
    assert item is not None
    return item


def finished(item: DownloadQueueItem) -> Delivered:
    assert item.series.root is not None
    path = workspace.work_dir(item.series.root.directory, item.pk) / "finished.mp4"
    path.write_bytes(b"x" * 1000)
    return Delivered(str(path), ".mp4", 1000, 20.0, "voe-1", "http://x", "voe", "German Dub", {})


def delivery(item: DownloadQueueItem, by: Worker) -> Delivery:
    quietness = Quietness(item)
    disk, watch = Disk(item, by._look_round), by._watch(item, quietness)
    return Delivery(item, by.name, disk, watch, limit=quietness.limit, spare=by._spare)


def meanwhile(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """Let something happen between the file's arrival in its place and the note of it."""
    complete = claims.complete

    def late(*arguments: object, **named: object) -> None:
        monkeypatch.setattr(claims, "complete", complete)
        happens()
        complete(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(claims, "complete", late)


def test_a_file_another_worker_has_completed_stays(
    slow: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = claimed(slow)
    lease.give_back(slow.name)  # as if it had stood still for ten seconds
    meanwhile(monkeypatch, lambda: Worker().ensure_lease())
    with pytest.raises(ClaimLost):
        delivery(item, slow)._place(finished(item))
    item.refresh_from_db()
    assert item.status == Status.COMPLETED
    assert Path(item.file_destination).is_file()
    episode = Episode.objects.get(series=item.series, season=1, episode_number=1)
    assert episode.state == EpisodeState.PRESENT


def test_what_the_check_saw_is_kept_before_the_file_is_in_its_place(
    slow: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who heals the item after a crash has only the file."""
    item = claimed(slow)
    tracks = [{"kind": "audio", "codec": "aac", "language": "deu", "begin": 0.0, "end": 20.0}]
    seen = {"container": "mp4", "seconds": 20.0, "tracks": tracks, "checks": ["length"]}
    delivered = replace(finished(item), seen=seen)

    def die(*_: object, **_named: object) -> None:
        raise OperationalError

    monkeypatch.setattr(claims, "complete", die)
    with pytest.raises(OperationalError):
        delivery(item, slow)._place(delivered)
    monkeypatch.undo()
    lease.give_back(slow.name)
    assert Worker().ensure_lease()
    item.refresh_from_db()
    assert item.status == Status.COMPLETED
    assert item.seen is not None
    assert (item.seen["container"], item.seen["checks"]) == ("mp4", ["length"])
    assert item.seen["tracks"][0]["language"] == "deu"


def test_an_item_removed_at_the_last_moment_leaves_nothing(
    slow: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = claimed(slow)
    meanwhile(monkeypatch, lambda: services.remove_one(item_id=item.pk))
    with pytest.raises(ClaimLost):
        delivery(item, slow)._place(finished(item))
    assert not Path(item.file_destination).exists()


def replacing(item: DownloadQueueItem) -> Path:
    """Let there be a file where the item's goes."""
    store.update(lambda data: data["downloads"].update(overwrite=True))
    at = Disk(item, lambda: None)
    target = destination(item, store.load(), language="German Dub", extension=".mp4", disk=at)
    target.parent.mkdir(parents=True)
    target.write_text("the old one")
    return target


def test_what_was_replaced_is_back_when_the_item_is_removed_at_the_last_moment(
    slow: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = claimed(slow)
    target = replacing(item)
    meanwhile(monkeypatch, lambda: services.remove_one(item_id=item.pk))
    with pytest.raises(ClaimLost):
        delivery(item, slow)._place(finished(item))
    assert target.read_text() == "the old one"
    assert not BinnedFile.objects.exists()


def test_what_was_replaced_is_back_when_it_cannot_be_written_down(
    slow: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_facts: object) -> None:
        raise ValueError("a fault of ours")

    monkeypatch.setattr(claims, "episode_arrived", refuse)
    item = claimed(slow)
    target, done = replacing(item), finished(item)
    with pytest.raises(ValueError, match="fault"):
        delivery(item, slow)._place(done)
    assert (target.read_text(), Path(done.path).exists()) == ("the old one", True)
    assert not BinnedFile.objects.exists()


def test_a_replacement_whose_worker_died_is_completed_by_the_next(slow: Worker) -> None:
    item = claimed(slow)
    target, done = replacing(item), finished(item)

    def die(*_: object, **_named: object) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as dying:
        dying.setattr(claims, "complete", die)
        with pytest.raises(KeyboardInterrupt):
            delivery(item, slow)._place(done)
    assert BinnedFile.objects.get().state == "MOVING"
    lease.give_back(slow.name)
    Worker().ensure_lease()
    item.refresh_from_db()
    assert (item.status, target.stat().st_size) == (Status.COMPLETED, 1000)
    binned = BinnedFile.objects.get()
    assert (binned.state, binned.reason) == ("BINNED", "REPLACED")
    assert item.series.root is not None
    assert (item.series.root.directory / binned.moves[0]["new"]).read_text() == "the old one"
    assert Entry.objects.filter(action="series.file_replaced").exists()


def test_where_the_bin_is_off_what_was_replaced_goes_at_once(slow: Worker) -> None:
    item = claimed(slow)
    target = replacing(item)
    library = target.parents[2]
    wanted = {"bin_days": 0, "directories": [str(library)]}
    store.update(lambda data: data["library"].update(wanted))
    delivery(item, slow)._place(finished(item))
    assert target.stat().st_size == 1000
    assert not (library / ".aniworld/bin").exists()
    assert not BinnedFile.objects.exists()


def test_a_file_that_cannot_be_written_down_leaves_its_place(
    slow: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_facts: object) -> None:
        raise ValueError("a fault of ours")

    monkeypatch.setattr(claims, "episode_arrived", refuse)
    item = claimed(slow)
    done = finished(item)
    with pytest.raises(ValueError, match="fault"):
        delivery(item, slow)._place(done)
    assert not Path(item.file_destination).exists()
    assert Path(done.path).exists()


def test_a_broken_configuration_takes_no_item(slow: Worker) -> None:
    shutil.rmtree(store.path().with_name("config_backups"), ignore_errors=True)
    store.path().write_text("{")
    with pytest.raises(ConfigBroken):
        slow.process_next()
    assert not DownloadQueueItem.objects.active().exists()


@pytest.mark.django_db(transaction=True)  # trouble drops the connection
@pytest.mark.parametrize(
    "error",
    [ConfigBroken(why="unreadable", file="config.json", errno="EIO"), OperationalError("locked")],
)
def test_trouble_does_not_end_the_worker_and_what_it_left_is_healed(
    slow: Worker, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    item = claimed(slow)
    monkeypatch.setattr(worker, "TROUBLE_SECONDS", 0)
    turns = [error]

    def turn() -> bool:
        if turns:
            raise turns.pop()
        slow.stop_requested = True
        return slow.ensure_lease()

    monkeypatch.setattr(slow, "_turn", turn)
    slow.run()
    item.refresh_from_db()
    assert item.status == Status.PENDING


def test_a_single_run_ends_with_what_it_cannot_weather(
    slow: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def turn() -> bool:
        raise BROKEN

    monkeypatch.setattr(slow, "_turn", turn)
    with pytest.raises(ConfigBroken):
        slow.run(until_done=True)
    assert QueueState.current().lease_holder == ""


def test_a_disk_that_is_away_does_not_keep_the_worker_from_its_work(queued: AnimeSeries) -> None:
    first = Worker()
    assert first.ensure_lease()
    item = claimed(first)
    lease.give_back(first.name)
    LibraryRoot.objects.update(path=f"/{LONG}")
    DownloadQueueItem.objects.filter(pk=item.pk).update(
        stage=Stage.PLACING, file_destination=f"/{LONG}/Frieren - S01E01.mp4"
    )
    assert Worker().ensure_lease()
    item.refresh_from_db()
    assert (item.status, item.claimed_by) == (Status.PENDING, "")


def test_a_scan_that_died_with_whoever_started_it_is_ended(slow: Worker) -> None:
    make_scan("RUNNING", pid=1, host="another-machine 7", heartbeat_at=timezone.now() - HOURS)
    assert slow.ensure_lease()
    assert ScanOperation.objects.running().exists()  # it looked a moment ago
    slow._renewed_at = float("-inf")
    assert slow.ensure_lease()
    ended = ScanOperation.objects.get()
    assert (ended.state, ended.error_code) == ("FAILED", "scan_process_died")
    assert OutboxEvent.objects.filter(type="scan_failed").count() == 1


def test_a_worker_in_waiting_leaves_scans_alone(slow: Worker) -> None:
    make_scan("RUNNING", pid=1, host="another-machine 7", heartbeat_at=timezone.now() - HOURS)
    assert not Worker().ensure_lease()
    assert ScanOperation.objects.running().exists()


class Hanging:
    """A disk that stops answering: whoever looks how much space it has waits for the test's end."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.over = threading.Event()
        self.begun = threading.Event()
        statvfs = os.statvfs

        def hang(path: object) -> os.statvfs_result:
            if str(path).startswith(str(root)):
                self.begun.set()
                self.over.wait(60)
            return statvfs(path)  # type: ignore[arg-type]

        monkeypatch.setattr("os.statvfs", hang)


@pytest.fixture
def hanging(root: LibraryRoot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hanging]:
    hanging = Hanging(root.directory, monkeypatch)
    yield hanging
    hanging.over.set()


def test_disk_that_hangs_pauses_the_queue_at_no_cost(
    slow: Worker, hanging: Hanging, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "SILENT_SECONDS", 0.5)
    assert slow.process_next()
    assert hanging.begun.is_set()
    item, state = DownloadQueueItem.objects.order_by("pk")[0], QueueState.current()
    assert (item.status, item.retry_count, item.outage_count) == (Status.PENDING, 0, 0)
    assert (state.is_paused, state.pause_reason_code) == (True, "root_unavailable")
    assert state.pause_reason is not None
    assert state.pause_reason["params"]["why"] == "silent_to_download"


@pytest.mark.django_db(transaction=True)
def test_queue_that_is_started_is_taken_at_once(
    series: AnimeSeries, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not at the next look of a worker that has nothing to do."""
    services.enqueue(series_key=series.key, episodes=[EpisodeRef(1, 1)])
    monkeypatch.setattr(worker, "POLL_SECONDS", 3_600)
    idle = Worker(on_change=lambda _item: setattr(idle, "stop_requested", True))
    waits = threading.Event()

    def wait(ear: hints.Ear, seconds: float) -> None:
        waits.set()
        hear(ear, seconds)

    hear = hints.Ear.wait
    monkeypatch.setattr(hints.Ear, "wait", wait)

    def start() -> None:
        waits.wait(30)
        services.start()
        connections.close_all()

    owner = threading.Thread(target=copy_context().run, args=(start,))
    owner.start()
    idle.run()
    owner.join()
    assert DownloadQueueItem.objects.exclude(started_at=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_worker_that_waits_for_a_disk_ends_when_asked_to(slow: Worker, hanging: Hanging) -> None:
    def ask_to_end() -> None:
        hanging.begun.wait(30)
        slow.stop_requested = True

    threading.Thread(target=ask_to_end).start()
    began = time.monotonic()
    slow.run()
    assert time.monotonic() - began < 5 + disk.SILENT_SECONDS / 2
    item = DownloadQueueItem.objects.order_by("pk")[0]
    assert (item.status, item.claimed_by) == (Status.PENDING, "")
    assert QueueState.current().lease_holder == ""


def test_try_that_fails_while_its_disk_is_away_costs_nothing(
    slow: Worker, root: LibraryRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it was that failed: a path that is gone looks like many things."""

    def fail(*_: object) -> None:
        root.directory.rename(root.directory.with_name("elsewhere"))
        raise ValueError("a fault of ours")

    monkeypatch.setattr(Delivery, "run", fail)
    slow.process_next()
    item, state = DownloadQueueItem.objects.order_by("pk")[0], QueueState.current()
    assert (item.status, item.retry_count) == (Status.PENDING, 0)
    assert (state.is_paused, state.pause_reason_code) == (True, "root_unavailable")


def test_a_library_that_no_scan_has_seen_is_known_again_in_the_next_try(
    queued: AnimeSeries, root: LibraryRoot
) -> None:
    """Its disk went away, and the queue was resumed while only the mount point is there."""

    def one_try() -> Disk:
        item = DownloadQueueItem.objects.select_related("series__root").earliest("pk")
        return Disk(item, lambda: None)

    one_try().prove()
    away = root.directory.rename(root.directory.with_name("away"))
    root.directory.mkdir()
    for _ in range(2):
        with pytest.raises(RootUnavailable):
            one_try().prove()
    root.directory.rmdir()
    away.rename(root.directory)
    one_try().prove()


def test_folders_are_never_made_up_to_the_library_root(tmp_path: Path) -> None:
    """It may have been renamed between two looks."""
    root = tmp_path / "library"
    source = tmp_path / "finished.mp4"
    source.write_bytes(b"x")
    with pytest.raises(RootUnavailable):
        workspace.place(source, root / "Show/Season 01/E.mp4", root=root)
    assert not root.exists()


def test_an_item_that_is_over_does_not_wait_for_its_work_folder_to_go(
    slow: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever is waited with looks whether the item is still held: after its end it is not."""
    item = claimed(slow)
    looked = threading.Event()

    def look() -> None:
        looked.set()
        raise ClaimLost(item=item.pk)

    monkeypatch.setattr(workspace, "discard", lambda *_place, **_but: looked.wait(10))
    Disk(item, look).discard_work()
    assert looked.is_set()


def test_another_source_begins_at_nothing(slow: Worker) -> None:
    """What the one before it had come to says nothing of it."""
    item = claimed(slow)
    item.downloaded_bytes, item.total_bytes, item.progress_percent = 500, 1000, 50.0
    transfer = Transfer(
        item,
        slow.name,
        lambda _force: None,
        lambda: None,
        lambda _language: None,
        limit=lambda: 0,
        spare=Spare(),
    )
    said = {"source": "voe-2", "url": "http://x", "hoster": "voe", "language": "German Sub"}
    said["provider"] = "friend"
    process: Any = None
    transfer._take("source", said, process)
    shown = {"bytes": item.downloaded_bytes, "of": item.total_bytes, "at": item.progress_percent}
    assert shown == {"bytes": 0, "of": None, "at": 0.0}
    assert (item.language, item.provider) == ("German Sub", "friend")
