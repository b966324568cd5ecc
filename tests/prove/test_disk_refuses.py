"""Disks that take no files, and such as take short names alone, under a real worker."""

from __future__ import annotations

from pathlib import Path

import pytest

from downloads import services
from downloads.choices import PauseCode, Status
from downloads.models import DownloadQueueItem, QueueState
from library.names import read
from tests.integration.conftest import world
from tests.integration.downloads_support import (
    WorkerProcess,
    files_in,
    list_episode,
    make_series,
    queue,
    work,
)
from tests.integration.test_downloads_disk_away import COMES
from tests.product import wait_until
from tests.prove import mounting
from tests.prove.mounting import needs_root
from tests.site.world import SampleWorld

__all__ = ["world"]  # a fixture

pytestmark = [needs_root, pytest.mark.django_db(transaction=True)]


def is_so_far(percent: int) -> bool:
    row = DownloadQueueItem.objects.order_by("pk")[0]
    return row.status == Status.DOWNLOADING and row.progress_percent > percent


def are_done() -> bool:
    return not DownloadQueueItem.objects.exclude(status=Status.COMPLETED).exists()


@pytest.mark.parametrize("percent", [None, 0, 30, 80])
def test_disk_that_becomes_read_only_pauses_the_queue_at_no_cost(
    world: SampleWorld, tmp_path: Path, percent: int | None
) -> None:
    """As a disk does whose file system has an error. ``None``: before anything is begun."""
    world.hold(COMES[percent or 0])
    with mounting.ext4(tmp_path) as disk, WorkerProcess() as worker:
        library = disk.root
        queue(make_series(library), 1, 2)
        if percent is not None:
            services.start()
            wait_until(lambda: is_so_far(percent), seconds=90, what="the download")
        with mounting.with_an_error(library):
            world.mend_all()
            services.start()
            wait_until(lambda: QueueState.current().is_paused, seconds=60, what="the pause")
            state, rows = QueueState.current(), DownloadQueueItem.objects.order_by("pk")
            assert state.pause_code == PauseCode.DISK_REFUSES
            assert state.pause_reason is not None
            assert "Read-only file system" in state.pause_reason["text"]
            assert [(row.status, row.retry_count) for row in rows] == [(Status.PENDING, 0)] * 2
        services.resume()
        wait_until(are_done, seconds=120, what="the episodes")
        worker.process.terminate()
        worker.end()  # an episode is done before its work folder is gone
        assert {row.retry_count for row in DownloadQueueItem.objects.all()} == {0}
        assert not [name for name in files_in(library) if not name.endswith(".mp4")]


def test_folder_that_is_closed_fails_its_own_items_alone(
    world: SampleWorld, tmp_path: Path
) -> None:
    with mounting.ext4(tmp_path) as disk:
        series = make_series(disk.root / "library")
        list_episode(series, 2, 1)
        season = disk.root / "library" / series.folder / "Season 01"
        season.mkdir(parents=True)
        queue(series, 1)
        queue(series, 1, season=2)
        with mounting.unchangeable(season):
            work(turns=2)
        first, second = DownloadQueueItem.objects.order_by("pk")
        assert (first.status, first.error_code) == (Status.FAILED, "folder_refuses")
        assert first.error is not None
        assert "Operation not permitted" in first.error["text"]
        assert second.status == Status.COMPLETED, second.error
        assert list(season.iterdir()) == []


def test_names_are_as_long_as_the_file_system_takes_them(
    world: SampleWorld, tmp_path: Path
) -> None:
    with mounting.short_names(tmp_path) as library:
        series = make_series(library)
        [pk] = queue(series, 1)
        title = "Die Reise ans Ende der Welt, und wie sie zurück in ihr Dorf kamen, " * 4
        DownloadQueueItem.objects.filter(pk=pk).update(title=title)
        work()
        item = DownloadQueueItem.objects.get()
        assert item.status == Status.COMPLETED, item.error
        [file] = files_in(library)
        assert 135 < len(Path(file).name.encode()) <= 143
        reading = read(file)
        assert (reading.season, reading.episodes) == (1, (1,))
