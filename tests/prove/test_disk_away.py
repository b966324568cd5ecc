"""A real disk is unmounted under a download by a real worker."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from downloads import services
from downloads.choices import Status
from downloads.models import DownloadQueueItem, QueueState
from library.models import AnimeSeries
from tests.integration.conftest import world
from tests.integration.downloads_support import WorkerProcess, files_in, make_series, queue
from tests.integration.test_downloads_disk_away import COMES
from tests.product import wait_until
from tests.prove.mounting import needs_root, tmpfs
from tests.site.world import SampleWorld

__all__ = ["world"]  # a fixture

pytestmark = [needs_root, pytest.mark.django_db(transaction=True)]


def series_on(library: Path) -> AnimeSeries:
    series = make_series(library)
    status = library.stat()
    assert series.root is not None
    series.root.identity = f"{status.st_dev}:{status.st_ino}"  # as the last scan has seen it
    series.root.save()
    return series


@pytest.mark.parametrize("percent", [0, 30, 80])
def test_nothing_is_written_where_the_disk_was_mounted(
    world: SampleWorld, tmp_path: Path, percent: int
) -> None:
    world.hold(COMES[percent])
    with tmpfs(tmp_path) as disk:
        library = disk.root
        queue(series_on(library), 1)
        services.start()

        def is_so_far() -> bool:
            row = DownloadQueueItem.objects.get()
            return row.status == Status.DOWNLOADING and row.progress_percent > percent

        with WorkerProcess() as worker:
            wait_until(is_so_far, seconds=90, what="the download")
            subprocess.run(["umount", "--lazy", library], check=True)
            world.mend_all()
            wait_until(lambda: QueueState.current().is_paused, seconds=60, what="the pause")
            worker.process.terminate()
        row, state = DownloadQueueItem.objects.get(), QueueState.current()
        assert (row.status, row.retry_count, row.outage_count) == (Status.PENDING, 0, 0)
        assert state.pause_reason_code == "root_unavailable"
        assert list(library.iterdir()) == []
        assert files_in(library) == []
        subprocess.run(["mount", "-t", "tmpfs", "none", library], check=True)
