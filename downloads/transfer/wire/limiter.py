"""How many bytes a second all threads of a transfer take together."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from downloads.transfer.wire.stopping import rest

BURST_SECONDS = 0.25  # what was not taken may be taken later, up to so much of the rate
READS_A_SECOND = 8  # a read is no larger than this share of the rate, or the flow would be jerky
LEAST_READ = 16_384
SHORTEST_REST = 0.0001  # seconds; less is not worth a look at the clock
LONGEST_REST = 0.5  # seconds until a changed rate is noticed


class Limiter:
    """A bucket of bytes that fills at a rate. Whoever has taken more than there was waits until
    it is paid back; the next one waits behind.

    Args:
        rate: bytes a second; 0 for no limit.
        on_taken: told of all bytes that are taken, limited or not.
    """

    def __init__(
        self,
        rate: float = 0.0,
        *,
        on_taken: Callable[[int], object] = lambda _size: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._on_taken = on_taken
        self._clock = clock
        self._lock = threading.Lock()
        self._rate = max(rate, 0.0)
        self._filled_at = clock()
        self._allowed = 0.0  # bytes since the begin
        self._taken = 0.0

    @property
    def rate(self) -> float:
        return self._rate

    @rate.setter
    def rate(self, rate: float) -> None:
        """May be changed while threads wait."""
        with self._lock:
            self._fill()
            self._rate = max(rate, 0.0)

    def most(self, size: int) -> int:
        """The bytes, of ``size``, that should be read at once."""
        if not self._rate:
            return size
        return min(size, max(LEAST_READ, int(self._rate / READS_A_SECOND)))

    def take(self, size: int, stop: threading.Event) -> None:
        """Note that ``size`` bytes were taken, and wait until that was right.

        Raises:
            Stopped: the transfer ended meanwhile.
        """
        self._on_taken(size)
        if not self._rate:
            return
        with self._lock:
            self._fill()
            self._taken += size
            mine = self._taken
        while (wait := self._wait_for(mine)) > SHORTEST_REST:
            rest(min(wait, LONGEST_REST), stop)

    def _wait_for(self, mine: float) -> float:
        with self._lock:
            self._fill()
            return (mine - self._allowed) / self._rate if self._rate else 0.0

    def _fill(self) -> None:
        now = self._clock()
        self._allowed += (now - self._filled_at) * self._rate
        self._filled_at = now
        if not self._rate:  # what was taken is forgiven
            self._allowed = self._taken
        self._allowed = min(self._allowed, self._taken + BURST_SECONDS * self._rate)
