"""Scans as operations: one at a time over all processes, and none that runs for ever.

The database allows one RUNNING row. Whose process has died without a word is found out by its
process id (and its start time: ids are used again), on another machine by its heartbeat.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, TypedDict

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from aniworld.events.operations import OperationState, OperationStatus, ProgressPhase
from aniworld.journal.actors import Actor, acting_as, current_actor
from aniworld.journal.services import record
from aniworld.web.shapes import OneOf
from aniworld.web.texts import Told, text_of
from library import events
from library.entries import LibraryAction, about_scan
from library.errors import NoScanRunning, ScanProcessDied, ScanRunning
from library.models import ScanOperation
from providers.coded import Coded

log = logging.getLogger(__name__)

KEPT = 100  # ended scans
# Longer than any request to a site may take with its retries.
SILENT_FOR = timedelta(minutes=10)
# From the row to the process that takes it over.
UNCLAIMED_FOR = timedelta(minutes=2)


class ScanStep(TypedDict):
    """How far a scan is."""

    phase: Annotated[str, OneOf(ProgressPhase)]
    current: Annotated[int, "Folders done."]
    total: int
    percent: float
    files: Annotated[int, "Found so far."]
    key: str | None
    folder: str | None
    message: str


class ScanResult(TypedDict):
    """What a scan found."""

    folders: int
    files: int
    new: Annotated[int, "Files that were not known."]
    changed: Annotated[int, "Files of another size or time, name or folder than before."]
    gone: Annotated[int, "Files that are not there, also those that the owner is asked about."]
    unreadable: Annotated[int, "Files whose name gives no episode."]
    unmatched: Annotated[
        int, "Folders without a series; files beside the series folders count as one more."
    ]
    errors: int
    duration: Annotated[float, "Seconds."]


class StoredProblem(Coded):
    """A :class:`ScanProblem` as it is kept."""

    path: str


class ScanProblem(Told):
    """Something that could not be read as it is, and stopped nothing."""

    path: str


class ScanStatus(TypedDict):
    """The running scan, or else the last one."""

    operation_id: str | None
    state: Annotated[str, OneOf(OperationState), "IDLE: there was none yet."]
    progress: ScanStep | None
    result: ScanResult | None
    error: Annotated[Told | None, "Why it failed."]
    problems: Annotated[list[ScanProblem], "The first hundred."]


@dataclass(frozen=True, slots=True)
class ScanOptions:
    """What a scan was asked for. ``series`` limits it to one series' folder."""

    full: bool = False
    accept_removals: bool = False
    use_provider: bool = True
    series: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "full": self.full,
            "accept_removals": self.accept_removals,
            "use_provider": self.use_provider,
            "series": self.series,
        }


def begin(parameters: dict[str, Any]) -> ScanOperation:
    """Write the row of a new scan. Raises ``ScanRunning`` while another one runs."""
    end_dead_ones()
    now = timezone.now()
    _forget_old_ones()
    try:
        with transaction.atomic():
            operation = ScanOperation.objects.create(
                parameters=parameters,
                started_by=current_actor().as_json(),
                started_at=now,
                heartbeat_at=now,
            )
            record(LibraryAction.SCAN_STARTED, on=about_scan(operation), after=parameters)
            return operation
    except IntegrityError as error:
        raise ScanRunning from error


def _forget_old_ones() -> None:
    newest_first = ScanOperation.objects.latest_first().values_list("pk", flat=True)
    ScanOperation.objects.filter(pk__in=list(newest_first[KEPT:])).delete()


def claim(operation: ScanOperation) -> None:
    """Say that this process is the one that scans."""
    operation.pid, operation.host = os.getpid(), _this_process(os.getpid())
    operation.heartbeat_at = timezone.now()
    operation.save(update_fields=["pid", "host", "heartbeat_at", "updated_at"])


def latest() -> ScanOperation | None:
    """Return the running scan, or else the last one. Only reads.

    One whose process has died is shown as ended at once; whoever writes next makes it so, see
    :func:`end_dead_ones`.
    """
    operation = ScanOperation.objects.current()
    if operation is None or operation.state != OperationState.RUNNING or not _is_dead(operation):
        return operation
    if not ScanOperation.objects.running().filter(pk=operation.pk).exists():
        return ScanOperation.objects.current()  # it has ended, and only then its process
    _show_as_died(operation)
    return operation


def _show_as_died(operation: ScanOperation) -> None:
    """Give the row, in memory alone, what :func:`end_as_died` will write."""
    operation.state, operation.phase = OperationState.FAILED.value, ProgressPhase.FAILED.value
    operation.error = ScanProcessDied().as_json()
    operation.finished_at = operation.last_sign


def cancel() -> ScanOperation:
    """Ask the running scan to end between two folders. Raises ``NoScanRunning``."""
    end_dead_ones()
    with transaction.atomic():
        if not ScanOperation.objects.running().update(cancel_requested=True):
            raise NoScanRunning
        operation = ScanOperation.objects.latest_first().filter(cancel_requested=True)[0]
        record(LibraryAction.SCAN_CANCELLED, on=about_scan(operation))
    return operation


def finish(
    operation: ScanOperation,
    state: OperationState,
    *,
    result: ScanResult | None = None,
    problems: Sequence[StoredProblem] = (),
    error: Coded | None = None,
    tracker: events.ScanTracker | None = None,
    at: datetime | None = None,
) -> bool:
    """End a scan and tell it, in one transaction. False if it had ended already.

    Args:
        at: when it ended; now where not given.
    """
    with transaction.atomic():
        running = ScanOperation.objects.running().filter(pk=operation.pk)
        ended = running.update(
            state=state.value,
            phase=ProgressPhase[state.name].value,
            result=result,
            problems=list(problems),
            **ScanOperation.error.values(error),
            files=result["files"] if result else F("files"),
            current=F("total") if state is OperationState.COMPLETED else F("current"),
            finished_at=at or timezone.now(),
        )
        if ended:
            operation.refresh_from_db()
            _record_end(operation)
            events.scan_ended(operation, tracker)
    operation.refresh_from_db()
    return bool(ended)


def end_dead_ones() -> None:
    """End the running scan as FAILED if its process is no more.

    Called by whoever writes: the worker every few seconds, and what starts or cancels a scan. Where
    the scan was started by a process that still runs, that has done it already.
    """
    for operation in dead_ones():
        end_as_died(operation)


def dead_ones() -> list[ScanOperation]:
    """The scans that count as running and whose process is no more. Only reads."""
    return [operation for operation in ScanOperation.objects.running() if _is_dead(operation)]


def end_as_died(operation: ScanOperation) -> None:
    """Say that the process of a scan ended without a result. Nobody's act: it is found out, by
    whoever looks next."""
    died, at = ScanProcessDied().as_json(), operation.last_sign
    with acting_as(Actor.system("scans")):
        ended = finish(operation, OperationState.FAILED, error=died, at=at)
    if ended:
        log.error("scan process died operation=%s pid=%s", operation, operation.pid)


def _record_end(operation: ScanOperation) -> None:
    after = {"state": operation.state, "result": operation.result}
    record(LibraryAction.SCAN_ENDED, on=about_scan(operation), after=after, reason=operation.error)


def _is_dead(operation: ScanOperation) -> bool:
    silent = timezone.now() - operation.last_sign
    if operation.pid is None:
        return silent > UNCLAIMED_FOR
    host, _, _ = operation.host.partition(" ")
    if host == socket.gethostname():
        return operation.host != _this_process(operation.pid)
    return silent > SILENT_FOR


def _this_process(pid: int) -> str:
    """Host name and start time of a process; no start time where it does not run."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        started = "" if fields[0] == "Z" else fields[19]
    except (OSError, IndexError):
        started = _without_proc(pid)
    return f"{socket.gethostname()} {started}"


def _without_proc(pid: int) -> str:
    """Systems without /proc: whether it runs has to do."""
    if Path("/proc/self").exists():
        return ""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        return "running"
    return "running"


def progress_json(operation: ScanOperation) -> ScanStep:
    """The ``progress`` of a scan as the API and the room's snapshot show it."""
    total = operation.total
    percent = 100.0 if operation.state == OperationState.COMPLETED else 0.0
    if total and operation.state != OperationState.COMPLETED:
        percent = round(min(operation.current / total, 1.0) * 100, 1)
    return {
        "phase": operation.phase,
        "current": operation.current,
        "total": total,
        "percent": percent,
        "files": operation.files,
        "key": operation.key or None,
        "folder": operation.folder or None,
        "message": text_of(operation.message),
    }


def problems_json(operation: ScanOperation) -> list[ScanProblem]:
    """What a scan could not read, as the API and the command show it."""
    stored: list[StoredProblem] = operation.problems
    return [{**problem, "text": text_of(problem)} for problem in stored]


def status_json() -> ScanStatus:
    """The running or else the last scan as the API and the room's snapshot show it."""
    operation = latest()
    if operation is None:
        return {
            "operation_id": None,
            "state": OperationState.IDLE.value,
            "progress": None,
            "result": None,
            "error": None,
            "problems": [],
        }
    return {
        "operation_id": str(operation.operation_id),
        "state": operation.state,
        "progress": progress_json(operation),
        "result": operation.result,
        "error": operation.error,
        "problems": problems_json(operation),
    }


def snapshot() -> dict[str, Any]:
    """What a client of the room ``scan_progress`` gets on joining. Only reads."""
    operation = latest()
    if operation is None:
        return {"operation_id": None, "state": OperationState.IDLE.value, "progress": None}
    return {
        "operation_id": str(operation.operation_id),
        "state": operation.state,
        "status": _STATUSES[OperationState(operation.state)].value,
        "progress": progress_json(operation),
    }


_STATUSES = {
    OperationState.RUNNING: OperationStatus.IN_PROGRESS,
    OperationState.COMPLETED: OperationStatus.COMPLETED,
    OperationState.FAILED: OperationStatus.FAILED,
    OperationState.CANCELLED: OperationStatus.CANCELLED,
}
