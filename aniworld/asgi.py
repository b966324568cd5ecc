"""The one server process: pages and API over HTTP, events over the WebSocket."""

# ruff: noqa: E402 (the apps must be ready before what follows imports their models)

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aniworld.settings")

import django

django.setup(set_prefix=False)

from channels.routing import ProtocolTypeRouter, URLRouter
from django.utils.module_loading import autodiscover_modules

from accounts import activity
from accounts.channels import authenticate, still_valid
from aniworld.events.socket.routing import websocket_urlpatterns
from aniworld.web.threads import PooledASGIHandler

# Who sends events knows all of them; others pay only for their own.
autodiscover_modules("events")

activity.keep_writing()

application = ProtocolTypeRouter(
    {
        "http": PooledASGIHandler(),
        "websocket": URLRouter(websocket_urlpatterns(authenticate, still_valid)),
    }
)
