"""Texts that may hold a password or a token, as they may be shown to anyone."""

from __future__ import annotations

import re

MASK = "•••"
_LEFT_OUT = "…"


def shown_address(address: str) -> str:
    """A text as it may be shown to anyone: an address may carry a password before its host, and a
    token in its query or fragment."""
    if "://" not in address:
        return address
    scheme, _, rest = address.partition("://")
    authority = re.split(r"[/?#\\]", rest, maxsplit=1)[0]
    _, at, host = authority.rpartition("@")
    behind = rest[len(authority) :]
    if "@" in behind:  # a password may hold a slash: which part is the host nobody can tell
        return f"{scheme}://{MASK}"
    path = re.sub(r"([?#]).*", rf"\1{_LEFT_OUT}", behind, count=1, flags=re.DOTALL)
    return f"{scheme}://{MASK if at else ''}{at}{host}{path}"


def hides_part_of_address(text: str) -> bool:
    """Whether a text looks like one that :func:`shown_address` has masked a part of."""
    return "://" in text and (MASK in text or re.search(rf"[?#]{_LEFT_OUT}$", text) is not None)
