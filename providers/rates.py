"""Request rates of one process. The product passes in a store shared by all processes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class MemoryRateStore:
    """A :class:`providers.base.RateStore` in memory, for one process and for tests."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._next_free: dict[str, float] = {}

    def reserve(self, site: str, *, interval: float) -> float:
        """Take the next slot; returns the seconds to wait before the request may go out."""
        with self._lock:
            now = self._clock()
            slot = max(now, self._next_free.get(site, now))
            self._next_free[site] = slot + interval
            return slot - now

    def hold(self, site: str, *, seconds: float) -> None:
        """No slot for ``site`` before ``seconds`` from now. Never shortens a longer hold."""
        with self._lock:
            until = self._clock() + seconds
            self._next_free[site] = max(until, self._next_free.get(site, until))
