"""Browsers that have logged in before: the tries of strangers do not count against them.

Whoever guesses behind the same proxy or router shares the owner's address. A browser that has
logged in once carries a signed mark of its own, and its tries are counted by that.
"""

from __future__ import annotations

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase

COOKIE = "aniworld_device"
SALT = "accounts.devices"
LASTS_SECONDS = 400 * 24 * 3600  # as long as browsers keep a cookie


def device_of(request: HttpRequest) -> str:
    """The mark of a browser that has logged in before; empty for others."""
    value = request.COOKIES.get(COOKIE, "")
    try:
        mark = signing.loads(value, salt=SALT, max_age=LASTS_SECONDS) if value else ""
    except signing.BadSignature:
        return ""
    return mark if isinstance(mark, str) else ""


def remember_device(request: HttpRequest, response: HttpResponseBase) -> None:
    """Give the browser that has just logged in its mark, or the one it has for longer."""
    mark = device_of(request) or secrets.token_hex(16)
    response.set_cookie(
        COOKIE,
        signing.dumps(mark, salt=SALT),
        max_age=LASTS_SECONDS,
        path=settings.BASE_PATH or "/",
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
