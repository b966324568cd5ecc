"""How the API knows who is asking: what the middleware found, plus CSRF for cookies."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request

from accounts.credentials import api_key_of, header_token, session_of
from accounts.models import ApiKey, UserSession

Found = UserSession | ApiKey


class SessionTokenAuthentication(SessionAuthentication):
    """What a header carries needs no CSRF token: no browser sends it by itself. Cookies do."""

    def authenticate(self, request: Request) -> tuple[AbstractBaseUser, Found | None] | None:
        found = session_of(request._request) or api_key_of(request._request)
        user = request._request.user
        if not user.is_authenticated:
            return None
        if not header_token(request._request):
            self.enforce_csrf(request)
        return user, found

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 - DRF's signature
        return "Bearer"
