"""``manage.py runschedule``: the schedule without a worker; for cron, ``--once``."""

from __future__ import annotations

import json
import signal
import sys
import threading
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from aniworld.console.ending import end_in_time
from aniworld.console.output import Output
from aniworld.database.examination import examine, refuse_lost
from aniworld.journal.commands import ActingCommand
from aniworld.system.schedule import services
from aniworld.system.schedule.choices import RunState
from aniworld.system.schedule.errors import JobNotFound, JobRunning
from aniworld.system.schedule.jobs import JOBS, Job, job_named
from aniworld.system.schedule.models import JobRun, JobState
from aniworld.system.schedule.scheduler import Scheduler, serve
from aniworld.web.texts import text_of

DONE, FAILED, USAGE, RUNNING = 0, 1, 2, 3
LOOK_AGAIN = 0.1  # seconds, while something runs


class Command(ActingCommand):
    # They would load every page and the whole API into a process that serves neither.
    requires_system_checks = ()
    help = (
        "Begin jobs when they are due. Exit codes: 0 done, 1 one has failed, 2 usage, 3 the job "
        "runs already."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due, then end")
        parser.add_argument("--job", metavar="NAME", help="do this job now, then end")
        parser.add_argument("--json", action="store_true", help="one JSON object a run that ends")
        parser.add_argument("--run", type=int, help="the process of a run that was begun")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["run"] is not None:
            sys.exit(_work(options["run"]))
        examine()
        self._out = Output(self.stdout, sys.stdout)
        self._as_json = options["json"]
        self._has_failed = False
        wanted = self._wanted(options["job"])
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: _Stop(stopping).start())
        end_in_time()
        jobs = JOBS if wanted is None else (wanted,)
        scheduler = Scheduler(jobs=jobs, on_end=self._tell)
        if wanted is None and not options["once"]:
            serve(scheduler, stopping)
            return
        self._work_off(scheduler, wanted, stopping)
        sys.exit(FAILED if self._has_failed else DONE)

    def _wanted(self, name: str | None) -> Job | None:
        if name is None:
            return None
        try:
            services.run_now(name)
        except (JobNotFound, JobRunning) as error:
            code = RUNNING if isinstance(error, JobRunning) else USAGE
            raise CommandError(text_of(error), returncode=code) from error
        return job_named(name)

    def _work_off(
        self, scheduler: Scheduler, wanted: Job | None, stopping: threading.Event
    ) -> None:
        """Until nothing is due that could begin here: for what runs elsewhere nobody waits, but
        for what keeps ``wanted`` from beginning."""
        while not stopping.is_set():
            begun = scheduler.turn()
            if not begun and scheduler.is_idle and not _waits(wanted):
                return
            time.sleep(LOOK_AGAIN)
        scheduler.stop()

    def _tell(self, run: JobRun) -> None:
        self._has_failed |= run.state in (RunState.FAILED, RunState.CANCELLED)
        said = run.error or run.result
        if self._as_json:
            told = {
                "job": run.name,
                "state": run.state,
                "result": run.result,
                "error": run.error,
                "seconds": run.seconds,
            }
            self._out.line(json.dumps(told))
        else:
            self._out.line(f"{run.name}: {run.state} {said['text'] if said else ''}".rstrip())


def _waits(wanted: Job | None) -> bool:
    """Whether it is still to begin; another scheduler may take it as well."""
    if wanted is None:
        return False
    return JobState.objects.filter(name=wanted.name, wanted_at__isnull=False).exists()


class _Stop(threading.Thread):
    """Sets an event out of a signal handler: there, its lock may be held by whom it interrupts."""

    def __init__(self, stopping: threading.Event) -> None:
        super().__init__(name="stopping", daemon=True)
        self._stopping = stopping

    def run(self) -> None:
        self._stopping.set()


def _work(pk: int) -> int:
    """The other side: the process of a run."""
    from aniworld.system.schedule import running  # noqa: PLC0415 - brings what jobs need

    refuse_lost()
    run = JobRun.objects.running().filter(pk=pk).first()
    job = job_named(run.name) if run is not None else None
    if run is None or job is None:
        raise CommandError("There is no such run", returncode=USAGE)
    return running.run(job, run)
