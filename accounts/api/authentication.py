"""How the API knows who is asking: what the middleware found, plus CSRF for cookies."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request

from accounts.credentials import bearer_token, session_of
from accounts.models import UserSession


class SessionTokenAuthentication(SessionAuthentication):
    """Bearer tokens need no CSRF token: no browser sends them by itself. Cookies do."""

    def authenticate(self, request: Request) -> tuple[AbstractBaseUser, UserSession] | None:
        session = session_of(request._request)
        if session is None:
            return None
        if not bearer_token(request._request):
            self.enforce_csrf(request)
        return session.user, session

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 - DRF's signature
        return "Bearer"
