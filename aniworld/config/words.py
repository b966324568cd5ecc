"""What settings and their values are called, in the reader's language."""

from __future__ import annotations

from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext

from aniworld.config.checks import OneOf
from aniworld.config.description import Setting
from aniworld.config.sections import labels_of, setting_of


def labels(field: str) -> list[str]:
    """What a field is called, from its section down. Args: field: its dotted name."""
    return [gettext(label) for label in labels_of(field)]


def in_words(value: Any, known: Setting | None) -> str:
    """A value of a setting as people read it: what it means, where that has words of its own."""
    check = known.check if known is not None else None
    meaning = check.meaning(value) if isinstance(check, OneOf) else ""
    return gettext(meaning).rstrip(".") if meaning else shown(value)


def of_field(field: str, value: Any) -> str:
    """The same of a field. Args: field: its dotted name."""
    return in_words(value, setting_of(field))


def shown(value: Any) -> str:
    """A value as people read it."""
    if value is None:
        return gettext("nothing")
    if isinstance(value, bool):
        return gettext("on") if value else gettext("off")
    if isinstance(value, float):
        return str(number_format(f"{value:.10g}"))
    if isinstance(value, list):
        return ", ".join(shown(entry) for entry in value) or gettext("empty")
    if isinstance(value, dict):
        return ", ".join(value) or gettext("empty")
    return str(value) or gettext("empty")
