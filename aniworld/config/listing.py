"""Every setting with its words, its value and its default: what pages and programs draw from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.conf import settings

from aniworld.config.codec import plain
from aniworld.config.description import Member
from aniworld.config.directories import library_directories
from aniworld.config.masking import masked
from aniworld.config.schema import Config
from aniworld.config.sections import Section, sections
from aniworld.config.surroundings import is_set


class Listed(NamedTuple):
    """One setting.

    Attributes:
        field: its dotted name.
        value, default: plain, with every secret masked.
        variable: the variable of the environment whose value counts in its place now; empty where
            none does.
        stands_in: that value.
        is_locked: it counts whatever is set here.
    """

    section: Section
    member: Member
    field: str
    value: Any
    default: Any
    variable: str = ""
    stands_in: Any = None
    is_locked: bool = False

    @property
    def is_default(self) -> bool:
        return bool(self.value == self.default)


def listed(config: Config) -> Iterator[Listed]:
    """All settings in the order of the schema."""
    for section in sections():
        values = getattr(config, section.name)
        for name, member in section.members.items():
            value = masked(plain(getattr(values, name)), name)
            variable, wins = member.setting.environment, member.setting.environment_wins
            is_fixed = bool(variable) and (wins or not value) and is_set(variable)
            yield Listed(
                section,
                member,
                f"{section.name}.{name}",
                value,
                masked(plain(member.default), name),
                variable if is_fixed else "",
                _stand_in(config, variable) if is_fixed else None,
                is_fixed and wins,
            )


def _stand_in(config: Config, variable: str) -> Any:
    """What a variable gives in place of a setting."""
    if variable == "ANIME_DIRECTORY":
        return list(library_directories(config))
    value = getattr(settings, variable)
    if isinstance(value, dict):  # rooms with their levels
        return [f"{name}={level}" for name, level in value.items()]
    return value
