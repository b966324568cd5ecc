"""What this room tells the browsers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aniworld.config.progress import limits
from aniworld.events.event import Event
from aniworld.events.notices import SystemProgress
from aniworld.events.progress import ProgressTracker
from aniworld.events.publish import publish
from aniworld.events.rooms import Room
from aniworld.system.events import JobFailed
from aniworld.system.schedule.choices import RunState
from aniworld.system.schedule.models import JobRun
from providers.coded import Coded

RESCANS = ("rescan", "full_rescan")
OPERATION = "job"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobChanged(Event):
    """A job begins, ends, is paused, goes on, or has another time. ``run_id`` is that of the run it
    is about; None where it is about none."""

    room = Room.SYSTEM_PROGRESS
    type = "job_changed"

    name: str
    run_id: str | None
    state: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledRescanStarted(Event):
    room = Room.SCAN_PROGRESS
    type = "scheduled_rescan_started"

    name: str
    run_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledRescanCompleted(Event):
    """``result`` is what there is to say of it; None where it was left out for a reason."""

    room = Room.SCAN_PROGRESS
    type = "scheduled_rescan_completed"

    name: str
    run_id: str
    state: str
    result: Coded | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledRescanError(Event):
    room = Room.SCAN_PROGRESS
    type = "scheduled_rescan_error"

    name: str
    run_id: str
    code: str
    error: Coded


Tracker = ProgressTracker[Mapping[str, Any]]


def tracker_of(run: JobRun) -> Tracker:
    """What tells how a run goes."""
    facts = {"what": OPERATION, "job": run.name}
    return ProgressTracker(SystemProgress, f"job-{run.pk}", facts, limits=limits())


def changed(name: str) -> None:
    """A job is paused, goes on, or has another time."""
    publish(JobChanged(name=name, run_id=None, state=None))


def begun(run: JobRun) -> None:
    """A run begins. In the transaction that says so."""
    tracker_of(run).start()
    publish(JobChanged(name=run.name, run_id=str(run.pk), state=run.state))
    if run.name in RESCANS:
        publish(ScheduledRescanStarted(name=run.name, run_id=str(run.pk)))


def ended(run: JobRun) -> None:
    """A run has ended, in the state that stands on its row. In the transaction that says so."""
    tracker = tracker_of(run)
    result, error = _of(run.result_code, run.result_params), _of(run.error_code, run.error_params)
    if run.state == RunState.FAILED and error is not None:
        tracker.fail(error)
    elif run.state == RunState.CANCELLED:
        tracker.cancel(error)
    else:
        tracker.complete(result or error)
    publish(JobChanged(name=run.name, run_id=str(run.pk), state=run.state))
    if run.state == RunState.FAILED and error is not None:
        publish(JobFailed(name=run.name, run_id=str(run.pk), error=error))
    if run.name in RESCANS:
        publish(_of_rescan(run, result, error))


def _of_rescan(run: JobRun, result: Coded | None, error: Coded | None) -> Event:
    if run.state in (RunState.FAILED, RunState.CANCELLED) and error is not None:
        return ScheduledRescanError(
            name=run.name, run_id=str(run.pk), code=error["code"], error=error
        )
    return ScheduledRescanCompleted(
        name=run.name, run_id=str(run.pk), state=run.state, result=result or error
    )


def _of(code: str, params: dict[str, Any]) -> Coded | None:
    return {"code": code, "params": params} if code else None
