"""What a change of the configuration changed, field by field, as it may be shown to anyone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aniworld.config.hiding import MASK, hides_part_of_address, shown_address
from aniworld.config.schema import secrets

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
        {name: shown(was[name], name) for name in names if name in was},
        {name: shown(now[name], name) for name in names if name in now},
    )


def fields(values: Mapping[str, Any]) -> Fields:
    """Every field by its dotted name, unmasked; an object without fields is one itself."""
    return dict(_fields(values))


def shown(value: Any, field: str = "") -> Any:
    """A copy of plain values as it may be shown to anyone.

    Args:
        field: the dotted name of the field, where it is the value of one.
    """
    if isinstance(value, Mapping):
        return {name: shown(entry, str(name)) for name, entry in value.items()}
    if isinstance(value, list):
        return [shown(entry, field) for entry in value]
    if not isinstance(value, str):
        return value
    if is_secret(field):
        return MASK if value else ""
    return shown_address(value)


def hides_something(text: str, field: str = "") -> bool:
    """Whether a text looks like one that :func:`shown` has masked, or an address with a part
    masked."""
    if is_secret(field):
        return text == MASK
    return hides_part_of_address(text)


def is_secret(field: str) -> bool:
    """Whether a field is shown to nobody. Args: field: its dotted name."""
    return field.rpartition(".")[2] in secrets()


def _fields(values: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        where = f"{path}.{name}" if path else str(name)
        if isinstance(value, Mapping) and value:
            yield from _fields(value, where)
        elif where != _VERSION:
            yield where, value
