"""Who comes with which browser, as a request says."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.translation import get_language

from accounts.agents import device_name
from accounts.credentials import session_of
from aniworld.system.notifications.browsers.services import Visit

_NAME = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+")
_NOWHERE = "https://localhost"


def visit_of(request: HttpRequest) -> Visit:
    """Of somebody who has logged in."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - nobody else was let in
    return Visit(
        user=user,
        session=session_of(request),
        device=device_name(request.headers.get("User-Agent", "")),
        language=get_language() or "",
        contact=_contact(request.get_host()),
    )


def _contact(host: str) -> str:
    """Push services want to know who sends, and refuse what has a port or no dot in it."""
    name = urlsplit(f"//{host}").hostname or ""
    return f"https://{name}" if _NAME.fullmatch(name) else _NOWHERE
