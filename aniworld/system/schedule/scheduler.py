"""The scheduler: begins what is due, each in a process of its own, and watches those.

It is a thread of the worker's process (``manage.py runqueue``), or a process of its own
(``manage.py runschedule``). There may be several, on several machines: a claim decides.
"""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

from aniworld.config import store
from aniworld.database import troubles
from aniworld.journal.actors import Actor, acting_as
from aniworld.system.schedule import claims
from aniworld.system.schedule.children import Child, launch
from aniworld.system.schedule.choices import RunState
from aniworld.system.schedule.clock import Clock, SystemClock
from aniworld.system.schedule.errors import JobDied, JobStopped, JobTooLong
from aniworld.system.schedule.jobs import JOBS, Job, job_named
from aniworld.system.schedule.models import JobRun, JobState
from aniworld.web.errors import AppError, DatabaseUnusable
from providers.coded import Coded, errno_name

log = logging.getLogger(__name__)

LOOK_EVERY = 1.0  # seconds
HEAR_EVERY = 0.2  # whether it is to end
BEAT_EVERY = 3.0
PLAN_EVERY = 30.0
MARK_EVERY = 20.0
# A process that was asked to end has so long before it is killed.
GRACE_SECONDS = 6.0
STOP_SECONDS = 2.5  # the same, where the worker itself has to end

Launch = Callable[[JobRun], Child]
Ended = Callable[[JobRun], None]


@dataclass(slots=True)
class _Watched:
    """A run whose process this scheduler has started."""

    run: JobRun
    job: Job
    child: Child
    began: float
    asked_at: float | None = None  # when it was asked to end
    is_too_long: bool = False
    is_lost: bool = False  # somebody else has ended the run


@dataclass(slots=True)
class _Rounds:
    """What is not done at each look, by when it was done last."""

    done: dict[str, float] = field(default_factory=dict)

    def is_time(self, what: str, every: float, now: float) -> bool:
        if now - self.done.get(what, float("-inf")) < every:
            return False
        self.done[what] = now
        return True


def new_name() -> str:
    """A name that no other scheduler ever has."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(4)}"


class Scheduler:
    """Begins and watches runs, turn by turn.

    Args:
        launch: starts the process of a run that was claimed; may raise ``OSError``.
        on_end: told of each run of its own that has ended.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        launch: Launch = launch,
        jobs: tuple[Job, ...] = JOBS,
        on_end: Ended = lambda _run: None,
    ) -> None:
        self.name = new_name()
        self._clock = clock or SystemClock()
        self._launch = launch
        self._jobs = jobs
        self._on_end = on_end
        self._watched: dict[int, _Watched] = {}
        self._dead = claims.DeadRuns(self._clock)
        self._rounds = _Rounds()

    @property
    def is_idle(self) -> bool:
        """Whether none of its runs goes on."""
        return not self._watched

    def turn(self) -> list[JobRun]:
        """One look: see to what runs, begin what is due. Returns the runs that begin.

        Raises:
            ConfigError, DatabaseError: nothing can be begun now; what runs goes on.
        """
        with acting_as(Actor.system("schedule")):
            self._see_to_children()
            config, now = store.load(), self._clock.now()
            states = claims.states_of(self._jobs)
            if self._is_time("plan", PLAN_EVERY, mark=config.version):
                for job in self._jobs:
                    claims.replan(job, states[job.name], config, now)
            self._dead.end(but=self.name)
            if self._is_time("mark", MARK_EVERY):
                claims.mark(self.name, now)
            return self._begin_due(states, now)

    def stop(self, *, within: float = STOP_SECONDS) -> None:
        """End what runs, and say so of each. ``within``: seconds until it is killed."""
        for one in self._watched.values():
            one.child.ask_to_end()
        waited = threading.Event()
        until = self._clock.elapsed() + within
        while any(one.child.exit_code() is None for one in self._watched.values()):
            if self._clock.elapsed() >= until:
                for one in self._watched.values():
                    one.child.kill()
                break
            waited.wait(0.05)
        with acting_as(Actor.system("schedule")):
            for one in self._watched.values():
                self._end(one, RunState.CANCELLED, JobStopped().as_json())
        self._watched.clear()

    # what is due

    def _begin_due(self, states: dict[str, JobState], now: datetime) -> list[JobRun]:
        running = [job_named(name) for name in _running_names()]
        taken = {job.uses for job in running if job is not None}
        begun = []
        for job in self._in_order(states):
            if job in running or job.uses in taken:
                continue
            run = claims.claim(job, states[job.name], self.name, now)
            if run is not None:
                taken.add(job.uses)
                begun.append(run)
                self._start(job, run)
        return begun

    def _in_order(self, states: dict[str, JobState]) -> Iterator[Job]:
        """What is due: what somebody waits for first, then what waits longest."""
        now = self._clock.now()
        due = [job for job in self._jobs if claims.is_due(states[job.name], now)]

        def since(job: Job) -> tuple[bool, datetime]:
            state = states[job.name]
            return state.wanted_at is None, state.wanted_at or state.next_at or now

        yield from sorted(due, key=since)

    def _start(self, job: Job, run: JobRun) -> None:
        log.info("job=%s run=%s begins trigger=%s", job.name, run.pk, run.trigger)
        try:
            child = self._launch(run)
        except OSError as error:
            said = JobDied(why="not_started", errno=errno_name(error)).as_json()
            again = claims.retry_of(run, RunState.FAILED, job)
            claims.finish(run, RunState.FAILED, self._clock.now(), error=said, again_after=again)
            self._on_end(run)
            return
        self._watched[run.pk] = _Watched(run, job, child, self._clock.elapsed())

    # what runs

    def _see_to_children(self) -> None:
        now = self._clock.elapsed()
        if self._watched and self._is_time("beat", BEAT_EVERY):
            ours = claims.beat(self.name, self._clock.now())
            for one in self._watched.values():
                one.is_lost = one.run.pk not in ours and not claims.is_completed(one.run)
        for one in list(self._watched.values()):
            code = one.child.exit_code()
            if code is not None:
                del self._watched[one.run.pk]
                self._note_end(one, code)
            else:
                self._hold_to_limit(one, now)

    def _hold_to_limit(self, one: _Watched, now: float) -> None:
        is_over = now - one.began >= one.job.limit.total_seconds()
        if one.asked_at is None and (is_over or one.is_lost):
            one.is_too_long = is_over
            one.asked_at = now
            one.child.ask_to_end()
            log.warning("job=%s run=%s is ended lost=%s", one.job.name, one.run.pk, one.is_lost)
        elif one.asked_at is not None and now - one.asked_at >= GRACE_SECONDS:
            one.child.kill()

    def _note_end(self, one: _Watched, code: int) -> None:
        """The process has said how it went, if it came to that."""
        if one.is_too_long:
            minutes = max(1, round(one.job.limit.total_seconds() / 60))
            said = JobTooLong(minutes=minutes).as_json()
        else:
            said = JobDied(how=_how(code)).as_json()
        self._end(one, RunState.FAILED, said)

    def _end(self, one: _Watched, state: RunState, error: Coded) -> None:
        again = claims.retry_of(one.run, state, one.job)
        if claims.finish(one.run, state, self._clock.now(), error=error, again_after=again):
            log.warning("job=%s run=%s %s: %s", one.job.name, one.run.pk, state, error)
        else:
            one.run.refresh_from_db()
            log.info("job=%s run=%s %s", one.job.name, one.run.pk, one.run.state)
        self._on_end(one.run)

    def _is_time(self, what: str, every: float, *, mark: object = "") -> bool:
        return self._rounds.is_time(f"{what}{mark}", every, self._clock.elapsed())


def _running_names() -> list[str]:
    return list(JobRun.objects.running().values_list("name", flat=True))


def _how(code: int) -> str:
    if code >= 0:
        return f"exit {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"


class SchedulerThread:
    """A scheduler beside something else in one process.

    Args:
        is_ending: whether that process is asked to end: what runs is ended from then on, and not
            only when all else has come to its end.
    """

    def __init__(self, is_ending: Callable[[], bool] = lambda: False) -> None:
        self._scheduler = Scheduler()
        self._is_ending = is_ending
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="schedule", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Let it end what runs; waits for that, and not for long."""
        self._stopping.set()
        self._thread.join(timeout=STOP_SECONDS + 1)

    def _work(self) -> None:
        serve(self._scheduler, self._stopping, self._is_ending)


def _is_over(stopping: threading.Event, is_ending: Callable[[], bool]) -> bool:
    """Wait until the next look; whether there is to be none."""
    for _ in range(round(LOOK_EVERY / HEAR_EVERY)):
        if is_ending() or stopping.wait(HEAR_EVERY):
            return True
    return is_ending()


def serve(
    scheduler: Scheduler,
    stopping: threading.Event,
    is_ending: Callable[[], bool] = lambda: False,
) -> None:
    """Turn after turn until ``stopping`` is set; what cannot be had now is had later."""
    said = ""
    while not _is_over(stopping, is_ending):
        try:
            scheduler.turn()
            said = ""
        except (*troubles.DATABASE_ERRORS, DatabaseUnusable, AppError) as error:
            if str(error) != said:
                log.warning("the schedule waits: %s", error)
            said = str(error)
            connection.close()  # one that a fault has broken is opened anew
        except Exception:
            log.exception("a look at the schedule came to no end")
            connection.close()
    try:
        scheduler.stop()
    except (*troubles.DATABASE_ERRORS, DatabaseUnusable) as error:
        log.warning("the end of what was stopped cannot be written: %s", error)
    connection.close()
