"""The library's disk goes away under a download by a real worker: nothing is made in its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from downloads import services
from downloads.choices import Status
from downloads.models import DownloadQueueItem, QueueState
from library.models import AnimeSeries
from tests.integration.downloads_support import (
    WorkerProcess,
    files_in,
    queue,
    wait_until,
)
from tests.site.world import SampleWorld

# Processes see no transaction of the test.
pytestmark = pytest.mark.django_db(transaction=True)

# The share of the episode that comes, for the per cent that are waited for. There is no race then
# against the rest, however slow the machine is.
COMES = {0: 0.5, 30: 0.6, 80: 0.97}


@pytest.mark.parametrize(
    ("leaves", "percent", "is_scanned"),
    [
        *[(leaves, at, True) for leaves in ("nothing", "an empty folder") for at in (0, 30, 80)],
        ("an empty folder", 30, False),
    ],
)
def test_root_that_goes_away_pauses_the_queue_and_is_not_made_again(
    *,
    world: SampleWorld,
    series: AnimeSeries,
    library: Path,
    leaves: str,
    percent: int,
    is_scanned: bool,
) -> None:
    world.hold(COMES[percent])
    queue(series, 1)
    services.start()
    status = library.stat()
    assert series.root is not None
    if is_scanned:
        series.root.identity = f"{status.st_dev}:{status.st_ino}"  # as the last scan has seen it
        series.root.save()
    away = library.with_name("away")

    def is_so_far() -> bool:
        row = DownloadQueueItem.objects.get()
        return row.status == Status.DOWNLOADING and row.progress_percent > percent

    with WorkerProcess() as worker:
        wait_until(is_so_far, seconds=90, what="the download")
        library.rename(away)
        if leaves != "nothing":
            library.mkdir()
        world.mend_all()
        wait_until(lambda: QueueState.current().is_paused, what="the pause")
        row, state = DownloadQueueItem.objects.get(), QueueState.current()
        assert (row.status, row.retry_count, row.outage_count) == (Status.PENDING, 0, 0)
        assert state.pause_reason_code == "root_unavailable"
        if percent == 30:  # people press the button while the disk is still away
            services.resume()
            wait_until(lambda: QueueState.current().is_paused, seconds=60, what="the next pause")
            assert DownloadQueueItem.objects.get().retry_count == 0
        assert files_in(library) == []
        assert library.exists() == (leaves != "nothing")
        if library.exists():
            assert list(library.iterdir()) == []
            library.rmdir()
        away.rename(library)
        services.resume()
        wait_until(
            lambda: DownloadQueueItem.objects.get().status == Status.COMPLETED,
            what="the episode",
        )
        worker.process.terminate()
    assert DownloadQueueItem.objects.get().retry_count == 0
    assert [name for name in files_in(library) if name.endswith(".mp4")] != []


def test_a_link_that_is_laid_while_it_is_fetched_is_not_followed(
    world: SampleWorld, series: AnimeSeries, library: Path, tmp_path: Path
) -> None:
    world.hold(COMES[0])
    queue(series, 1)
    services.start()
    outside = tmp_path / "outside"
    outside.mkdir()

    def row() -> DownloadQueueItem:
        return DownloadQueueItem.objects.get()

    with WorkerProcess() as worker:
        wait_until(lambda: row().progress_percent > 0, seconds=90, what="the download")
        (library / series.folder).symlink_to(outside)
        world.mend_all()
        wait_until(lambda: row().status == Status.FAILED, what="the refusal")
        worker.process.terminate()
    assert row().error_code == "outside_library"
    assert files_in(outside) == []
