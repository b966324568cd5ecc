"""Live progress of an operation: percent computed, told sparingly, kept when it is over.

An operation is a row (``models.Operation``) and a reading in the outbox, written together. Whoever
knows the id may tell how it goes: its worker, or the web process that cancels it. An end is final,
whoever told it; only a new start begins the operation again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, Final, Generic

from django.db import transaction
from django.utils import timezone

from aniworld.events import publish
from aniworld.events.errors import OperationOver
from aniworld.events.event import Facts, ProgressEvent
from aniworld.events.models import Operation, Operations
from aniworld.events.operations import OperationStatus, OperationType, ProgressPhase
from aniworld.events.reading import ENDS, Limits, Reading, Throttle
from aniworld.events.rooms import Room, register_snapshot
from aniworld.web.texts import in_words
from providers.coded import Coded

USUAL: Final = Limits()


class ProgressTracker(Generic[Facts]):
    """Tells the browsers how one operation goes.

    ``facts`` (here and in every call) are what the event carries beside the reading; they stay
    until they are given anew. Every call writes in a transaction of its own or joins the caller's,
    and returns the event id: None where the reading was not worth telling.
    """

    def __init__(
        self,
        event: type[ProgressEvent[Facts]],
        operation_id: str,
        facts: Facts,
        *,
        reading: Reading | None = None,
        limits: Limits = USUAL,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Args:
        event: what tells a reading; it knows the type of the operation.
        reading: how far it is already.
        """
        self.operation_id = operation_id
        self.reading = reading or Reading()  # the last one of a running operation
        self._has_ended = False
        self._event = event
        self._facts = facts
        self._limits = limits
        self._throttle = Throttle(limits, clock=clock)
        self._clock = clock
        self._started_at = clock()

    def start(
        self, message: Coded | None = None, *, facts: Facts | None = None, again: bool = False
    ) -> int | None:
        """Tell that the operation begins.

        Args:
            again: also one that has ended.

        Raises:
            OperationOver: it has ended already.
        """
        self._started_at = self._clock()
        return self._tell(replace(self.reading, message=message), facts, again=again)

    def update(
        self,
        current: int,
        *,
        total: int | None = None,
        share: float | None = None,
        rate: float | None = None,
        phase: ProgressPhase = ProgressPhase.IN_PROGRESS,
        stage: str = "",
        message: Coded | None = None,
        facts: Facts | None = None,
    ) -> int | None:
        """Take a new reading; tell it if enough has changed.

        Args:
            rate: units a second; the average since the start where it is not given.
            total, message: stay as they were where they are not given.
            share, stage: see ``Reading``.

        Raises:
            OperationOver: the operation has ended already.
        """
        reading = Reading(
            status=OperationStatus.IN_PROGRESS,
            phase=phase,
            stage=stage,
            current=current,
            total=self.reading.total if total is None else total,
            share=share,
            rate=self._average(current) if rate is None else rate,
            message=self.reading.message if message is None else message,
        )
        return self._tell(reading, facts)

    def complete(self, message: Coded | None = None, *, facts: Facts | None = None) -> int | None:
        """Tell that all is done: percent is 100. Raises ``OperationOver``, as all ends do."""
        return self._end(OperationStatus.COMPLETED, message, facts)

    def fail(self, message: Coded, *, facts: Facts | None = None) -> int | None:
        """Tell that the operation failed; percent stays where it was."""
        return self._end(OperationStatus.FAILED, message, facts)

    def cancel(self, message: Coded | None = None, *, facts: Facts | None = None) -> int | None:
        """Tell that the owner ended the operation."""
        return self._end(OperationStatus.CANCELLED, message, facts)

    def set_aside(self, status: OperationStatus, *, facts: Facts | None = None) -> int:
        """Tell that it goes on at another time: no end, so it is not kept as one.

        Args:
            status: what the browsers are told of this try.
        """
        reading = replace(self.reading, status=status, phase=ENDS[status])
        event = self._event_of(reading, facts)
        with transaction.atomic():
            self._running.delete()
            event_id = publish.publish_progress(event, self.operation_id)
        self._take(reading, facts)
        return event_id

    def _average(self, current: int) -> float:
        elapsed = self._clock() - self._started_at
        return round(current / elapsed, 2) if elapsed > 0 else 0.0

    def _end(
        self, status: OperationStatus, message: Coded | None, facts: Facts | None
    ) -> int | None:
        ended = replace(self.reading, status=status, phase=ENDS[status], message=message)
        if status is OperationStatus.COMPLETED and ended.total is not None:
            ended = replace(ended, current=ended.total)
        return self._tell(ended, facts)

    def _tell(self, reading: Reading, facts: Facts | None, *, again: bool = False) -> int | None:
        # What was told may have been taken back since, with the caller's transaction.
        if self._has_ended and not self._running.exists():
            raise self._over()
        if not reading.is_over and not self._throttle.is_news(reading):
            self._take(reading, facts)
            return None
        event = self._event_of(reading, facts)
        with transaction.atomic():
            self._write(event, reading, again=again)
            event_id = publish.publish_progress(event, self.operation_id)
        self._take(reading, facts)
        self._throttle.remember(reading)
        return event_id

    def _event_of(self, reading: Reading, facts: Facts | None) -> ProgressEvent[Facts]:
        return self._event.of(self.operation_id, reading, self._facts if facts is None else facts)

    def _take(self, reading: Reading, facts: Facts | None) -> None:
        """Once it is written: what could not be told has not happened."""
        self._has_ended = reading.is_over
        if not reading.is_over:
            self.reading = reading
        if facts is not None:
            self._facts = facts

    def _write(self, event: ProgressEvent[Facts], reading: Reading, *, again: bool) -> None:
        """Before the event is published: from there on all other publishers wait for us."""
        values = self._values(event, reading)
        rows = self._rows if again else self._running
        if not rows.update(**values):
            identity = {"type": event.operation, "operation_id": self.operation_id}
            values.setdefault("started_at", values["updated_at"])
            _, is_new = Operation.objects.get_or_create(**identity, defaults=values)
            if not is_new:
                raise self._over()
        if reading.is_over:
            Operation.objects.filter(type=event.operation).forget(kept=self._limits.kept)

    def _values(self, event: ProgressEvent[Facts], reading: Reading) -> dict[str, Any]:
        now = timezone.now()
        key, folder = event.subject
        started = {"started_at": now} if reading.status is OperationStatus.STARTED else {}
        return {
            **started,
            "status": reading.status,
            "updated_at": now,
            "finished_at": now if reading.is_over else None,
            "reading": {**reading.as_json(), "key": key, "folder": folder},
            "data": event.data(),
        }

    @property
    def _rows(self) -> Operations:
        return Operation.objects.filter(type=self._event.operation, operation_id=self.operation_id)

    @property
    def _running(self) -> Operations:
        return self._rows.filter(finished_at=None)

    def _over(self) -> OperationOver:
        return OperationOver(operation_id=self.operation_id)


def room_of(type: OperationType) -> Room:
    return Room(f"{type}_progress")


def active(type: OperationType) -> list[dict[str, Any]]:
    """The last events of the operations of ``type`` that run."""
    running = Operation.objects.filter(type=type).running().order_by("id")
    return [in_words(data) for data in running.values_list("data", flat=True)]


def finished(type: OperationType) -> list[dict[str, Any]]:
    """The last events of operations of ``type`` that are over, newest first."""
    over = Operation.objects.filter(type=type).finished()
    return [in_words(data) for data in over.values_list("data", flat=True)]


def register_snapshots() -> None:
    """Answer for the rooms of the operations no app answers for."""
    for type in (OperationType.QUEUE, OperationType.SYSTEM):
        register_snapshot(room_of(type), partial(_state, type))


def _state(type: OperationType) -> dict[str, Any]:
    return {"active": active(type), "finished": finished(type)}
