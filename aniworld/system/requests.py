"""Each request has an id, which every log line that it causes carries, and its answer too."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from aniworld.console.context import about

HEADER = "X-Request-Id"


class RequestIdMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        number = secrets.token_hex(6)  # ours, whatever the client sends: it goes into the log
        with about(request=number):
            response = self.get_response(request)
        response[HEADER] = number
        return response
