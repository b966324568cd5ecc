"""Renaming files to the naming template: starting it, ending it, taking it back, how far it is.

The work itself is ``library.renaming``, in a process of its own.
"""

from __future__ import annotations

import logging
import subprocess
from collections.abc import Sequence
from typing import Annotated, TypedDict

from django.core.exceptions import ValidationError
from django.db import transaction

from aniworld.events.operations import OperationState
from aniworld.journal.errors import ChangedSince, UndoTooLate
from aniworld.web.shapes import OneOf
from aniworld.web.texts import Told
from library.choices import OperationKind, StepState
from library.errors import RenamingRunning
from library.models import ScanOperation
from library.services import launching, operations
from library.services.launching import watch as _watch
from library.services.lookup import get_series
from library.services.operations import RenamingResult, ScanProblem, problems_json
from library.services.roots import first_root

log = logging.getLogger(__name__)


class RenamingStep(TypedDict):
    """How far a renaming is, in files."""

    current: int
    total: int
    percent: float
    folder: Annotated[str | None, "Of the series whose turn it is."]


class RenamingStatus(TypedDict):
    """The running renaming, or else the last one."""

    operation_id: str | None
    state: Annotated[str, OneOf(OperationState), "IDLE: there was none yet."]
    series: Annotated[str | None, "The key of the series it is about; null: the whole library."]
    progress: RenamingStep | None
    result: RenamingResult | None
    error: Annotated[Told | None, "Why it failed."]
    problems: Annotated[list[ScanProblem], "Files that keep their name, the first hundred."]


def start(series: str | None = None, *, among: Sequence[str] = ()) -> ScanOperation:
    """Start renaming, in a process of its own.

    Args:
        series: the key of the only one; the whole library where not given.
        among: the keys of the only ones, where they are several.

    Raises:
        ScanRunning, RenamingRunning: one of either runs.
        NoLibraryRoot: no library folder is configured.
        SeriesNotFound: ``series`` is not in the library.
    """
    first_root()
    key = get_series(series).key if series is not None else None
    operation = begin(key, among=[get_series(one).key for one in among])
    launching.begin_process(operation, _launch, _watch)
    return operation


def begin(
    series: str | None = None, *, back: str | None = None, among: Sequence[str] = ()
) -> ScanOperation:
    """Write the row of a renaming.

    Args:
        series: the key of the only one.
        back: the id of the renaming that is taken back.
        among: the keys of the only ones, where they are several.

    Raises:
        ScanRunning, RenamingRunning: one of either runs.
    """
    some = {"among": list(among)} if among else {}
    return operations.begin({"series": series, "back": back, **some}, OperationKind.RENAMING)


def start_back(*, operation: str, series: str | None = None) -> ScanOperation:
    """Start giving renamed files their former names back, when the caller's transaction is done.

    Args:
        operation: the id of the renaming.
        series: the key of the only one.

    Raises:
        UndoTooLate: it is not kept any more.
        ChangedSince: nothing of it is left to be taken back.
        ScanRunning, RenamingRunning: one of either runs.
    """
    renamed = find(operation)
    if renamed is None:
        raise UndoTooLate
    if renamed.state == OperationState.RUNNING:
        raise RenamingRunning
    done = renamed.steps.filter(state=StepState.DONE)
    if series is not None:
        done = done.filter(series__key=series)
    if not done.exists():
        raise ChangedSince
    begun = begin(series, back=operation)
    transaction.on_commit(lambda: _begin_process(begun))
    return begun


def find(operation_id: str) -> ScanOperation | None:
    """The renaming of that id, where it is still kept."""
    try:
        return ScanOperation.objects.renamings().filter(operation_id=operation_id).first()
    except ValidationError:  # no id at all
        return None


def cancel() -> ScanOperation:
    """Ask the running renaming to end between two files. Raises ``NoRenamingRunning``."""
    return operations.cancel(OperationKind.RENAMING)


def latest() -> ScanOperation | None:
    """The running renaming, or else the last one. Only reads."""
    return operations.latest(OperationKind.RENAMING)


def status_json() -> RenamingStatus:
    """The running or else the last renaming as the API shows it."""
    operation = latest()
    if operation is None:
        return {
            "operation_id": None,
            "state": OperationState.IDLE.value,
            "series": None,
            "progress": None,
            "result": None,
            "error": None,
            "problems": [],
        }
    step = operations.progress_json(operation)
    return {
        "operation_id": str(operation.operation_id),
        "state": operation.state,
        "series": operation.parameters.get("series"),
        "progress": {
            "current": step["current"],
            "total": step["total"],
            "percent": step["percent"],
            "folder": step["folder"],
        },
        "result": operation.result,
        "error": operation.error,
        "problems": problems_json(operation),
    }


def _begin_process(operation: ScanOperation) -> None:
    """Nobody is there to be told: that it could not be started stands on the operation."""
    try:
        launching.begin_process(operation, _launch, _watch)
    except OSError as error:
        log.error("renaming not started operation=%s: %s", operation, error.strerror)  # noqa: TRY400 - all is said


def _launch(operation: ScanOperation) -> subprocess.Popen[bytes]:
    return launching.launch(operation, "renamefiles")
