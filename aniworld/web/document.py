"""The OpenAPI document at an address of its own."""

from __future__ import annotations

from typing import Any

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request

from aniworld.web.answers import Answer
from aniworld.web.permissions import needs
from aniworld.web.rights import Right


@needs(Right.VIEW)
class DocumentView(SpectacularAPIView):
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Answer[dict[str, Any]]:
        """This document, as YAML or JSON."""
        answer: Answer[dict[str, Any]] = super().get(request, *args, **kwargs)  # type: ignore[no-untyped-call]
        return answer

    def _get_version_parameter(self, request: Request) -> None:
        """There is one version. What stands in the query would end up in a header of the answer."""


@needs(Right.VIEW)
class ReadableDocumentView(SpectacularSwaggerSplitView):
    """The same for people, by Swagger UI."""
