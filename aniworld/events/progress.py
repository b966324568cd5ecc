"""Live progress of an operation: percent computed, told sparingly, kept when it is over."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from aniworld.config import store
from aniworld.config.errors import ConfigError
from aniworld.config.schema import Config
from aniworld.events import publish
from aniworld.events.errors import OperationOver
from aniworld.events.models import FinishedOperation, OutboxEvent
from aniworld.events.operations import OperationStatus, ProgressPhase, ProgressType
from aniworld.events.payloads import EventType
from aniworld.events.rooms import Room, register_snapshot

ROOMS: Final[Mapping[ProgressType, Room]] = {
    ProgressType.DOWNLOAD: Room.DOWNLOAD_PROGRESS,
    ProgressType.SCAN: Room.SCAN_PROGRESS,
    ProgressType.QUEUE: Room.QUEUE_PROGRESS,
    ProgressType.SYSTEM: Room.SYSTEM_PROGRESS,
}
EVENTS: Final[Mapping[ProgressType, EventType]] = {
    ProgressType.DOWNLOAD: "download_progress",
    ProgressType.SCAN: "scan_progress",
    ProgressType.QUEUE: "queue_progress",
    ProgressType.SYSTEM: "system_progress",
}
_ENDS: Final[Mapping[OperationStatus, ProgressPhase]] = {
    OperationStatus.COMPLETED: ProgressPhase.COMPLETED,
    OperationStatus.FAILED: ProgressPhase.FAILED,
    OperationStatus.CANCELLED: ProgressPhase.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Reading:
    """How far an operation is at one moment. ``rate`` is units a second since the start."""

    status: OperationStatus = OperationStatus.STARTED
    phase: ProgressPhase = ProgressPhase.STARTING
    current: int = 0
    total: int | None = None
    rate: float = 0.0
    message: str = ""

    @property
    def percent(self) -> float:
        if self.status is OperationStatus.COMPLETED:
            return 100.0
        if not self.total:
            return 0.0
        return round(min(max(self.current / self.total, 0.0), 1.0) * 100, 1)

    @property
    def is_over(self) -> bool:
        return self.status in _ENDS


class Throttle:
    """Lets a reading through when enough has changed and the last one is old enough.

    A change of status or phase always passes.
    """

    def __init__(
        self, *, per_second: float, min_percent: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._interval = 1 / per_second
        self._min_percent = min_percent
        self._clock = clock
        self._last: Reading | None = None
        self._last_at = 0.0

    def passes(self, reading: Reading) -> bool:
        """Say whether ``reading`` is worth telling, and remember it if so."""
        now = self._clock()
        if not self._is_news(reading, now):
            return False
        self._last, self._last_at = reading, now
        return True

    def _is_news(self, reading: Reading, now: float) -> bool:
        last = self._last
        if last is None or (last.status, last.phase) != (reading.status, reading.phase):
            return True
        if now - self._last_at < self._interval:
            return False
        if reading.total is None:
            return reading.current != last.current
        return abs(reading.percent - last.percent) > self._min_percent


class ProgressTracker:
    """Tells the browsers how one operation goes.

    ``fields`` (here and in every call) are what the event carries beside the reading: merged into
    the data of downloads and scans, the ``metadata`` of queue and system operations. They stay
    until they are given anew. Every call writes in a transaction of its own or joins the caller's.
    """

    def __init__(
        self,
        type: ProgressType,
        operation_id: str,
        *,
        total: int | None = None,
        throttle: Throttle | None = None,
        clock: Callable[[], float] = time.monotonic,
        **fields: Any,
    ) -> None:
        """Args: ``throttle`` replaces the one the configuration describes."""
        self.type = type
        self.operation_id = operation_id
        self.reading = Reading(total=total)
        self._fields = fields
        self._throttle = throttle or configured_throttle()
        self._clock = clock
        self._started_at = clock()

    def start(self, message: str = "", **fields: Any) -> int | None:
        """Tell that the operation begins.

        Returns:
            The event id (of every call: None where the reading was not worth telling).
        """
        self._started_at = self._clock()
        return self._tell(replace(self.reading, message=message), fields)

    def update(
        self,
        current: int,
        *,
        total: int | None = None,
        phase: ProgressPhase = ProgressPhase.IN_PROGRESS,
        message: str | None = None,
        **fields: Any,
    ) -> int | None:
        """Take a new reading; tell it if enough has changed.

        Raises:
            OperationOver: the operation has ended already.
        """
        elapsed = self._clock() - self._started_at
        reading = Reading(
            status=OperationStatus.IN_PROGRESS,
            phase=phase,
            current=current,
            total=self.reading.total if total is None else total,
            rate=round(current / elapsed, 2) if elapsed > 0 else 0.0,
            message=self.reading.message if message is None else message,
        )
        return self._tell(reading, fields)

    def complete(self, message: str = "", **fields: Any) -> int | None:
        """Tell that all is done: percent is 100."""
        return self._end(OperationStatus.COMPLETED, message, fields)

    def fail(self, message: str, **fields: Any) -> int | None:
        """Tell that the operation failed; percent stays where it was."""
        return self._end(OperationStatus.FAILED, message, fields)

    def cancel(self, message: str = "", **fields: Any) -> int | None:
        """Tell that the owner ended the operation."""
        return self._end(OperationStatus.CANCELLED, message, fields)

    def _end(self, status: OperationStatus, message: str, fields: dict[str, Any]) -> int | None:
        ended = replace(self.reading, status=status, phase=_ENDS[status], message=message)
        if status is OperationStatus.COMPLETED and ended.total is not None:
            ended = replace(ended, current=ended.total)
        return self._tell(ended, fields)

    def _tell(self, reading: Reading, fields: dict[str, Any]) -> int | None:
        if self.reading.is_over:
            raise OperationOver(f"The operation {self.operation_id} has already ended.")
        self.reading = reading
        self._fields.update(fields)
        if not self._throttle.passes(reading):
            return None
        with transaction.atomic():
            event_id = publish.publish_progress(
                ROOMS[self.type], EVENTS[self.type], self._job, self._data()
            )
            if reading.is_over:
                self._keep()
        return event_id

    @property
    def _job(self) -> str:
        return f"{self.type}:{self.operation_id}"

    def _data(self) -> dict[str, Any]:
        return _SHAPES[self.type](self.operation_id, self.reading, self._fields)

    def _keep(self) -> None:
        FinishedOperation.objects.create(
            type=self.type,
            operation_id=self.operation_id,
            status=self.reading.status,
            data=self._data(),
        )
        kept = _settings().advanced.progress_history
        of_type = FinishedOperation.objects.filter(type=self.type)
        beyond = of_type.order_by("-id").values_list("id", flat=True)[kept : kept + 1].first()
        if beyond is not None:
            of_type.filter(id__lte=beyond).delete()


def configured_throttle() -> Throttle:
    """The owner's setting: at most 4 a second, for a change above 1 %."""
    settings = _settings().downloads
    return Throttle(
        per_second=settings.progress_per_second, min_percent=settings.progress_min_percent
    )


def _settings() -> Config:
    """An operation must be able to end, also where the configuration is broken."""
    try:
        return store.load()
    except ConfigError:
        return Config()


def active(type: ProgressType) -> list[dict[str, Any]]:
    """The last reading of every operation of ``type`` that has not told its end.

    One that has said nothing for an hour died without a word and is left out.
    """
    readings = OutboxEvent.objects.filter(
        room=ROOMS[type],
        job__isnull=False,
        created_at__gte=timezone.now() - publish.KEEP_FOR,
    ).order_by("id")
    ends = {status.value for status in _ENDS}
    return [event.data for event in readings if event.data.get("status") not in ends]


def finished(type: ProgressType) -> list[dict[str, Any]]:
    """The last readings of operations of ``type`` that are over, newest first."""
    over = FinishedOperation.objects.filter(type=type).order_by("-id")
    return list(over.values_list("data", flat=True))


def register_snapshots() -> None:
    """Answer for the rooms of the operations no app answers for."""
    for type in (ProgressType.QUEUE, ProgressType.SYSTEM):
        register_snapshot(ROOMS[type], partial(_state, type))


def _state(type: ProgressType) -> dict[str, Any]:
    return {"active": active(type), "finished": finished(type)}


def _download_data(operation_id: str, reading: Reading, fields: dict[str, Any]) -> dict[str, Any]:
    return {"download_id": operation_id, "status": reading.status, **fields}


def _scan_data(operation_id: str, reading: Reading, fields: dict[str, Any]) -> dict[str, Any]:
    return {
        "operation_id": operation_id,
        "status": reading.status,
        "phase": reading.phase,
        "current": reading.current,
        "total": reading.total,
        "percent": reading.percent,
        "rate": reading.rate,
        "message": reading.message,
        "key": None,
        "folder": None,
        **fields,
    }


def _operation_data(operation_id: str, reading: Reading, fields: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": operation_id,
        "status": reading.status,
        "current": reading.current,
        "total": reading.total,
        "percent": reading.percent,
        "rate": reading.rate,
        "message": reading.message,
        "metadata": fields,
    }


_SHAPES: Final[Mapping[ProgressType, Callable[[str, Reading, dict[str, Any]], dict[str, Any]]]] = {
    ProgressType.DOWNLOAD: _download_data,
    ProgressType.SCAN: _scan_data,
    ProgressType.QUEUE: _operation_data,
    ProgressType.SYSTEM: _operation_data,
}
