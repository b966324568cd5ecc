"""Who may open a WebSocket."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings

from accounts import keys, proxied, services
from accounts.clients import is_our_origin, is_trusted_proxy
from accounts.credentials import COOKIE, KEY_HEADER, bearer_value
from accounts.hosts import is_ours

# Before the number of a key, or of a user for whom the proxy vouches (under their own name, or one
# that is mapped to them), where others have a session's id.
KEY_MARK, USER_MARK, MAPPED_MARK = "key:", "user:", "mapped:"


@dataclass(frozen=True, slots=True)
class Visitor:
    user_id: str
    session_id: str
    seconds: float | None = None


async def authenticate(scope: Mapping[str, Any]) -> Visitor | None:
    """Return who opens the connection, or None when nobody we know does.

    Programs send a token or a key in a header. Browsers send the cookie by themselves, whatever
    page asks them to, so a cookie counts only when the Origin is ours.
    """
    headers = _headers(scope["headers"])
    if settings.HTTPS_ONLY and not _is_secure(scope, headers):
        return None
    token = bearer_value(headers.get("authorization", ""))
    token = token or headers.get(KEY_HEADER.lower(), "").strip()
    host = headers.get("host", "")
    if not token and is_ours(host) and is_our_origin(headers.get("origin", ""), host):
        if vouched := await _vouched_for(scope, headers):
            return vouched
        token = _cookie(headers.get("cookie", ""))
    return await _visitor(token) if token else None


def _is_secure(scope: Mapping[str, Any], headers: Mapping[str, str]) -> bool:
    """Whether it came by TLS: to us, or to one of our proxies, which says so."""
    remote = (scope.get("client") or ("",))[0]
    by_proxy = is_trusted_proxy(remote) and headers.get("x-forwarded-proto") == "https"
    return scope.get("scheme") == "wss" or by_proxy


async def still_valid(session_ids: Collection[str]) -> set[str]:
    """Return those of the sessions and keys that were let in that may stay, a query for each."""
    valid: set[str] = await database_sync_to_async(_still_valid)(session_ids)
    return valid


def _still_valid(session_ids: Collection[str]) -> set[str]:
    numbers = {
        mark: [int(one.removeprefix(mark)) for one in session_ids if one.startswith(mark)]
        for mark in (KEY_MARK, USER_MARK, MAPPED_MARK)
    }
    of_sessions = [uuid.UUID(one) for one in session_ids if ":" not in one]
    valid: set[str] = set()
    if of_sessions:
        valid |= {str(one.session_id) for one in services.live_sessions(of_sessions)}
    if of_keys := numbers[KEY_MARK]:
        valid |= {f"{KEY_MARK}{key.pk}" for key in keys.live_keys(of_keys)}
    for mark in (USER_MARK, MAPPED_MARK):
        if of_users := numbers[mark]:
            left = proxied.may_stay(of_users, mapped=mark == MAPPED_MARK)
            valid |= {f"{mark}{pk}" for pk in left}
    return valid


async def _vouched_for(scope: Mapping[str, Any], headers: Mapping[str, str]) -> Visitor | None:
    """Whom a proxy has let in; browsers send what it asks for by themselves, as a cookie."""
    said = headers.get(settings.PROXY_LOGIN_HEADER.lower(), "").strip()
    remote = (scope.get("client") or ("",))[0]
    user = await database_sync_to_async(proxied.user_said)(remote, said)
    if user is None:
        return None
    mark = MAPPED_MARK if proxied.is_mapped(said) else USER_MARK
    return Visitor(str(user.pk), f"{mark}{user.pk}", proxied.WORD_SECONDS)


async def _visitor(token: str) -> Visitor | None:
    if keys.is_key(token):
        key = await database_sync_to_async(keys.key_for)(token)
        return Visitor(str(key.user_id), f"{KEY_MARK}{key.pk}") if key else None
    session = await database_sync_to_async(services.session_for)(token)
    return Visitor(str(session.user_id), str(session.session_id)) if session else None


def _headers(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in raw}


def _cookie(header: str) -> str:
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(header)
    except CookieError:
        return ""
    return jar[COOKIE].value if COOKIE in jar else ""
