"""What a command says in one line where it cannot go on."""

from __future__ import annotations

from django.db import DatabaseError, InterfaceError

from providers.coded import CodedError, foreign

DATABASE_ERRORS = (DatabaseError, InterfaceError)

# Parts of what SQLite and PostgreSQL say, in lower case, and what they mean.
_SIGNS = (
    ("locked", "locked"),
    ("readonly", "readonly"),
    ("read-only", "readonly"),
    ("unable to open", "closed"),
    ("not a database", "damaged"),
    ("malformed", "damaged"),
    ("disk is full", "full"),
    ("password authentication", "password"),
    ("no such table", "unprepared"),
    ("no such column", "unprepared"),
    ("has no column", "unprepared"),
    ("does not exist", "unprepared"),
)
_ADVICE = {
    "unprepared": "Start the product once (make run), or run: manage.py migrate",
    "locked": "Another process holds it: end that, or wait until it is done",
    "readonly": "Let this user write the file and the folder it lies in",
    "closed": "Is its folder there, and may this user write in it?",
    "damaged": "It is no SQLite database, or a damaged one: restore a backup",
    "full": "Make room on its disk",
    "password": "Check user and password in DATABASE_URL",
    "unreached": "Is its server running, and DATABASE_URL right?",
}


def fault_line(error: Exception) -> str | None:
    """One line for what a person can mend: a database, a configuration; None for what is a fault of
    the program."""
    if isinstance(error, DATABASE_ERRORS):
        advice = _ADVICE[database_trouble(error)]
        return f"aniworld: DATABASE_URL: the database cannot be used ({foreign(error)}). {advice}"
    if isinstance(error, CodedError):
        return f"aniworld: {' '.join(str(error).split())}"
    return None


def database_trouble(error: Exception) -> str:
    """What a database's error means, in one word: ``unprepared`` has not our tables."""
    said = str(error).lower()
    # PostgreSQL says of a database, while it refuses the connection, what it says of a table.
    is_refused = "connection" in said and "password" not in said
    found = (word for sign, word in _SIGNS if sign in said)
    return "unreached" if is_refused else next(found, "unreached")
