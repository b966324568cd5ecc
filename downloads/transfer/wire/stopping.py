"""Ending threads that wait."""

from __future__ import annotations

import threading


class Stopped(Exception):
    """The transfer ends: whoever waited or read gives up. It is never told to people, for why it
    ends is known to whoever has ended it."""


def rest(seconds: float, stop: threading.Event) -> None:
    """Wait, but not beyond the end of the transfer.

    Raises:
        Stopped: it has ended.
    """
    if stop.wait(max(seconds, 0.0)):
        raise Stopped
