"""Django with one empty view: what the framework and the server cost by themselves."""

from __future__ import annotations

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path


def nothing(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"ok")


urlpatterns = [path("", nothing)]

settings.configure(ROOT_URLCONF="tests.bench.empty", ALLOWED_HOSTS=["*"], MIDDLEWARE=[])
application = get_asgi_application()
