"""The three addresses; each below the path of the product: its worker reaches no further."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from aniworld.pages.installed.manifest import manifest
from aniworld.pages.installed.shell import offline, worker
from aniworld.web.permissions import open_to_all

# Asked for anew each time: an old worker would show an old page.
_KEPT = "no-cache"


@open_to_all
@require_safe
def manifest_view(_request: HttpRequest) -> HttpResponse:
    """What is installed."""
    return _in_language(JsonResponse(manifest(), content_type="application/manifest+json"))


@open_to_all
@require_safe
def service_worker(_request: HttpRequest) -> HttpResponse:
    """What runs in the browser while no page is open."""
    return _in_language(HttpResponse(worker(), content_type="text/javascript; charset=utf-8"))


@open_to_all
@require_safe
def offline_page(_request: HttpRequest) -> HttpResponse:
    """What is shown when this server cannot be reached."""
    return _in_language(HttpResponse(offline()))


def _in_language(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = _KEPT
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return response
