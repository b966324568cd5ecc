"""Whether a request is from somebody we once let in, told before its body has come."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie

from twisted.web.http_headers import Headers


def has_token(headers: Headers) -> bool:
    """Whether the headers carry a token that we have signed and that has not expired.

    No stranger can make one. It may have been revoked since: that is found out by the application,
    which looks into the database.
    """
    # The application has set Django up.
    from accounts import tokens  # noqa: PLC0415
    from accounts.credentials import COOKIE, bearer_value  # noqa: PLC0415
    from accounts.errors import TokenInvalid  # noqa: PLC0415

    given = [bearer_value(value) for value in _values(headers, "authorization")]
    given += [_cookie(value, COOKIE) for value in _values(headers, "cookie")]
    for token in filter(None, given):
        try:
            tokens.decode(token)
        except TokenInvalid:
            continue
        return True
    return False


def _values(headers: Headers, name: str) -> list[str]:
    return [value.decode("latin-1") for value in headers.getRawHeaders(name.encode(), [])]


def _cookie(header: str, name: str) -> str:
    try:
        found = SimpleCookie(header).get(name)
    except CookieError:
        return ""
    return found.value if found else ""
