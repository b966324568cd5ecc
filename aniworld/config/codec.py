"""Between plain JSON values and the dataclasses of ``schema``."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, get_args, get_origin, get_type_hints

from aniworld.config.checks import Check
from aniworld.config.errors import ConfigInvalid
from aniworld.config.schema import Config
from aniworld.web.errors import FieldError

_WORDS: dict[Any, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    tuple: "a list of texts",
    Mapping: "an object",
}


_NO_CHECKS: Mapping[str, Check] = {}


class _Wrong(ValueError):
    """A value of the wrong type; the message says what is expected."""


def parse(data: Mapping[str, Any]) -> Config:
    """Build the configuration from plain values; what is left out gets its default.

    Raises ``ConfigInvalid`` naming every field that is wrong.
    """
    errors: list[FieldError] = []
    config: Config = _dataclass(Config, data, "", errors)
    if errors:
        fields = ", ".join(error.field for error in errors)
        raise ConfigInvalid(f"The configuration is not valid: {fields}.", errors=errors)
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


def _dataclass(
    kind: Any,
    data: Any,
    path: str,
    errors: list[FieldError],
    checks: Mapping[str, Check] = _NO_CHECKS,
) -> Any:
    if not isinstance(data, Mapping):
        errors.append(FieldError(path, "invalid", "Must be an object."))
        return kind()
    fields = {field.name: field for field in dataclasses.fields(kind)}
    hints = get_type_hints(kind)
    values = {}
    for name, raw in data.items():
        where = f"{path}.{name}" if path else str(name)
        if name not in fields:
            errors.append(FieldError(where, "unknown", "There is no such setting."))
            continue
        try:
            value = _value(hints[name], raw, where, errors, fields[name].metadata.get("checks"))
        except _Wrong as wrong:
            errors.append(FieldError(where, "invalid", str(wrong)))
            continue
        check = fields[name].metadata.get("check") or checks.get(name)
        if check and (problem := check(value)):
            errors.append(FieldError(where, "invalid", problem))
        values[name] = value
    return kind(**values)


def _value(
    hint: Any,
    raw: Any,
    path: str,
    errors: list[FieldError],
    checks: Mapping[str, Check] | None = None,
) -> Any:
    """Args: checks: those of a class that carries none itself, by field."""
    if dataclasses.is_dataclass(hint):
        return _dataclass(hint, raw, path, errors, checks or _NO_CHECKS)
    kind = get_origin(hint) or hint
    if kind is Mapping:
        if not isinstance(raw, Mapping):
            raise _Wrong(f"Must be {_WORDS[kind]}.")
        entry = get_args(hint)[1]
        return {str(k): _value(entry, v, f"{path}.{k}", errors, checks) for k, v in raw.items()}
    if kind is tuple and isinstance(raw, (list, tuple)) and all(isinstance(v, str) for v in raw):
        return tuple(raw)
    if kind is float and isinstance(raw, int) and not isinstance(raw, bool):
        return float(raw)
    if type(raw) is kind and kind is not tuple:  # exact: True is no whole number
        return raw
    raise _Wrong(f"Must be {_WORDS[kind]}.")
