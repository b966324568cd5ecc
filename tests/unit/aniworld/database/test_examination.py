"""Each look at the database before a start finds its own fault, and takes no healthy one for it."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from aniworld.database import examination, mark
from aniworld.database.troubles import DATABASE_ERRORS, trouble_of
from aniworld.web.errors import DatabaseUnusable
from tests.unit.aniworld.database.conftest import run_in

Look = Callable[[], object]
AN_HOUR = 3600.0


def fault_of(look: Look) -> str:
    """Why the database cannot be used; empty where it can."""
    try:
        look()
    except (*DATABASE_ERRORS, DatabaseUnusable) as error:
        found = trouble_of(error)
        return str(found.params["why"]) if found else repr(error)
    return ""


def damage(file: Path) -> None:
    """A part of one table that nothing here reads."""
    connection.close()  # it would go on with the pages that it has read
    size = file.stat().st_size
    place = "SELECT rootpage, (SELECT page_size FROM pragma_page_size) FROM sqlite_master "
    with contextlib.closing(sqlite3.connect(file)) as opened:
        page, length = opened.execute(f"{place} WHERE name = 'journal_entry'").fetchone()
    with file.open("r+b") as opened_file:
        opened_file.seek((page - 1) * length)
        opened_file.write(b"\xa5" * length)
    assert file.stat().st_size == size


def forget_a_migration(file: Path) -> None:
    run_in(file, "DELETE FROM django_migrations WHERE app = 'downloads'")


def add_a_migration(file: Path, app: str = "library") -> None:
    columns = "(app, name, applied) VALUES (?, '9999_from_the_future', '2030-01-01')"
    run_in(file, f"INSERT INTO django_migrations {columns}", app)


def lose_a_table(file: Path) -> None:
    run_in(file, "DROP TABLE downloads_queuestate")


def lose_migrations(file: Path) -> None:
    run_in(file, "DROP TABLE django_migrations")


def ask_readiness() -> None:
    examination.Health().examine()


HARMS = [
    (damage, "damaged"),
    (forget_a_migration, "older"),
    (add_a_migration, "later"),
    (lose_a_table, "others"),
    (lose_migrations, "unprepared"),
]


def test_a_whole_one_passes_and_is_marked(database: Path) -> None:
    assert fault_of(examination.examine) == ""
    assert mark.is_made()
    assert fault_of(examination.examine) == ""
    assert examination.writing_trouble() is None


def test_one_that_nobody_has_set_up_is_not_marked(database: Path) -> None:
    run_in(database, "DELETE FROM auth_user")
    assert fault_of(examination.examine) == ""
    assert not mark.is_made()


@pytest.mark.parametrize("look", [examination.examine, ask_readiness])
@pytest.mark.parametrize(("harm", "why"), HARMS)
def test_each_fault_is_found(
    database: Path, harm: Callable[[Path], None], why: str, look: Look
) -> None:
    harm(database)
    assert fault_of(look) == why
    assert not mark.is_made()


def test_migrations_of_others_say_nothing(database: Path) -> None:
    """Django's own may be those of a later version, and an app may have been taken out."""
    for app in ("auth", "gone"):
        add_a_migration(database, app)
    assert fault_of(examination.examine) == ""


def test_what_is_not_read_in_time_counts_as_whole(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examination, "_STEPS", 1)
    damage(database)
    assert fault_of(lambda: examination.refuse_damaged(seconds=-1.0)) == ""
    assert examination.has_owner()  # whatever is asked next has its own time
    assert fault_of(lambda: examination.refuse_damaged(seconds=AN_HOUR)) == "damaged"


def test_one_that_cannot_even_be_opened_is_damaged(database: Path) -> None:
    """Its list of tables is what is damaged: SQLite says so before anything is asked."""
    connection.close()
    with contextlib.closing(sqlite3.connect(database)) as opened:
        opened.execute("PRAGMA writable_schema = ON")
        opened.execute("UPDATE sqlite_master SET sql = 'x' WHERE name = 'journal_entry'")
        opened.commit()
    with pytest.raises(DatabaseUnusable) as refused:
        examination.refuse_damaged(seconds=AN_HOUR)
    assert refused.value.params["why"] == "damaged"


COMMANDS = [("setpassword",), ("readmedia",), ("rescan",), ("migrate",), ("backup", "copy.db")]


def lose(file: Path) -> None:
    file.unlink()


def empty(file: Path) -> None:
    file.write_bytes(b"")


def begin_anew(file: Path) -> None:
    run_in(file, "DELETE FROM auth_user")


def lose_users(file: Path) -> None:
    run_in(file, "DROP TABLE auth_user")


@pytest.mark.parametrize("harm", [lose, empty, begin_anew, lose_users])
@pytest.mark.parametrize(
    "look",
    [
        examination.examine,
        ask_readiness,
        *[lambda command=command: call_command(*command) for command in COMMANDS],
    ],
)
def test_an_empty_one_beside_the_mark_is_a_lost_one(
    database: Path, harm: Callable[[Path], None], look: Look
) -> None:
    mark.make()
    assert fault_of(examination.refuse_lost) == ""
    connection.close()  # whoever starts has none
    harm(database)
    assert fault_of(look) == "lost"
    assert database.exists() == (harm is not lose)  # whoever restores it finds none in the way
    assert harm is not empty or database.stat().st_size == 0


def test_without_the_mark_an_empty_one_is_a_beginning(database: Path) -> None:
    lose(database)
    assert fault_of(examination.refuse_lost) == ""
    assert fault_of(examination.examine) == "unprepared"


def test_a_file_that_cannot_be_looked_at_is_told(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark.make()
    monkeypatch.setattr(examination, "database_file", lambda: database / "below a file")
    assert fault_of(examination.refuse_lost) == "closed"


def test_the_file_is_read_through_now_and_then_only(database: Path) -> None:
    health = examination.Health()
    assert fault_of(health.examine) == ""
    whole = database.read_bytes()
    damage(database)
    assert fault_of(health.examine) == ""
    health._looked_at -= examination.LOOK_EVERY
    assert [fault_of(health.examine) for _ in range(2)] == ["damaged"] * 2
    connection.close()
    database.write_bytes(whole)
    assert fault_of(health.examine) == ""
    lose_a_table(database)  # what costs little is looked at each time
    assert fault_of(health.examine) == "others"


def test_whoever_holds_it_is_told_without_writing(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examination, "WRITER_SECONDS", 0.01)
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert why_nobody_writes() == "locked"
        other.execute("ROLLBACK")
    assert why_nobody_writes() == ""
    database.unlink()
    database.mkdir()
    assert why_nobody_writes() == "closed"


def why_nobody_writes() -> str:
    trouble = examination.writing_trouble()
    return str(trouble.params["why"]) if trouble else ""


@pytest.mark.parametrize(("harm", "why"), [one for one in HARMS if one[0] is not damage])
def test_a_scan_begins_on_no_other_tables(
    database: Path, harm: Callable[[Path], None], why: str
) -> None:
    harm(database)
    assert fault_of(lambda: call_command("rescan")) == why


def test_tables_are_made_in_no_damaged_file(database: Path) -> None:
    damage(database)
    before = database.read_bytes()
    assert fault_of(lambda: call_command("migrate", verbosity=0)) == "damaged"
    assert database.read_bytes() == before
