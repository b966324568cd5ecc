"""What was kept before, in what is kept now, and back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from aniworld.web.texts import in_words, text_of

pytestmark = pytest.mark.django_db(transaction=True)

SCAN = {
    **{"operation_id": "a", "status": "completed", "phase": "COMPLETED", "current": 4, "total": 4},
    **{"percent": 100.0, "rate": 2.0, "message": "", "key": None, "folder": None, "files": 9},
}


def migrated(name: str) -> Any:
    """The apps as they are after this migration of the events."""
    executor = MigrationExecutor(connection)
    executor.migrate([("events", name)])
    return MigrationExecutor(connection).loader.project_state([("events", name)]).apps


@pytest.fixture
def before() -> Iterator[Any]:
    yield migrated("0001_initial")
    # Of every app: what stands on the events went back with them.
    newest = list(MigrationExecutor(connection).loader.graph.leaf_nodes())
    MigrationExecutor(connection).migrate(newest)


def test_ends_keep_what_they_said_and_running_ones_go_on_the_way_back(before: Any) -> None:
    ended = timezone.now()
    kept = before.get_model("events", "FinishedOperation").objects
    kept.create(type="scan", operation_id="a", status="completed", finished_at=ended, data=SCAN)
    kept.create(type="system", operation_id="b", status="failed", finished_at=ended, data={})

    now = migrated("0003_readings").get_model("events", "Operation").objects
    scan, system = now.order_by("operation_id")
    assert (scan.started_at, scan.updated_at, scan.finished_at) == (None, ended, ended)
    assert scan.data == SCAN
    assert scan.reading == {
        **{"phase": "COMPLETED", "percent": 100.0, "current": 4, "total": 4, "rate": 2.0},
        **{"message": "", "key": None, "folder": None},
    }
    assert (system.reading["phase"], system.reading["percent"]) == ("FAILED", 0.0)

    now.create(type="scan", operation_id="c", status="started", data={})
    again = migrated("0001_initial").get_model("events", "FinishedOperation").objects
    assert list(again.order_by("operation_id").values_list("operation_id", flat=True)) == ["a", "b"]


def test_every_sentence_is_told_forward_and_backward(before: Any) -> None:
    earlier = migrated("0003_readings")
    failed = {"operation_id": "1", "code": "mass_removal", "error": "3 files have gone."}
    reading = {"operation_id": "1", "status": "failed", "message": "3 files have gone."}
    silent = {"operation_id": "2", "status": "completed", "message": ""}
    other = {"queue_status": {"error": None}, "action": "items_added"}
    for data in (failed, silent, other):
        earlier.get_model("events", "OutboxEvent").objects.create(
            room="scan_progress", type="x", data=data
        )
    facts = {"type": "scan", "operation_id": "1", "status": "failed"}
    earlier.get_model("events", "Operation").objects.create(
        **facts, finished_at=timezone.now(), data=reading, reading={"message": reading["message"]}
    )

    now = migrated("0004_sentences_as_told")
    params = {"why": "as_told", "text": "3 files have gone."}
    events = list(now.get_model("events", "OutboxEvent").objects.order_by("pk"))
    assert [event.data for event in events] == [
        {**failed, "error": {"code": "mass_removal", "params": params}},
        {**silent, "message": None},
        other,
    ]
    assert in_words(events[1].data) == silent
    kept = now.get_model("events", "Operation").objects.get()
    assert (in_words(kept.data), text_of(kept.reading["message"])) == (reading, params["text"])

    again = migrated("0003_readings")
    events = list(again.get_model("events", "OutboxEvent").objects.order_by("pk"))
    assert [event.data for event in events] == [failed, silent, other]
    kept = again.get_model("events", "Operation").objects.get()
    assert (kept.data, kept.reading) == (reading, {"message": reading["message"]})
