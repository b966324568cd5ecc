"""What every API reads and checks with.

Fields that read what clients write: enumerations in any case, ids as text or number.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

LARGEST_ID = 2**63 - 1


def valid(serializer: serializers.Serializer[Any]) -> dict[str, Any]:
    """What was sent, checked; what is wrong with it becomes a 400 that names each field."""
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields it does not know: a misspelt one must not be ignored silently."""

    def to_internal_value(self, data: Any) -> Any:
        values = super().to_internal_value(data)
        unknown = sorted(set(data) - set(self.fields))
        if unknown:
            words = serializers.ErrorDetail(gettext("No such field."), "unknown")
            raise serializers.ValidationError(dict.fromkeys(unknown, words))
        return values


class AnyCaseChoiceField(serializers.ChoiceField):
    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value(data.upper() if isinstance(data, str) else data)


@extend_schema_field(OpenApiTypes.STR)
class IdField(serializers.IntegerField):
    """A number in the database, text in JSON."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=LARGEST_ID, **kwargs)

    def to_representation(self, value: Any) -> Any:
        return str(value)


def ids(**kwargs: Any) -> serializers.ListField:
    return serializers.ListField(child=IdField(), max_length=10_000, **kwargs)
