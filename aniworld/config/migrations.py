"""Bringing files of older schema versions up to date while they are read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aniworld.config.errors import ConfigTooNew

Step = Callable[[dict[str, Any]], dict[str, Any]]

# Entry 0 turns schema 1 into schema 2, and so on. A released step never changes.
STEPS: list[Step] = []


def current_schema() -> int:
    return len(STEPS) + 1


def migrated(data: dict[str, Any]) -> dict[str, Any]:
    """Return ``data`` in the current schema, without its schema number.

    A file without the number (written by hand) is taken as current.
    Raises ``ConfigTooNew`` for a schema this version does not know, ``ValueError`` for nonsense.
    """
    data = dict(data)
    schema = data.pop("schema", current_schema())
    if type(schema) is not int or schema < 1:
        raise ValueError(f"schema {schema!r} is no version number")
    if schema > current_schema():
        raise ConfigTooNew(schema=schema, known=current_schema())
    for step in STEPS[schema - 1 :]:
        data = step(data)
    return data
