"""What browsers are told of a scan."""

from __future__ import annotations

import pytest

from aniworld.events.models import Operation, OutboxEvent
from aniworld.events.operations import ProgressPhase
from library import events
from library.errors import MassRemoval
from library.events import Place
from library.services import operations
from providers.coded import coded

pytestmark = pytest.mark.django_db


def test_a_reading_of_a_scan() -> None:
    operation = operations.begin({})
    tracker = events.scan_tracker(operation)
    tracker.start(coded("scan_looking"))
    tracker.update(50, total=200, facts=Place(12, "attack-on-titan", "Attack on Titan (2013)"))

    row = OutboxEvent.objects.get()
    rate = row.data.pop("rate")
    assert (row.room, row.type) == ("scan_progress", "scan_progress")
    assert row.job == f"scan:{operation.operation_id}"
    assert row.data == {
        "operation_id": str(operation.operation_id),
        "status": "in_progress",
        "phase": "IN_PROGRESS",
        "current": 50,
        "total": 200,
        "percent": 25.0,
        "message": coded("scan_looking"),
        "key": "attack-on-titan",
        "folder": "Attack on Titan (2013)",
        "files": 12,
    }
    assert rate > 0
    running = Operation.objects.running().get()
    assert (running.type, running.operation_id) == ("scan", str(operation.operation_id))
    subject = (running.reading["key"], running.reading["folder"])
    assert subject == ("attack-on-titan", "Attack on Titan (2013)")


def test_the_end_of_a_scan_is_of_no_folder() -> None:
    operation = operations.begin({})
    operation.state, operation.files, operation.result = "COMPLETED", 12, {"files": 12}
    tracker = events.scan_tracker(operation)
    tracker.update(3, total=4, phase=ProgressPhase.COMPLETING, facts=Place(7, "key", "Folder"))
    events.scan_ended(operation, tracker)

    last = {row.type: row.data for row in OutboxEvent.objects.all()}
    assert last["scan_complete"] == {
        "operation_id": str(operation.operation_id),
        "result": {"files": 12},
    }
    data = last["scan_progress"]
    assert (data["status"], data["phase"], data["percent"]) == ("completed", "COMPLETED", 100.0)
    assert (data["current"], data["files"]) == (4, 12)
    assert (data["key"], data["folder"]) == (None, None)
    assert Operation.objects.finished().get().data == data


def test_files_that_are_held_are_told_to_the_owner() -> None:
    operation = operations.begin({})
    error = MassRemoval(gone=60, known=70, roots=[])
    events.files_held(operation, error)

    row = OutboxEvent.objects.get()
    assert (row.room, row.type) == ("error_progress", "error_notification")
    assert row.data == {
        "code": "mass_removal",
        "message": error.as_json(),
        "context": {"operation_id": str(operation.operation_id)},
    }
