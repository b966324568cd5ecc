"""Addresses for monitors: open without a login, and they say nothing private."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse

from aniworld import __version__
from aniworld.system import health


def ping(_request: HttpRequest) -> JsonResponse:
    """The cheapest sign of life that still reads the database."""
    if health.database().healthy:
        return JsonResponse({"status": "OK"})
    return JsonResponse({"status": "Error"}, status=500)


def healthy(_request: HttpRequest) -> JsonResponse:
    """The web process answers."""
    return JsonResponse({"status": "healthy", "version": __version__})


def ready(_request: HttpRequest) -> JsonResponse:
    """Everything a download needs: database, worker, library folder, free space."""
    checks = health.readiness()
    is_ready = all(check.healthy for check in checks)
    body = {
        "status": "ready" if is_ready else "not_ready",
        "version": __version__,
        "checks": {check.name: {"ok": check.healthy, "detail": check.detail} for check in checks},
    }
    return JsonResponse(body, status=200 if is_ready else 503)
