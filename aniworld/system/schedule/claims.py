"""Who runs a job: one at a time, over all processes and machines.

A claim is a conditional update and its row count, with the row of the run in one transaction; that
a job has one running run at most is a constraint of the database besides.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from aniworld.config.schema import Config
from aniworld.journal.actors import Actor
from aniworld.system.schedule import events, planning
from aniworld.system.schedule.choices import RunState, Trigger
from aniworld.system.schedule.clock import Clock
from aniworld.system.schedule.errors import JobDied
from aniworld.system.schedule.jobs import Job, job_named
from aniworld.system.schedule.models import KEPT_RUNS, LEASE, JobRun, JobState, SchedulerMark
from aniworld.web.columns import CodedColumns
from library.services.liveness import this_process
from providers.coded import Coded

# What was due so long ago was missed while nothing ran.
MISSED_AFTER = timedelta(minutes=5)
# What was cut off with the worker is begun again so soon.
AGAIN_AFTER = timedelta(minutes=2)


def states_of(jobs: Iterable[Job]) -> dict[str, JobState]:
    """What is known of these jobs; of a new one a row is made."""
    names = [job.name for job in jobs]
    known = {state.name: state for state in JobState.objects.filter(name__in=names)}
    if missing := [JobState(name=name) for name in names if name not in known]:
        JobState.objects.bulk_create(missing, ignore_conflicts=True)
        known = {state.name: state for state in JobState.objects.filter(name__in=names)}
    return known


def replan(job: Job, state: JobState, config: Config, now: datetime) -> None:
    """Work out anew when a job comes next, where the settings or the clock have changed."""
    choice = planning.choice_of(job, config)
    key = planning.key_of(choice.when) if choice.is_on else ""
    if not key:
        if state.rhythm:
            _put(state, {"rhythm": "", "planned_at": None, "next_at": None})
        return
    rhythm = planning.bounded(job, choice.when)
    wanted = planning.plan(job, rhythm, state.seed, planning.base_of(job, state, now))
    if state.rhythm != key or planning.is_outdated(job, state, wanted):
        values = {"planned_at": wanted.planned_at, "next_at": wanted.next_at}
        _put(state, {"rhythm": key, **values})


def _put(state: JobState, values: dict[str, Any]) -> None:
    """Write a plan, unless another process has just written one."""
    before = {"rhythm": state.rhythm, "next_at": state.next_at}
    with transaction.atomic():
        if JobState.objects.filter(pk=state.pk, **before).update(**values):
            events.changed(state.name)
    for name, value in values.items():
        setattr(state, name, value)


def is_due(state: JobState, now: datetime) -> bool:
    """Whether a job is to begin now."""
    if state.wanted_at is not None:
        return True
    return state.next_at is not None and state.next_at <= now and not state.is_paused


def claim(job: Job, state: JobState, holder: str, now: datetime) -> JobRun | None:
    """Take a job that is due, for ``holder`` to run; None where another one was faster."""
    try:
        with transaction.atomic():
            is_ours = _take_wanted(state) if state.wanted_at else _take_due(job, state, now)
            return _begin(job, state, holder, now) if is_ours else None
    except IntegrityError:
        return None  # it runs


def _take_wanted(state: JobState) -> bool:
    asked = JobState.objects.filter(pk=state.pk, wanted_at=state.wanted_at)
    return bool(asked.update(wanted_at=None, wanted_by={}))


def _take_due(job: Job, state: JobState, now: datetime) -> bool:
    rhythm = planning.rhythm_of(job, state)
    due = _due_of(state, now)
    if rhythm is None or due is None:
        return False
    plan = planning.plan(job, rhythm, state.seed, now, due=due)
    waiting = JobState.objects.filter(
        pk=state.pk, is_paused=False, next_at=state.next_at, next_at__lte=now
    )
    return bool(waiting.update(planned_at=plan.planned_at, next_at=plan.next_at, last_due_at=due))


def _due_of(state: JobState, now: datetime) -> datetime | None:
    """The time for which a job begins: its own, or that of another try."""
    planned = state.planned_at
    return planned if planned is not None and planned <= now else state.next_at


def _begin(job: Job, state: JobState, holder: str, now: datetime) -> JobRun:
    is_wanted = state.wanted_at is not None
    due = state.next_at
    is_missed = due is not None and now - due > MISSED_AFTER
    by_itself = Trigger.MADE_UP if is_missed else Trigger.SCHEDULE
    run = JobRun.objects.create(
        name=job.name,
        trigger=Trigger.OWNER if is_wanted else by_itself,
        due_at=None if is_wanted else due,
        begun_at=now,
        started_by=state.wanted_by if is_wanted else Actor.system("schedule").as_json(),
        holder=holder,
        holder_pid=os.getpid(),
        host=this_process(os.getpid()),
        beat_at=now,
    )
    events.begun(run)
    return run


def beat(holder: str, now: datetime) -> set[int]:
    """Renew what ``holder`` runs; returns which of its runs are still its own."""
    mine = JobRun.objects.running().filter(holder=holder)
    mine.update(beat_at=now)
    return set(mine.values_list("pk", flat=True))


def is_completed(run: JobRun) -> bool:
    """Whether its own process has said that it is done, which it may do before it is gone."""
    return JobRun.objects.filter(pk=run.pk, state=RunState.COMPLETED).exists()


def finish(
    run: JobRun,
    state: RunState,
    now: datetime,
    *,
    result: Coded | None = None,
    error: Coded | None = None,
    again_after: timedelta | None = None,
) -> bool:
    """Write how a run ended. False where somebody did so before.

    Args:
        again_after: when it is tried again, where its next time is later than that.
    """
    values = {
        "state": state,
        "ended_at": now,
        **_columns("result", result),
        **_columns("error", error),
    }
    with transaction.atomic():
        if not JobRun.objects.running().filter(pk=run.pk).update(**values):
            return False
        for name, value in values.items():
            setattr(run, name, value)
        _set_next(run, now, again_after)
        _forget_old(run.name)
        events.ended(run)
    return True


def _columns(name: str, said: Coded | None) -> dict[str, Any]:
    columns: CodedColumns = vars(JobRun)[name]
    return columns.values(said)


def _set_next(run: JobRun, now: datetime, again_after: timedelta | None) -> None:
    """What came while it ran is left out, not stacked."""
    job, state = job_named(run.name), JobState.objects.filter(name=run.name).first()
    if job is None or state is None or state.next_at is None:
        return
    rhythm = planning.rhythm_of(job, state)
    if state.next_at <= now and rhythm is not None:
        plan = planning.plan(job, rhythm, state.seed, now, due=state.planned_at)
        state.planned_at, state.next_at = plan.planned_at, plan.next_at
    if again_after is not None:
        state.next_at = min(state.next_at, now + again_after)
    state.save(update_fields=["planned_at", "next_at"])


def _forget_old(name: str) -> None:
    ended = JobRun.objects.filter(name=name).exclude(state=RunState.RUNNING)
    beyond = ended.newest_first().values_list("pk", flat=True)[KEPT_RUNS:]
    JobRun.objects.filter(pk__in=list(beyond)).delete()


def retry_of(run: JobRun, state: RunState, job: Job | None) -> timedelta | None:
    """When a run that ended so is tried again before its next time; None: not before."""
    if state is RunState.FAILED and job is not None:
        return job.retry_after
    if state is not RunState.CANCELLED:
        return None
    before = JobRun.objects.filter(name=run.name).exclude(pk=run.pk).newest_first().first()
    was_cut_off = before is not None and before.state == RunState.CANCELLED
    return None if was_cut_off else AGAIN_AFTER


class DeadRuns:
    """Finds runs that nobody watches any more.

    On this machine the process of whoever watched tells; elsewhere, that its sign of life has not
    changed for a whole lease, by a clock that nobody sets.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seen: dict[int, tuple[datetime, float]] = {}

    def end(self, *, but: str = "") -> list[JobRun]:
        """End them, and return them. Args: but: the scheduler that asks; it watches its own."""
        running = list(JobRun.objects.running().exclude(holder=but))
        self._seen = {run.pk: self._since(run) for run in running}
        dead = [run for run in running if self._is_dead(run)]
        error = JobDied(why="unwatched").as_json()
        for run in dead:
            again = retry_of(run, RunState.CANCELLED, None)
            finish(run, RunState.CANCELLED, self._clock.now(), error=error, again_after=again)
        return dead

    def _since(self, run: JobRun) -> tuple[datetime, float]:
        known = self._seen.get(run.pk)
        if known is not None and known[0] == run.beat_at:
            return known
        return run.beat_at, self._clock.elapsed()

    def _is_dead(self, run: JobRun) -> bool:
        host = run.host.partition(" ")[0]
        is_here = host == socket.gethostname() and run.holder_pid is not None
        if is_here and run.host != this_process(run.holder_pid or 0):
            return True
        return self._clock.elapsed() - self._seen[run.pk][1] >= LEASE.total_seconds()


def mark(holder: str, now: datetime) -> None:
    """Note that a scheduler looks."""
    SchedulerMark.objects.update_or_create(pk=1, defaults={"looked_at": now, "holder": holder})
