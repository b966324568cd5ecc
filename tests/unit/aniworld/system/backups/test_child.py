"""What a database may not hold that comes as a backup."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from aniworld.system.backups import child, restoring
from aniworld.system.backups.tables import Column, Table


def database(path: Path, *statements: str) -> Path:
    with closing(sqlite3.connect(path, isolation_level=None)) as opened:
        for statement in ("CREATE TABLE django_migrations (app)", *statements):
            opened.execute(statement)
    return path


@pytest.mark.parametrize(
    ("statements", "why"),
    [
        (("CREATE TABLE t (a)", "INSERT INTO t VALUES (CAST(x'c328' AS TEXT))"), "values"),
        (("CREATE TABLE t (a)", "CREATE VIEW v AS SELECT 1"), "objects"),
        (('CREATE TABLE "a""b" (a)', "CREATE TRIGGER r INSERT ON t BEGIN SELECT 1; END"), ""),
    ],
)
def test_what_no_one_could_read_is_refused(
    tmp_path: Path, statements: tuple[str, ...], why: str
) -> None:
    if not why:
        statements, why = (*statements[:1], "CREATE TABLE t (a)", *statements[1:]), "objects"
    with pytest.raises(child.Refused) as refused:
        child._look_at_it(database(tmp_path / "tried.db", *statements))
    assert refused.value.answer["why"] == why


def test_names_and_texts_of_all_kinds_are_read(tmp_path: Path) -> None:
    file = database(
        tmp_path / "tried.db",
        'CREATE TABLE "a""b" (a)',
        """INSERT INTO "a""b" VALUES ('Tōkyō'), (NULL), (x'c328'), (1.5)""",
    )
    child._look_at_it(file)


@pytest.mark.parametrize(
    ("value", "is_wrong"),
    [
        ("2026-03-01 04:00:00", False),
        ("2026-03-01 04:00:00.123456", False),
        ("9999-12-31 23:59:59", False),
        ("0000-03-01 04:00:00", True),
        ("0001-01-01 00:00:00", True),
        ("2026-02-31 25:00:00", True),
        ("soon", True),
        (7, True),
    ],
)
def test_a_moment_is_one_that_every_database_has(value: object, is_wrong: bool) -> None:
    with closing(sqlite3.connect(":memory:")) as opened:
        opened.execute("CREATE TABLE t (a)")
        opened.execute("INSERT INTO t VALUES (?)", [value])
        asked = f"SELECT {child._WRONG['moment'].format('a')} FROM t"  # noqa: S608 - ours
        assert bool(opened.execute(asked).fetchone()[0]) is is_wrong


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["x" * 500, "a\0b"])
def test_what_a_server_does_not_take_is_an_error_of_the_database(tmp_path: Path, name: str) -> None:
    """SQLite keeps any length, and any character, in any column."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite takes them")
    table = Table("auth_group", (Column("id", "integer"), Column("name", "text")), "id")
    with closing(sqlite3.connect(database(tmp_path / "from.db"))) as opened:
        opened.execute("CREATE TABLE auth_group (id, name)")
        opened.execute("INSERT INTO auth_group VALUES (1, ?)", [name])
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            restoring._copy_table(cursor, table, opened)


def test_a_full_disk_is_seen_through_what_is_said_of_it(tmp_path: Path) -> None:
    """``PRAGMA max_page_count`` is as a disk that takes no more."""
    said = child.Refused("migration")
    with closing(sqlite3.connect(tmp_path / "small.db")) as opened:
        opened.execute("PRAGMA max_page_count=2")
        opened.execute("CREATE TABLE t (a)")
        with pytest.raises(sqlite3.OperationalError) as full:
            opened.execute("INSERT INTO t VALUES (zeroblob(100000))")
    said.__cause__ = full.value
    assert child._is_for_want_of_space(said)
    assert not child._is_for_want_of_space(ValueError())
