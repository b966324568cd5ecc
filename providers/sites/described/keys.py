"""The keys of a described site's series: out of addresses, checked, and as values to fill in."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from providers.addresses import absolute
from providers.errors import NotFound
from providers.sites.described.budget import Budget
from providers.sites.described.definition import Definition

# What the library can keep, whatever a definition lets pass. No dot comes first: "." and ".." lead
# elsewhere in an address.
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,199}")
LONGEST = 200


def is_key(key: str, definition: Definition) -> bool:
    """Whether a series can have this key."""
    if not _KEY.fullmatch(key) or not {".", ".."}.isdisjoint(site_key(key, definition).split("/")):
        return False
    pattern = definition.key_pattern
    return pattern is None or pattern.fits(key, Budget(definition.name))


def require_key(key: str, definition: Definition, label: str) -> None:
    """Raise ``NotFound`` for what is no key of the site."""
    if not is_key(key, definition):
        raise NotFound(why="key", key=key[:LONGEST], site=label)


def key_of(told: str, definition: Definition) -> str | None:
    """A key as the site writes it, as we do; None of what is none."""
    key = told.strip().strip("/")
    key = key.replace("/", definition.slash) if definition.slash else key
    return key if is_key(key, definition) else None


def site_key(key: str, definition: Definition) -> str:
    """A key as the site writes it."""
    return key.replace(definition.slash, "/") if definition.slash else key


def key_in(address: str, definition: Definition) -> str | None:
    """The key in the address of a series; None where the definition's pattern finds none."""
    if definition.link_pattern is None:
        return None
    try:
        parts = urlsplit(absolute(definition.address, address)[:2_000])
    except ValueError:
        return None
    told = f"{parts.path}?{parts.query}" if parts.query else parts.path
    found = definition.link_pattern.found(told, Budget(definition.name))
    return key_of(found, definition) if found else None
