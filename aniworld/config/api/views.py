"""The configuration over HTTP."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.views import APIView

from aniworld.config.json_schema import ConfigSchema, json_schema
from aniworld.web.answers import Answer
from aniworld.web.permissions import needs
from aniworld.web.rights import Right


@needs(Right.VIEW)
class ConfigSchemaView(APIView):
    def get(self, _request: Request) -> Answer[ConfigSchema]:
        """What config.json may hold, as JSON Schema (2020-12): every setting with its words, type,
        bounds and default."""
        return Answer(json_schema())
