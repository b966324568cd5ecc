"""``python -m aniworld.system.backups.child empty|check|prepare FILE``: a backup's database, opened
in a process that holds nothing else.

What comes from outside is opened here first, with bounds on memory and time, and only a database
that has passed is opened where the product runs. The last line it prints is the answer, as JSON:
``{"ok": true}``, or the ``why`` of ``BackupRefused`` with its parameters.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import sqlite3
import sys
from pathlib import Path
from typing import Any

MOST_MEMORY = 2 * 1024**3
MOST_CPU_SECONDS = 900
MOST_WRITTEN = 8 * 1024**3
_TABLES = "SELECT type, name, sql FROM sqlite_master"
_MOMENT = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9] [0-9][0-9]:[0-9][0-9]:[0-9][0-9]*"
# What is wrong about a value that is there, by the kind of its column.
_WRONG = {
    "integer": "typeof({0}) <> 'integer'",
    "boolean": "{0} NOT IN (0, 1)",
    "number": "typeof({0}) NOT IN ('real', 'integer')",
    "text": "typeof({0}) <> 'text'",
    "json": "typeof({0}) <> 'text' OR NOT json_valid({0})",
    "moment": (
        f"typeof({{0}}) <> 'text' OR {{0}} NOT GLOB '{_MOMENT}' OR datetime({{0}}) IS NULL"
        " OR {0} < '1000'"  # no other database, and no Python, has the year 0
    ),
}


class Refused(Exception):
    """Why a database is no backup of ours."""

    def __init__(self, why: str, **params: Any) -> None:
        super().__init__(why)
        self.answer = {"why": why, **params}


def main(what: str, file: Path) -> dict[str, Any]:
    """Do what is asked with the database in ``file``; returns the answer."""
    _bound_ourselves()
    try:
        if what != "empty":
            _look_at_it(file)
        _start_django(file)
        _bring_up_to_date()
        if what != "empty":
            _compare_with_the_models()
            _refuse_a_database_without_owner()
        if what == "prepare":
            _settle()
        _close(file)
    except Exception as error:
        if _is_for_want_of_space(error):
            return {"why": "full"}
        if isinstance(error, Refused):
            return error.answer
        raise
    return {"ok": True}


def _is_for_want_of_space(error: BaseException | None) -> bool:
    """Whether the disk was full, whatever was said of it in between."""
    while error is not None:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
            return True
        error = error.__cause__
    return False


def _bound_ourselves() -> None:
    for kind, most in (
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_CPU, MOST_CPU_SECONDS),
        (resource.RLIMIT_FSIZE, MOST_WRITTEN),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def _look_at_it(file: Path) -> None:
    """Before anything of ours touches it: whole, and made of nothing but tables and indexes."""
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as opened:
        try:
            opened.execute("PRAGMA cell_size_check=ON")
            for kind, name, sql in opened.execute(_TABLES).fetchall():
                is_virtual = str(sql or "").lstrip().upper().startswith("CREATE VIRTUAL")
                if kind not in {"table", "index"} or is_virtual:
                    raise Refused("objects", name=str(name)[:100])
            if opened.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
                raise Refused("damaged")
            tables = {name for kind, name, _sql in opened.execute(_TABLES) if kind == "table"}
            for name in tables:
                _read_every_row(opened, str(name))
        except (sqlite3.Error, OverflowError, MemoryError) as error:
            raise Refused("damaged") from error
    if "django_migrations" not in tables:
        raise Refused("foreign")


def _read_every_row(opened: sqlite3.Connection, table: str) -> None:
    """A text of bytes that are none is found by reading alone."""
    quoted = table.replace('"', '""')
    try:
        for _row in opened.execute(f'SELECT * FROM "{quoted}"'):  # noqa: S608 - quoted
            pass
    except sqlite3.OperationalError as error:
        raise Refused("values", name=table[:100]) from error


def _start_django(file: Path) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "aniworld.settings"
    os.environ["DATABASE_URL"] = f"sqlite:///{file}"
    import django  # noqa: PLC0415 - not before the bounds, and the look

    django.setup()
    from django.db import connection  # noqa: PLC0415 - as above

    if Path(str(connection.settings_dict["NAME"])) != file:  # an .env may say otherwise
        raise SystemExit("this would be another database")


def _bring_up_to_date() -> None:
    from django.core.management import call_command  # noqa: PLC0415 - as above
    from django.core.management.commands.migrate import Command  # noqa: PLC0415 - as above
    from django.db import DatabaseError  # noqa: PLC0415 - as above

    from aniworld.database.examination import refuse_other_tables  # noqa: PLC0415 - as above
    from aniworld.web.errors import DatabaseUnusable  # noqa: PLC0415 - as above

    try:
        _refuse_later(refuse_other_tables)
        call_command(Command(), verbosity=0, interactive=False)
        refuse_other_tables()
    except (DatabaseError, DatabaseUnusable, ArithmeticError, LookupError, TypeError) as error:
        raise Refused("migration") from error
    except ValueError as error:  # values that no migration of ours expects
        raise Refused("migration") from error


def _refuse_later(examine: Any) -> None:
    from aniworld.web.errors import DatabaseUnusable  # noqa: PLC0415 - as above

    try:
        examine()
    except DatabaseUnusable as error:
        if error.params.get("why") == "later":
            raise Refused("later") from error


def _compare_with_the_models() -> None:
    """Every table has our columns, and every value is of its column's kind."""
    from django.db import DatabaseError, connection  # noqa: PLC0415 - as above

    from aniworld.system.backups import tables  # noqa: PLC0415 - as above

    with connection.cursor() as cursor:
        for table in tables.kept():
            cursor.execute(f'PRAGMA table_info("{table.name}")')
            found = {row[1] for row in cursor.fetchall()}
            if lacking := {column.name for column in table.columns} - found:
                raise Refused("tables", name=f"{table.name}.{min(lacking)}")
            for column in table.columns:
                wrong = _WRONG[column.kind].format(f'"{column.name}"')
                cursor.execute(
                    f'SELECT 1 FROM "{table.name}" WHERE "{column.name}" IS NOT NULL '  # noqa: S608 - ours
                    f"AND ({wrong}) LIMIT 1"
                )
                if cursor.fetchone():
                    raise Refused("values", name=f"{table.name}.{column.name}")
        try:
            cursor.execute("PRAGMA foreign_key_check")
        except DatabaseError as error:
            raise Refused("damaged") from error
        if row := cursor.fetchone():
            raise Refused("references", name=str(row[0])[:100])


def _refuse_a_database_without_owner() -> None:
    from aniworld.database.examination import has_owner  # noqa: PLC0415 - as above

    if not has_owner():
        raise Refused("nobody")


def _settle() -> None:
    """What ran when the backup was made runs no more: neither its worker nor its scan is here."""
    from aniworld.journal.actors import Actor, acting_as  # noqa: PLC0415 - as above
    from aniworld.system.backups.settling import settle  # noqa: PLC0415 - as above

    with acting_as(Actor.system("restore")):
        settle()


def _close(file: Path) -> None:
    from django.db import connection  # noqa: PLC0415 - as above

    connection.close()
    with contextlib.closing(sqlite3.connect(file)) as opened:
        opened.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it


if __name__ == "__main__":
    answer = main(sys.argv[1], Path(sys.argv[2]))
    sys.stdout.write("\n" + json.dumps(answer) + "\n")
