"""One run, inside its own process."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from importlib import import_module

from aniworld.console.context import about
from aniworld.journal.actors import Actor, acting_as
from aniworld.system.schedule import claims
from aniworld.system.schedule.choices import RunState
from aniworld.system.schedule.clock import SystemClock
from aniworld.system.schedule.errors import JobFailed
from aniworld.system.schedule.events import Tracker, tracker_of
from aniworld.system.schedule.jobs import Job
from aniworld.system.schedule.models import JobRun
from aniworld.web.errors import AppError
from providers.coded import Coded, CodedError, foreign
from providers.errors import ProviderError

log = logging.getLogger(__name__)

STOPPED = 143  # the exit code of one that was asked to end, as shells have it
END_SECONDS = 5.0
NICENESS = 10  # whoever looks at a page meanwhile goes first


class Skipped(Exception):
    """There was a reason not to do it now, which is no fault."""

    def __init__(self, said: Coded | CodedError) -> None:
        super().__init__(said)
        self.said: Coded = said.as_json() if isinstance(said, CodedError) else said


class Failed(Exception):
    """It failed for a reason that was written down elsewhere already."""

    def __init__(self, said: Coded) -> None:
        super().__init__(said)
        self.said = said


class Running:
    """What a job's function is given: its run, whether to stop, and how to tell how far it is."""

    def __init__(self, run: JobRun) -> None:
        self.run = run
        self.is_stopping = False
        self._on_stop: list[Callable[[], object]] = []
        self._tracker: Tracker = tracker_of(run)

    def stop(self) -> None:
        """Ask it to end."""
        self.is_stopping = True
        for callback in self._on_stop:
            callback()

    def when_stopped(self, callback: Callable[[], object]) -> None:
        """Call this, in the signal handler, when it is asked to end."""
        self._on_stop.append(callback)

    def tell(self, current: int, total: int) -> None:
        """Say how far it is."""
        self._tracker.update(current, total=total)


Work = Callable[[Running], Coded]


def work_of(job: Job) -> Work:
    """The function of a job."""
    module, _, name = job.work.partition(":")
    found: Work = getattr(import_module(f"aniworld.system.schedule.work.{module}"), name)
    return found


def run(job: Job, run: JobRun) -> int:
    """Do the work of a run and write how it went; returns the exit code of the process.

    The end of one that was asked to stop is written by whoever asked.
    """
    running = Running(run)
    _obey(running)
    os.nice(NICENESS)
    origin = Actor.from_json(run.started_by)
    with about(operation=f"job-{run.pk}"), acting_as(Actor.schedule(job.name, origin=origin)):
        state, said = _done(job, running)
        if running.is_stopping:
            return STOPPED
        result = said if state is RunState.COMPLETED else None
        error = said if state is not RunState.COMPLETED else None
        again = claims.retry_of(run, state, job)
        now = SystemClock().now()
        claims.finish(run, state, now, result=result, error=error, again_after=again)
    return 1 if state is RunState.FAILED else 0


def _done(job: Job, running: Running) -> tuple[RunState, Coded]:
    try:
        return RunState.COMPLETED, work_of(job)(running)
    except Skipped as skipped:
        return RunState.SKIPPED, skipped.said
    except Failed as failed:
        return RunState.FAILED, failed.said
    except (AppError, ProviderError) as error:
        return RunState.FAILED, error.as_json()
    except Exception as error:
        log.exception("job=%s failed", job.name)
        return RunState.FAILED, JobFailed(reason=foreign(error)).as_json()


def _obey(running: Running) -> None:
    """End when asked to, and with whoever watches: that one holds the other end of a pipe."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: running.stop())
    threading.Thread(target=_end_with_watcher, name="watcher", daemon=True).start()


def _end_with_watcher() -> None:
    try:
        while os.read(0, 1024):
            pass
    except OSError as error:  # it was started without
        log.debug("nobody watches: %s", error)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(END_SECONDS)
    sys.stderr.flush()
    os._exit(STOPPED)
