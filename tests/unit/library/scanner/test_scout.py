"""A new root read in a process ahead of the scan's: the same, whatever happens to it.

That whole scans find the same is held by ``test_library_scan``, which goes both ways.
"""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from aniworld.config import store
from aniworld.web.texts import text_of
from library.models import LibraryRoot, MediaFile
from library.scanner import plan, scout
from library.scanner.disk import Disks
from library.scanner.progress import Progress, ScanCancelled
from library.scanner.scout import Found, scouted
from library.scanner.walk import Walk
from providers.coded import Coded
from tests.product import children_of
from tests.unit.library.conftest import Put, rescan, result, settle_times
from tests.unit.library.fakes import FakeSite

SHOWS = 120


class Quiet:
    """The progress of a scan that nobody follows."""

    def again(self) -> None:
        return None


DISKS = Disks(cast(Progress, Quiet()))


@pytest.fixture
def shelf(library: Path, put: Put) -> Path:
    """Many folders, some of them odd."""
    put(*(f"Show {n}/Season 1/Show - S01E{e:02}.mkv" for n in range(SHOWS) for e in (1, 2, 3)))
    put("Show 6/tvshow.nfo", "Loose S01E01.mkv", "Empty/notes.txt")
    (library / "Show 5/key").write_text("show-5")
    (library / "Show 7/Season 1/S01E04.mkv").touch()
    (library / "Show 8/again").symlink_to(library / "Show 8")
    Path(os.fsdecode(os.fsencode(library) + b"/caf\xe9")).mkdir()
    Path(os.fsdecode(os.fsencode(library) + b"/caf\xe9/S01E01.mkv")).write_bytes(b"x")
    settle_times(library)  # or what is fresh at the first look is not so at the second
    return library


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """The processes that the scan starts."""
    started: list[subprocess.Popen[bytes]] = []
    popen = subprocess.Popen

    def remembered(*arguments: Any, **options: Any) -> subprocess.Popen[bytes]:
        started.append(popen(*arguments, **options))
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", remembered)
    return started


def names(root: Path) -> list[str]:
    return Walk(root, {}).begin()


def asked(root: Path) -> list[tuple[str, None]]:
    return [(name, None) for name in ("", *names(root))]


def found_here(root: Path) -> dict[str, Any]:
    """What there is, found without another process."""
    said = scout.walk_folders(Walk(root, {}), asked(root), lambda: False)
    return taken(scout._received(*one) for one in said)


def taken(found: Iterator[Found]) -> dict[str, Any]:
    """Everything by folder, each folder once."""
    kept = [
        (replace(folder, files=list(folder.files)), columns, problems)
        for folder, columns, problems in found
    ]
    assert len({folder.name for folder, *_ in kept}) == len(kept)
    return {folder.name: (folder, columns, problems) for folder, columns, problems in kept}


def test_the_process_finds_what_is_found_here(shelf: Path) -> None:
    with scouted(shelf, names(shelf), DISKS) as found:
        there = taken(found)
    assert there == found_here(shelf)
    assert there.keys() == {"", *names(shelf)}
    folder, columns, problems = there["Show 7"]
    assert len(folder.files) == len(columns) == 3
    assert [problem.code for problem in problems] == ["empty_file"]


def test_process_that_is_killed_is_told_and_missed_by_nobody(
    shelf: Path,
    started: list[subprocess.Popen[bytes]],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected = found_here(shelf)

    def killed(found: Iterator[Found]) -> Iterator[Found]:
        yield next(found)
        os.kill(started[0].pid, signal.SIGKILL)
        started[0].wait()
        yield from found

    with scouted(shelf, names(shelf), DISKS) as found:
        assert taken(killed(found)) == expected
    monkeypatch.setattr(sys, "executable", "/bin/false")  # it never says a word
    with scouted(shelf, names(shelf), DISKS) as found:
        assert taken(found) == expected
    assert caplog.text.count("has died, the scan does its work") == 2


def test_names_left_to_the_scan_that_waits_are_read(shelf: Path) -> None:
    def idle() -> bool:
        return True

    said = list(scout.walk_folders(Walk(shelf, {}), asked(shelf), idle))
    assert all(columns is None for _, (_, columns, *_) in said)
    assert taken(scout._received(*one) for one in said) == found_here(shelf)


def test_process_ends_when_its_reader_goes_early(shelf: Path) -> None:
    def go_early() -> None:
        with scouted(shelf, names(shelf), DISKS) as found:
            next(found)
            raise ScanCancelled

    before = children_of(os.getpid())
    with pytest.raises(ScanCancelled):
        go_early()
    assert children_of(os.getpid()) == before


@pytest.mark.django_db(transaction=True)
def test_large_new_root_is_walked_along_and_only_then(
    shelf: Path, site: FakeSite, started: list[subprocess.Popen[bytes]]
) -> None:
    first = rescan()
    assert len(started) == 1
    facts = {"folders": SHOWS + 2, "files": 3 * SHOWS + 2, "new": 3 * SHOWS + 2, "errors": 3}
    assert facts.items() <= result(first).items()
    assert (first.total, first.files) == (SHOWS + 2, 3 * SHOWS + 2)
    assert {problem["code"] for problem in first.problems} == {
        *("empty_file", "link_loop", "not_utf8"),
    }
    assert result(rescan())["new"] == 0
    assert result(rescan(full=True))["changed"] == 0
    assert len(started) == 1  # files are known: all is seen before anything is written


def test_no_process_to_be_had_is_told_and_missed_by_nobody(
    shelf: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    expected = found_here(shelf)

    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(errno.EAGAIN, "no more processes")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    with scouted(shelf, names(shelf), DISKS) as found:
        assert taken(found) == expected
    assert "no process for library.scanner.scout" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_process_that_dies_tells_no_problem_twice(
    shelf: Path,
    site: FakeSite,
    started: list[subprocess.Popen[bytes]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (shelf / "Show 0/Season 1/S01E05.mkv").touch()
    os.utime(shelf / "Show 1/Season 1/Show - S01E01.mkv")  # fresh: its folder is told last
    step, folders = Progress.step, []

    def stepping(progress: Progress, message: Coded, **place: Any) -> None:
        folders.append(place)
        if len(folders) == 60:
            started[0].kill()
        step(progress, message, **place)

    monkeypatch.setattr(Progress, "step", stepping)
    operation = rescan(use_provider=False)
    told = [(problem["path"], problem["code"]) for problem in operation.problems]
    assert len(told) == len(set(told)) == result(operation)["errors"] == 4
    assert result(operation)["files"] == 3 * SHOWS + 2


@pytest.mark.django_db(transaction=True)
def test_root_that_vanishes_under_the_scan_is_told_as_such(
    shelf: Path, site: FakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    def vanishing(
        root: Path, folders: Sequence[str], disks: Disks
    ) -> AbstractContextManager[Iterator[Found]]:
        root.rename(root.with_name("away"))
        return scouted(root, folders, disks)

    monkeypatch.setattr(plan, "scouted", vanishing)
    assert rescan().error_code == "root_unavailable"
    assert str(shelf) in text_of(LibraryRoot.objects.get().error)


@pytest.mark.django_db(transaction=True)
def test_large_root_without_videos_is_walked_once(
    library: Path, put: Put, site: FakeSite, started: list[subprocess.Popen[bytes]]
) -> None:
    put(*(f"Show {number}/notes.txt" for number in range(SHOWS)))
    assert result(rescan())["folders"] == SHOWS
    assert result(rescan())["folders"] == SHOWS
    assert len(started) == 1


@pytest.mark.django_db(transaction=True)
def test_new_root_beside_one_that_lost_its_disk_is_not_written(
    shelf: Path, site: FakeSite, tmp_path: Path, put: Put
) -> None:
    old = tmp_path / "old"
    put("Gone/S01E01.mkv", root=old)
    store.update(lambda data: data["library"].update(directories=[str(old)]))
    rescan()
    shutil.rmtree(old)
    store.update(lambda data: data["library"].update(directories=[str(shelf), str(old)]))
    assert (rescan().error_code, MediaFile.objects.count()) == ("root_unavailable", 1)
