"""What the list of operations can be asked for."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from aniworld.events.api.shapes import STATUSES, TYPES
from aniworld.web.serializers import AnyCaseChoiceField


class TypeQuery(serializers.Serializer[Any]):
    type = AnyCaseChoiceField(choices=TYPES, required=False)


class OperationQuery(TypeQuery):
    status = AnyCaseChoiceField(choices=STATUSES, required=False)
