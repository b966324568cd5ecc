"""Who fetches which bytes of a file."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

LARGEST = 16 << 20  # bytes of a part: larger ones would save nothing
SMALLEST = 1 << 20  # smaller ones would cost more requests than they save time
SHARED_FROM = 128 << 10  # bytes: less than that of a part is not divided
SHARED_AFTER = 1.0  # seconds that the rest of a part would take, from which on it is shared
FASTER = 2.0  # times as fast is somebody who takes all the rest of a part
LOOK_SECONDS = 0.25  # until somebody without work looks again whether there is some to share

Span = tuple[int, int]  # first byte, and the first one behind


def joined(spans: Iterable[Span]) -> list[Span]:
    """Spans in their order, those that touch made one."""
    found: list[Span] = []
    for begin, end in sorted(spans):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        elif begin < end:
            found.append((begin, end))
    return found


def gaps(held: Iterable[Span], total: int) -> list[Span]:
    """What is missing of so many bytes where ``held`` (joined) is there."""
    found, at = [], 0
    for begin, end in held:
        if begin > at:
            found.append((at, begin))
        at = max(at, end)
    return [*found, (at, total)] if at < total else found


@dataclass(eq=False, slots=True)
class Part:
    """Bytes that one thread fetches, from ``at`` on; ``end`` may come nearer meanwhile."""

    begin: int
    end: int
    at: int
    since: float
    moved_at: float

    @property
    def left(self) -> int:
        return self.end - self.at

    def rate(self, now: float) -> float:
        """Bytes a second, so far; 0 where none has come for a while."""
        if now - self.moved_at >= SHARED_AFTER:
            return 0.0
        return (self.at - self.begin) / max(now - self.since, 1e-6)

    def seconds_left(self, now: float) -> float:
        """How long the rest takes at that rate; not known of one that has just begun."""
        if not self.left or now - self.since < SHARED_AFTER:
            return 0.0
        return self.left / max(self.rate(now), 1e-6)


class Parts:
    """Hands out parts, and shares the rest of slow ones among those who are through.

    Args:
        missing: what is to be fetched.
        threads: among how many it is divided.
    """

    def __init__(
        self,
        missing: Iterable[Span],
        threads: int,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._missing = list(missing)
        self._threads = threads
        self._clock = clock
        self._changed = threading.Condition()
        self._active: set[Part] = set()
        self._is_ended = False

    def take(self, rate: float = 0.0) -> Part | None:
        """The next part, waiting for one; None where there will be none.

        Args:
            rate: bytes a second that the asker fetches; 0 where it does not know.
        """
        with self._changed:
            while not self._is_ended:
                part = self._next() or self._share(rate)
                if part is not None:
                    self._active.add(part)
                    return part
                if not self._active:
                    return None
                self._changed.wait(LOOK_SECONDS)
            return None

    def advance(self, part: Part, size: int) -> int:
        """Bytes have come for a part; returns how many of them still belong to it."""
        with self._changed:
            taken = min(size, part.left)
            part.at += taken
            part.moved_at = self._clock()
            if not part.left:
                self._changed.notify_all()
            return taken

    def leave(self, part: Part) -> float:
        """Nobody fetches it any more. Returns the bytes a second that came for it."""
        with self._changed:
            self._active.discard(part)
            self._changed.notify_all()
            return part.rate(self._clock())

    def wait(self) -> None:
        """Return when all bytes have come, or none come any more."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_ended or self._is_done())

    def end(self) -> None:
        """Hand out no more."""
        with self._changed:
            self._is_ended = True
            self._changed.notify_all()

    def _is_done(self) -> bool:
        return not self._missing and not any(part.left for part in self._active)

    def _next(self) -> Part | None:
        if not self._missing:
            return None
        begin, end = self._missing[0]
        left = sum(last - first for first, last in self._missing)
        size = min(max(left // (2 * self._threads), SMALLEST), LARGEST)
        if end - begin - size < SMALLEST:  # no crumbs
            self._missing.pop(0)
            return self._part(begin, end)
        self._missing[0] = (begin + size, end)
        return self._part(begin, begin + size)

    def _share(self, rate: float) -> Part | None:
        """A share of the part that takes longest, so that both end at the same time; all of what
        is left of it where that is little."""
        now = self._clock()
        slowest = max(self._active, key=lambda one: one.seconds_left(now), default=None)
        if slowest is None or slowest.seconds_left(now) < SHARED_AFTER:
            return None
        its_rate = slowest.rate(now)
        if slowest.left >= SHARED_FROM:
            kept = int(slowest.left * its_rate / (its_rate + (rate or its_rate or 1.0)))
        elif rate > FASTER * its_rate:
            kept = 0
        else:
            return None
        end, slowest.end = slowest.end, slowest.at + kept
        return self._part(slowest.end, end)

    def _part(self, begin: int, end: int) -> Part:
        now = self._clock()
        return Part(begin, end, begin, since=now, moved_at=now)
