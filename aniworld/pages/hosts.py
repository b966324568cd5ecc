"""Requests for a name that is not ours, refused with the line that makes it ours."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from accounts.hosts import is_ours, name_in
from aniworld.pages.errors import refused

LONGEST_SHOWN = 100


class HostMiddleware:
    """Lets only requests for our own names through; see ``accounts.hosts``."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        host = request.META.get("HTTP_HOST")  # every browser says one
        if host is None or is_ours(host):
            return self.get_response(request)
        return _refuse(request, host)


def _refuse(request: HttpRequest, host: str) -> HttpResponse:
    name = name_in(host)[:LONGEST_SHOWN]
    text = _(
        "This app does not answer to that name. If it is yours, add it to the settings (.env or "
        "the environment) and start the app anew: ALLOWED_HOSTS=%s"
    )
    return refused(request, _("Not this name"), text % (name or "name"))
