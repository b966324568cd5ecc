"""Media servers over HTTP: list, add, change, remove, test."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.views import APIView

from aniworld.config.errors import CONFIG_UNREADABLE, CONFIG_UNWRITTEN
from aniworld.config.schema import MediaServer
from aniworld.system.mediaservers import services, shapes
from aniworld.system.mediaservers.api import serializers
from aniworld.system.mediaservers.errors import (
    MediaServerKnown,
    MediaServerNotFound,
    TooManyMediaServers,
)
from aniworld.web.answers import Answer, Created, NoContent, described
from aniworld.web.pagination import Page, page_of
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from aniworld.web.serializers import valid


@needs(Right.OWN)
class MediaServersView(APIView):
    @described(raises=CONFIG_UNREADABLE)
    def get(self, request: Request) -> Answer[Page[shapes.MediaServerEntry]]:
        """Every media server, how it is set up, and how it was reached."""
        return Answer(page_of(request, services.servers(), shapes.entries))

    @described(
        body=serializers.MediaServerSerializer,
        raises=(MediaServerKnown, TooManyMediaServers, *CONFIG_UNWRITTEN),
    )
    def post(self, request: Request) -> Created[shapes.MediaServerEntry]:
        """Set up a media server: from then on it is told of new, replaced and removed files."""
        sent = valid(serializers.MediaServerSerializer(data=request.data))
        name = sent.pop("name", "") or services.free_name("", sent.get("kind", MediaServer().kind))
        return Created(shapes.entry(services.add(name, sent)))


@needs(Right.OWN)
class MediaServerView(APIView):
    @described(raises=(MediaServerNotFound, *CONFIG_UNREADABLE))
    def get(self, _request: Request, name: str) -> Answer[shapes.MediaServerEntry]:
        """One media server."""
        return Answer(shapes.entry(services.server(name)))

    @described(
        body=serializers.MediaServerChangeSerializer,
        raises=(MediaServerNotFound, *CONFIG_UNWRITTEN),
    )
    def patch(self, request: Request, name: str) -> Answer[shapes.MediaServerEntry]:
        """Change how a media server is set up. A masked key sent back stays what it is."""
        changes = valid(serializers.MediaServerChangeSerializer(data=request.data))
        return Answer(shapes.entry(services.change(name, changes)))

    @described(raises=(MediaServerNotFound, *CONFIG_UNWRITTEN))
    def delete(self, _request: Request, name: str) -> NoContent:
        """Forget a media server, and what it was still to be told."""
        services.remove(name)
        return NoContent()


@needs(Right.OWN)
class MediaServerTestView(APIView):
    @described(raises=(MediaServerNotFound, *CONFIG_UNREADABLE))
    def post(self, _request: Request, name: str) -> Answer[shapes.MediaServerTest]:
        """Ask a media server who it is, and which of its libraries hold the library folders."""
        return Answer(shapes.trial(services.test(name)))
