"""Names read in a process beside the scan's: the same columns, whatever happens to it."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from library.models import MediaFile
from library.scanner import ahead
from library.scanner.columns import read_columns
from library.scanner.progress import ScanCancelled
from tests.product import children_of
from tests.unit.library.conftest import Put, rescan, states
from tests.unit.library.fakes import FakeSite

NAMES = [
    "Show/Season 1/S01E01.mkv",
    "Show/Season 1/[Group] Show - 02v2 [1080p][ABCD1234].mkv",
    "Show/line\nbreak S01E03.mkv",
    "Show/not \udcff utf-8 S01E04.mkv",
    "第5話.mkv",
    "Show/Holiday.mkv",
    *(f"Show/Season 2/S02E{number:03}.mkv" for number in range(1, 3 * ahead.PATHS_AT_ONCE)),
]


@pytest.fixture(autouse=True)
def _always_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "WORTH_A_PROCESS", 1)
    monkeypatch.setattr(ahead, "has_a_processor_free", lambda: True)


def test_every_name_is_read_as_it_is_without_the_process() -> None:
    with ahead.names_of(NAMES) as columns:
        assert list(columns) == [read_columns(name) for name in NAMES]


def test_few_names_are_read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "WORTH_A_PROCESS", len(NAMES) + 1)
    monkeypatch.setattr(subprocess, "Popen", None)
    with ahead.names_of(NAMES) as columns:
        assert list(columns) == [read_columns(name) for name in NAMES]


def test_process_that_is_killed_is_told_and_missed_by_nobody(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    started: list[subprocess.Popen[bytes]] = []
    popen = subprocess.Popen

    def remembered(*arguments: Any, **options: Any) -> subprocess.Popen[bytes]:
        started.append(popen(*arguments, **options))
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", remembered)
    with ahead.names_of(NAMES) as columns:
        assert next(columns) == read_columns(NAMES[0])
        os.kill(started[0].pid, signal.SIGKILL)
        started[0].wait()
        assert list(columns) == [read_columns(name) for name in NAMES[1:]]
    assert caplog.text.count("has died, the scan does its work") == 1


def test_process_ends_when_its_reader_goes_early() -> None:
    def go_early() -> None:
        with ahead.names_of(NAMES) as columns:
            next(columns)
            raise ScanCancelled

    before = children_of(os.getpid())
    with pytest.raises(ScanCancelled):
        go_early()
    assert children_of(os.getpid()) == before


@pytest.mark.django_db(transaction=True)
def test_scan_with_the_process_finds_the_same(site: FakeSite, put: Put, library: Path) -> None:
    site.add("show", "Show", {1: 3, 2: 1500})
    put(*(name for name in NAMES if name.startswith("Show/")))
    assert rescan().state == "COMPLETED"
    before = list(MediaFile.objects.order_by("path").values("path", "season", "episodes", "rule"))
    series = site.shows["show"]
    assert len(before) == len(NAMES) - 1
    found = MediaFile.objects.order_by("path").first()
    assert found is not None
    assert found.series is not None
    assert states(found.series)[2, 1499] == "PRESENT"
    assert rescan(full=True).state == "COMPLETED"
    after = list(MediaFile.objects.order_by("path").values("path", "season", "episodes", "rule"))
    assert (after, len(series[1])) == (before, 1503)
