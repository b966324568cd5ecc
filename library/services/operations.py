"""Scans, renamings and ways through the recycle bin as operations: one at a time over all
processes, and none that runs for ever.

The database allows one RUNNING row. Whose process has died without a word is found out, see
``library.services.liveness``.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, TypedDict

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from aniworld.events.operations import OperationState, OperationStatus, ProgressPhase
from aniworld.events.progress import ProgressTracker
from aniworld.journal.actors import Actor, acting_as, current_actor
from aniworld.journal.services import Undo, record
from aniworld.web.shapes import OneOf
from aniworld.web.texts import Told, text_of
from library import events
from library.choices import OperationKind, StepState
from library.entries import LibraryAction, about_operation
from library.errors import (
    NoRenamingRunning,
    NoScanRunning,
    RecyclingDied,
    RecyclingRunning,
    RenamingDied,
    RenamingRunning,
    ScanProcessDied,
    ScanRunning,
)
from library.models import ScanOperation
from library.services.liveness import is_dead, this_process
from providers.coded import Coded

log = logging.getLogger(__name__)

RENAME_BACK = "files.rename_back"  # the function behind the handles of renamings
_STARTED: Mapping[OperationKind, LibraryAction] = {
    OperationKind.SCAN: LibraryAction.SCAN_STARTED,
    OperationKind.RENAMING: LibraryAction.RENAMING_STARTED,
}
_CANCELLED: Mapping[OperationKind, LibraryAction] = {
    OperationKind.SCAN: LibraryAction.SCAN_CANCELLED,
    OperationKind.RENAMING: LibraryAction.RENAMING_CANCELLED,
}
_ENDED: Mapping[OperationKind, LibraryAction] = {
    OperationKind.SCAN: LibraryAction.SCAN_ENDED,
    OperationKind.RENAMING: LibraryAction.RENAMING_ENDED,
}

KEPT = 100  # that have ended, of each kind


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


class RenamingResult(TypedDict):
    """What a renaming has done."""

    renamed: Annotated[int, "Videos that have another name now."]
    beside: Annotated[int, "Files beside them that have moved along."]
    unchanged: Annotated[int, "Videos that were named so already."]
    left: Annotated[int, "Videos that keep their name for a reason."]
    duration: Annotated[float, "Seconds."]


class RecyclingResult(TypedDict):
    """What has gone into the recycle bin, or come out of it."""

    videos: int
    bytes: Annotated[int, "Of all files."]
    left: Annotated[int, "Videos that stay where they are, for a reason."]


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


def begin(parameters: dict[str, Any], kind: OperationKind = OperationKind.SCAN) -> ScanOperation:
    """Write the row of a new scan or renaming.

    Raises:
        ScanRunning, RenamingRunning, RecyclingRunning: one of these runs.
    """
    end_dead_ones()
    now = timezone.now()
    forget_old_ones(kind)
    try:
        with transaction.atomic():
            operation = ScanOperation.objects.create(
                kind=kind,
                parameters=parameters,
                started_by=current_actor().as_json(),
                started_at=now,
                heartbeat_at=now,
            )
            record(_STARTED[kind], on=about_operation(operation), after=parameters)
            return operation
    except IntegrityError as error:
        raise what_runs() from error


def what_runs() -> ScanRunning | RenamingRunning | RecyclingRunning:
    """What is told to whoever would go through the library meanwhile."""
    kind = ScanOperation.objects.running().values_list("kind", flat=True).first()
    if kind == OperationKind.RENAMING:
        return RenamingRunning()
    return RecyclingRunning() if kind == OperationKind.RECYCLING else ScanRunning()


def forget_old_ones(kind: OperationKind) -> None:
    """Keep of those that have ended the last hundred of a kind."""
    of_kind = ScanOperation.objects.filter(kind=kind)
    newest_first = of_kind.latest_first().values_list("pk", flat=True)
    ScanOperation.objects.filter(pk__in=list(newest_first[KEPT:])).delete()


def claim(operation: ScanOperation) -> None:
    """Say that this process is the one that does it."""
    operation.pid, operation.host = os.getpid(), this_process(os.getpid())
    operation.heartbeat_at = timezone.now()
    operation.save(update_fields=["pid", "host", "heartbeat_at", "updated_at"])


def latest(kind: OperationKind = OperationKind.SCAN) -> ScanOperation | None:
    """Return the running scan (or renaming), or else the last one. Only reads.

    One whose process has died is shown as ended at once; whoever writes next makes it so, see
    :func:`end_dead_ones`.
    """
    of_kind = ScanOperation.objects.filter(kind=kind)
    operation = of_kind.current()
    if operation is None or operation.state != OperationState.RUNNING or not is_dead(operation):
        return operation
    if not ScanOperation.objects.running().filter(pk=operation.pk).exists():
        return of_kind.current()  # it has ended, and only then its process
    _show_as_died(operation)
    return operation


def _show_as_died(operation: ScanOperation) -> None:
    """Give the row, in memory alone, what :func:`end_as_died` will write."""
    operation.state, operation.phase = OperationState.FAILED.value, ProgressPhase.FAILED.value
    operation.error = _died(operation)
    operation.finished_at = operation.last_sign


def cancel(kind: OperationKind = OperationKind.SCAN) -> ScanOperation:
    """Ask the running scan to end between two folders, the running renaming between two files.

    Raises:
        NoScanRunning, NoRenamingRunning: none of that kind does.
    """
    end_dead_ones()
    of_kind = ScanOperation.objects.filter(kind=kind)
    with transaction.atomic():
        if not of_kind.running().update(cancel_requested=True):
            raise NoScanRunning if kind == OperationKind.SCAN else NoRenamingRunning
        operation = of_kind.latest_first().filter(cancel_requested=True)[0]
        record(_CANCELLED[kind], on=about_operation(operation))
    return operation


def finish(
    operation: ScanOperation,
    state: OperationState,
    *,
    result: ScanResult | RenamingResult | RecyclingResult | None = None,
    problems: Sequence[StoredProblem] = (),
    error: Coded | None = None,
    tracker: ProgressTracker[Any] | None = None,
    at: datetime | None = None,
) -> bool:
    """End a scan or a renaming and tell it, in one transaction. False if it had ended already.

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
            files=result.get("files", F("files")) if result else F("files"),
            current=F("total") if state is OperationState.COMPLETED else F("current"),
            finished_at=at or timezone.now(),
        )
        if ended:
            operation.refresh_from_db()
            if operation.is_recycling:  # what was done is journalled with the files
                return True
            _record_end(operation)
            if operation.is_renaming:
                events.renaming_ended(operation, tracker)
            else:
                events.scan_ended(operation, tracker)
    operation.refresh_from_db()
    return bool(ended)


def end_dead_ones() -> None:
    """End the running operation as FAILED if its process is no more.

    Called by whoever writes: the worker every few seconds, and what starts or cancels a scan. Where
    the scan was started by a process that still runs, that has done it already.
    """
    for operation in dead_ones():
        end_as_died(operation)


def dead_ones() -> list[ScanOperation]:
    """The scans that count as running and whose process is no more. Only reads."""
    return [operation for operation in ScanOperation.objects.running() if is_dead(operation)]


def end_as_died(operation: ScanOperation) -> None:
    """Say that the process of a scan ended without a result. Nobody's act: it is found out, by
    whoever looks next."""
    died, at = _died(operation), operation.last_sign
    with acting_as(Actor.system("scans")):
        ended = finish(operation, OperationState.FAILED, error=died, at=at)
    if ended:
        log.error("process died kind=%s operation=%s", operation.kind, operation)


def _died(operation: ScanOperation) -> Coded:
    if operation.is_recycling:
        return RecyclingDied().as_json()
    return (RenamingDied() if operation.is_renaming else ScanProcessDied()).as_json()


def _record_end(operation: ScanOperation) -> None:
    after = {"state": operation.state, "result": operation.result}
    kind = OperationKind(operation.kind)
    record(
        _ENDED[kind],
        on=about_operation(operation),
        after=after,
        reason=operation.error,
        undo=_way_back(operation),
    )


def _way_back(operation: ScanOperation) -> Undo | None:
    """How the names come back, of a renaming that has given some."""
    if not operation.steps.filter(state=StepState.DONE).exists():
        return None
    return Undo(RENAME_BACK, {"operation": str(operation.operation_id)})


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
