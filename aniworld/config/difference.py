"""What a change of the configuration changed, field by field, as it may be shown to anyone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

MASK = "•••"
_VERSION = "version"  # differs with every change, and says nothing

Fields = dict[str, Any]


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Fields, Fields]:
    """Return what differs, as it was and as it is, by dotted name; a field only one of them has is
    in that one alone.

    Args:
        before, after: the configuration as plain values, see ``codec.plain``.
    """
    was, now = dict(_fields(before)), dict(_fields(after))
    names = sorted(name for name in was.keys() | now.keys() if was.get(name) != now.get(name))
    return (
        {name: _shown(was[name]) for name in names if name in was},
        {name: _shown(now[name]) for name in names if name in now},
    )


def _fields(values: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        where = f"{path}.{name}" if path else str(name)
        if isinstance(value, Mapping) and value:
            yield from _fields(value, where)
        elif where != _VERSION:
            yield where, value


def _shown(value: Any) -> Any:
    """An address may carry a password."""
    if isinstance(value, list):
        return [_shown(entry) for entry in value]
    if isinstance(value, str) and "://" in value and "@" in value:
        parts = urlsplit(value)
        return parts._replace(netloc=f"{MASK}@{parts.netloc.rpartition('@')[2]}").geturl()
    return value
