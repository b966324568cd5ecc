"""Databases of a proof's own, on SQLite and on PostgreSQL, and a look into them from outside."""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

SERVER = "host=127.0.0.1 port=5432 user=postgres connect_timeout=3 dbname=postgres"
WAIT_SECONDS = 30.0

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Database:
    """``url`` is what the product is given; empty for its own SQLite file in ``data``."""

    name: str
    url: str
    data: Path

    def rows(self, statement: str, *values: Any) -> list[Row]:
        """Run one statement, with ``?`` for each value, and return what it answers.

        The statements are the proofs' own: no value of a stranger is ever part of one.
        """
        if self.url:
            with psycopg.connect(self.url, autocommit=True) as connection:
                done = connection.execute(statement.replace("?", "%s").encode(), values)
                return done.fetchall() if done.description else []
        path = self.data / "aniworld.db"
        with closing(sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None)) as file:
            return file.execute(statement, values).fetchall()

    def value(self, statement: str, *values: Any) -> Any:
        return self.rows(statement, *values)[0][0]


@contextmanager
def sqlite(data: Path) -> Iterator[Database]:
    yield Database("SQLite", "", data)


@contextmanager
def postgresql(data: Path) -> Iterator[Database]:
    name = f"aniworld_prove_{os.getpid()}_{secrets.token_hex(3)}"
    try:
        server = psycopg.connect(SERVER, autocommit=True)
    except psycopg.OperationalError:
        pytest.skip("no PostgreSQL at 127.0.0.1:5432")
    with server:
        server.execute(f'CREATE DATABASE "{name}"'.encode())
        try:
            url = f"postgres://postgres@127.0.0.1:5432/{name}"
            yield Database("PostgreSQL", url, data)
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


KINDS: dict[str, Callable[[Path], Any]] = {"SQLite": sqlite, "PostgreSQL": postgresql}
