"""The clocks a scheduler goes by. They are given to it, so that a test may bring its own."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Protocol

from django.utils import timezone


class Clock(Protocol):
    """What time it is, and how much of it has gone by."""

    def now(self) -> datetime:
        """The moment, aware; somebody may set this clock."""
        ...

    def elapsed(self) -> float:
        """Seconds by a clock that nobody sets."""
        ...


class SystemClock:
    """The clocks of the machine."""

    def now(self) -> datetime:
        return timezone.now()

    def elapsed(self) -> float:
        return time.monotonic()
