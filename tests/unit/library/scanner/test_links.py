"""Libraries of links: a video counts while what its link leads to is there."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from aniworld.events.models import OutboxEvent
from library.models import LibraryRoot, MediaFile, ScannedDirectory
from library.scanner.diff import changes_of
from library.scanner.found import OPEN_AGAIN
from library.scanner.walk import Walk
from tests.unit.library.conftest import (
    LONG_AGO,
    SHOWS,
    Put,
    how_many,
    only_series,
    rescan,
    result,
    settle_times,
    states,
)
from tests.unit.library.fakes import FakeSite

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("both_ways")]


@pytest.fixture
def store_room(tmp_path: Path) -> Path:
    """Where the links lead to: another disk."""
    room = tmp_path / "mnt"
    room.mkdir()
    return room


def to_file(link: Path, target: Path) -> None:
    link.symlink_to(target)


def by_relative_path(link: Path, target: Path) -> None:
    link.symlink_to(os.path.relpath(target, link.parent))


def by_another_link(link: Path, target: Path) -> None:
    between = target.parent / f"{target.name}.link.mkv"
    if not between.is_symlink():
        between.symlink_to(target.name)
    link.symlink_to(between)


Make = Callable[[Path, Path], None]


@pytest.mark.parametrize("make", [to_file, by_relative_path, by_another_link])
def test_single_link_that_leads_nowhere_is_seen_though_its_folder_keeps_its_time(
    show: FakeSite, put: Put, library: Path, store_room: Path, make: Make
) -> None:
    put("Show/Season 1/S01E01.mkv", "Show/Season 1/S01E02.mkv")
    put("three.mkv", root=store_room)
    make(library / "Show/Season 1/S01E03.mkv", store_room / "three.mkv")
    settle_times(library)
    assert result(rescan())["files"] == 3
    assert result(rescan())["files"] == 3
    (store_room / "three.mkv").rename(store_room / "away")
    for _ in range(2):
        operation = rescan()
        assert (operation.state, result(operation)["gone"]) == ("COMPLETED", 0)
        assert [problem["code"] for problem in operation.problems] == ["broken_link"]
        assert states(only_series())[1, 3] == "UNAVAILABLE"
    (store_room / "away").rename(store_room / "three.mkv")
    operation = rescan()
    assert (result(operation)["new"], operation.problems) == (0, [])
    assert states(only_series())[1, 3] == "PRESENT"


@pytest.mark.parametrize("error", ["ENOTDIR", "ELOOP", "ENAMETOOLONG"])
def test_link_behind_which_nothing_can_be_is_away_whatever_the_system_says(
    show: FakeSite, put: Put, library: Path, store_room: Path, error: str
) -> None:
    """A disk that answers with errors, as a dead FUSE mount does: ``tests/prove``."""
    put("Show/Season 1/S01E01.mkv", "Show/Season 1/S01E02.mkv")
    put("three.mkv", root=store_room)
    link = library / "Show/Season 1/S01E03.mkv"
    link.symlink_to(store_room / "three.mkv")
    settle_times(library)
    rescan()
    targets = {
        "ENOTDIR": store_room / "three.mkv/three.mkv",
        "ELOOP": link,
        "ENAMETOOLONG": store_room / ("x" * 300),
    }
    link.unlink()
    link.symlink_to(targets[error])
    (problem,) = rescan().problems
    assert (problem["code"], problem["params"]) == ("broken_link", {"errno": error})
    assert states(only_series())[1, 3] == "UNAVAILABLE"


@pytest.mark.parametrize("is_known", [True, False])
def test_series_behind_one_link_of_the_root_is_away_with_it(
    show: FakeSite, put: Put, library: Path, store_room: Path, is_known: bool
) -> None:
    """It is no folder that has gone: nothing of it is forgotten, whether or not it has a series."""
    put("Else/S01E01.mkv", "Else/S01E02.mkv")
    name = "Show" if is_known else "What is this"
    put(f"{name}/S01E01.mkv", root=store_room)
    (library / name).symlink_to(store_room / name)
    rescan()
    (store_room / name).rename(store_room / "away")
    rescan()
    assert list(MediaFile.objects.filter(folder=name).values_list("state", flat=True)) == [
        "UNAVAILABLE"
    ]
    (store_room / "away").rename(store_room / name)
    assert result(rescan())["new"] == 0
    assert MediaFile.objects.present().count() == 3


def test_target_that_was_replaced_is_seen(
    show: FakeSite, put: Put, library: Path, store_room: Path
) -> None:
    put("Show/Season 1/S01E01.mkv")
    (target,) = put("two.mkv", root=store_room)
    (library / "Show/Season 1/S01E02.mkv").symlink_to(target)
    settle_times(library)
    rescan()
    target.write_bytes(b"a better one" * 1000)
    os.utime(target, (LONG_AGO, LONG_AGO))
    assert result(rescan())["changed"] == 1
    assert MediaFile.objects.get(path__endswith="E02.mkv").size == 12_000


@pytest.mark.parametrize("what", ["files", "seasons", "series"])
def test_disk_that_is_gone_behind_links_is_a_loss_like_any_other(
    site: FakeSite, put: Put, library: Path, store_room: Path, what: str
) -> None:
    for name in SHOWS:
        site.add(name, name.title(), {1: 10})
        put(*(f"{name.title()}/Season 1/S01E{n:02}.mkv" for n in range(1, 11)), root=store_room)
    for number, target in enumerate(sorted(store_room.iterdir())):
        if number < 3:  # the others lie in the library itself
            target.rename(library / target.name)
        elif what == "series":
            (library / target.name).symlink_to(target)
        elif what == "seasons":
            (library / target.name).mkdir()
            (library / target.name / "Season 1").symlink_to(target / "Season 1")
        else:
            (library / target.name / "Season 1").mkdir(parents=True)
            for file in (target / "Season 1").iterdir():
                (library / target.name / "Season 1" / file.name).symlink_to(file)
    settle_times(library)
    assert (rescan().state, how_many("PRESENT")) == ("COMPLETED", 60)
    store_room.rename(store_room.with_name("away"))
    alerts = OutboxEvent.objects.filter(type="error_notification").count()
    for _ in range(3):
        operation = rescan()
        assert (operation.state, operation.error_code) == ("FAILED", "mass_removal")
        assert result(operation)["gone"] == 30
        assert (how_many("PRESENT"), how_many("UNAVAILABLE"), how_many("MISSING")) == (30, 30, 0)
    assert OutboxEvent.objects.filter(type="error_notification").count() == alerts + 1
    store_room.with_name("away").rename(store_room)
    assert (rescan().state, how_many("PRESENT")) == ("COMPLETED", 60)
    store_room.rename(store_room.with_name("away"))
    assert rescan().state == "FAILED"
    assert rescan(accept_removals=True).state == "COMPLETED"
    assert (how_many("PRESENT"), how_many("MISSING")) == (30, 30)
    assert rescan().state == "COMPLETED"  # the links are told, and ask nobody any more
    assert not MediaFile.objects.filter(state="UNAVAILABLE").exists()


def test_library_without_links_pays_nothing_and_one_with_links_writes_nothing(
    show: FakeSite, put: Put, library: Path, store_room: Path
) -> None:
    put("Show/Season 1/S01E01.mkv", "Show/Season 2/S02E01.mkv")
    put("three.mkv", root=store_room)
    (library / "Show/Season 2/S02E02.mkv").symlink_to(store_room / "three.mkv")
    settle_times(library)
    rescan()
    remembered = dict(ScannedDirectory.objects.values_list("path", "mtime_ns"))
    assert [path for path, mtime in remembered.items() if mtime == OPEN_AGAIN] == ["Show/Season 2"]
    written = dict(ScannedDirectory.objects.values_list("path", "scanned_at"))
    rescan()
    assert dict(ScannedDirectory.objects.values_list("path", "scanned_at")) == written


def test_link_that_takes_the_place_of_a_file_is_followed_from_then_on(
    show: FakeSite, put: Put, library: Path, store_room: Path
) -> None:
    """A downloader moves a video to another disk and leaves a link behind."""
    put("Show/Season 1/S01E01.mkv", "Show/Season 1/S01E02.mkv")
    rescan()
    moved = library / "Show/Season 1/S01E02.mkv"
    moved.rename(store_room / "two.mkv")
    moved.symlink_to(store_room / "two.mkv")
    settle_times(library)
    operation = rescan()
    assert (result(operation)["new"], result(operation)["gone"]) == (0, 0)
    (store_room / "two.mkv").unlink()
    rescan()
    assert states(only_series())[1, 2] == "UNAVAILABLE"
    assert LibraryRoot.objects.get().error is None


def test_dead_link_costs_the_same_however_many_others_are_beside_it(
    show: FakeSite, put: Put, library: Path, store_room: Path
) -> None:
    """Counted in calls: to compare each file with every dead link took a minute for 10,000."""
    (library / "Show").mkdir()

    def calls_with(links: int) -> int:
        for number in range(1, links + 1):
            link = library / f"Show/Show - {number:03}.mkv"
            if not link.is_symlink():
                put(link.name, root=store_room)
                link.symlink_to(store_room / link.name)
        rescan()
        store_room.rename(store_room.with_name("away"))
        tree = Walk(library, {}).run()
        events: list[str] = []
        sys.setprofile(lambda _frame, event, _argument: events.append(event))
        changes = list(changes_of(LibraryRoot.objects.get().pk, tree))
        sys.setprofile(None)
        store_room.with_name("away").rename(store_room)
        assert sum(len(change.away) for change in changes) == links
        return len(events)

    fewer, more = calls_with(100), calls_with(200)
    assert more < 2.5 * fewer


@pytest.mark.parametrize("where", ["", "Season 1"])
def test_scan_of_one_series_leaves_what_the_other_of_two_links_is_counted_by(
    site: FakeSite, put: Put, library: Path, store_room: Path, where: str
) -> None:
    """Two links lead to one directory: a walk through all of the library follows the first."""
    for name in ("Alpha", "Beta"):
        site.add(name.lower(), name, {1: 3})
    put("Beta/Season 1/S01E01.mkv", "Alpha/Season 2/S02E01.mkv")
    put("Target/S01E01.mkv", "Target/S01E02.mkv", root=store_room)
    (library / "Alpha/Season 1").symlink_to(store_room / "Target")
    settle_times(library)
    assert result(rescan())["files"] == 4
    (library / "Beta/Season 1").rename(store_room / "before")
    if where:
        (library / "Beta" / where).symlink_to(store_room / "Target")
    else:
        (library / "Beta").rmdir()
        (library / "Beta").symlink_to(store_room / "Target")
    for series in ("beta", None, "beta", "alpha", None):
        operation = rescan(series=series, accept_removals=True)
        told = [problem["code"] for problem in operation.problems]
        assert told == ([] if series == "alpha" else ["link_loop"])
        assert result(operation)["files"] == 3


def test_scan_of_one_series_follows_the_link_that_its_files_are_counted_by(
    show: FakeSite, put: Put, library: Path, store_room: Path
) -> None:
    put("Other/Season 1/S01E01.mkv")
    put("Target/S01E01.mkv", "Target/S01E02.mkv", root=store_room)
    (library / "Show").symlink_to(store_room / "Target")
    (library / "Zoo").symlink_to(store_room / "Target")
    rescan()
    put("Target/S01E03.mkv", root=store_room)
    operation = rescan(series=only_series().key)
    assert (operation.state, result(operation)["new"]) == ("COMPLETED", 1)
    assert result(rescan())["files"] == 4


def test_two_links_side_by_side_are_one_directory(
    show: FakeSite, put: Put, library: Path, store_room: Path
) -> None:
    put("Show/Season 1/S01E01.mkv", "Zoo/Season 1/S01E01.mkv")
    put("Target/S01E02.mkv", "Target/Below/S01E03.mkv", root=store_room)
    (library / "Show/A").symlink_to(store_room / "Target")
    (library / "Show/B").symlink_to(store_room / "Target")
    (library / "Zoo/C").symlink_to(store_room / "Target/Below")
    settle_times(library)
    for _ in range(2):
        operation = rescan()
        assert result(operation)["files"] == 4
        assert [problem["code"] for problem in operation.problems] == ["link_loop"] * 2
