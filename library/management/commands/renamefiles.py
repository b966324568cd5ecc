"""``manage.py renamefiles``: give files that are there the names of the naming template."""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import Any

from django.core.management.base import CommandError, CommandParser

from aniworld.console.ending import end_in_time
from aniworld.console.logs import printable
from aniworld.console.output import Output
from aniworld.database.examination import refuse_lost, refuse_other_tables
from aniworld.events.operations import OperationState
from aniworld.journal.commands import ActingCommand
from aniworld.web.texts import text_of
from library.errors import (
    LibraryError,
    NoRenamingRunning,
    RecyclingRunning,
    RenamingRunning,
    ScanRunning,
    SeriesNotFound,
)
from library.models import ScanOperation
from library.naming.paths import to_shown
from library.recycling.recover import recover as recover_bin
from library.renaming.disks import Disks
from library.renaming.preview import preview_of, rows_of, with_files
from library.renaming.recover import recover
from library.renaming.run import Renaming
from library.services import get_series, operations, renaming

DONE, FAILED, USAGE, RUNNING = 0, 1, 2, 3
EXITS = {
    SeriesNotFound.code: USAGE,
    NoRenamingRunning.code: USAGE,
    ScanRunning.code: RUNNING,
    RecyclingRunning.code: RUNNING,
    RenamingRunning.code: RUNNING,
}
NICENESS = 10  # whoever looks at a page meanwhile goes first


class Command(ActingCommand):
    help = (
        "Give files that are there the names of the naming template. Exit: 0 done, 1 failed, "
        "2 usage, 3 a scan or another renaming is running."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--series", metavar="KEY", help="the files of one series only")
        parser.add_argument("--preview", action="store_true", help="say what would be done")
        parser.add_argument("--json", action="store_true", help="the last line is JSON")
        parser.add_argument("--operation", help="run an operation that was begun already")

    def handle(self, *_args: Any, **options: Any) -> None:
        output = Output(self.stdout, sys.stdout)
        refuse_lost()
        refuse_other_tables()
        try:
            if options["preview"]:
                self._preview(options["series"], output)
                return
            operation = _operation(options)
        except LibraryError as error:
            code = EXITS.get(error.code, FAILED)
            raise CommandError(text_of(error), returncode=code) from error
        self._run(operation, output, as_json=options["json"])

    def _run(self, operation: ScanOperation, output: Output, *, as_json: bool) -> None:
        os.nice(NICENESS)
        run = Renaming(operation)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: run.stop())
        end_in_time()
        recover(Disks())
        recover_bin(Disks())
        run.run()
        if as_json:
            output.line(json.dumps(_ended(operation)))
        else:
            for problem in operations.problems_json(operation):
                output.line(printable(f"{to_shown(problem['path'])}: {problem['text']}"))
            output.line(_summary(operation))
        sys.exit(DONE if operation.state == OperationState.COMPLETED else FAILED)

    def _preview(self, key: str | None, output: Output) -> None:
        for series in with_files() if key is None else [get_series(key)]:
            for row in rows_of(preview_of(series)):
                after = text_of(row.reason) if row.reason else to_shown(row.new)
                output.line(printable(f"{to_shown(row.old)}: {after}"))


def _operation(options: dict[str, Any]) -> ScanOperation:
    """The renaming to run. Raises what speaks against it."""
    if not options["operation"]:
        key = options["series"]
        return renaming.begin(None if key is None else get_series(key).key)
    begun = renaming.find(options["operation"])
    if begun is None or begun.state != OperationState.RUNNING or begun.pid is not None:
        raise NoRenamingRunning(why="not_waiting")
    return begun


def _ended(operation: ScanOperation) -> dict[str, Any]:
    return {
        "operation_id": str(operation.operation_id),
        "state": operation.state,
        "result": operation.result,
        "error": operation.error,
    }


def _summary(operation: ScanOperation) -> str:
    if operation.error:
        return text_of(operation.error)
    result = operation.result or {}
    return (
        f"renamed {result.get('renamed', 0)}, beside them {result.get('beside', 0)}, "
        f"named so already {result.get('unchanged', 0)}, left {result.get('left', 0)}"
    )
