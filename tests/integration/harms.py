"""Harm that is done to SQLite's file."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

_ROW = "SELECT type, name, tbl_name, rootpage, sql FROM sqlite_master WHERE name = ?"


def change_behind_an_index(database: Path, index: str, statement: str) -> None:
    """Change a table while SQLite does not know of one of its indexes, which keeps what it had."""
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as opened:
        row = opened.execute(_ROW, [index]).fetchone()
        opened.execute("PRAGMA writable_schema=ON")
        opened.execute("DELETE FROM sqlite_master WHERE name = ?", [index])
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as opened:
        opened.execute(statement)
        opened.execute("PRAGMA writable_schema=ON")
        opened.execute("INSERT INTO sqlite_master VALUES (?, ?, ?, ?, ?)", row)
