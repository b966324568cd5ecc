"""Who is listening."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from aniworld.events.socket import hub


class SocketStatusView(APIView):
    """Connections and rooms of this web process."""

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, _request: Request) -> Response:
        return Response(hub.status())
