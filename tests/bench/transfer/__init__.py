"""Fetching: our own engines beside the programs that do nothing else, from one server on loopback.

All contenders take turns in each round; what is printed are medians, with the least and the most of
the clock, and the processor's time beside it. Files go to where ``TMPDIR`` says.
"""

from __future__ import annotations

import importlib

PARTS = ("streaming", "files")


def main() -> None:
    for part in PARTS:  # each is also run by itself, as the process of a contender
        importlib.import_module(f"{__name__}.{part}").main()
