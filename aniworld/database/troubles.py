"""What the errors of a database mean to whoever has to mend it."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

from django.conf import settings
from django.db import (
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    NotSupportedError,
    OperationalError,
    connection,
)

from aniworld.database import mark
from aniworld.web.errors import DatabaseUnusable
from providers.coded import CodedError, foreign

DATABASE_ERRORS = (DatabaseError, InterfaceError)

# What a statement of ours did wrong, whatever words of a value its message repeats.
_OUR_FAULTS = (IntegrityError, DataError, NotSupportedError)
# SQLite needs a little to write its log and to sort; below this its errors mean the disk.
FULL_BYTES = 1_000_000
_PAGE = 4096

# Parts of what SQLite and PostgreSQL say, in lower case, and what they mean.
_SIGNS = (
    ("locked", "locked"),
    ("lock timeout", "locked"),
    ("obtain lock", "locked"),
    ("deadlock", "locked"),
    ("readonly", "readonly"),
    ("read-only", "readonly"),
    ("unable to open", "closed"),
    ("not a database", "damaged"),
    ("malformed", "damaged"),
    ("invalid page", "damaged"),
    ("disk is full", "full"),
    ("no space left", "full"),
    ("disk i/o error", "disk"),
    ("password authentication", "password"),
    ("no such table", "unprepared"),
    ("no such column", "unprepared"),
    ("has no column", "unprepared"),
    ("does not exist", "unprepared"),
    ("already exists", "others"),
)

# What PostgreSQL says where all connections it has for us are taken.
_CROWDED = ("too many clients", "too many connections", "connection slots")


def trouble_of(error: BaseException | None) -> DatabaseUnusable | None:
    """What is the matter with the database, or None where the error is no sign of that."""
    if isinstance(error, DatabaseUnusable):
        return error
    if not isinstance(error, DATABASE_ERRORS) or isinstance(error, _OUR_FAULTS):
        return None
    why = _why(error)
    is_away = isinstance(error, OperationalError | InterfaceError)
    return DatabaseUnusable(why=why) if is_away or why != "unreached" else None


def fault_line(error: Exception) -> str | None:
    """One line for what a person can mend: a database, a configuration; None for what is a fault of
    the program."""
    if isinstance(error, DATABASE_ERRORS):
        told = DatabaseUnusable(why=_why(error))
        return f"aniworld: DATABASE_URL: {told} ({foreign(error)})"
    if isinstance(error, DatabaseUnusable):
        cause = error.__cause__
        said = f" ({foreign(cause)})" if isinstance(cause, DATABASE_ERRORS) else ""
        return f"aniworld: DATABASE_URL: {error}{said}"
    if isinstance(error, CodedError):
        return f"aniworld: {' '.join(str(error).split())}"
    return None


def _why(error: Exception) -> str:
    said = str(error).lower()
    if any(sign in said for sign in _CROWDED):
        return "crowded"
    # PostgreSQL says of a database, while it refuses the connection, what it says of a table.
    is_refused = "connection" in said and "password" not in said
    found = next((word for sign, word in _SIGNS if sign in said), "unreached")
    if is_refused:
        return "unreached"
    if found == "unprepared" and mark.is_made() and ("auth_user" in said or _is_bare()):
        return "lost"
    # On a full disk SQLite may say only that it could not write, or not open, one of its files.
    return "full" if found in {"disk", "closed"} and is_full() else found


def _is_bare() -> bool:
    """Whether SQLite's file holds no table: it is made, with a first page, where there was none."""
    file = database_file()
    return file is not None and file.is_file() and file.stat().st_size <= _PAGE


def is_full() -> bool:
    """Whether the disk takes no more of what the product has to keep."""
    places = [Path(settings.DATA_DIR)]
    if file := database_file():
        places.append(file.parent)
    return any(free_bytes(place) < FULL_BYTES for place in places)


def free_bytes(place: Path) -> float:
    """Bytes that may still be written there; endless where nobody knows."""
    try:
        return shutil.disk_usage(place).free
    except OSError:
        return float("inf")


def database_file() -> Path | None:
    """SQLite's file; None of a server, and of a database in memory."""
    name = str(connection.settings_dict["NAME"])
    in_memory = not name or name.startswith(("file:", ":memory:"))
    return None if connection.vendor != "sqlite" or in_memory else Path(name)


class OneLine(logging.Filter):
    """Tells of a database that is away, damaged or full in one line: where in the program it was
    asked says nothing to whoever has to mend it. The level ``DEBUG`` shows that too."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        trouble = trouble_of(error)
        if trouble is None or logging.getLogger().isEnabledFor(logging.DEBUG):
            return True
        record.msg, record.args = "%s: %s (%s)", (record.getMessage(), trouble, foreign(error))
        record.exc_info = record.exc_text = None
        return True
