"""Disks that stop answering in the middle of a scan: it ends, and says so."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from aniworld.web.texts import text_of
from library.models import LibraryRoot, MediaFile, ScanOperation
from library.scanner import beside, disk, scout
from library.scanner.run import Scan
from library.services import operations
from library.services.operations import ScanOptions
from tests.unit.library.conftest import Put, rescan
from tests.unit.library.fakes import FakeSite

pytestmark = pytest.mark.django_db(transaction=True)


class Hanging:
    """From now on nobody who asks for a path with ``mark`` in it is answered before the end."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.mark = "\0"
        self.over = threading.Event()
        self.asked = threading.Event()
        for name in ("stat", "open", "scandir"):
            monkeypatch.setattr(f"os.{name}", self._hanging(getattr(os, name)))

    def _hanging(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def ask(path: Any, *arguments: Any, **named: Any) -> Any:
            if not isinstance(path, int) and self.mark in os.fsdecode(path):
                self.asked.set()
                self.over.wait(60)
            return real(path, *arguments, **named)

        return ask


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hanging]:
    monkeypatch.setattr(disk, "SILENT_SECONDS", 1.0)
    hanging = Hanging(monkeypatch)
    yield hanging
    hanging.over.set()


def assert_told(operation: ScanOperation, library: Path) -> None:
    assert (operation.state, operation.error_code) == ("FAILED", "root_unavailable")
    root = LibraryRoot.objects.get()
    assert root.frozen_reason == "root_unavailable"
    assert root.error is not None
    assert f"{library} does not answer" in text_of(root.error)
    assert not MediaFile.objects.exclude(state="PRESENT").exists()


def test_root_that_does_not_answer_is_not_taken_for_empty(
    show: FakeSite, put: Put, library: Path, hanging: Hanging
) -> None:
    put("Show/S01E01.mkv")
    rescan()
    hanging.mark = str(library)
    assert_told(rescan(), library)
    assert_told(rescan(accept_removals=True), library)
    assert MediaFile.objects.count() == 1
    hanging.mark = "\0"
    hanging.over.set()
    assert rescan().state == "COMPLETED"
    assert LibraryRoot.objects.get().frozen_reason == ""


def test_disk_that_stops_answering_in_the_middle_ends_the_scan(
    show: FakeSite, put: Put, library: Path, hanging: Hanging
) -> None:
    put("Show/S01E01.mkv", "Show/Season 2/S02E01.mkv")
    rescan()
    hanging.mark = "Season 2"
    assert_told(rescan(full=True), library)
    assert MediaFile.objects.count() == 2


def test_disk_that_stops_answering_while_a_folder_is_matched_ends_the_scan(
    show: FakeSite, put: Put, library: Path, hanging: Hanging
) -> None:
    put("Show/S01E01.mkv")
    (library / "Show/key").write_text("show")
    hanging.mark = "Show/key"
    assert_told(rescan(), library)


def test_disk_that_stops_answering_when_other_series_are_looked_at_ends_the_scan(
    shelf: Path, hanging: Hanging
) -> None:
    (shelf / "Alpha/Season 1/S01E03.mkv").unlink()
    hanging.mark = "Beta/Season 1/S01E0"
    assert_told(rescan(series="alpha"), shelf)


def stopped_when(happens: threading.Event) -> tuple[ScanOperation, float]:
    """A scan that is cancelled then, and how many seconds it takes to end."""
    chosen = ScanOptions()
    scan = Scan(operations.begin(chosen.as_json()), chosen)
    cancelled_at = []

    def cancel() -> None:
        happens.wait(30)
        cancelled_at.append(time.monotonic())
        scan.stop()

    threading.Thread(target=cancel).start()
    operation = scan.run()
    return operation, time.monotonic() - cancelled_at[0]


def test_scan_that_waits_for_a_disk_can_be_cancelled(
    show: FakeSite, put: Put, hanging: Hanging, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "SILENT_SECONDS", 60.0)
    put("Show/S01E01.mkv")
    hanging.mark = "Show"
    operation, seconds = stopped_when(hanging.asked)
    assert operation.state == "CANCELLED"
    assert seconds < 10


@pytest.fixture
def _process_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that should walk ahead never says a word."""
    silent = tmp_path / "silent"
    silent.write_text("#!/bin/sh\nexec sleep 60\n")
    silent.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(silent))
    monkeypatch.setattr(scout, "WORTH_A_PROCESS", 0)
    monkeypatch.setattr(scout, "has_a_processor_free", lambda: True)


@pytest.mark.usefixtures("_process_hangs")
def test_process_that_hangs_is_not_waited_for(
    show: FakeSite, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beside, "SILENT_SECONDS", 0.5)
    put("Show/S01E01.mkv", "Show/S01E02.mkv")
    began = time.monotonic()
    assert rescan().state == "COMPLETED"
    assert MediaFile.objects.count() == 2
    assert time.monotonic() - began < 30


@pytest.mark.usefixtures("_process_hangs")
def test_disk_that_hangs_for_the_process_and_for_the_scan_ends_it(
    show: FakeSite,
    put: Put,
    library: Path,
    hanging: Hanging,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(beside, "SILENT_SECONDS", 0.5)
    put("Show/S01E01.mkv")
    hanging.mark = "Show"
    assert_told(rescan(), library)


@pytest.mark.usefixtures("_process_hangs")
def test_scan_that_waits_for_a_process_can_be_cancelled(show: FakeSite, put: Put) -> None:
    put("Show/S01E01.mkv")
    now = threading.Event()
    threading.Timer(1.0, now.set).start()
    operation, seconds = stopped_when(now)
    assert operation.state == "CANCELLED"
    assert seconds < 10
