"""Fields of what clients send as JSON: each reads the one JSON type that the document names.

DRF's own also read what can be made into it (``"yes"``, ``"5"``, ``7`` for a text), which no JSON
Schema says and which hides a caller's slip. Queries are text, and keep DRF's fields.
"""

from __future__ import annotations

from typing import Any

from django.core.validators import RegexValidator
from rest_framework import serializers

from aniworld.web.ids import MOST_DIGITS, whole

LARGEST_ID = 10**MOST_DIGITS - 1
Schema = dict[str, Any]  # a piece of JSON Schema


def whole_number(value: Any) -> int | None:
    """The number ``value`` is; None where it is none. To JSON, 3.0 is a whole number too."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


class Text(serializers.CharField):
    """A text. ``pattern`` is one in the syntax that Python and JSON Schema share."""

    def __init__(self, *, pattern: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.pattern = pattern
        if pattern:
            message = serializers.RegexField.default_error_messages["invalid"]
            self.validators.append(RegexValidator(pattern, message=message))

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Flag(serializers.BooleanField):
    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class WholeNumber(serializers.IntegerField):
    def to_internal_value(self, data: Any) -> int:
        number = whole_number(data)
        if number is None:
            self.fail("invalid")
        return number


class Number(serializers.FloatField):
    def to_internal_value(self, data: Any) -> float:
        if not isinstance(data, int | float) or isinstance(data, bool):
            self.fail("invalid")
        return super().to_internal_value(data)


class IdField(serializers.Field[Any, Any, Any, Any]):
    """A number in the database, text in JSON; a number is read too."""

    default_error_messages = {"invalid": serializers.IntegerField.default_error_messages["invalid"]}
    told: Schema = {
        "anyOf": [
            {"type": "string", "pattern": f"^[0-9]{{1,{MOST_DIGITS}}}$"},
            {"type": "integer", "minimum": 0, "maximum": LARGEST_ID},
        ]
    }

    def to_internal_value(self, data: Any) -> int:
        number = whole(data if isinstance(data, str) else str(whole_number(data)))
        if number is None:
            self.fail("invalid")
        return number

    def to_representation(self, value: Any) -> str:
        return str(value)


def ids(**kwargs: Any) -> serializers.ListField:
    return serializers.ListField(child=IdField(), max_length=10_000, **kwargs)
