"""The token a request carries: in the ``Authorization`` header, or in our cookie."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from accounts.models import UserSession
from accounts.services import IssuedToken

COOKIE = "aniworld_session"


def bearer_token(request: HttpRequest) -> str:
    return bearer_value(request.headers.get("Authorization", ""))


def bearer_value(header: str) -> str:
    """Return the token of an ``Authorization`` header, empty for other schemes."""
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def token_of(request: HttpRequest) -> str:
    """Return the token; the header counts before the cookie."""
    return bearer_token(request) or request.COOKIES.get(COOKIE, "")


def session_of(request: HttpRequest) -> UserSession | None:
    """Return the session ``TokenSessionMiddleware`` found."""
    session: UserSession | None = getattr(request, "user_session", None)
    return session


def set_cookie(request: HttpRequest, response: HttpResponseBase, issued: IssuedToken) -> None:
    response.set_cookie(
        COOKIE,
        issued.token,
        max_age=issued.expires_at - timezone.now(),
        path=_path(),
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )


def delete_cookie(response: HttpResponseBase) -> None:
    response.delete_cookie(COOKIE, path=_path(), samesite="Lax")


def _path() -> str:
    return settings.BASE_PATH or "/"
