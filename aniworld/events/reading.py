"""How far an operation is at one moment, and whether that is worth telling."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from aniworld.events.operations import OperationStatus, ProgressPhase
from providers.coded import Coded

ENDS: Final[Mapping[OperationStatus, ProgressPhase]] = {
    OperationStatus.COMPLETED: ProgressPhase.COMPLETED,
    OperationStatus.FAILED: ProgressPhase.FAILED,
    OperationStatus.CANCELLED: ProgressPhase.CANCELLED,
}

# Seconds; far less than the silence (``models.SILENT_FOR``) after which an operation is dead.
SIGN_OF_LIFE: Final = 300.0


@dataclass(frozen=True, slots=True)
class Limits:
    """How sparingly progress is told, and how much of it is kept when it is over.

    Attributes:
        per_second: readings told in a second, at most.
        min_percent: the change that is worth telling must be larger than this.
        kept: ended operations, of each type.
    """

    per_second: float = 4.0
    min_percent: float = 1.0
    kept: int = 50


@dataclass(frozen=True, slots=True)
class Reading:
    """How far an operation is.

    Attributes:
        stage: where it is within the phase, in words of its own; empty where it has none.
        current, total: folders, bytes, …; no total while it is not known.
        share: percent, where current and total do not say it (they are estimates, or unknown).
        rate: units a second.
        message: what it does; put into words when it is sent.
    """

    status: OperationStatus = OperationStatus.STARTED
    phase: ProgressPhase = ProgressPhase.STARTING
    stage: str = ""
    current: int = 0
    total: int | None = None
    share: float | None = None
    rate: float = 0.0
    message: Coded | None = None

    @property
    def percent(self) -> float:
        if self.status is OperationStatus.COMPLETED:
            return 100.0
        if self.share is not None:
            return round(min(max(self.share, 0.0), 100.0), 1)
        if not self.total:
            return 0.0
        return round(min(max(self.current / self.total, 0.0), 1.0) * 100, 1)

    @property
    def is_measured(self) -> bool:
        """Whether ``percent`` says anything yet."""
        return self.share is not None or self.total is not None

    @property
    def is_over(self) -> bool:
        return self.status in ENDS

    @property
    def state(self) -> tuple[str, str, str]:
        return self.status, self.phase, self.stage

    def as_json(self) -> dict[str, Any]:
        return {
            "phase": self.phase,
            "percent": self.percent,
            "current": self.current,
            "total": self.total,
            "rate": self.rate,
            "message": self.message,
        }


class Throttle:
    """Lets a reading through when enough has changed and the last one is old enough.

    A change of state (status, phase, stage) always passes; so does, as a sign of life, whatever
    comes after ``SIGN_OF_LIFE`` seconds of silence.
    """

    def __init__(self, limits: Limits, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._interval = 1 / limits.per_second
        self._min_percent = limits.min_percent
        self._clock = clock
        self._last: Reading | None = None
        self._last_at = 0.0

    def remember(self, reading: Reading) -> None:
        """It has been told."""
        self._last, self._last_at = reading, self._clock()

    def is_news(self, reading: Reading) -> bool:
        """Say whether ``reading`` is worth telling."""
        last = self._last
        if last is None or last.state != reading.state:
            return True
        silent_for = self._clock() - self._last_at
        if silent_for < self._interval:
            return False
        if silent_for >= SIGN_OF_LIFE:
            return True
        if not reading.is_measured:
            return reading.current != last.current
        return abs(reading.percent - last.percent) > self._min_percent
