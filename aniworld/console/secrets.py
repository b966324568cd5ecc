"""Takes out of a text whatever would let somebody in, whoever has put it there."""

from __future__ import annotations

import re
from collections.abc import Iterable

HIDDEN = "•••"
_SHORTEST = 6  # characters; what is shorter stands in many words

_PATTERNS = (
    # user:password@ of an address, of any scheme; the user may be a token too
    (re.compile(r"(?<=://)[^\s/@]+@"), f"{HIDDEN}@"),
    # our own tokens and keys, and JSON Web Tokens of anybody
    (re.compile(r"\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*"), HIDDEN),
    (re.compile(r"\baniworld_[\w-]{16,}"), HIDDEN),
    (re.compile(r"(?i)\b(bearer|basic|digest)\s+[\w+/=.~-]{6,}"), rf"\1 {HIDDEN}"),
    # the whole of a header that carries them
    (
        re.compile(r"(?i)\b((?:set-)?cookie|authorization|x-api-key)(['\"]?\s*[:=]\s*)[^\r\n]+"),
        rf"\1\2{HIDDEN}",
    ),
    # name=value, name: value, "name": "value"
    (
        re.compile(
            r"(?i)([\w-]*(?:passw(?:or)?d|passphrase|secret|token|api_?key|signature|credential)"
            r"[\w-]*['\"]?\s*[:=]\s*)(?:\"[^\"\r\n]*\"|'[^'\r\n]*'|[^\s&,;'\")\]}]+)"
        ),
        rf"\1{HIDDEN}",
    ),
)

_known: set[str] = set()


def keep_secret(values: Iterable[str]) -> None:
    """These are never to be shown, wherever they stand."""
    _known.update(value for value in values if len(value) >= _SHORTEST)


def scrubbed(text: str) -> str:
    """The text without secrets."""
    for value in sorted(_known, key=len, reverse=True):
        text = text.replace(value, HIDDEN)
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return text
