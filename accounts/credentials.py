"""What a request carries to let it in: a token or key in a header, or a token in our cookie."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from accounts.models import ApiKey, UserSession
from accounts.services import IssuedToken

COOKIE = "aniworld_session"
KEY_HEADER = "X-Api-Key"


def bearer_token(request: HttpRequest) -> str:
    return bearer_value(request.headers.get("Authorization", ""))


def bearer_value(header: str) -> str:
    """Return the token of an ``Authorization`` header, empty for other schemes."""
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def header_token(request: HttpRequest) -> str:
    """What a program sends: no browser sends it by itself, whatever page asks it to."""
    return bearer_token(request) or request.headers.get(KEY_HEADER, "").strip()


def token_of(request: HttpRequest) -> str:
    """Return the token or key; the headers count before the cookie."""
    return header_token(request) or request.COOKIES.get(COOKIE, "")


def session_of(request: HttpRequest) -> UserSession | None:
    """Return the session ``TokenSessionMiddleware`` found."""
    session: UserSession | None = getattr(request, "user_session", None)
    return session


def api_key_of(request: HttpRequest) -> ApiKey | None:
    """Return the key ``TokenSessionMiddleware`` found."""
    key: ApiKey | None = getattr(request, "api_key", None)
    return key


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
