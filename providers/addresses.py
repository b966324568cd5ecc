"""Addresses as they are found in pages: relative, absolute, or broken."""

from __future__ import annotations

import contextlib
from urllib.parse import urljoin, urlsplit


def absolute(base: str, address: str) -> str:
    """``address`` made absolute; empty when it is none at all (the parser refuses some)."""
    try:
        joined = urljoin(base, address.strip())
        urlsplit(joined)
    except ValueError:
        return ""
    return joined


def target_of(base: str, location: str) -> str:
    """The absolute target of a redirect's ``Location``; empty when it is none at all.

    Header values arrive as Latin-1; sites send UTF-8.
    """
    with contextlib.suppress(UnicodeError):  # then it is what it looks like
        location = location.encode("latin-1").decode("utf-8")
    return absolute(base, location)


def host_of(url: str) -> str:
    """Host and port of an address, for keeping apart whom it leads to; "?" where it has none."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower()[:200] or "?"
    except ValueError:
        return "?"


def without_login(url: str) -> str:
    """An address without a name and a password before its host, to be shown to whoever looks."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def origin_of(url: str) -> str:
    """Scheme and host of an address, without a slash at its end; empty for an empty address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
