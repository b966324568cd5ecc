"""Is the database whole, ours, and of this version? Asked before anything is begun with it."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from pathlib import Path

from django.apps import apps
from django.contrib.auth.models import User
from django.db import DatabaseError, OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

from aniworld.database import mark
from aniworld.database.troubles import database_file, trouble_of
from aniworld.web.errors import DatabaseUnusable

START_SECONDS = 10.0  # a file of 1 GB takes about as long
BESIDE_SECONDS = 2.0
LOOK_EVERY = 300.0
WRITER_SECONDS = 1.0  # no writer of ours takes a tenth of it
_STEPS = 100_000  # of SQLite, between two looks at the clock: some milliseconds


def examine(*, seconds: float = START_SECONDS) -> None:
    """Look at the database at the start of whatever works with it.

    An installation from before there was a mark gets one.

    Args:
        seconds: for the check of a file; what is not read by then counts as whole.

    Raises:
        DatabaseUnusable: it is lost, damaged, or has other tables than ours.
        DatabaseError, InterfaceError: it cannot be asked.
    """
    refuse_lost()
    refuse_damaged(seconds=seconds)
    refuse_other_tables()
    if has_owner():
        mark.make()


def refuse_lost() -> None:
    """An empty database beside a DATA_DIR that was set up is no new beginning.

    Raises:
        DatabaseUnusable: nobody is in it.
    """
    if not mark.is_made():
        return
    file = database_file()
    # To ask SQLite would make the file: whoever restores it later finds one in the way.
    is_gone = file is not None and not _has_content(file)
    if is_gone or not has_owner():
        raise DatabaseUnusable(why="lost")


def has_owner() -> bool:
    """Whether anybody is known in the database; nobody is where there are no tables."""
    if User._meta.db_table not in connection.introspection.table_names():
        return False
    return User.objects.exists()


def refuse_damaged(*, seconds: float) -> None:
    """Let SQLite read its file through, as far as it comes.

    Raises:
        DatabaseUnusable: pages or rows are not as they were written.
    """
    if connection.vendor != "sqlite":
        return
    try:
        is_whole = _is_whole(connection, seconds)
    except DatabaseError as error:
        found = trouble_of(error)
        if found is None or found.params["why"] != "damaged":
            raise
        raise found from error  # so early in the file that it cannot even be opened
    if not is_whole:
        raise DatabaseUnusable(why="damaged")


def refuse_other_tables() -> None:
    """Compare the migrations that were done with those that are here, by their names.

    Raises:
        DatabaseUnusable: some are still to be done, a later version has done more, or what they
            have made is not there.
    """
    done = MigrationRecorder(connection).applied_migrations()
    if not done:
        raise DatabaseUnusable(why="unprepared")
    here = migrations_here()
    labels = {label for label, _ in here}
    if here - done.keys():
        raise DatabaseUnusable(why="older")
    if {one for one in done if one[0] in labels and one[0] in _OURS} - here:
        raise DatabaseUnusable(why="later")
    if _tables() - set(connection.introspection.table_names()):
        raise DatabaseUnusable(why="others")  # no migration would make them again


def migrations_here() -> set[tuple[str, str]]:
    """App and name of every migration that this version has."""
    return {(config.label, name) for config in apps.get_app_configs() for name in _names(config)}


def writing_trouble() -> DatabaseUnusable | None:
    """What keeps everybody from writing into SQLite's file, found out without writing."""
    file = database_file()
    if file is None:
        return None
    try:
        with contextlib.closing(sqlite3.connect(file, timeout=WRITER_SECONDS)) as opened:
            opened.execute("BEGIN IMMEDIATE")
            opened.execute("ROLLBACK")
    except sqlite3.Error as error:
        return trouble_of(OperationalError(str(error)))
    return None


_OURS = frozenset({"accounts", "downloads", "events", "journal", "library", "sites"})


def _names(config: object) -> list[str]:
    folder = Path(str(getattr(config, "path", ""))) / "migrations"
    return [file.stem for file in folder.glob("[0-9]*.py")]


def _tables() -> set[str]:
    models = apps.get_models(include_auto_created=True)
    return {model._meta.db_table for model in models if model._meta.managed}


def _has_content(file: Path) -> bool:
    try:
        return file.stat().st_size > 0
    except FileNotFoundError:
        return False
    except OSError as error:
        raise DatabaseUnusable(why="closed") from error


def _is_whole(database: BaseDatabaseWrapper, seconds: float) -> bool:
    with database.cursor() as cursor:
        until = time.monotonic() + seconds
        database.connection.set_progress_handler(lambda: time.monotonic() > until, _STEPS)
        try:
            cursor.execute("PRAGMA quick_check(1)")
            return bool(cursor.fetchall() == [("ok",)])
        except OperationalError as error:
            if "interrupted" in str(error):
                return True
            raise
        finally:
            database.connection.set_progress_handler(None, 0)


class Health:
    """The same for whoever asks often: the file is read through now and then only."""

    def __init__(self) -> None:
        self._looked_at = float("-inf")
        self._lock = threading.Lock()

    def examine(self) -> None:
        """As :func:`examine`; what was found damaged is looked at again with each asking."""
        refuse_lost()
        with self._lock:
            if time.monotonic() - self._looked_at >= LOOK_EVERY:
                refuse_damaged(seconds=BESIDE_SECONDS)
                self._looked_at = time.monotonic()  # not of a damaged one
        refuse_other_tables()
