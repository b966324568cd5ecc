from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, connections
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import ConnectionHandler
from pytest_django import Settings
from pytest_django.plugin import DjangoDbBlocker

from aniworld.database import examination

SQLITE = "django.db.backends.sqlite3"


@pytest.fixture
def database(
    settings: Settings, tmp_path: Path, django_db_blocker: DjangoDbBlocker
) -> Iterator[Path]:
    """SQLite's file of an installation, as far as it is looked at before a start: all tables, none
    with the right columns, and all migrations by name. The owner is in it."""
    settings.DATA_DIR = tmp_path
    file = tmp_path / "aniworld.db"
    before = connections["default"]
    connections["default"] = ConnectionHandler({"default": {"ENGINE": SQLITE, "NAME": str(file)}})[
        "default"
    ]
    try:
        with django_db_blocker.unblock():
            _furnish()
            connection.close()
            yield file
            connection.close()
    finally:
        connections["default"] = before


def _furnish() -> None:
    with connection.cursor() as cursor:
        for table in examination._tables():
            cursor.execute(f'CREATE TABLE "{table}" (id INTEGER PRIMARY KEY, content BLOB)')
        cursor.execute("INSERT INTO auth_user (content) VALUES (NULL)")
        cursor.execute("INSERT INTO journal_entry (content) VALUES (zeroblob(100000))")
    recorder = MigrationRecorder(connection)
    recorder.ensure_schema()
    rows = [recorder.Migration(app=app, name=name) for app, name in examination.migrations_here()]
    recorder.Migration.objects.bulk_create(rows)


def run_in(file: Path, statement: str, *values: str) -> None:
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as opened:
        opened.execute(statement, values)
