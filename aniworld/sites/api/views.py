"""Providers over HTTP: list, change, try."""

from __future__ import annotations

from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.views import APIView

from aniworld.config.errors import CONFIG_UNREADABLE, CONFIG_UNWRITTEN
from aniworld.sites import pace, services
from aniworld.sites.api import serializers, shapes
from aniworld.sites.errors import HoldNotFound
from aniworld.sites.probes import probe_provider
from aniworld.web.answers import Answer, described
from aniworld.web.ids import whole
from aniworld.web.permissions import StaffWrites
from aniworld.web.serializers import valid
from providers.errors import UnknownProvider


class HoldsView(APIView):
    def get(self, _request: Request) -> Answer[list[shapes.HeldHost]]:
        """The hosts that have asked for a pause (`Retry-After`, an hour at most)."""
        return Answer([shapes.held_host(hold) for hold in pace.holds()])


class HoldView(APIView):
    permission_classes = (StaffWrites,)

    @described(raises=(HoldNotFound, PermissionDenied))
    def delete(self, _request: Request, hold_id: str) -> Answer[shapes.HeldHost]:
        """Ask a host again at once, whatever pause it has asked for."""
        return Answer(shapes.held_host(services.lift_hold(whole(hold_id) or 0)))


class ProvidersView(APIView):
    @described(raises=CONFIG_UNREADABLE)
    def get(self, _request: Request) -> Answer[list[shapes.Provider]]:
        """Every provider there is, and how it is set up."""
        return Answer([shapes.provider(provider) for provider in services.providers()])


class ProviderView(APIView):
    permission_classes = (StaffWrites,)

    @described(
        body=serializers.ProviderChangeSerializer,
        raises=(UnknownProvider, PermissionDenied, *CONFIG_UNWRITTEN),
    )
    def patch(self, request: Request, name: str) -> Answer[shapes.Provider]:
        """Change a provider; in effect at once in web, worker and scan."""
        changes = valid(serializers.ProviderChangeSerializer(data=request.data))
        return Answer(shapes.provider(services.change_provider(name, changes)))


class ProviderTestView(APIView):
    @described(raises=(UnknownProvider, *CONFIG_UNREADABLE))
    def post(self, _request: Request, name: str) -> Answer[shapes.ProbeResult]:
        """Ask the provider for something now."""
        return Answer(shapes.probe_result(probe_provider(name)))
