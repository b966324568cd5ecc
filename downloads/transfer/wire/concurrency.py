"""How many connections a source is asked over at once: found out, up to a ceiling."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator

from downloads.transfer.wire.stopping import Stopped

FIRST = 4
STEP_SECONDS = 0.2  # one number of connections is tried for so long before it grows
SHORTEST_STEP = 0.001  # seconds that a throughput is taken over
SLOW_STEP_SECONDS = 10.0  # the same after trouble
TROUBLE_SECONDS = 1.0  # trouble of several connections within so long is one trouble
FALLEN = 0.7  # of the throughput before: more connections have made it worse


class Concurrency:
    """Lets so many threads ask at once as the server takes well.

    Begins with a few, doubles while the throughput does not fall, halves where the server
    complains and grows by one from then on. It doubles after some time, or as soon as each of the
    connections has brought something whole: of small pieces that is a moment.

    Args:
        ceiling: never more than this.
    """

    def __init__(self, ceiling: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._ceiling = max(ceiling, 1)
        self._allowed = min(FIRST, self._ceiling)
        self._free = threading.Condition()
        self._used = 0
        self._waiting: deque[object] = deque()
        self._is_careful = False
        self._before = (0.0, self._allowed)  # throughput of the last step, with how many
        self._step_at = clock()
        self._bytes = self._whole = 0  # since then
        self._trouble_at = float("-inf")

    @property
    def allowed(self) -> int:
        """Connections that may be open now."""
        return self._allowed

    @contextlib.contextmanager
    def slot(self, stop: threading.Event) -> Iterator[None]:
        """Wait for a connection's turn, and hold it.

        Raises:
            Stopped: the transfer ended meanwhile.
        """
        self.acquire(stop)
        try:
            yield
        finally:
            self.release()

    def acquire(self, stop: threading.Event, *, is_urgent: bool = False) -> None:
        """As :meth:`slot`, for who lets it go elsewhere. First come, first served: the piece that
        is wanted first was asked for first. What is urgent comes before all that wait."""
        mine = object()
        with self._free:
            if is_urgent:
                self._waiting.appendleft(mine)
            else:
                self._waiting.append(mine)
            try:
                while not stop.is_set() and not self._is_turn_of(mine):
                    self._free.wait()
                if stop.is_set():
                    raise Stopped
                self._used += 1
            finally:
                self._waiting.remove(mine)
                self._wake_next()

    def release(self, *, is_whole: bool = False) -> None:
        """Let the turn go. ``is_whole``: all that was asked for has come."""
        with self._free:
            self._used -= 1
            self._whole += is_whole
            if self._may_grow_at_once():
                self._step(self._bytes / max(self._clock() - self._step_at, SHORTEST_STEP))
            self._wake_next()

    def wake(self) -> None:
        """Let those who wait look whether the transfer has ended."""
        with self._free:
            self._free.notify_all()

    def received(self, size: int) -> None:
        """Count bytes that came over any of the connections."""
        with self._free:
            self._bytes += size
            elapsed = self._clock() - self._step_at
            if elapsed >= (SLOW_STEP_SECONDS if self._is_careful else STEP_SECONDS):
                self._step(self._bytes / elapsed)

    def halve(self) -> None:
        """The server complains: it refused for the number of requests, or cut a connection."""
        with self._free:
            now = self._clock()
            if now - self._trouble_at < TROUBLE_SECONDS:
                return
            self._trouble_at = now
            self._is_careful = True
            self._change(max(self._allowed // 2, 1), throughput=0.0)

    def _may_grow_at_once(self) -> bool:
        is_well = not self._is_careful and self._whole >= self._allowed
        return is_well and bool(self._waiting) and self._allowed < self._ceiling

    def _wake_next(self) -> None:
        """Let those who wait look whose turn it is, if it is anyone's."""
        if self._waiting and self._used < self._allowed:
            self._free.notify_all()

    def _is_turn_of(self, waiting: object) -> bool:
        return self._used < self._allowed and self._waiting[0] is waiting

    def _step(self, throughput: float) -> None:
        before, fewer = self._before
        if throughput < FALLEN * before and fewer < self._allowed:
            self._is_careful = True
            self._change(fewer, throughput)
        elif self._waiting:  # else more would be of no use
            more = self._allowed + 1 if self._is_careful else self._allowed * 2
            self._change(min(more, self._ceiling), throughput)
        else:
            self._change(self._allowed, throughput)

    def _change(self, allowed: int, throughput: float) -> None:
        self._before = (throughput, self._allowed)
        self._allowed = allowed
        self._step_at = self._clock()
        self._bytes = self._whole = 0
        self._wake_next()
