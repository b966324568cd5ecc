"""What a real PostgreSQL says when it lets nobody in, and what the owner is told of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import OperationalError
from django.db.utils import load_backend

from aniworld.database import troubles
from aniworld.database.troubles import trouble_of

PASSWORD = "a lantern"


@pytest.fixture
def crowded() -> Iterator[str]:
    """The name of a user who has no connection left."""
    name = f"crowded_{uuid.uuid4().hex[:8]}"
    try:
        server = psycopg.connect(
            "host=127.0.0.1 port=5432 user=postgres connect_timeout=3",
            dbname="postgres",
            autocommit=True,
        )
    except psycopg.OperationalError:
        pytest.skip("no PostgreSQL at 127.0.0.1:5432")
    with server:
        server.execute(f"CREATE ROLE {name} LOGIN CONNECTION LIMIT 0 PASSWORD '{PASSWORD}'")
        try:
            yield name
        finally:
            server.execute(f"DROP ROLE {name}")


def test_a_server_without_a_free_connection_is_not_said_to_be_away(crowded: str) -> None:
    backend = load_backend("django.db.backends.postgresql")
    values: dict[str, Any] = {
        **{"NAME": "postgres", "USER": crowded, "PASSWORD": PASSWORD, "HOST": "127.0.0.1"},
        **{"PORT": 5432, "OPTIONS": {}, "TIME_ZONE": None, "AUTOCOMMIT": True},
        **{"CONN_HEALTH_CHECKS": False, "CONN_MAX_AGE": 0},
    }
    connection = backend.DatabaseWrapper(values)
    with pytest.raises(OperationalError) as caught, connection.wrap_database_errors:
        connection.connect()
    trouble = trouble_of(caught.value)
    assert trouble is not None
    assert trouble.params["why"] == "crowded"


@pytest.mark.parametrize(
    "said",
    [
        "FATAL:  sorry, too many clients already",
        "FATAL:  remaining connection slots are reserved for roles with the SUPERUSER attribute",
        'FATAL:  too many connections for database "aniworld"',
    ],
)
def test_all_ways_in_which_it_says_so(said: str) -> None:
    trouble = trouble_of(OperationalError(f"connection failed: port 5432 failed: {said}"))
    assert trouble is not None
    assert trouble.params["why"] == "crowded"


@pytest.mark.parametrize(
    ("said", "why"), [("disk I/O error", "disk"), ("unable to open database file", "closed")]
)
def test_what_sqlite_cannot_say_the_disk_says(
    said: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a full disk it may say only that it could not write, or not open, one of its files."""
    free = {"bytes": 10 * troubles.FULL_BYTES}
    monkeypatch.setattr(troubles, "free_bytes", lambda _place: free["bytes"])
    told = []
    for free["bytes"] in (10 * troubles.FULL_BYTES, troubles.FULL_BYTES - 1):
        trouble = trouble_of(OperationalError(said))
        assert trouble is not None
        told.append(trouble.params["why"])
    assert told == [why, "full"]
