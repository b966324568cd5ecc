"""Who is listening."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.views import APIView

from aniworld.events.socket import hub
from aniworld.events.socket.hub import SocketStatus
from aniworld.web.answers import Answer
from aniworld.web.permissions import needs
from aniworld.web.rights import Right


@needs(Right.VIEW)
class SocketStatusView(APIView):
    def get(self, _request: Request) -> Answer[SocketStatus]:
        """Connections and rooms of this web process."""
        return Answer(hub.status())
