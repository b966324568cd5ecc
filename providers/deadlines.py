"""Doing something when a time has passed, unless it is taken back before: one thread for all.

``threading.Timer`` is a thread for each. Where one is set for every request, beginning those takes
longer than what is asked for.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

logger = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Deadline:
    """``act`` is None once it is done or taken back."""

    act: Callable[[], None] | None

    def cancel(self) -> None:
        """Take it back. It may be done at this very moment."""
        self.act = None


class Deadlines:
    """Deadlines that are kept by one thread, which begins with the first of them."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self._waiting: list[tuple[float, int, Deadline]] = []
        self._numbers = itertools.count()
        self._thread: threading.Thread | None = None

    def after(self, seconds: float, act: Callable[[], None]) -> Deadline:
        """Call ``act`` when so many seconds have passed. It must be quick, for others wait."""
        deadline, at = Deadline(act), self._clock() + seconds
        with self._changed:
            heapq.heappush(self._waiting, (at, next(self._numbers), deadline))
            # Almost always others are due before: then nobody has to be woken.
            if self._waiting[0][2] is deadline:
                self._changed.notify()
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._keep, name="deadlines", daemon=True)
                self._thread.start()
        return deadline

    def _keep(self) -> None:
        while True:
            act = self._next().act
            if act is None:
                continue
            try:
                act()
            except Exception:
                logger.exception("what was to be done at a deadline has failed")

    def _next(self) -> Deadline:
        """The next that is due; taken back or not."""
        with self._changed:
            while True:
                left = self._waiting[0][0] - self._clock() if self._waiting else None
                if left is not None and left <= 0:
                    return heapq.heappop(self._waiting)[2]
                self._changed.wait(left)
