"""Providers over HTTP: list, change, try."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from aniworld.sites import services
from aniworld.sites.api import serializers
from aniworld.sites.probes import probe_provider
from aniworld.web.serializers import valid


class ProvidersView(APIView):
    @extend_schema(responses=serializers.ProviderSerializer(many=True))
    def get(self, _request: Request) -> Response:
        """Every provider there is, and how it is set up."""
        return Response([_row(provider) for provider in services.providers()])


class ProviderView(APIView):
    @extend_schema(
        request=serializers.ProviderChangeSerializer, responses=serializers.ProviderSerializer
    )
    def patch(self, request: Request, name: str) -> Response:
        """Change a provider; in effect at once in web, worker and scan."""
        changes = valid(serializers.ProviderChangeSerializer(data=request.data))
        return Response(_row(services.change_provider(name, changes)))


class ProviderTestView(APIView):
    @extend_schema(request=None, responses=serializers.ProbeSerializer)
    def post(self, _request: Request, name: str) -> Response:
        """Ask the provider for something now."""
        probe = probe_provider(name)
        error = probe.error
        return Response(
            {
                "ok": error is None,
                "latency_ms": round(probe.latency * 1000),
                "results": probe.results,
                "error": {"code": error.code, "detail": str(error)} if error else None,
            }
        )


def _row(provider: services.Provider) -> dict[str, Any]:
    entry, chosen = provider.entry, provider.settings
    return {
        "name": entry.name,
        "label": entry.label,
        "description": entry.description,
        "enabled": chosen.enabled,
        "position": chosen.position,
        "base_url": chosen.base_url,
        "default_base_url": entry.base_url,
        "mirrors": list(chosen.mirrors),
        "requests_per_second": chosen.requests_per_second,
    }
