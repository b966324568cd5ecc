"""How far a download is: one run over all its parts, whatever their number."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from downloads.transfer.messages import Reading

TELL_SECONDS = 0.25
WINDOW_SECONDS = 5.0  # the speed is that of so long
MOST_PERCENT = 99.9  # before all is there


@dataclass
class _Part:
    """What is known of one part, in seconds of media and in bytes."""

    seconds: float
    guess: float  # bytes a second, until some are there
    done_seconds: float = 0.0
    done_bytes: int = 0

    @property
    def bytes(self) -> float:
        """All of its bytes, guessed from those that are there."""
        rate = self.done_bytes / self.done_seconds if self.done_seconds else self.guess
        left = max(self.seconds - self.done_seconds, 0.0)
        return self.done_bytes + left * rate


class _Telling:
    """Tells readings now and then, and how fast bytes come.

    Args:
        tell: called by one thread at a time, a few times a second; what it raises goes to whoever
            reported.
    """

    def __init__(
        self, tell: Callable[[Reading], None], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._tell = tell
        self._clock = clock
        self._lock = threading.Lock()
        self._told_at = float("-inf")
        self._window: deque[tuple[float, int]] = deque([(clock(), 0)])
        self._received = 0

    def finish(self) -> None:
        """Tell the last reading, whenever the one before it was."""
        with self._lock:
            self._told_at = float("-inf")
            self._perhaps_tell()

    def _perhaps_tell(self) -> None:
        now = self._clock()
        if now - self._told_at < TELL_SECONDS:
            return
        self._told_at = now
        self._tell(self._reading(now))

    def _reading(self, now: float) -> Reading:
        raise NotImplementedError

    def _speed(self, now: float) -> float | None:
        self._window.append((now, self._received))
        while len(self._window) > 2 and now - self._window[0][0] > WINDOW_SECONDS:
            self._window.popleft()
        (since, before) = self._window[0]
        return (self._received - before) / (now - since) if now > since else None


class FileMeter(_Telling):
    """Makes readings of a file whose size is known before, or not at all."""

    _here = 0
    _total: int | None = None

    def begin(self, *, here: int, total: int | None) -> None:
        """So much is there, of so much. Again where it is begun anew."""
        with self._lock:
            self._here, self._total = here, total
            self._perhaps_tell()

    def received(self, size: int) -> None:
        """Bytes have come over the network. Raises what the listener raises."""
        with self._lock:
            self._here += size
            self._received += size
            self._perhaps_tell()

    def _reading(self, now: float) -> Reading:
        speed, total = self._speed(now), self._total
        return Reading(
            downloaded=self._here,
            total=total,
            percent=min(100.0 * self._here / total, 100.0) if total else 0.0,
            speed=speed,
            eta=int((total - self._here) / speed) if speed and total else None,
        )


class Meter(_Telling):
    """Makes readings of what threads report of pieces, whose sizes are only known as they come."""

    def __init__(
        self, tell: Callable[[Reading], None], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(tell, clock=clock)
        self._parts: dict[Hashable, _Part] = {}
        self._flying = 0  # bytes of what is not whole yet
        self._percent = 0.0

    def expect(self, part: Hashable, *, seconds: float, bits_per_second: int) -> None:
        """A part that is to come, and how much it is said to be."""
        self._parts[part] = _Part(seconds, bits_per_second / 8)

    def received(self, size: int) -> None:
        """Bytes have come over the network. Raises what the listener raises."""
        with self._lock:
            self._flying += size
            self._received += size
            self._perhaps_tell()

    def done(self, part: Hashable, seconds: float, size: int, *, received: int) -> None:
        """A piece of a part is whole.

        Args:
            received: how many bytes were reported for it; none where it was there before.
        """
        with self._lock:
            self._flying -= received
            one = self._parts[part]
            one.done_seconds += seconds
            one.done_bytes += size
            self._perhaps_tell()

    def _reading(self, now: float) -> Reading:
        here = sum(part.done_bytes for part in self._parts.values()) + max(self._flying, 0)
        # What a playlist says of its bits is often several times too much: nothing is guessed from
        # that alone.
        is_guessed = any(part.done_seconds for part in self._parts.values())
        total = max(sum(part.bytes for part in self._parts.values()), here) if is_guessed else 0
        is_whole = all(part.done_seconds >= part.seconds - 1e-6 for part in self._parts.values())
        percent = 100.0 if is_whole else min(100.0 * here / total, MOST_PERCENT) if total else 0.0
        self._percent = max(self._percent, percent)
        speed = self._speed(now)
        return Reading(
            downloaded=here,
            total=int(total) if total else None,
            percent=self._percent,
            speed=speed,
            eta=int((total - here) / speed) if speed and total else None,
            is_estimate=not is_whole,
        )
