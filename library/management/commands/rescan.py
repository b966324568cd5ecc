"""``manage.py rescan``: scan the library folders from a shell or cron."""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from collections.abc import Sequence
from typing import Any

from django.core.management.base import CommandError, CommandParser

from aniworld.console.ending import end_in_time
from aniworld.console.logs import printable
from aniworld.console.output import Output
from aniworld.database.examination import refuse_lost, refuse_other_tables
from aniworld.database.troubles import DATABASE_ERRORS, trouble_of
from aniworld.events.callbacks import CallbackManager, ErrorContext, ProgressContext
from aniworld.events.operations import OperationState
from aniworld.journal.commands import ActingCommand
from aniworld.web.errors import AppError
from aniworld.web.texts import text, text_of, told_of
from library.errors import (
    LibraryError,
    NoScanRunning,
    RecyclingRunning,
    RenamingRunning,
    ScanRunning,
    SeriesNotFound,
)
from library.models import LibraryRoot, MediaFile, ScanOperation
from library.recycling.recover import recover as recover_bin
from library.renaming.disks import Disks
from library.renaming.recover import recover
from library.scanner.run import Scan
from library.services import get_series, operations
from library.services.operations import ScanOptions

DONE, FAILED, USAGE, RUNNING = 0, 1, 2, 3
EXITS = {
    SeriesNotFound.code: USAGE,
    NoScanRunning.code: USAGE,
    ScanRunning.code: RUNNING,
    RecyclingRunning.code: RUNNING,
    RenamingRunning.code: RUNNING,
}
GARBAGE_AT_ONCE = 100_000
UNREAD = 50  # files whose names are shown
NICENESS = 10  # whoever looks at a page meanwhile goes first


class Command(ActingCommand):
    help = "Scan the library folders. Exit: 0 done, 1 failed, 2 usage, 3 another scan is running."
    # Checking would load every page of the product for a job that shows none.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--series", metavar="KEY", help="scan the folder of one series only")
        parser.add_argument("--full", action="store_true", help="read everything again")
        parser.add_argument("--no-provider", action="store_true", help="ask no site")
        parser.add_argument(
            "--accept-removals",
            action="store_true",
            help="believe that files that have gone were deleted, however many",
        )
        parser.add_argument("--json", action="store_true", help="the last line is JSON")
        parser.add_argument("--operation", help="run an operation that was begun already")

    def handle(self, *_args: Any, **options: Any) -> None:
        output = Output(self.stdout, sys.stdout)
        try:
            operation = _operation(options)
        except (*DATABASE_ERRORS, AppError) as error:
            refusal = error if isinstance(error, AppError) else trouble_of(error)
            if options["json"] and refusal:
                output.line(json.dumps(_refused(refusal)))
            if isinstance(error, LibraryError):
                code = EXITS.get(error.code, FAILED)
                raise CommandError(text_of(error), returncode=code) from error
            raise
        os.nice(NICENESS)
        # A scan makes much that stays and few cycles: to look for them often costs it a tenth.
        gc.freeze()
        gc.set_threshold(GARBAGE_AT_ONCE)
        chosen = ScanOptions(**operation.parameters)
        with _Report(live=sys.stdout.isatty() and not options["json"], out=output) as report:
            scan = Scan(operation, chosen, report.callbacks)
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: scan.stop())
            end_in_time()
            recover(Disks())
            recover_bin(Disks())
            scan.run()
        if options["json"]:
            output.line(json.dumps(_ended(operation)))
        else:
            for problem in operations.problems_json(operation):
                report.say(problem["path"], problem["text"])
            if scan.roots:
                _say_found(operation, scan.roots, output, is_followed=bool(options["operation"]))
            if operation.error:
                Output(self.stderr, sys.stderr).line(operation.error["text"])
        if options["operation"]:  # nobody waits for this process: it has time for the slow part
            _read_media(scan)
        completed = operation.state == OperationState.COMPLETED
        sys.exit(DONE if completed else FAILED)


def _operation(options: dict[str, Any]) -> ScanOperation:
    """The scan to run. Raises what speaks against it."""
    if options["operation"]:
        return _begun(options["operation"])
    refuse_lost()
    refuse_other_tables()
    series = options["series"]
    chosen = ScanOptions(
        full=options["full"],
        accept_removals=options["accept_removals"],
        use_provider=not options["no_provider"],
        series=None if series is None else get_series(series).key,
    )
    return operations.begin(chosen.as_json())


def _begun(operation_id: str) -> ScanOperation:
    running = ScanOperation.objects.scans().running().filter(pid=None)
    found = next((o for o in running if str(o.operation_id) == operation_id), None)
    if found is None:
        raise NoScanRunning(why="not_waiting")
    return found


def _ended(operation: ScanOperation) -> dict[str, Any]:
    return {
        "operation_id": str(operation.operation_id),
        "state": operation.state,
        "result": operation.result,
        "error": operation.error,
    }


def _refused(error: AppError) -> dict[str, Any]:
    """The same of a scan that did not begin."""
    return {
        "operation_id": None,
        "state": OperationState.FAILED.value,
        "result": None,
        "error": told_of(error),
    }


def _say_found(
    operation: ScanOperation, roots: Sequence[LibraryRoot], output: Output, *, is_followed: bool
) -> None:
    """What is in the library folders that were looked at.

    Args:
        is_followed: the same process reads media information next.
    """
    _say_mounts(roots, output)
    _say_passed(roots, output)
    _say_unread(roots, output)
    unprobed = MediaFile.objects.filter(root__in=roots).unprobed().count()
    if unprobed and not is_followed:
        output.line(f"{unprobed} files without media information; manage.py readmedia reads it")
    output.line(" ".join(f"{name}={value}" for name, value in (operation.result or {}).items()))


def _say_mounts(roots: Sequence[LibraryRoot], output: Output) -> None:
    """The file systems whose folders' times are not believed, and why."""
    for root in roots:
        for mount in root.mounts:
            if not mount["trusted"]:
                output.line(printable(f"{root.path}: {text_of(mount['reason'])}"))


def _say_passed(roots: Sequence[LibraryRoot], output: Output) -> None:
    """What was passed over by its name: how much, and the first of it."""
    for root in roots:
        for passed in root.passed:
            told = f"{text_of(passed['reason'])} ({passed['first'][0]})"
            output.line(printable(f"{root.path}: {text('passed_over')} {told}"))


def _say_unread(roots: Sequence[LibraryRoot], output: Output) -> None:
    """The files counted as unreadable: which, and what in their names."""
    unread = MediaFile.objects.filter(root__in=roots).present().unread()
    for path, problem in unread.order_by("root", "path").values_list("path", "problem")[:UNREAD]:
        output.line(printable(f"{path}: {text(problem)}"))
    more = unread.count() - UNREAD
    if more > 0:
        output.line(f"and {more} more")


def _read_media(scan: Scan) -> None:
    # Imported here: FFmpeg is a tenth of a second that other scans need not spend.
    from library.management.media import read_media  # noqa: PLC0415
    from library.scanner.media import lower_priority  # noqa: PLC0415

    lower_priority()
    read_media(lambda: scan.is_stopping)


class _Report:
    """A progress bar on a terminal, a plain line for every tenth in cron."""

    def __init__(self, *, live: bool, out: Output) -> None:
        self._bar = _bar() if live else None
        self._out = out
        self._tenth = -1
        self._said: set[str] = set()
        self.callbacks = CallbackManager()
        self.callbacks.progress.register(self._show if live else self._print)
        self.callbacks.errors.register(self._error)

    def __enter__(self) -> _Report:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def _show(self, context: ProgressContext) -> None:
        if self._bar is not None:
            self._bar.total = context.total
            self._bar.n = context.current
            place = f"{context.current} of {context.total} folders, " if context.total else ""
            self._bar.set_description_str(place + printable(context.folder or context.message))

    def _print(self, context: ProgressContext) -> None:
        tenth = int(context.percent) // 10
        if tenth != self._tenth:
            self._tenth = tenth
            place = f" {context.current} of {context.total} folders" if context.total else ""
            self._out.line(f"{context.percent:.0f} %{place}: {context.message}")

    def _error(self, context: ErrorContext) -> None:
        self.say(str(context.key), context.message)

    def say(self, what: str, fault: str) -> None:
        """Say once what is wrong with something, naming it where the sentence does not begin so."""
        named = fault.casefold().startswith(f"{what.casefold()} ")
        line = printable(fault if named else f"{what}: {fault}")
        if line not in self._said:
            self._said.add(line)
            self._out.line(line)


def _bar() -> Any:
    from aniworld.console.terminal import calm_log, progress_bar  # noqa: PLC0415 - cron sees no bar

    calm_log()
    return progress_bar(total=None, unit="folder")
