"""What every API reads and checks with.

The fields of bodies are those of ``aniworld.web.fields``.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext
from rest_framework import serializers
from rest_framework.request import Request


def valid(serializer: serializers.Serializer[Any]) -> dict[str, Any]:
    """What was sent, checked; what is wrong with it becomes a 400 that names each field."""
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def query_of(request: Request, kind: type[serializers.Serializer[Any]]) -> dict[str, Any]:
    """What a query asks for, checked.

    DRF takes the query itself for a form, where a field that was sent empty is one that was not
    sent; in an address an empty word is a word like another, and mostly a wrong one.

    Args:
        kind: what reads it.
    """
    return valid(kind(data=request.query_params.dict()))


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields it does not know: a misspelt one must not be ignored silently.

    ``rules`` is what its schema says beside its fields. With ``checks`` any serializer says of its
    fields, by name, what is checked behind it.
    """

    rules: ClassVar[dict[str, Any]] = {}

    def said(self) -> dict[str, Any]:
        """``rules``; of what other data describe, made when the document is."""
        return self.rules

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
