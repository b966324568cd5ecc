"""How much of a proof is run: all of it, but for whoever tries one out."""

from __future__ import annotations

import os

_SHARE = float(os.environ.get("PROVE_SHARE", "1"))


def of(full: int) -> int:
    """``full``, or its share with ``PROVE_SHARE=0.1 make prove``; at least one."""
    return max(1, round(full * _SHARE))
