"""Events that any room may raise: what the owner should know, and operations without a room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from aniworld.events.event import Event, ProgressEvent
from aniworld.events.operations import OperationStatus, OperationType
from aniworld.events.reading import Reading
from aniworld.events.rooms import Room
from providers.coded import Coded


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice(Event):
    """Family: said once, on every page."""

    room = Room.SYSTEM_PROGRESS

    code: str
    message: Coded


@dataclass(frozen=True, slots=True, kw_only=True)
class InfoNotice(Notice):
    type = "system_info"


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningNotice(Notice):
    type = "system_warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorNotice(Notice):
    type = "system_error"


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorNotification(Event):
    """Something that waits for the owner's word; ``context`` holds the ids it is about."""

    room = Room.ERROR_PROGRESS
    type = "error_notification"

    code: str
    message: Coded
    context: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationProgress(ProgressEvent[Mapping[str, Any]]):
    """Family: how far an operation of no app of its own is."""

    id: str
    status: OperationStatus
    current: int
    total: int | None
    percent: float
    rate: float
    message: Coded | None
    metadata: Mapping[str, Any]

    @classmethod
    def of(cls, operation_id: str, reading: Reading, facts: Mapping[str, Any]) -> Self:
        return cls(
            id=operation_id,
            status=reading.status,
            current=reading.current,
            total=reading.total,
            percent=reading.percent,
            rate=reading.rate,
            message=reading.message,
            metadata=facts,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueProgress(OperationProgress):
    room = Room.QUEUE_PROGRESS
    type = "queue_progress"
    operation = OperationType.QUEUE


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemProgress(OperationProgress):
    room = Room.SYSTEM_PROGRESS
    type = "system_progress"
    operation = OperationType.SYSTEM
