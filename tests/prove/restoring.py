"""Rows of databases and backups beside each other, whichever kind of database they are from."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.product import Product
from tests.prove.databases import Database

Rows = dict[str, list[tuple[Any, ...]]]
Columns = dict[str, Sequence[str]]
_BY_THEMSELVES = """
import django
django.setup()
from aniworld.system.settling import Settling
Settling().turn()
"""


def contents(backup: Path, into: Path) -> tuple[Columns, Rows]:
    """The columns and rows of a backup's tables."""
    into.mkdir()
    with zipfile.ZipFile(backup) as packed:
        packed.extract("aniworld.db", into)
    with closing(sqlite3.connect(into / "aniworld.db")) as opened:
        names = opened.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
        columns: Columns = {
            name: [row[1] for row in opened.execute(f'PRAGMA table_info("{name}")')]
            for (name,) in names
        }
        return columns, _rows(columns, lambda query: opened.execute(query).fetchall())


def rows_of(database: Database, columns: Columns) -> Rows:
    """The same rows of a database that is used."""
    return _rows(columns, database.rows)


def look_as_a_web_server(product: Product) -> None:
    """What each web process does every 20 seconds."""
    done = product.python("-c", _BY_THEMSELVES)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def _rows(columns: Columns, ask: Callable[[str], Sequence[tuple[Any, ...]]]) -> Rows:
    found: Rows = {}
    for table, names in columns.items():
        listed = ", ".join(f'"{name}"' for name in names)
        rows = ask(f'SELECT {listed} FROM "{table}"')  # noqa: S608 - names of our own tables
        found[table] = sorted((tuple(map(_plain, row)) for row in rows), key=repr)
    return found


def _plain(value: Any) -> Any:
    """A value as it is told in whichever database."""
    if isinstance(value, datetime):
        value = value.astimezone(UTC).replace(tzinfo=None)
    if isinstance(value, date):
        return str(value)
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, dict | list):
        return json.dumps(value, sort_keys=True)
    if isinstance(value, str) and value[:1] in {"{", "["}:
        return _of_json(value)
    return value


def _of_json(text: str) -> str:
    try:
        return json.dumps(json.loads(text), sort_keys=True)
    except ValueError:
        return text  # a title may begin so
