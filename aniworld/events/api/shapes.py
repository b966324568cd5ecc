"""Operations as the API shows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, TypedDict

from aniworld.events.models import Operation
from aniworld.events.operations import OperationStatus, OperationType, ProgressPhase
from aniworld.web.shapes import OneOf
from aniworld.web.texts import text_of

TYPES = [kind.name for kind in OperationType]
STATUSES = [status.name for status in OperationStatus]


class OperationReport(TypedDict):
    """An operation of any type, as it was told last."""

    id: Annotated[str, "Of a scan its `operation_id`, of a download the id of its item."]
    type: Annotated[str, OneOf(TYPES)]
    status: Annotated[str, OneOf(STATUSES)]
    phase: Annotated[str, OneOf(ProgressPhase)]
    percent: float
    current: Annotated[int, "Folders of a scan, bytes of a download."]
    total: int | None
    rate: Annotated[float, "Of the same, a second."]
    message: str
    key: Annotated[str | None, "Of the series it is about."]
    folder: str | None
    started_at: datetime | None
    updated_at: datetime
    finished_at: Annotated[datetime | None, "Null while it runs."]


def operation_report(operation: Operation) -> OperationReport:
    reading = operation.reading
    return {
        "id": operation.operation_id,
        "type": operation.type.upper(),
        "status": operation.status.upper(),
        "phase": reading["phase"],
        "percent": reading["percent"],
        "current": reading["current"],
        "total": reading["total"],
        "rate": reading["rate"],
        "message": text_of(reading["message"]),
        "key": reading["key"],
        "folder": reading["folder"],
        "started_at": operation.started_at,
        "updated_at": operation.updated_at,
        "finished_at": operation.finished_at,
    }


def operation_reports(page: Sequence[Operation]) -> list[OperationReport]:
    return [operation_report(operation) for operation in page]
