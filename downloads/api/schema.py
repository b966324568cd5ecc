"""Tells the OpenAPI document of a field that no serializer can describe."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction

from downloads.api.serializers import WantedEpisodeSerializer


class EpisodesOrMissing(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    target_class = "downloads.api.serializers.EpisodesOrMissingField"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        episode = auto_schema.resolve_serializer(WantedEpisodeSerializer, direction)
        return {
            "oneOf": [
                {"type": "string", "enum": ["missing"]},
                {"type": "array", "items": episode.ref},
            ]
        }
