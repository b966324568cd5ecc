"""A page as it lies on the disk: packed, and sealed by who kept it.

Whatever comes from a disk is foreign. Nothing of an entry is unpacked or read before its seal,
which only this installation can make, has proved it whole and unchanged.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import zlib
from dataclasses import asdict

from providers.cache import CachedPage, PageKey

LARGEST = 8_000_000  # bytes of an entry; a page of that many bytes packs to about a tenth
_LARGEST_UNPACKED = 64_000_000
# The form of what follows; another one is another word here, and what was kept before is no entry.
_MARK = b"aniworld page 1\n"
_SEAL_BYTES = hashlib.sha256().digest_size
_LEVEL = 1  # the fastest: text packs well at any


def seal(key: PageKey, page: CachedPage, secret: bytes) -> bytes:
    """The entry of a page."""
    facts = {"key": asdict(key), "page": asdict(page)}
    # A page may hold half characters; JSON's own escapes carry them.
    packed = zlib.compress(json.dumps(facts).encode(), _LEVEL)
    return _MARK + _seal(packed, secret) + packed


def unseal(entry: bytes, key: PageKey, secret: bytes) -> CachedPage | None:
    """The page of an entry; None for whatever is no entry of ours for just this page."""
    begin = len(_MARK) + _SEAL_BYTES
    said, packed = entry[len(_MARK) : begin], entry[begin:]
    if not entry.startswith(_MARK) or not hmac.compare_digest(said, _seal(packed, secret)):
        return None
    try:
        facts = json.loads(zlib.decompressobj().decompress(packed, _LARGEST_UNPACKED))
        return CachedPage(**facts["page"]) if facts["key"] == asdict(key) else None
    except (zlib.error, ValueError, KeyError, TypeError):  # sealed by a version of other fields
        return None


def _seal(packed: bytes, secret: bytes) -> bytes:
    return hmac.digest(secret, _MARK + packed, "sha256")
