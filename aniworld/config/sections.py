"""The sections of the configuration, by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from aniworld.config.description import Group, ListOf, Member, Named, Setting
from aniworld.config.errors import SectionNotFound
from aniworld.config.schema import description


class Section(NamedTuple):
    """One section: what the file keeps under one name."""

    name: str
    label: str
    members: Mapping[str, Member]


def sections() -> list[Section]:
    """All of them, in the order of the schema."""
    return [
        Section(name, member.setting.label, member.shape.members)
        for name, member in description().members.items()
        if isinstance(member.shape, Group)
    ]


def section(name: str) -> Section:
    """One of them. Raises ``SectionNotFound``."""
    found = next((one for one in sections() if one.name == name), None)
    if found is None:
        raise SectionNotFound(name=name[:80], known=[one.name for one in sections()])
    return found


def put_together(current: dict[str, Any], sent: Mapping[str, Any]) -> None:
    """Write into ``current``, the configuration as plain values, what ``sent`` has of it.

    What ``sent`` leaves out stays as it is. Lists, and what has names of the owner's choosing (the
    sites), are taken as they are sent. Whether that makes sense, reading says.
    """
    _put(current, sent, description())


def labels_of(field: str) -> Iterator[str]:
    """What a field is called, from its section down: by its dotted name, ``downloads.overwrite``.

    A name that is the owner's, or that the schema does not know, stands for itself.
    """
    shape: Any = description()
    for part in field.split("."):
        if isinstance(shape, Group) and part in shape.members:
            member = shape.members[part]
            yield member.setting.label
            shape = member.shape
        else:
            yield part
            shape = shape.entry if isinstance(shape, Named | ListOf) else None


def setting_of(field: str) -> Setting | None:
    """What the schema says of a field, by its dotted name; None of one that it does not know."""
    shape: Any = description()
    known = None
    for part in field.split("."):
        member = shape.members.get(part) if isinstance(shape, Group) else None
        known = member.setting if member else None
        shape = member.shape if member else shape.entry if isinstance(shape, Named) else None
    return known


def _put(current: dict[str, Any], sent: Mapping[str, Any], group: Group) -> None:
    for name, value in sent.items():
        member = group.members.get(name)
        inner = member.shape if member else None
        if isinstance(inner, Group) and isinstance(value, Mapping):
            _put(current[name], value, inner)
        else:
            current[name] = value
