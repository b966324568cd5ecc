"""Whether a download moves: one that hangs or trickles keeps everybody waiting."""

from __future__ import annotations

import time
from collections.abc import Callable

WINDOW_SECONDS = 120.0
# Slower than this an episode takes half a day; better another hoster, or another time.
SLOWEST = 10_000  # bytes a second


class Pace:
    """Measures what one source brings, over one window after the other.

    Time in which its hoster wants us to wait belongs to none.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._had = 0
        self._began = self._counted = clock()
        self._waits_until = float("-inf")
        self._limit = 0.0

    def keep_to(self, limit: float, had: int) -> None:
        """Not more than so many bytes a second are taken from now on; 0 for any number.

        Half of what is allowed is no standstill, however little that is. What came before under
        another limit is no measure.
        """
        self._limit = limit
        self._begin(had)

    def begin(self, had: int) -> None:
        """A source begins, with so many bytes there already."""
        self._begin(had)
        self._waits_until = float("-inf")

    def wait(self, seconds: float) -> None:
        """The hoster wants us to wait so long from now, whatever it said before; 0 ends that."""
        self._leave_out_waiting()
        self._waits_until = self._clock() + max(seconds, 0.0)

    def too_slow(self, have: int) -> int | None:
        """Bytes a second of a window that is over and has brought too little; None else.

        Args:
            have: bytes that are there now. Fewer than before (a file begun anew) begin a window.
        """
        self._leave_out_waiting()
        seconds = self._counted - self._began
        if have < self._had:
            self._begin(have)
            return None
        if seconds < WINDOW_SECONDS:
            return None
        rate = (have - self._had) / seconds
        self._begin(have)
        slowest = min(SLOWEST, self._limit / 2) if self._limit else SLOWEST
        return int(rate) if rate < slowest else None

    def _begin(self, had: int) -> None:
        self._had = had
        self._began = self._counted = self._clock()

    def _leave_out_waiting(self) -> None:
        """Count the time since the last look, and let the window begin later by what was waited."""
        now = self._clock()
        self._began += max(min(self._waits_until, now) - self._counted, 0.0)
        self._counted = now
