"""Who is at the other end: the address a request came from, and whether an Origin is ours.

Headers set by a proxy count only when the request came from one of ``TRUSTED_PROXIES``.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.http import is_same_domain

from accounts.devices import device_of

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
PROXY_HEADERS = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO")
DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Client:
    """``address`` is empty when the server does not know it (a local socket), ``device`` for a
    browser that has not logged in before."""

    address: str = ""
    user_agent: str = ""
    device: str = ""


def client_of(request: HttpRequest) -> Client:
    return Client(
        address=client_address(
            request.META.get("REMOTE_ADDR") or "", request.headers.get("X-Forwarded-For", "")
        ),
        user_agent=request.headers.get("User-Agent", "")[:300],
        device=device_of(request),
    )


def client_address(remote: str, forwarded_for: str) -> str:
    """Return the last address of the chain that is not a trusted proxy's.

    The chain is read from its end: what stands before the first untrusted address could have
    been made up by the client.
    """
    chain = [remote, *reversed([part.strip() for part in forwarded_for.split(",")])]
    known = ""
    for part in chain:
        address = _address(_without_port(part))
        if address is None:
            break
        known = str(address)
        if not _is_trusted(address):
            break
    return known


def is_our_origin(origin: str, host: str) -> bool:
    """Whether ``origin`` (a browser's Origin header) is the page's own host or a trusted one."""
    try:
        parts = urlsplit(origin.lower())
        ours = urlsplit(f"//{host.lower()}")
        port = DEFAULT_PORTS.get(parts.scheme)
        same = (parts.hostname, parts.port or port) == (ours.hostname, ours.port or port)
    except ValueError:
        return False
    if port is None or not parts.hostname:
        return False
    return same or any(
        _matches(parts.scheme, parts.netloc, t) for t in settings.CSRF_TRUSTED_ORIGINS
    )


def is_trusted_proxy(remote: str) -> bool:
    """Whether a connection from that address is one of our reverse proxies'."""
    address = _address(remote)
    return address is not None and _is_trusted(address)


class ProxyHeadersMiddleware:
    """Drop what only a trusted proxy may say, before anything reads it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not is_trusted_proxy(request.META.get("REMOTE_ADDR") or ""):
            for header in (*PROXY_HEADERS, _login_header()):
                request.META.pop(header, None)
        return self.get_response(request)


def said_by_proxy(request: HttpRequest) -> str:
    """The name a proxy vouches for; empty where none does."""
    return str(request.META.get(_login_header(), "")).strip()


def _login_header() -> str:
    """As the request has it; none has an empty one."""
    name = settings.PROXY_LOGIN_HEADER
    return f"HTTP_{name.upper().replace('-', '_')}" if name else ""


def _matches(scheme: str, netloc: str, trusted: str) -> bool:
    parts = urlsplit(trusted.lower())
    # "https://*.example.com" covers all hosts below, as in Django's own check.
    return scheme == parts.scheme and is_same_domain(netloc, parts.netloc.removeprefix("*"))


def _without_port(value: str) -> str:
    """Some proxies write the port of the connection too: 192.0.2.1:4711, [2001:db8::1]:4711."""
    if value.startswith("["):
        return value[1:].partition("]")[0]
    host, _, port = value.partition(":")
    return host if port.isdecimal() else value


def _address(value: str) -> Address | None:
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address


def _is_trusted(address: Address) -> bool:
    return any(address in network for network in settings.TRUSTED_PROXIES)
