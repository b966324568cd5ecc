"""What ``aniworld.asgi`` wires, with a door that opens for ``?session=…``; run under Daphne."""

# ruff: noqa: E402 (the apps must be ready before what follows imports their models)

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aniworld.settings")
django.setup()

from channels.routing import ProtocolTypeRouter, URLRouter

from aniworld.events import rooms
from aniworld.events.socket.routing import websocket_urlpatterns
from tests.integration import events_sent  # noqa: F401 (known before one is sent)

# The database has the tables of the events alone.
rooms.register_snapshot(rooms.Room.DOWNLOADS, dict)


@dataclass(frozen=True, slots=True)
class Guest:
    user_id: str
    session_id: str
    seconds: float | None = None


async def authenticate(scope: Mapping[str, Any]) -> Guest | None:
    session = parse_qs(scope["query_string"].decode()).get("session")
    return Guest("1", session[0]) if session else None


async def still_valid(session_ids: Collection[str]) -> Collection[str]:
    return session_ids


application = ProtocolTypeRouter(
    {"websocket": URLRouter(websocket_urlpatterns(authenticate, still_valid))}
)
