"""Real disks are unmounted, or mounted in each other's place, under a real worker."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from downloads import services
from downloads.choices import Status
from downloads.models import DownloadQueueItem, QueueState
from library.models import AnimeSeries
from library.services.roots import identity_of
from tests.factories import make_file, make_root
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
    assert series.root is not None
    series.root.identity = identity_of(str(library))  # as the last scan has seen it
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


class Shelves:
    """Two library folders, each on a disk of its own, that can be mounted in the other's place."""

    def __init__(self, work: Path, disks: tuple[Path, Path]) -> None:
        self.disks = disks
        self.roots = (work / "one", work / "two")
        for root in self.roots:
            root.mkdir()
        self.mount(*disks)

    def mount(self, *disks: Path) -> None:
        for disk, root in zip(disks, self.roots, strict=True):
            subprocess.run(["mount", "--bind", disk, root], check=True)

    def unmount(self) -> None:
        for root in self.roots:
            subprocess.run(["umount", "--lazy", root], check=True)

    def found(self) -> list[list[str]]:
        return [files_in(disk) for disk in self.disks]


@pytest.fixture
def shelves(tmp_path: Path) -> Iterator[Shelves]:
    with tmpfs(tmp_path / "a") as one, tmpfs(tmp_path / "b") as two:
        shelves = Shelves(tmp_path, (one.root, two.root))
        yield shelves
        shelves.unmount()


@pytest.mark.parametrize("is_copy", [False, True])
def test_nothing_is_written_to_a_disk_in_anothers_place(
    world: SampleWorld, shelves: Shelves, *, is_copy: bool
) -> None:
    """Also where the second disk was once made from the first, and has some of the same files."""
    series = series_on(shelves.roots[0])
    other = make_root(str(shelves.roots[1]), identity=identity_of(str(shelves.roots[1])))
    both = zip((series.root, other), shelves.disks, ("Old", "New"), strict=True)
    for root, disk, name in both:
        for folder in (name, "Both") if is_copy else (name,):
            (disk / folder).mkdir()
            (disk / folder / "S01E01.mkv").write_bytes(b"film")
            make_file(series, f"{folder}/S01E01.mkv", folder=folder, root=root)
    before = shelves.found()
    queue(series, 1)
    shelves.unmount()
    shelves.mount(*shelves.disks[::-1])
    services.start()

    def is_paused() -> bool:
        return QueueState.current().is_paused

    with WorkerProcess() as worker:
        for _ in range(3):  # whoever resumes it is told the same
            wait_until(is_paused, seconds=60, what="the pause")
            row, state = DownloadQueueItem.objects.get(), QueueState.current()
            assert (row.status, row.retry_count, row.outage_count) == (Status.PENDING, 0, 0)
            assert state.pause_reason_code == "root_unavailable"
            assert shelves.found() == before
            services.resume()
        wait_until(is_paused, seconds=60, what="the pause")
        shelves.unmount()
        shelves.mount(*shelves.disks)
        services.resume()
        wait_until(
            lambda: DownloadQueueItem.objects.get().status == Status.COMPLETED,
            seconds=90,
            what="the episode",
        )
        worker.process.terminate()
    added = [set(now) - set(then) for now, then in zip(shelves.found(), before, strict=True)]
    assert [any(name.endswith(".mp4") for name in names) for names in added] == [True, False]
