"""The room's own addresses, the administration, and closed ones of each kind."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from aniworld.web.permissions import needs, open_to_all
from aniworld.web.rights import Right


@needs(Right.VIEW)
def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"for {request.user}")


@open_to_all
def open_page(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("for everybody")


@needs(Right.VIEW)
def with_nonce(request: HttpRequest) -> HttpResponse:
    nonce = request.csp_nonce  # type: ignore[attr-defined]
    return HttpResponse(f"<script nonce={nonce}></script>")


@needs(Right.VIEW)
class Closed(APIView):
    def get(self, request: Request) -> Response:
        return Response({"user": str(request.user)})

    def post(self, request: Request) -> Response:
        return Response({"user": str(request.user)})


admin.autodiscover()

urlpatterns = [
    path("", include("accounts.pages.urls")),
    path("", page, name="library"),
    path("nonce", with_nonce),
    path("ping", open_page),
    path("metrics", page),
    path("api/", include("accounts.api.urls")),
    path("api/closed", Closed.as_view()),
    path("admin/", admin.site.urls),
]
