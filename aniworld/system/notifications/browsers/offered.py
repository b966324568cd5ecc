"""What a browser offers to be told by: an address and keys that anybody may have made up."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec

from aniworld.sites.configured import guard
from aniworld.system.notifications.errors import BrowserUnusable
from aniworld.system.notifications.models import LONGEST_ENDPOINT
from aniworld.web.errors import FieldError
from providers.errors import AddressRefused
from providers.guard import AddressGuard

_POINT, _AUTH = 65, 16  # bytes, RFC 8291
_PLAIN = re.compile(r"[!-~]+")  # what an address is written with
_BASE64 = re.compile(r"[A-Za-z0-9_-]+={0,2}")


@dataclass(frozen=True, slots=True)
class Offer:
    """Looked at: the address leads where we may send, and the keys are keys."""

    endpoint: str
    p256dh: str
    auth: str


def looked_at(endpoint: str, p256dh: str, auth: str) -> Offer:
    """Raises ``BrowserUnusable``, with the field. Names are judged when something is sent: by then
    they may lead elsewhere."""
    _check_endpoint(endpoint)
    key = _decoded(p256dh, "p256dh", _POINT)
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key)
    except ValueError as error:
        raise _no_key("p256dh") from error
    _decoded(auth, "auth", _AUTH)
    return Offer(endpoint, p256dh.rstrip("="), auth.rstrip("="))


def _check_endpoint(endpoint: str) -> None:
    if len(endpoint) > LONGEST_ENDPOINT or not _PLAIN.fullmatch(endpoint):
        raise _no_address()
    allowed = guard()
    try:
        allowed.check_url(endpoint)
        parts = urlsplit(endpoint)
    except (AddressRefused, ValueError) as error:
        raise _no_address() from error
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise _no_address()
    if parts.scheme != "https" and not _is_at_home(parts.hostname or "", allowed):
        raise _no_address()


def _is_at_home(host: str, allowed: AddressGuard) -> bool:
    """Whether the owner has listed it as a private one: such a push service may do without TLS."""
    if not allowed.permits(host, host=host):
        return False
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return True  # a name is permitted by being listed alone
    return not AddressGuard().permits(host)


def _decoded(text: str, field: str, size: int) -> bytes:
    if len(text) > 2 * size or not _BASE64.fullmatch(text):
        raise _no_key(field)
    bare = text.rstrip("=")
    try:
        found = base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
    except binascii.Error as error:
        raise _no_key(field) from error
    if len(found) != size:
        raise _no_key(field)
    return found


def _no_address() -> BrowserUnusable:
    return BrowserUnusable(why="address", errors=[_fault("endpoint", "address")])


def _no_key(field: str) -> BrowserUnusable:
    return BrowserUnusable(why="key", errors=[_fault(field, "key")])


def _fault(field: str, why: str) -> FieldError:
    return FieldError(field, BrowserUnusable.code, {"why": why})
