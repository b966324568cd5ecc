"""The configuration file as JSON Schema (2020-12): what it may hold, in words and bounds.

It refuses nothing that reading the file lets pass. Four things only reading knows: folders inside
each other (or spelt in two ways), the tokens of a naming template, what is wrong with the port or
the IPv6 address of a web address, and what stands in the definition of a site.
"""

from __future__ import annotations

from typing import Any, TypedDict

from django.utils.translation import gettext, gettext_noop

from aniworld.config import migrations
from aniworld.config.checks import Schema
from aniworld.config.codec import plain
from aniworld.config.description import Group, ListOf, Member, Named, Scalar, Shape, explained
from aniworld.config.hiding import MASK
from aniworld.config.schema import description

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_FILE_VERSION = gettext_noop("Version of the shape of this file")

ConfigSchema = TypedDict(
    "ConfigSchema",
    {
        "$schema": str,
        "title": str,
        "type": str,
        "properties": dict[str, Schema],
        "additionalProperties": bool,
    },
)


def json_schema() -> ConfigSchema:
    """Describe the whole file, in the reader's language.

    ``x-unit`` is what a number counts, ``x-environment`` the variable that stands in for an empty
    setting; what is ``x-secret`` is masked wherever it is shown.
    """
    number = {"title": gettext(_FILE_VERSION), "const": migrations.current_schema()}
    members = description().members.items()
    return {
        "$schema": DIALECT,
        "title": "Aniworld",
        "type": "object",
        "properties": {"schema": number, **{name: _member(member) for name, member in members}},
        "additionalProperties": False,
    }


def config_schema() -> Schema:
    """What the API gives and takes of the whole configuration: the file without the version of its
    shape."""
    members = {name: _member(one) for name, one in description().members.items()}
    members["version"].pop("readOnly")  # sent back, it says what is to be changed
    return _object(members)


def exported_schema() -> Schema:
    """What the API gives as a file: all that the file may hold."""
    whole = json_schema()
    return _object(whole["properties"])


def section_schemas() -> Schema:
    """What the API gives of one section, whichever it is."""
    return {"anyOf": [_shape(one.shape) for one in _sections()]}


def _sections() -> list[Member]:
    return [one for one in description().members.values() if isinstance(one.shape, Group)]


def _object(members: dict[str, Schema]) -> Schema:
    return {"type": "object", "properties": members, "additionalProperties": False}


def _shape(shape: Shape) -> Schema:
    match shape:
        case Scalar():
            return {"type": shape.json_type}
        case ListOf():
            return {"type": "array", "items": _shape(shape.entry)}
        case Named():
            return {"type": "object", "additionalProperties": _shape(shape.entry)}
        case Group():
            members = {name: _member(member) for name, member in shape.members.items()}
            return _object(members)


def _member(member: Member) -> Schema:
    known = member.setting
    checked = known.check.schema() if known.check else {}
    if known.secret and checked:  # as it is shown, and may be sent back
        checked = {"anyOf": [{"const": MASK}, checked]}
    found = _merged(_shape(member.shape), checked)
    words = {"title": known.label, "x-unit": known.unit}
    found |= {name: gettext(text) for name, text in words.items() if text}
    if description := explained(known):
        found["description"] = description
    if known.environment:
        found["x-environment"] = known.environment
    if known.read_only:
        found["readOnly"] = True
    if known.secret:
        found["x-secret"] = True
    if not isinstance(member.shape, Group):
        found["default"] = plain(member.default)
    return found


def _merged(one: Schema, other: Schema) -> Schema:
    """Both together; what both say of an entry is merged as well."""
    both: dict[str, Any] = one | other
    for name in one.keys() & other.keys():
        both[name] = _merged(one[name], other[name])
    return both
