"""Counting what comes from hosters, for the budgets."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.utils import timezone

from downloads.quiet import ledger

WRITE_SECONDS = 1.0  # what is counted in between is lost where the worker is killed


class Counting:
    """What the children of one try have fetched, as they tell it: also what comes of nothing."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._written_at = clock()
        self._told = 0
        self._pending = 0

    def begin(self) -> None:
        """Another child begins to count."""
        self._told = 0

    def note(self, total: int) -> None:
        """A child has fetched so many bytes in all."""
        self._pending += max(total - self._told, 0)
        self._told = total

    def write_now_and_then(self) -> None:
        """Write what was noted, if the last time is a while ago."""
        if self._clock() - self._written_at >= WRITE_SECONDS:
            self.write()

    def write(self) -> None:
        """Write what was noted."""
        self._written_at = self._clock()
        size, self._pending = self._pending, 0
        if size:
            ledger.add(timezone.now(), size=size)
