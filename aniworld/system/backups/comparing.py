"""What a restore would change: the backup's rows and settings beside those that are here."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple, TypedDict

from django.db import connection

from aniworld.config import codec, store
from aniworld.config.difference import difference
from aniworld.config.errors import ConfigError
from aniworld.config.schema import Config
from aniworld.database.examination import has_owner
from aniworld.system.backups.scratch import Prepared

NAMED = 20  # of each list; the others are counted
Query = Callable[[str], Sequence[Sequence[Any]]]


class Names(TypedDict):
    """The first of them, and how many there are."""

    count: int
    first: list[str]


class Amount(TypedDict):
    """How many there are here, and in the backup."""

    here: int
    backup: int


class UserDifference(TypedDict):
    """Who could log in afterwards."""

    gone: Annotated[Names, "Here, and not in the backup."]
    back: Annotated[Names, "In the backup, and not here."]
    rights: Annotated[Names, "With other rights than now."]
    passwords: Annotated[Names, "With another password than now: that of then."]


class SeriesDifference(TypedDict):
    """Series by their keys, and what is known of them."""

    gone: Names
    back: Names
    series: Amount
    episodes: Amount
    files: Amount


class Difference(TypedDict):
    """What a restore would change."""

    series: SeriesDifference
    queue: Annotated[dict[str, Amount], "Items by their status, as far as there are any."]
    users: UserDifference
    journal: Amount
    settings_here: Annotated[dict[str, Any], "Settings that differ, as they are."]
    settings_backup: Annotated[dict[str, Any], "The same, as they were."]


class User(NamedTuple):
    name: str
    rights: tuple[Any, ...]
    password: str


_SERIES = "SELECT key, name FROM library_animeseries WHERE deleted_at IS NULL"
_USERS = (
    "SELECT username, is_superuser, is_staff, is_active, role, password FROM auth_user "
    "LEFT JOIN accounts_grantedright ON user_id = auth_user.id"
)
_QUEUE = "SELECT status, COUNT(*) FROM downloads_downloadqueueitem GROUP BY status"
_COUNTED = {
    "series": "library_animeseries",
    "episodes": "library_episode",
    "files": "library_mediafile",
    "queue": "downloads_downloadqueueitem",
    "users": "auth_user",
    "journal": "journal_entry",
}


def compare(backup: Prepared) -> Difference:
    """Lay the prepared backup beside what is here."""
    is_empty = not has_owner()
    here = (lambda _query: []) if is_empty else _here
    with contextlib.closing(_opened(backup.database)) as opened:
        then: Query = lambda query: opened.execute(query).fetchall()  # noqa: E731 - as the other one
        was, would_be = _settings(backup.config)
        return {
            "series": _series(here, then),
            "queue": _amounts(_pairs(here(_QUEUE)), _pairs(then(_QUEUE))),
            "users": _users(_user_rows(here), _user_rows(then)),
            "journal": _amount(here, then, "journal"),
            "settings_here": was,
            "settings_backup": would_be,
        }


def counts(database: Path) -> dict[str, int]:
    """How much of what a backup's database holds, for its manifest."""
    with contextlib.closing(_opened(database)) as opened:
        return {
            name: int(opened.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])  # noqa: S608 - ours
            for name, table in _COUNTED.items()
        }


def _opened(database: Path) -> sqlite3.Connection:
    return sqlite3.connect(database, isolation_level=None)


def _here(query: str) -> Sequence[Sequence[Any]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def _series(here: Query, then: Query) -> SeriesDifference:
    mine, theirs = _pairs(here(_SERIES)), _pairs(then(_SERIES))
    return {
        "gone": _names([name for key, name in mine.items() if key not in theirs]),
        "back": _names([name for key, name in theirs.items() if key not in mine]),
        "series": {"here": len(mine), "backup": len(theirs)},
        "episodes": _amount(here, then, "episodes"),
        "files": _amount(here, then, "files"),
    }


def _pairs(rows: Sequence[Sequence[Any]]) -> dict[str, Any]:
    return {str(row[0]): row[1] for row in rows}


def _amount(here: Query, then: Query, what: str) -> Amount:
    query = f"SELECT COUNT(*) FROM {_COUNTED[what]}"  # noqa: S608 - a table of ours
    mine = here(query)
    return {"here": int(mine[0][0]) if mine else 0, "backup": int(then(query)[0][0])}


def _amounts(mine: Mapping[str, int], theirs: Mapping[str, int]) -> dict[str, Amount]:
    return {
        name: {"here": mine.get(name, 0), "backup": theirs.get(name, 0)}
        for name in sorted(mine.keys() | theirs.keys())
    }


def _user_rows(query: Query) -> dict[str, User]:
    rows = query(_USERS)
    return {row[0]: User(row[0], (*map(bool, row[1:4]), row[4]), row[5]) for row in rows}


def _users(mine: Mapping[str, User], theirs: Mapping[str, User]) -> UserDifference:
    both = sorted(mine.keys() & theirs.keys())
    return {
        "gone": _names(sorted(mine.keys() - theirs.keys())),
        "back": _names(sorted(theirs.keys() - mine.keys())),
        "rights": _names([name for name in both if mine[name].rights != theirs[name].rights]),
        "passwords": _names(
            [name for name in both if mine[name].password != theirs[name].password]
        ),
    }


def _names(found: Sequence[str]) -> Names:
    return {"count": len(found), "first": list(found[:NAMED])}


def _settings(backup: Config | None) -> tuple[dict[str, Any], dict[str, Any]]:
    if backup is None:
        return {}, {}
    try:
        mine = codec.plain(store.load())
    except ConfigError:
        mine = {}  # broken: all that is in the backup would come
    return difference(mine, codec.plain(backup))
