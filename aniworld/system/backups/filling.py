"""The rows of the database here, as an SQLite file of one moment."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from aniworld.system.backups import tables
from aniworld.system.backups.errors import BackupNotMade
from aniworld.system.backups.tables import Table

_ROWS = 2_000

Row = Sequence[Any]


def fill(file: Path, *, make_empty: Callable[[Path], None]) -> None:
    """Write what the database holds into ``file``, while all goes on; without what is momentary.

    Args:
        make_empty: makes an SQLite file with our tables, which a server's rows go into.

    Raises:
        BackupNotMade: SQLite's file is damaged.
        sqlite3.Error, OSError: the file cannot be written.
        DatabaseError: the database cannot be read.
    """
    if connection.vendor == "sqlite":
        _copy_file(file)
    else:
        make_empty(file)
        _copy_rows(file)
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as copy:
        _leave_out_the_momentary(copy)


def _copy_file(file: Path) -> None:
    # SQLite would wait for the end of it, and so for ever.
    assert not connection.in_atomic_block  # noqa: S101 - whoever calls it inside is at fault
    connection.ensure_connection()
    with contextlib.closing(sqlite3.connect(file)) as copy:
        try:
            # In one go: no writer waits for a reader, but each lets a copy in parts begin anew.
            connection.connection.backup(copy)
            found = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            raise BackupNotMade(why="damaged", found=str(error)) from error
        if found != "ok":
            raise BackupNotMade(why="damaged", found=str(found)[:200])


def _leave_out_the_momentary(copy: sqlite3.Connection) -> None:
    """Also from the pages that deleting leaves behind."""
    copy.execute("PRAGMA journal_mode=DELETE")
    copy.execute("PRAGMA secure_delete=ON")
    for name in tables.momentary():
        copy.execute(f'DELETE FROM "{name}"')  # noqa: S608 - a table of ours
    copy.execute("VACUUM")


def _copy_rows(file: Path) -> None:
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as copy:
        # Nobody else has the file, and one that is not finished is thrown away.
        copy.execute("PRAGMA journal_mode=OFF")
        copy.execute("PRAGMA synchronous=OFF")
        copy.execute("BEGIN")
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            for table in tables.kept():
                _copy_table(table, copy)
            _copy_migrations(copy)
        copy.execute("COMMIT")


def _copy_table(table: Table, copy: sqlite3.Connection) -> None:
    places = ", ".join("?" for _ in table.columns)
    copy.execute(f'DELETE FROM "{table.name}"')  # noqa: S608 - a table of ours
    insert = f'INSERT INTO "{table.name}" ({table.names}) VALUES ({places})'  # noqa: S608 - as above
    for rows in _rows(f'SELECT {table.names} FROM "{table.name}"'):  # noqa: S608 - as above
        copy.executemany(insert, map(_plain, rows))


def _copy_migrations(copy: sqlite3.Connection) -> None:
    copy.execute(f"DELETE FROM {tables.MIGRATIONS}")  # noqa: S608 - Django's table
    insert = f"INSERT INTO {tables.MIGRATIONS} (app, name, applied) VALUES (?, ?, ?)"  # noqa: S608 - as above
    for rows in _rows(f"SELECT app, name, applied FROM {tables.MIGRATIONS} ORDER BY id"):  # noqa: S608 - as above
        copy.executemany(insert, map(_plain, rows))


def _rows(query: str) -> Iterator[Sequence[Row]]:
    """The rows of a query, a few at a time: the server keeps the others."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(query)
        while rows := cursor.fetchmany(_ROWS):
            yield rows


def _plain(row: Row) -> list[Any]:
    return [
        value if value is None or isinstance(value, int | float | str) else _as_sqlite(value)
        for value in row
    ]


def _as_sqlite(value: Any) -> str:
    """A value as Django keeps it in SQLite."""
    if isinstance(value, datetime):
        return str(value.astimezone(UTC).replace(tzinfo=None))
    return getattr(value, "hex", None) or str(value)
