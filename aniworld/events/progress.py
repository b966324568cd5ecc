"""Live progress of an operation: percent computed, told sparingly, kept when it is over."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, Generic

from django.db import transaction
from django.utils import timezone

from aniworld.config import store
from aniworld.config.errors import ConfigError
from aniworld.config.schema import Config
from aniworld.events import publish
from aniworld.events.errors import OperationOver
from aniworld.events.event import Facts, ProgressEvent
from aniworld.events.models import FinishedOperation, OutboxEvent
from aniworld.events.operations import OperationStatus, ProgressPhase, ProgressType
from aniworld.events.reading import ENDS, Limits, Reading, Throttle
from aniworld.events.rooms import Room, register_snapshot


class ProgressTracker(Generic[Facts]):
    """Tells the browsers how one operation goes.

    ``facts`` (here and in every call) are what the event carries beside the reading; they stay
    until they are given anew. Every call writes in a transaction of its own or joins the caller's.
    """

    def __init__(
        self,
        event: type[ProgressEvent[Facts]],
        operation_id: str,
        facts: Facts,
        *,
        total: int | None = None,
        throttle: Throttle | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Args: ``throttle`` replaces the one the configuration describes."""
        self.operation_id = operation_id
        self.reading = Reading(total=total)
        self._event = event
        self._facts = facts
        self._throttle = throttle or configured_throttle()
        self._clock = clock
        self._started_at = clock()

    def start(self, message: str = "", *, facts: Facts | None = None) -> int | None:
        """Tell that the operation begins.

        Returns:
            The event id (of every call: None where the reading was not worth telling).
        """
        self._started_at = self._clock()
        return self._tell(replace(self.reading, message=message), facts)

    def update(
        self,
        current: int,
        *,
        total: int | None = None,
        phase: ProgressPhase = ProgressPhase.IN_PROGRESS,
        message: str | None = None,
        facts: Facts | None = None,
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
        return self._tell(reading, facts)

    def complete(self, message: str = "", *, facts: Facts | None = None) -> int | None:
        """Tell that all is done: percent is 100."""
        return self._end(OperationStatus.COMPLETED, message, facts)

    def fail(self, message: str, *, facts: Facts | None = None) -> int | None:
        """Tell that the operation failed; percent stays where it was."""
        return self._end(OperationStatus.FAILED, message, facts)

    def cancel(self, message: str = "", *, facts: Facts | None = None) -> int | None:
        """Tell that the owner ended the operation."""
        return self._end(OperationStatus.CANCELLED, message, facts)

    def _end(self, status: OperationStatus, message: str, facts: Facts | None) -> int | None:
        ended = replace(self.reading, status=status, phase=ENDS[status], message=message)
        if status is OperationStatus.COMPLETED and ended.total is not None:
            ended = replace(ended, current=ended.total)
        return self._tell(ended, facts)

    def _tell(self, reading: Reading, facts: Facts | None) -> int | None:
        if self.reading.is_over:
            raise OperationOver(operation_id=self.operation_id)
        self.reading = reading
        if facts is not None:
            self._facts = facts
        if not self._throttle.passes(reading):
            return None
        event = self._event.of(self.operation_id, reading, self._facts)
        with transaction.atomic():
            event_id = publish.publish_progress(event, self.operation_id)
            if reading.is_over:
                self._keep(event.data())
        return event_id

    def _keep(self, data: dict[str, Any]) -> None:
        kind = self._event.operation
        FinishedOperation.objects.create(
            type=kind, operation_id=self.operation_id, status=self.reading.status, data=data
        )
        kept = _settings().advanced.progress_history
        of_type = FinishedOperation.objects.filter(type=kind)
        beyond = of_type.order_by("-id").values_list("id", flat=True)[kept : kept + 1].first()
        if beyond is not None:
            of_type.filter(id__lte=beyond).delete()


def room_of(type: ProgressType) -> Room:
    return Room(f"{type}_progress")


def configured_throttle() -> Throttle:
    """The owner's setting: at most 4 a second, for a change above 1 %."""
    settings = _settings().downloads
    return Throttle(
        Limits(per_second=settings.progress_per_second, min_percent=settings.progress_min_percent)
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
        room=room_of(type),
        job__isnull=False,
        created_at__gte=timezone.now() - publish.KEEP_FOR,
    ).order_by("id")
    ends = {status.value for status in ENDS}
    return [event.data for event in readings if event.data.get("status") not in ends]


def finished(type: ProgressType) -> list[dict[str, Any]]:
    """The last readings of operations of ``type`` that are over, newest first."""
    over = FinishedOperation.objects.filter(type=type).order_by("-id")
    return list(over.values_list("data", flat=True))


def register_snapshots() -> None:
    """Answer for the rooms of the operations no app answers for."""
    for type in (ProgressType.QUEUE, ProgressType.SYSTEM):
        register_snapshot(room_of(type), partial(_state, type))


def _state(type: ProgressType) -> dict[str, Any]:
    return {"active": active(type), "finished": finished(type)}
