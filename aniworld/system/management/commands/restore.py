"""``manage.py restore``: all as it was when a backup was made. The difference is shown first."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import CommandError
from django.core.management.commands.migrate import Command as Migrate

from aniworld.config.files import stamp
from aniworld.console.output import Output
from aniworld.database import examination
from aniworld.database.troubles import database_file
from aniworld.journal.commands import ActingCommand
from aniworld.system.backups import services, shelf
from aniworld.system.backups.comparing import Difference
from aniworld.system.backups.errors import BackupNotFound, RestoreDeclined, RestoreRefused
from aniworld.system.backups.words import in_lines
from aniworld.web.errors import AppError, DatabaseUnusable

_ASKED = "Restore it? Everybody has to log in anew. Type yes: "


class Command(ActingCommand):
    requires_system_checks = ()
    help = (
        "Put a backup in place of what is here, which is backed up before. BACKUP is a name in "
        "DATA_DIR/backups, or a file. Web server and worker may run; a scan may not."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("backup")
        parser.add_argument("--yes", action="store_true", help="do not ask")
        parser.add_argument("--difference", action="store_true", help="show it, and change nothing")
        parser.add_argument("--json", action="store_true", help="the difference as JSON")
        parser.add_argument(
            "--put-aside",
            action="store_true",
            help="with Aniworld stopped: set a damaged database of SQLite aside first",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            self._handle(options)
        except AppError as error:
            raise CommandError(str(error)) from error

    def _handle(self, options: dict[str, Any]) -> None:
        output = Output(self.stdout, sys.stdout)
        file = _file_of(options["backup"])
        _look_at_what_is_here(file, put_aside=options["put_aside"])

        def agreed(found: Difference) -> bool:
            _show(output, found, as_json=options["json"])
            return not options["difference"] and (options["yes"] or _is_wanted())

        try:
            kept = services.restore_from(file, agreed=agreed)
        except RestoreDeclined:
            if options["difference"]:
                return
            raise
        if not options["json"]:
            output.line(f"{file.name} is restored.")
            output.line(f"What was here is kept as {kept.name}." if kept else "Nothing was here.")


def _file_of(named: str) -> Path:
    try:
        return shelf.path_of(named)
    except BackupNotFound:
        file = Path(named).absolute()
        if not file.is_file():
            raise
        return file


def _look_at_what_is_here(file: Path, *, put_aside: bool) -> None:
    """A database with our tables: made where there is none, or where a damaged one is set aside."""
    try:
        examination.refuse_damaged(seconds=examination.START_SECONDS)
        examination.refuse_other_tables()
    except DatabaseUnusable as error:
        match error.params.get("why"), put_aside:
            case "damaged", False:
                raise RestoreRefused(why="damaged", name=file.name) from error
            case "damaged", True:
                _put_aside()
            case "unprepared" | "older", _:
                pass
            case _:
                raise
        call_command(Migrate(), verbosity=0, interactive=False)
    else:
        return


def _put_aside() -> None:
    from django.db import connection  # noqa: PLC0415 - closed here, and opened anew by the next

    database = database_file()
    if database is None:
        return
    connection.close()
    aside = stamp()
    for suffix in ("", "-wal", "-shm"):
        part = database.with_name(f"{database.name}{suffix}")
        if part.exists():
            part.rename(database.with_name(f"{database.name}.damaged-{aside}{suffix}"))


def _show(output: Output, found: Difference, *, as_json: bool) -> None:
    if as_json:
        output.line(json.dumps(found, ensure_ascii=False))
        return
    for line in in_lines(found):
        output.line(line)


def _is_wanted() -> bool:
    return sys.stdin.isatty() and input(_ASKED).strip().lower() == "yes"
