"""What holds for the whole process of a transfer."""

from __future__ import annotations

import resource
import sys

# What comes from outside may be without end: better this process fails than the machine.
MOST_MEMORY = 1_000_000_000
# Threads that fetch have a moment's work after each read. With Python's usual 5 ms they wait longer
# for the one that muxes than for the network, and a stream takes a third more time.
SWITCH_INTERVAL = 0.001  # seconds


def prepare() -> None:
    """Set it."""
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))
    sys.setswitchinterval(SWITCH_INTERVAL)
