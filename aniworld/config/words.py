"""What settings and their values are called, in the reader's language."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext

from aniworld.config.sections import labels_of


def labels(field: str) -> list[str]:
    """What a field is called, from its section down. Args: field: its dotted name."""
    return [gettext(label) for label in labels_of(field)]


def shown(value: Any) -> str:
    """A value as people read it."""
    if value is None:
        return gettext("nothing")
    if isinstance(value, bool):
        return gettext("on") if value else gettext("off")
    if isinstance(value, list):
        return ", ".join(shown(entry) for entry in value) or gettext("empty")
    if isinstance(value, dict):
        return ", ".join(value) or gettext("empty")
    return str(value) or gettext("empty")
