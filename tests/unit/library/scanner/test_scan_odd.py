"""Odd files, links and folders of a real tree: each is told and stops nothing."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from library.models import (
    MediaFile,
    UnmatchedFolder,
)
from library.naming.paths import to_stored
from library.scanner import walk
from library.scanner.entries import Entries
from library.scanner.found import Folder
from library.services import match_folder, series_directory
from tests.unit.library.conftest import (
    LONG_AGO,
    Put,
    only_series,
    rescan,
    result,
    settle_times,
    states,
)
from tests.unit.library.fakes import FakeSite

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("both_ways")]


def test_odd_files_are_reported_and_stop_nothing(show: FakeSite, put: Put, library: Path) -> None:
    put("Show/S01E01.mkv", "Show/Sample/S01E02.mkv", "Show/S01E03.mkv.part", "Show/.S01E02.mkv")
    (library / "Show/S01E02.mkv").touch()
    (library / "Show/loop").symlink_to(library)
    (library / "Show/again").symlink_to(library / "Show")
    (library / "Show/outside").symlink_to("/")  # and back in again, by another way
    (library / "Show/nowhere.mkv").symlink_to(library / "nothing.mkv")
    os.mkfifo(library / "Show/S01E03.mkv")
    bad = os.fsencode(library / "Show") + b"/caf\xe9 - S02E01.mkv"
    Path(os.fsdecode(bad)).write_bytes(b"x")
    settle_times(library)
    for scans in (rescan(), rescan()):
        codes = sorted(problem["code"] for problem in scans.problems)
        assert codes == [
            "broken_link",
            "empty_file",
            "link_loop",
            "link_loop",
            "link_loop",
            "not_a_file",
            "not_utf8",
        ]
        assert (scans.state, result(scans)["files"]) == ("COMPLETED", 2)
    stored = to_stored(os.fsdecode(b"Show/caf\xe9 - S02E01.mkv"))
    file = MediaFile.objects.get(path=stored)
    assert os.fsencode(file.location) == bad
    assert states(only_series())[2, 1] == "PRESENT"


def test_folder_names_that_are_no_utf8_are_listed_and_can_be_picked(
    show: FakeSite, library: Path
) -> None:
    folder = Path(os.fsdecode(os.fsencode(library) + b"/caf\xe9"))
    folder.mkdir()
    (folder / "S01E01.mkv").write_bytes(b"x")
    settle_times(library)
    assert rescan().state == "COMPLETED"
    row = UnmatchedFolder.objects.get()
    assert row.folder == "caf\\xe9"
    series = match_folder(row.pk, site=show.name, key="show")
    assert series_directory(series) == folder
    assert states(series)[1, 1] == "PRESENT"
    assert rescan(full=True).state == "COMPLETED"
    assert only_series().folder == "caf\\xe9"


def test_path_too_long_to_be_kept_is_told_and_stops_nothing(
    show: FakeSite, put: Put, library: Path
) -> None:
    put("Show/S01E01.mkv")
    deep = library / "Show"
    descriptor = os.open(deep, os.O_RDONLY)
    for number in range(14):  # longer than a path may be in one call
        name = f"{number:02}" + "ab12" * 60
        os.mkdir(name, dir_fd=descriptor)
        below = os.open(name, os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = below
        if number in (5, 9):
            file = os.open(f"S02E0{number}.mkv", os.O_WRONLY | os.O_CREAT, dir_fd=descriptor)
            os.write(file, b"video")
            os.close(file)
    os.close(descriptor)
    for full in (False, True):
        operation = rescan(full=full)
        assert (operation.state, result(operation)["files"]) == ("COMPLETED", 3)
        assert [problem["code"] for problem in operation.problems] == ["path_too_long"]


def test_link_to_a_folder_elsewhere_is_followed(
    show: FakeSite, put: Put, library: Path, tmp_path: Path
) -> None:
    put("Season 1/S01E01.mkv", root=tmp_path / "elsewhere")
    (library / "Show").symlink_to(tmp_path / "elsewhere")
    assert result(rescan())["files"] == 1
    assert result(rescan())["files"] == 1


def test_link_to_a_folder_that_is_read_anyway_counts_no_file_twice(
    show: FakeSite, put: Put, library: Path
) -> None:
    put("Show/Season 1/S01E01.mkv", ".store/Hidden/S01E01.mkv")
    (library / "Another").symlink_to(library / "Show")  # before it, in the order of names
    (library / "Show/A link").symlink_to(library / "Show/Season 1")
    (library / "Hidden").symlink_to(library / ".store/Hidden")  # nothing else leads there
    settle_times(library)
    operation = rescan()
    assert sorted(MediaFile.objects.values_list("path", flat=True)) == [
        "Hidden/S01E01.mkv",
        "Show/Season 1/S01E01.mkv",
    ]
    assert [problem["code"] for problem in operation.problems] == ["link_loop", "link_loop"]


WRITER = """
import sys, time
with open(sys.argv[1], "ab", buffering=0) as file:
    file.write(b"x")
    print("writing", flush=True)
    while True:
        file.write(b"x")
        time.sleep(0.005)
"""


def test_file_being_written_waits_for_the_next_scan(
    show: FakeSite, put: Put, library: Path
) -> None:
    put("Show/S01E01.mkv")
    path = library / "Show/S01E02.mkv"
    command = [sys.executable, "-c", WRITER, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline()
        try:
            operation = rescan()
        finally:
            writer.kill()
    assert [problem["code"] for problem in operation.problems] == ["being_written"]
    assert states(only_series())[1, 2] == "MISSING"
    os.utime(path, (LONG_AGO, LONG_AGO))
    rescan()
    assert states(only_series())[1, 2] == "PRESENT"


def test_finished_fresh_file_counts_at_once(show: FakeSite, put: Put, library: Path) -> None:
    put("Show/S01E01.mkv")
    (library / "Show/S01E02.mkv").write_bytes(b"x" * 10)
    assert result(rescan())["files"] == 2


NOBODY = 65534


@pytest.mark.skipif(os.getuid() != 0, reason="becomes another user")
def test_unreadable_folders_are_told_and_nothing_of_them_is_lost(
    show: FakeSite, put: Put, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("Show/Season 1/S01E01.mkv", "Show/Season 2/S02E01.mkv", "Show/Season 2/S02E02.mkv")
    rescan()
    locked = library / "Show/Season 2"
    locked.chmod(0)
    os.utime(locked, (LONG_AGO + 5, LONG_AGO + 5))
    for parent in [library, *library.parents[:4]]:
        parent.chmod(0o755)
    child = os.fork()
    if child == 0:  # the scan as another user, whom permissions hold
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        tree = walk.Walk(library, {}).run()
        told = [problem.path for problem in tree.problems if problem.code == "unreadable_folder"]
        os._exit(0 if told == ["Show/Season 2"] and len(tree.folders["Show"].files) == 1 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0

    scandir = os.scandir

    def refusing(path: str) -> object:
        if str(path).endswith("Season 2"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr("library.scanner.walk.os.scandir", refusing)
    operation = rescan(full=True)
    assert (operation.state, result(operation)["gone"]) == ("COMPLETED", 0)
    assert states(only_series())[2, 1] == "PRESENT"


@pytest.mark.parametrize("year", [1901, 2300, 2446])
def test_an_odd_time_of_a_file_stops_nothing(
    show: FakeSite, put: Put, library: Path, year: int
) -> None:
    put("Show/S01E01.mkv", "Show/S01E02.mkv")
    moment = (year - 1970) * 31_556_952
    try:
        os.utime(library / "Show/S01E02.mkv", (moment, moment))
        os.utime(library / "Show", (moment, moment))
    except OverflowError:
        pytest.skip("no such time here")
    for scans in (rescan(), rescan(full=True)):
        assert (scans.state, result(scans)["files"]) == ("COMPLETED", 2)
    put("Show/S01E03.mkv")
    assert result(rescan())["files"] == 3


class FailingEntry:
    """A name whose file nothing can be seen of."""

    def __init__(self, entry: os.DirEntry[str], error: int) -> None:
        self.name, self.path = entry.name, entry.path
        self.is_dir, self.is_symlink = entry.is_dir, entry.is_symlink
        self._error = error

    def stat(self) -> os.stat_result:
        raise OSError(self._error, os.strerror(self._error))


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("EIO", "UNAVAILABLE"),
        ("ESTALE", "UNAVAILABLE"),
        ("ENXIO", "UNAVAILABLE"),
        ("EACCES", "PRESENT"),
        ("EPERM", "PRESENT"),
        ("ENOMEM", "PRESENT"),
    ],
)
def test_file_whose_disk_fails_is_away_and_one_that_may_not_be_looked_at_stays(
    show: FakeSite, put: Put, monkeypatch: pytest.MonkeyPatch, code: str, state: str
) -> None:
    put("Show/Season 1/S01E01.mkv", "Show/Season 1/S01E02.mkv")
    rescan()
    sort_in = Entries.sort_in

    def sort_in_failing(
        self: Entries, folder: Folder, path: str, listing: list[os.DirEntry[str]]
    ) -> list[str]:
        failing: list[Any] = [
            FailingEntry(entry, getattr(errno, code)) if "E02" in entry.name else entry
            for entry in listing
        ]
        return sort_in(self, folder, path, failing)

    with monkeypatch.context() as patch:
        patch.setattr(Entries, "sort_in", sort_in_failing)
        operation = rescan(full=True)
    assert [problem["code"] for problem in operation.problems] == ["unreadable_file"]
    assert (states(only_series())[1, 1], states(only_series())[1, 2]) == ("PRESENT", state)
    rescan()
    assert states(only_series())[1, 2] == "PRESENT"
