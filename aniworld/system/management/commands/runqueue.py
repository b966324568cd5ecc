"""``manage.py runqueue``: the worker of the queue."""

from __future__ import annotations

import signal
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from types import FrameType
from typing import Any, Protocol

from django.core.management.base import CommandError

from aniworld.console.ending import end_in_time
from aniworld.console.output import Output
from aniworld.database.examination import examine
from aniworld.events import cursors
from aniworld.journal.commands import ActingCommand
from aniworld.system import backed_up
from aniworld.system.mediaservers import running as mediaservers
from aniworld.system.notifications.gathering import READER
from aniworld.system.notifications.sender import Sender, SenderThread, drain
from aniworld.system.schedule.scheduler import SchedulerThread
from downloads.choices import Status
from downloads.models import DownloadQueueItem, QueueState
from downloads.services import start
from downloads.worker.console import Console
from downloads.worker.worker import Worker

# With --once: what has happened is told before the process ends.
DRAIN_SECONDS = 60.0
_TAKEN = (
    "Another worker serves the queue, perhaps that of the web server: press Start on the queue "
    "page instead, or end it first."
)


class Command(ActingCommand):
    # They would load every page and the whole API into a process that serves neither: 45 MB.
    requires_system_checks = ()
    help = "Work the download queue. Exit codes: 0 done, 1 not all done, 3 another one works."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--once", action="store_true", help="start the queue, work it off and exit"
        )
        parser.add_argument("--start", action="store_true", help="start the queue, then serve it")
        parser.add_argument("--limit", type=int, help="with --once or --start: so many items")
        parser.add_argument(
            "--no-scheduler", action="store_true", help="begin no job of the schedule"
        )
        parser.add_argument(
            "--no-notifications", action="store_true", help="read and send no notifications"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object a line")

    def handle(self, *_args: Any, **options: Any) -> None:
        once, limit = options["once"], options["limit"]
        if limit is not None and (limit < 1 or not (once or options["start"])):
            raise CommandError("--limit takes 1 or more, with --once or --start", returncode=2)
        examine()  # a database that cannot be used ends the start, not the work
        _put_right_what_was_interrupted()
        console = Console(Output(self.stdout, sys.stdout), as_json=options["json"])
        worker = Worker(on_change=console.show)
        obey_signals(worker)
        end_in_time()
        if once and not worker.ensure_lease():
            raise CommandError(_TAKEN, returncode=3)
        if once or options["start"]:
            start(limit=limit)
        begins_jobs = not once and not options["no_scheduler"]
        notifies = not options["no_notifications"]
        beside = list(_beside(worker, begins_jobs=begins_jobs, sends=notifies and not once))
        if notifies:
            cursors.place_of(READER)  # what happens from now on is told
        for one in beside:
            one.start()
        console.ready(worker.name)
        try:
            worker.run(until_done=once)
        finally:
            for one in reversed(beside):
                one.stop()
        if once:  # nobody is there later who would tell anybody
            mediaservers.flush()
            if notifies:
                drain(Sender(), within=DRAIN_SECONDS)
        console.close()
        # What waits for a site that lets nobody in is still to come.
        is_left = DownloadQueueItem.objects.filter(status=Status.PENDING).exists()
        if once and (console.failed or QueueState.current().is_paused or is_left):
            sys.exit(1)


class _Beside(Protocol):
    """What goes on in a thread beside the worker."""

    def start(self) -> None: ...

    def stop(self) -> None: ...


def _beside(worker: Worker, *, begins_jobs: bool, sends: bool) -> Iterator[_Beside]:
    if begins_jobs:
        yield SchedulerThread(lambda: worker.stop_requested)
    yield mediaservers.TellerThread()
    if sends:
        yield SenderThread(lambda: worker.stop_requested)


def _put_right_what_was_interrupted() -> None:
    """The settings may be those of a restore that has not come to its end."""
    if backed_up.note().exists():
        from aniworld.system.backups import services  # noqa: PLC0415 - hardly ever needed

        services.tidy()


def obey_signals(worker: Worker) -> None:
    """The first signal asks the worker to end; a second one ends it the hard way."""

    def ask(number: int, _frame: FrameType | None) -> None:
        worker.stop_requested = True
        signal.signal(number, signal.SIG_DFL)

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)
