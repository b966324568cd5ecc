"""Where the WebSocket listens."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings
from django.urls import URLPattern, re_path

from aniworld.events.socket.admission import Authenticate, StillValid
from aniworld.events.socket.consumer import EventsConsumer


def websocket_urlpatterns(authenticate: Authenticate, still_valid: StillValid) -> list[URLPattern]:
    """Both addresses of the one socket, slash at the end optional.

    ``BASE_PATH`` may be there or not: some proxies take it away, some pass it on.
    """
    prefix = settings.BASE_PATH.strip("/")
    base = f"(?:{re.escape(prefix)}/)?" if prefix else ""
    events = EventsConsumer.as_asgi(authenticate=authenticate, still_valid=still_valid)
    return [
        re_path(rf"^{base}(?:ws/connect|api/ws)/?$", events),
        re_path(r"", _nowhere),  # type: ignore[arg-type]  # an ASGI application, not a view
    ]


async def _nowhere(
    _scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    """Refuse the handshake; the router's own answer is an error with a traceback in the log."""
    await receive()
    await send({"type": "websocket.close"})
