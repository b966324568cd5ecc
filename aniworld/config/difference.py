"""What a change of the configuration changed, field by field, as it may be shown to anyone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

MASK = "•••"
LEFT_OUT = "…"
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
        {name: shown(was[name]) for name in names if name in was},
        {name: shown(now[name]) for name in names if name in now},
    )


def fields(values: Mapping[str, Any]) -> Fields:
    """Every field by its dotted name, unmasked; an object without fields is one itself."""
    return dict(_fields(values))


def shown(value: Any) -> Any:
    """A copy of plain values as it may be shown to anyone."""
    if isinstance(value, Mapping):
        return {name: shown(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [shown(entry) for entry in value]
    return _shown_address(value) if isinstance(value, str) and "://" in value else value


def hides_something(text: str) -> bool:
    """Whether a text looks like an address that was shown by :func:`shown` with a part masked."""
    return "://" in text and (MASK in text or re.search(rf"[?#]{LEFT_OUT}$", text) is not None)


def _fields(values: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        where = f"{path}.{name}" if path else str(name)
        if isinstance(value, Mapping) and value:
            yield from _fields(value, where)
        elif where != _VERSION:
            yield where, value


def _shown_address(address: str) -> str:
    """An address may carry a password before its host, and a token in its query or fragment."""
    scheme, _, rest = address.partition("://")
    authority = re.split(r"[/?#\\]", rest, maxsplit=1)[0]
    _, at, host = authority.rpartition("@")
    behind = rest[len(authority) :]
    if "@" in behind:  # a password may hold a slash: which part is the host nobody can tell
        return f"{scheme}://{MASK}"
    path = re.sub(r"([?#]).*", rf"\1{LEFT_OUT}", behind, count=1, flags=re.DOTALL)
    return f"{scheme}://{MASK if at else ''}{at}{host}{path}"
