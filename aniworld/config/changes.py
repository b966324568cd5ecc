"""What a change of the configuration changes, told field by field: before it is made, and after."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from django.utils.crypto import salted_hmac

from aniworld.config import codec
from aniworld.config.difference import difference, fields
from aniworld.config.schema import Config

_SALT = "aniworld.config.changes"
_EMPTY: tuple[Any, ...] = (None, {})


class FieldChange(NamedTuple):
    """One field that differs, as it may be shown to anyone; None where it is not there."""

    field: str
    before: Any
    after: Any


def changes_between(before: Config, after: Config) -> list[FieldChange]:
    """What differs between two configurations."""
    return changes_in(*difference(codec.plain(before), codec.plain(after)))


def changes_in(was: Mapping[str, Any], now: Mapping[str, Any]) -> list[FieldChange]:
    """The same out of what ``difference`` gave, or an entry of the journal holds."""
    return [FieldChange(name, was.get(name), now.get(name)) for name in names_in(was, now)]


def names_in(was: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """The fields that differ, by name. An object that was or is empty is left out where something
    in it is named: that says it all."""
    names = sorted(was.keys() | now.keys())
    around = {above for name in names for above in _above(name)}
    return [
        name
        for name in names
        if name not in around or was.get(name) not in _EMPTY or now.get(name) not in _EMPTY
    ]


def _above(name: str) -> Iterator[str]:
    while "." in name:
        name = name.rpartition(".")[0]
        yield name


def mark_of(config: Config, names: list[str]) -> str:
    """A mark of what these fields are, which tells nothing of their values: the journal keeps it to
    see whether they were changed again since."""
    values = fields(codec.plain(config))
    told = json.dumps({name: values.get(name) for name in names}, sort_keys=True)
    return salted_hmac(_SALT, told, algorithm="sha256").hexdigest()


def taken_from(source: Config, data: dict[str, Any], names: list[str]) -> None:
    """Write into ``data``, the configuration as plain values, these fields as ``source`` has them;
    one that it has not is taken out."""
    values = fields(codec.plain(source))
    gone = [name for name in names if name not in values]
    for name in gone:
        _take_out(data, name.split("."))
    for name in sorted(set(names) - set(gone)):
        _write(data, name.split("."), values[name])


def _take_out(data: dict[str, Any], path: list[str]) -> None:
    """With the objects around it that nothing is left in."""
    name, *rest = path
    inner = data.get(name)
    if not rest:
        data.pop(name, None)
    elif isinstance(inner, dict):
        _take_out(inner, rest)
        if not inner:
            del data[name]


def _write(data: dict[str, Any], path: list[str], value: Any) -> None:
    *above, last = path
    for name in above:
        data = data.setdefault(name, {})
    if value == {}:
        data.setdefault(last, {})  # others may be in it by now
    else:
        data[last] = value
