"""What was kept of ends before operations were kept while they run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

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
    newest = list(MigrationExecutor(connection).loader.graph.leaf_nodes("events"))
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
