"""What of the configuration may be shown to anyone, and how it comes back unharmed.

An address may carry a password or a token, and some settings are nothing else. They are shown as
``difference`` shows them; sent back that way they mean what is stored, so that a form or a program
can return what it was given.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aniworld.config.difference import hides_something, is_secret, shown
from aniworld.config.errors import ConfigInvalid
from aniworld.config.hiding import MASK
from aniworld.web.errors import FieldError


def masked(values: Any, field: str = "") -> Any:
    """A copy of plain values with every secret masked. Args: field: whose value it is, if one's."""
    return shown(values, field)


def unmasked(sent: Any, stored: Mapping[str, Any]) -> Any:
    """A copy of plain values in which what is masked has its secret again.

    Args:
        stored: the whole configuration as plain values. What stands in the same place there counts
            first, then any address of it that is shown like this one; a setting that is secret as a
            whole means that of its own place alone.

    Raises:
        ConfigInvalid: with each that is masked and stands for nothing that is stored.
    """
    reader = _Unmasking(list(_texts(stored)))
    values = reader.read(sent, stored, "")
    if reader.errors:
        fields = ", ".join(error.field for error in reader.errors)
        raise ConfigInvalid(fields=fields, errors=reader.errors)
    return values


class _Unmasking:
    def __init__(self, known: list[str]) -> None:
        self._known = known
        self.errors: list[FieldError] = []

    def read(self, sent: Any, stored: Any, path: str) -> Any:
        if isinstance(sent, Mapping):
            before = stored if isinstance(stored, Mapping) else {}
            return {
                name: self.read(value, before.get(name), f"{path}.{name}" if path else str(name))
                for name, value in sent.items()
            }
        if isinstance(sent, list):
            return self._list(sent, stored if isinstance(stored, list) else [], path)
        if isinstance(sent, str) and hides_something(sent, path):
            return self._revealed(sent, [stored], path)
        return sent

    def _list(self, sent: list[Any], stored: list[Any], path: str) -> list[Any]:
        """Two entries may look alike: each stands for another one, in their order."""
        left = list(stored)
        values = []
        for index, entry in enumerate(sent):
            where = f"{path}.{index}"
            is_hidden = isinstance(entry, str) and hides_something(entry, path)
            value = self._revealed(entry, left, where) if is_hidden else entry
            if value in left:
                left.remove(value)
            values.append(value)
        return values

    def _revealed(self, sent: str, first: list[Any], path: str) -> str:
        others = () if is_secret(path) else self._known
        for stored in (*first, *others):
            if isinstance(stored, str) and shown(stored, path) == sent:
                return stored
        self.errors.append(FieldError(path, "masked", params={"mask": MASK}))
        return sent


def _texts(values: Any) -> Iterator[str]:
    if isinstance(values, Mapping):
        for value in values.values():
            yield from _texts(value)
    elif isinstance(values, list):
        for value in values:
            yield from _texts(value)
    elif isinstance(values, str):
        yield values
