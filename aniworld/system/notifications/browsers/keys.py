"""The key that push services know us by (VAPID, RFC 8292). It follows from ``PUSH_SECRET_KEY``."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import cache

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from aniworld.console.secrets import keep_secret

_CURVE = ec.SECP256R1()
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
# 64 bits more than the order has, so that the remainder favours no key (FIPS 186-5, A.2.1).
_BYTES = 40


@dataclass(frozen=True, slots=True)
class PushKey:
    """Both halves in base64 without padding. ``private`` is a secret."""

    private: str
    public: str


def push_key() -> PushKey:
    """The key of this installation."""
    return _of(settings.PUSH_SECRET_KEY)


@cache
def _of(secret: str) -> PushKey:
    drawn = HKDF(SHA256(), _BYTES, salt=None, info=b"aniworld: key for push services")
    number = int.from_bytes(drawn.derive(secret.encode())) % (_ORDER - 1) + 1
    point = ec.derive_private_key(number, _CURVE).public_key()
    private = _encoded(number.to_bytes(32))
    keep_secret([private])
    return PushKey(
        private, _encoded(point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))
    )


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
