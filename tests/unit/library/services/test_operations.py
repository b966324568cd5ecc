"""One scan at a time, and none that runs for ever."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path
from unittest.mock import ANY

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from aniworld.events.callbacks import CallbackManager, CompletionContext, ProgressContext
from aniworld.events.models import OutboxEvent
from aniworld.events.operations import OperationState, ProgressPhase
from aniworld.web.texts import text_of
from library.errors import NoScanRunning, ScanRunning
from library.models import AnimeSeries, MediaFile, ScanOperation
from library.scanner.media import read_pending
from library.scanner.run import Scan
from library.services import operations
from library.services.operations import ScanOptions
from providers.errors import SiteDown
from tests.unit.library.conftest import Put, rescan
from tests.unit.library.fakes import FakeSite

pytestmark = pytest.mark.django_db(transaction=True)


def command(*arguments: str) -> tuple[int, str]:
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("rescan", *arguments, stdout=out, stderr=out)
    return int(ended.value.code or 0), out.getvalue()


def test_second_scan_is_refused_while_one_runs(library: Path) -> None:
    operation = operations.begin({})
    operations.claim(operation)
    with pytest.raises(ScanRunning):
        operations.begin({})


def test_dead_process_is_found_and_its_scan_ends(library: Path) -> None:
    operation = operations.begin({})
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    ScanOperation.objects.update(
        pid=process.pid, host=f"{os.uname().nodename} 12345", heartbeat_at=timezone.now()
    )
    shown = operations.latest()
    assert shown is not None
    assert (shown.state, shown.error_code) == ("FAILED", "scan_process_died")
    operation.refresh_from_db()
    assert operation.state == "RUNNING"  # to look at it wrote nothing
    operations.end_dead_ones()
    operation.refresh_from_db()
    assert (operation.state, operation.error_code) == ("FAILED", "scan_process_died")
    failed = OutboxEvent.objects.get(type="scan_failed")
    assert failed.data["code"] == "scan_process_died"
    operations.begin({})


def test_scan_that_ended_just_before_its_process_is_shown_as_it_ended(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    operation = operations.begin({})

    def ends_meanwhile(_: ScanOperation) -> bool:
        operations.finish(operation, OperationState.COMPLETED)
        return True

    monkeypatch.setattr(operations, "is_dead", ends_meanwhile)
    shown = operations.latest()
    assert shown is not None
    assert shown.state == "COMPLETED"


def test_process_id_used_again_is_not_the_scan(library: Path) -> None:
    operations.begin({})
    host = f"{os.uname().nodename} 1"  # ours, but started at another time
    ScanOperation.objects.update(pid=os.getpid(), host=host)
    operations.end_dead_ones()
    assert not ScanOperation.objects.running().exists()


@pytest.mark.parametrize(
    ("silent", "pid", "ends"),
    [
        (timedelta(minutes=11), 5, True),
        (timedelta(minutes=9), 5, False),
        (timedelta(minutes=3), None, True),
        (timedelta(minutes=1), None, False),
    ],
)
def test_scan_elsewhere_is_judged_by_its_heartbeat(
    silent: timedelta, pid: int | None, ends: bool
) -> None:
    operations.begin({})
    ScanOperation.objects.update(
        pid=pid, host="another-machine 7", heartbeat_at=timezone.now() - silent
    )
    operations.end_dead_ones()
    assert ScanOperation.objects.running().exists() is not ends


def test_zombie_cannot_overwrite_the_end(library: Path) -> None:
    operation = operations.begin({})
    operations.end_as_died(operation)
    Scan(operation, ScanOptions()).run()
    operation.refresh_from_db()
    assert operation.error_code == "scan_process_died"


def test_cancel_ends_between_two_folders(
    site: FakeSite, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("library.scanner.progress.BEAT_SECONDS", 0)
    for name in ("a", "b", "c"):
        site.add(name, f"Name {name}", {1: 1})
        put(f"Name {name}/S01E01.mkv")
    callbacks = CallbackManager()
    callbacks.progress.register(lambda _: operations.cancel())
    operation = Scan(operations.begin({}), ScanOptions(), callbacks).run()
    assert operation.state == "CANCELLED"
    assert AnimeSeries.objects.count() < 3
    assert OutboxEvent.objects.get(type="scan_progress").data["status"] == "cancelled"
    assert rescan().state == "COMPLETED"
    assert AnimeSeries.objects.count() == 3


def test_the_first_folder_is_told_before_its_site_has_answered(site: FakeSite, put: Put) -> None:
    for name in ("A", "B"):
        put(f"{name}/S01E01.mkv")
        put(f"{name}/S01E02.mkv")
    told: list[ProgressContext] = []
    callbacks = CallbackManager()
    callbacks.progress.register(told.append)
    Scan(operations.begin({}), ScanOptions(), callbacks).run()
    first = next(context for context in told if context.phase is ProgressPhase.IN_PROGRESS)
    assert (first.folder, first.current, first.total) == ("A", 1, 2)
    assert {context.metadata["files"] for context in told[told.index(first) :]} == {4}


def test_cancel_without_a_scan_is_refused() -> None:
    with pytest.raises(NoScanRunning):
        operations.cancel()


def test_stop_is_safe_and_quick(site: FakeSite, put: Put) -> None:
    put("A/S01E01.mkv")
    scan = Scan(operations.begin({}), ScanOptions())
    scan.stop()
    assert scan.run().state == "CANCELLED"


def test_callback_that_raises_breaks_nothing(site: FakeSite, put: Put) -> None:
    put("A/S01E01.mkv")
    callbacks = CallbackManager()
    ends: list[CompletionContext] = []
    callbacks.progress.register(lambda _: 1 / 0)
    callbacks.completion.register(ends.append)
    assert Scan(operations.begin({}), ScanOptions(), callbacks).run().state == "COMPLETED"
    assert [end.success for end in ends] == [True]


def test_command_prints_json_last(site: FakeSite, put: Put) -> None:
    put("A/S01E01.mkv")
    code, out = command("--json")
    answer = json.loads(out.splitlines()[-1])
    assert code == 0
    assert set(answer) == {"operation_id", "state", "result", "error"}
    assert (answer["state"], answer["error"]) == ("COMPLETED", None)
    assert set(answer["result"]) == {
        *("folders", "files", "new", "changed", "gone"),
        *("unreadable", "unmatched", "errors", "duration"),
    }


def test_command_says_what_went_wrong(library: Path) -> None:
    library.rmdir()
    code, out = command()
    assert (code, str(library) in out) == (1, True)
    code, out = command("--json")
    error = json.loads(out.splitlines()[-1])["error"]
    assert (error["code"], str(library) in error["text"]) == ("root_unavailable", True)
    assert error == operations.status_json()["error"]


def test_command_tells_nothing_of_folders_it_has_not_seen(
    site: FakeSite, put: Put, library: Path
) -> None:
    put("A/S01E01.mkv", "A/Holiday.mkv", "A/old.rar")
    _, seen = command()
    assert "Holiday" in seen
    assert "old.rar" in seen
    assert "files=2" in seen.splitlines()[-1]
    library.rename(library.with_name("away"))
    code, out = command()
    assert (code, str(library) in out) == (1, True)
    for told in ("Holiday", "old.rar", "readmedia", "files=", "unreadable="):
        assert told not in out


def test_command_says_each_fault_once(site: FakeSite, put: Put, library: Path) -> None:
    site.add("a", "A", {1: 1})
    put("A/S01E01.mkv")
    command()
    AnimeSeries.objects.update(refreshed_at=None)
    site.failures["a"] = SiteDown(why="as_told", text="its page is away (502)")
    _, out = command("--full")
    assert out.splitlines().count("a: its page is away (502)") == 1
    away = f"{site.name} cannot be reached: ECONNREFUSED"
    site.failures[""] = SiteDown(why="as_told", text=away)
    put("B/S01E01.mkv")
    assert away in command()[1].splitlines()


def test_command_says_how_to_read_media_information(site: FakeSite, put: Put) -> None:
    put("A/S01E01.mkv", "A/S01E02.mkv")
    hint = "2 files without media information; manage.py readmedia reads it"
    assert command()[1].splitlines()[-2] == hint
    read_pending()
    assert "readmedia" not in command()[1]


def test_command_names_the_files_it_could_not_read(site: FakeSite, put: Put) -> None:
    put("A/S01E01.mkv", "A/Holiday.mkv")
    _, out = command()
    problem = text_of(MediaFile.objects.get(path="A/Holiday.mkv").name_fault)
    assert f"A/Holiday.mkv: {problem}" in out.splitlines()
    assert "S01E01.mkv" not in out
    put(*(f"A/Holiday {chr(97 + n // 26)}{chr(97 + n % 26)}.mkv" for n in range(52)))
    lines = command()[1].splitlines()
    assert len([line for line in lines if line.startswith("A/Holiday")]) == 50
    assert "and 3 more" in lines
    assert "unreadable=53" in lines[-1]
    assert "Holiday" not in command("--json")[1]


@pytest.mark.parametrize(
    ("arguments", "exit_code", "code"),
    [
        (("--series", "nobody"), 2, "series_not_found"),
        (("--operation", "nothing"), 2, "no_scan_running"),
        ((), 3, "scan_running"),
    ],
)
def test_command_says_why_it_does_not_begin(
    library: Path, arguments: tuple[str, ...], exit_code: int, code: str
) -> None:
    operations.claim(operations.begin({}))
    out = StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("rescan", *arguments, "--json", stdout=out)
    assert caught.value.returncode == exit_code
    assert json.loads(out.getvalue()) == {
        **{"operation_id": None, "state": "FAILED", "result": None},
        "error": {"code": code, "params": ANY, "text": str(caught.value)},
    }
    quiet = StringIO()
    with pytest.raises(CommandError):
        call_command("rescan", *arguments, stdout=quiet)
    assert quiet.getvalue() == ""


def test_status_before_any_scan_is_idle() -> None:
    assert operations.status_json()["state"] == "IDLE"
    assert operations.snapshot()["state"] == "IDLE"


def test_status_shows_the_last_scan(site: FakeSite, put: Put) -> None:
    put("A/S01E01.mkv")
    operation = rescan()
    status = operations.status_json()
    assert status["operation_id"] == str(operation.operation_id)
    progress, found = status["progress"], status["result"]
    assert progress is not None
    assert found is not None
    assert progress["percent"] == 100
    assert (found["files"], status["error"]) == (1, None)
    assert operations.snapshot()["status"] == "completed"
