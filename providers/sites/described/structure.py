"""Holding a definition to its JSON Schema, with every fault named by its place and in plain words.

The schema is the file beside this module, which is published: there is no second description of
what a definition may have. Only the keywords that file uses are known here; a test holds what this
says to what a whole validator says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from providers.sites.described.faults import Fault, pointer

SCHEMA_FILE = Path(__file__).with_name("definition.schema.json")
EXAMPLE_FILE = Path(__file__).with_name("example.json")  # of a small whole one, to begin with
MOST_FAULTS = 50  # nobody mends more at once
DEEPEST = 40

Schema = Mapping[str, Any]


@cache
def schema() -> Schema:
    """The JSON Schema (2020-12) of definitions."""
    read: Schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    return read


def faults_of(data: Any) -> list[Fault]:
    """What in ``data`` is not as the schema has it, the first of them."""
    found = []
    for fault in _faults(data, schema(), "", 0):
        found.append(fault)
        if len(found) >= MOST_FAULTS:
            break
    return found


def _faults(value: Any, rule: Schema, at: str, depth: int) -> Iterator[Fault]:
    if depth > DEEPEST:
        yield Fault(at, "deep")
        return
    rule = _resolved(rule)
    if choices := rule.get("anyOf"):
        fitting = [one for one in choices if _is_of(value, _resolved(one))]
        if fitting:
            yield from _faults(value, fitting[0], at, depth)
        else:
            wanted = [_resolved(one)["type"] for one in choices]
            yield Fault(at, "type", {"wanted": wanted})
        return
    if not _is_of(value, rule):
        yield Fault(at, "type", {"wanted": [rule["type"]]})
        return
    if "enum" in rule and value not in rule["enum"]:
        yield Fault(at, "choice", {"known": rule["enum"]})
    elif isinstance(value, str):
        yield from _text_faults(value, rule, at)
    elif isinstance(value, list):
        yield from _list_faults(value, rule, at, depth)
    elif isinstance(value, dict):
        yield from _object_faults(value, rule, at, depth)
    elif "minimum" in rule and not rule["minimum"] <= value <= rule["maximum"]:
        yield Fault(at, "between", {"low": rule["minimum"], "high": rule["maximum"]})


def _resolved(rule: Schema) -> Schema:
    while "$ref" in rule:
        rule = schema()["$defs"][rule["$ref"].removeprefix("#/$defs/")]
    return rule


def _is_of(value: Any, rule: Schema) -> bool:
    match rule.get("type"):
        case "object":
            return isinstance(value, dict)
        case "array":
            return isinstance(value, list)
        case "string":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            is_whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
            return is_whole and not isinstance(value, bool)
        case _:
            return True


def _text_faults(value: str, rule: Schema, at: str) -> Iterator[Fault]:
    if len(value) < rule.get("minLength", 0):
        yield Fault(at, "empty")
    elif len(value) > rule.get("maxLength", len(value)):
        yield Fault(at, "long", {"most": rule["maxLength"]})
    elif "pattern" in rule and not re.search(rule["pattern"], value):
        yield Fault(at, "form", {"pattern": rule["pattern"]})


def _list_faults(value: list[Any], rule: Schema, at: str, depth: int) -> Iterator[Fault]:
    if len(value) < rule.get("minItems", 0):
        yield Fault(at, "empty")
    if len(value) > rule.get("maxItems", len(value)):
        yield Fault(at, "many", {"most": rule["maxItems"]})
        return
    for index, entry in enumerate(value):
        yield from _faults(entry, rule.get("items", {}), pointer(at, index), depth + 1)


def _object_faults(value: dict[str, Any], rule: Schema, at: str, depth: int) -> Iterator[Fault]:
    if len(value) > rule.get("maxProperties", len(value)):
        yield Fault(at, "many", {"most": rule["maxProperties"]})
        return
    if len(value) < rule.get("minProperties", 0):
        yield Fault(at, "empty")
    known = rule.get("properties", {})
    for name in rule.get("required", ()):
        if name not in value:
            yield Fault(at, "missing", {"name": name})
    for name, entry in value.items():
        below = pointer(at, name)
        if name in known:
            yield from _faults(entry, known[name], below, depth + 1)
        elif rule.get("additionalProperties") is False:
            yield Fault(at, "unknown", {"name": name[:80], "known": sorted(known)})
        else:
            yield from _text_faults(name, rule.get("propertyNames", {}), below)
            yield from _faults(entry, rule.get("additionalProperties", {}), below, depth + 1)
