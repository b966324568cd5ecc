"""The rows of a prepared backup put in place of those that are here, in one transaction.

Whoever reads meanwhile sees the one or the other, and connections stay as they are: web server and
worker go on (docs/adr/0013 says what of them ends, and how they notice).
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, OperationalError, connection, transaction

from accounts.models import UserSession
from aniworld.database.troubles import trouble_of
from aniworld.events.cursors import newest_id
from aniworld.events.models import OutboxCursor, OutboxEvent, OutboxMark
from aniworld.system.backups import tables
from aniworld.system.backups.errors import RestoreRefused
from aniworld.system.backups.tables import Table
from downloads.models import QueueState
from library.models import ScanOperation
from library.services.operations import end_dead_ones
from providers.coded import foreign

# Further than any database's events have run on since its backup: whoever resumes from an id that
# was given away by what is gone now is told to look anew.
LEAP = 1_000_000_000
# What a backup may say of its events at most: so many leaps further browsers still can count.
MOST_EVENTS = 10**15
_LOCK_SECONDS = 20
_TRIES = 3
_ROWS = 2_000
# Columns that refer to rows which stay: content types and rights have other ids elsewhere.
_PERMISSIONS = (
    "SELECT p.id, c.app_label, c.model, p.codename FROM auth_permission p "
    "JOIN django_content_type c ON c.id = p.content_type_id"
)
_CONTENT_TYPES = "SELECT id, app_label, model FROM django_content_type"
_REFERRING = (
    ("auth_user_user_permissions", "permission_id", _PERMISSIONS),
    ("auth_group_permissions", "permission_id", _PERMISSIONS),
    ("django_admin_log", "content_type_id", _CONTENT_TYPES),
)


def put_in_place(database: Path, *, newest_event: int, then: Callable[[], None]) -> None:
    """Replace all rows here by those of ``database``.

    Args:
        database: of this version, checked and settled.
        newest_event: the last event id that was given away where it is from.
        then: called at the end, in the same transaction.

    Raises:
        RestoreRefused: a scan runs, or the database is held, or does not take the rows.
    """
    _refer_as_here(database)
    for left in reversed(range(_TRIES)):
        try:
            with _source(database) as copy, transaction.atomic():
                _lock()
                refuse_while_a_scan_runs()
                with _lease_kept():
                    copy()
                _end_sessions_and_events(newest_event)
                then()
            break
        except OperationalError as error:
            is_full = _why_of(error) == "full"
            if is_full or not left:
                raise RestoreRefused(why="full" if is_full else "held") from error
            time.sleep(1)  # two that wait for each other: the server has ended one of them
        except DatabaseError as error:
            raise RestoreRefused(why="rows", error=foreign(error)) from error
    ContentType.objects.clear_cache()


def _why_of(error: OperationalError) -> str:
    trouble = trouble_of(error)
    return str(trouble.params.get("why", "")) if trouble else ""


def refuse_while_a_scan_runs() -> None:
    """It holds ids of what would be gone. One that begins later waits for the transaction.

    Raises:
        RestoreRefused: a scan runs.
    """
    end_dead_ones()
    if ScanOperation.objects.running().exists():
        raise RestoreRefused(why="scan")


@contextmanager
def _lease_kept() -> Iterator[None]:
    """Which worker serves the queue is no matter of the backup."""
    before = QueueState.current()
    yield
    lease = {"lease_holder": before.lease_holder, "heartbeat_at": before.heartbeat_at}
    QueueState.objects.filter(pk=1).update(**lease)


def _end_sessions_and_events(newest_event: int) -> None:
    """Everybody logs in anew, and event ids go on rising."""
    UserSession.objects.all().delete()
    reached = max(newest_id(), min(newest_event, MOST_EVENTS)) + LEAP
    OutboxEvent.objects.all().delete()
    OutboxMark.objects.update_or_create(pk=1, defaults={"trimmed_to": reached})
    OutboxCursor.objects.filter(last_id__lt=reached).update(last_id=reached)
    with connection.cursor() as cursor:
        table = OutboxEvent._meta.db_table
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
            insert = "INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)"
            cursor.execute(insert, [table, reached])
        else:
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, reached])


def _lock() -> None:
    """On SQLite the transaction is the lock."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{_LOCK_SECONDS}s'")
        names = ", ".join(f'"{name}"' for name in tables.all_names())
        cursor.execute(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE")


@contextmanager
def _source(database: Path) -> Iterator[Callable[[], None]]:
    """What copies the rows, for inside the transaction."""
    if connection.vendor == "postgresql":
        with contextlib.closing(sqlite3.connect(database)) as opened:
            yield lambda: _copy_to_server(opened)
        return
    connection.ensure_connection()
    here = connection.connection
    here.execute("ATTACH DATABASE ? AS restored", [str(database)])
    here.execute("PRAGMA foreign_keys=OFF")  # no such switch inside a transaction
    try:
        yield _copy_within_sqlite
    finally:
        here.execute("PRAGMA foreign_keys=ON")
        here.execute("DETACH DATABASE restored")


def _copy_within_sqlite() -> None:
    with connection.cursor() as cursor:
        for table in tables.restored():
            cursor.execute(f'DELETE FROM main."{table.name}"')  # noqa: S608 - a table of ours
            cursor.execute(
                f'INSERT INTO main."{table.name}" ({table.names}) '  # noqa: S608 - as above
                f'SELECT {table.names} FROM restored."{table.name}"'
            )
        for table in tables.restored():
            cursor.execute(f'PRAGMA main.foreign_key_check("{table.name}")')
            if cursor.fetchone():
                raise RestoreRefused(why="rows", error=table.name)


def _copy_to_server(opened: sqlite3.Connection) -> None:
    found = tables.restored()
    with connection.cursor() as cursor:
        # Together, and with the sessions: what refers to each other goes at once.
        gone = [table.name for table in found] + [UserSession._meta.db_table]
        cursor.execute("TRUNCATE " + ", ".join(f'"{name}"' for name in gone))
        for table in found:
            _copy_table(cursor, table, opened)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        _move_sequences(cursor)


def _copy_table(cursor: Any, table: Table, opened: sqlite3.Connection) -> None:
    makers = [_ON_SERVER.get(column.kind) for column in table.columns]
    rows = opened.execute(f'SELECT {table.names} FROM "{table.name}"')  # noqa: S608 - a table of ours
    statement = f'COPY "{table.name}" ({table.names}) FROM STDIN'
    # What the server says at its end is an error of the driver's own.
    with connection.wrap_database_errors, cursor.copy(statement) as copy:
        while some := rows.fetchmany(_ROWS):
            for row in some:
                copy.write_row(_for_server(row, makers))


_ON_SERVER: dict[str, Callable[[Any], Any]] = {
    "boolean": bool,
    "moment": lambda text: f"{text}+00:00",
}


def _for_server(row: Sequence[Any], makers: Sequence[Callable[[Any], Any] | None]) -> list[Any]:
    return [
        value if value is None or make is None else make(value)
        for value, make in zip(row, makers, strict=True)
    ]


def _move_sequences(cursor: Any) -> None:
    """Beyond the highest id, and never back: a worker may still know an id that is gone."""
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    used = {table.name for table in tables.restored()}
    for model in models:
        if model._meta.db_table in used and model._meta.auto_field is not None:
            table, column = model._meta.db_table, str(model._meta.auto_field.column)
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [table, column])
            (sequence,) = cursor.fetchone()
            cursor.execute(
                f'SELECT setval(%s, GREATEST((SELECT MAX("{column}") FROM "{table}"), '  # noqa: S608 - ours
                f"(SELECT last_value FROM {sequence})))",
                [sequence],
            )


def _refer_as_here(database: Path) -> None:
    """Let the backup refer to our content types and rights; to one that is not here, no more."""
    with contextlib.closing(sqlite3.connect(database)) as opened:
        for table, column, query in _REFERRING:
            here = {tuple(key): id for id, *key in _rows_here(query)}
            ids = {id: here.get(tuple(key)) for id, *key in opened.execute(query)}
            if any(old != new for old, new in ids.items()):
                _renumber(opened, table, column, ids)
        opened.commit()


def _rows_here(query: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def _renumber(
    opened: sqlite3.Connection, table: str, column: str, ids: dict[int, int | None]
) -> None:
    rows = opened.execute(f'SELECT id, "{column}" FROM "{table}"').fetchall()  # noqa: S608 - ours
    # By way of negative ones: two rows of a user may exchange theirs.
    for id, old in rows:
        if old is not None and ids.get(old) is None:
            opened.execute(f'DELETE FROM "{table}" WHERE id = ?', [id])  # noqa: S608 - as above
        elif old is not None:
            update = f'UPDATE "{table}" SET "{column}" = ? WHERE id = ?'  # noqa: S608 - as above
            opened.execute(update, [-(ids[old] or 0), id])
    opened.execute(f'UPDATE "{table}" SET "{column}" = -"{column}" WHERE "{column}" < 0')  # noqa: S608 - as above
