"""Takes out of a text whatever would let somebody in, whoever has put it there."""

from __future__ import annotations

import re
from collections.abc import Iterable

HIDDEN = "•••"
_SHORTEST = 6  # characters; what is shorter stands in many words

# Each begins where nothing of its kind goes on, or is bounded: log lines are foreign text, and a
# pattern that looks at a long word again from each of its characters would stop the process.
_PATTERNS = (
    # user:password@ of an address, of any scheme; the user may be a token too
    (re.compile(r"(?<=://)[^\s/@]{1,1000}@"), f"{HIDDEN}@"),
    # our own tokens and keys, and JSON Web Tokens of anybody
    (re.compile(r"(?<![\w-])eyJ[\w-]{5,}\.[\w-]+\.[\w-]*"), HIDDEN),
    (re.compile(r"(?<![\w-])aniworld_[\w-]{16,}"), HIDDEN),
    (re.compile(r"(?i)\b(bearer|basic|digest)\s{1,5}[\w+/=.~-]{6,}"), rf"\1 {HIDDEN}"),
    # the whole of a header that carries them
    (
        re.compile(
            r"(?i)\b((?:set-)?cookie|authorization|x-api-key)(['\"]?\s{0,5}[:=]\s{0,5})[^\r\n]+"
        ),
        rf"\1\2{HIDDEN}",
    ),
    # name=value, name: value, "name": "value"
    (
        re.compile(
            r"(?i)((?:passw(?:or)?d|passphrase|secret|token|api_?key|signature|credential)"
            r"[\w-]{0,40}['\"]?\s{0,5}[:=]\s{0,5})"
            r"(?:\"[^\"\r\n]*\"|'[^'\r\n]*'|[^\s&,;'\")\]}]+)"
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
