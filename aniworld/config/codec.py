"""Between plain JSON values and the dataclasses of ``schema``."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from aniworld.config.description import Group, ListOf, Member, Named, Scalar, Shape
from aniworld.config.errors import ConfigInvalid
from aniworld.config.schema import Config, description
from aniworld.web.errors import FieldError

MOST_ERRORS = 1000  # nobody mends more at once


def parse(data: Any) -> Config:
    """Build the configuration from plain values; what is left out gets its default.

    Raises ``ConfigInvalid`` naming every field that is wrong.
    """
    reader = _Reader()
    config: Config | None = reader.read(description(), data, "")
    if reader.errors or config is None:
        raise reader.refusal()
    return config


def plain(value: Any) -> Any:
    """Return ``value`` as fresh dicts, lists and scalars."""
    if dataclasses.is_dataclass(value):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {key: plain(entry) for key, entry in value.items()}
    if isinstance(value, tuple):
        return list(value)
    return value


class _Reader:
    """Reads values and notes what is wrong with them, by the path of the field."""

    def __init__(self) -> None:
        self.errors: list[FieldError] = []

    def read(self, shape: Shape, raw: Any, path: str) -> Any:
        """The value; None for one of the wrong type."""
        match shape:
            case Scalar():
                value = shape.read(raw)
                if value is None:
                    self._wrong(path, shape.code)
                return value
            case ListOf():
                return self._list(shape, raw, path)
            case Named():
                return self._named(shape, raw, path)
            case Group():
                return self._group(shape, raw, path)

    def refusal(self) -> ConfigInvalid:
        fields = ", ".join(error.field for error in self.errors)
        return ConfigInvalid(fields=fields, errors=self.errors)

    def _list(self, shape: ListOf, raw: Any, path: str) -> tuple[Any, ...] | None:
        if not isinstance(raw, list | tuple):
            self._wrong(path, "not_a_list")
            return None
        return tuple(self.read(shape.entry, v, f"{path}.{i}") for i, v in enumerate(raw))

    def _named(self, shape: Named, raw: Any, path: str) -> dict[str, Any] | None:
        if not isinstance(raw, Mapping):
            self._wrong(path, "not_an_object")
            return None
        return {str(k): self.read(shape.entry, v, f"{path}.{k}") for k, v in raw.items()}

    def _group(self, shape: Group, raw: Any, path: str) -> Any:
        if not isinstance(raw, Mapping):
            self._wrong(path, "not_an_object")
            return None
        values = {}
        for name, value in raw.items():
            where = f"{path}.{name}" if path else str(name)
            if member := shape.members.get(name):
                values[name] = self._member(member, value, where)
            else:
                self._wrong(where, "unknown_setting")
        return shape.kind(**values)

    def _member(self, member: Member, raw: Any, path: str) -> Any:
        value = self.read(member.shape, raw, path)
        if value is not None and member.setting.check:
            for problem in member.setting.check.problems(value):
                where = f"{path}.{problem.at}" if problem.at else path
                self._wrong(where, problem.code, problem.params)
        return value

    def _wrong(self, path: str, code: str, params: Mapping[str, Any] | None = None) -> None:
        self.errors.append(FieldError(path, code, params=params or {}))
        if len(self.errors) >= MOST_ERRORS:
            raise self.refusal()
