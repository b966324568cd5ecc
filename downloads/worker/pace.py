"""Whether a download moves: one that hangs or trickles keeps everybody waiting."""

from __future__ import annotations

import time
from collections.abc import Callable

WINDOW_SECONDS = 120.0
# Slower than this an episode takes half a day; better another hoster, or another time.
SLOWEST = 10_000  # bytes a second


class Pace:
    """Measures what one source brings, over one window after the other."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began = clock()
        self._had = 0

    def begin(self, had: int) -> None:
        """A source begins, with so many bytes there already."""
        self._began, self._had = self._clock(), had

    def too_slow(self, have: int) -> int | None:
        """Bytes a second of a window that is over and has brought too little; None else.

        Args:
            have: bytes that are there now. Fewer than before (a file begun anew) begin a window.
        """
        now = self._clock()
        seconds = now - self._began
        if have < self._had:
            self.begin(have)
            return None
        if seconds < WINDOW_SECONDS:
            return None
        rate = (have - self._had) / seconds
        self.begin(have)
        return int(rate) if rate < SLOWEST else None
