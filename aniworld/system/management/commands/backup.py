"""``manage.py backup``: a whole and checked copy of SQLite's database, while all goes on."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from aniworld.console.output import Output
from aniworld.database.examination import refuse_lost
from aniworld.database.troubles import database_file
from aniworld.system import backed_up
from downloads.worker.workspace import rename_without_replacing


class Command(BaseCommand):
    requires_system_checks = ()
    help = "Copy the database (SQLite) to FILE, which must not be there yet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *_args: Any, **options: Any) -> None:
        target: Path = options["file"]
        if database_file() is None:
            raise CommandError("The database is no file: use pg_dump.")
        refuse_lost()
        if os.path.lexists(target):
            raise CommandError(f"{target} is there already.")
        draft = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            _copy(draft)
            rename_without_replacing(draft, target)
        except OSError as error:
            raise _failed(f"{target} cannot be written: {error.strerror}") from error
        except sqlite3.Error as error:
            raise _failed(f"{target} cannot be made: {error}") from error
        finally:
            draft.unlink(missing_ok=True)
        backed_up.made(target)
        Output(self.stdout, sys.stdout).line(f"{target}: {target.stat().st_size} bytes, checked")


def _failed(reason: str) -> CommandError:
    """Keep why, so that the owner is told where nobody reads cron's mail."""
    backed_up.failed(reason)
    return CommandError(reason)


def _copy(draft: Path) -> None:
    """Copy, check, and see that it is on the disk.

    Raises:
        sqlite3.Error: it cannot be read or written, or is damaged.
    """
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    connection.ensure_connection()
    with contextlib.closing(sqlite3.connect(draft)) as copy:
        # In one go: no writer waits for a reader, but each lets a copy in parts begin anew.
        connection.connection.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        found = copy.execute("PRAGMA integrity_check(1)").fetchone()
        if found != ("ok",):
            raise sqlite3.DatabaseError(f"the database is damaged: {found[0]}")
    descriptor = os.open(draft, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
