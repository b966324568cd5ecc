"""Long lists of the queue are read as they lie: what SQLite would do without that, with nothing
known of how many rows there are, is to gather and sort all there ever was for one page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from downloads.choices import DONE, Status
from downloads.finding import Ended, Listed, Wanted
from downloads.models import DownloadQueueItem
from downloads.snapshots import statistics
from tests.factories import make_item, make_series

pytestmark = pytest.mark.django_db


@pytest.fixture
def items() -> dict[str, int]:
    """The ids of items, by what became of them and when."""
    now = timezone.now()
    series = make_series()
    facts: dict[str, dict[str, Any]] = {
        "waiting": {"position": 2},
        "first": {"position": 1, "status": Status.PAUSED},
        "old": {"status": Status.COMPLETED, "completed_at": now - timedelta(hours=3)},
        "failed": {"status": Status.FAILED, "completed_at": now - timedelta(hours=2)},
        "new": {"status": Status.COMPLETED, "completed_at": now - timedelta(hours=1)},
        "cleared": {"status": Status.COMPLETED, "completed_at": now, "removed_at": now},
        "removed": {"status": Status.CANCELLED, "removed_at": now, "position": 9},
    }
    return {
        name: make_item(series, number, **one).pk
        for number, (name, one) in enumerate(facts.items())
    }


def _ended(*statuses: Status) -> Ended:
    return Ended(Wanted(statuses=statuses), DownloadQueueItem.objects.all())


def test_what_has_ended_comes_the_newest_first(items: dict[str, int]) -> None:
    for statuses, names in (
        (DONE, ["new", "failed", "old"]),
        ((Status.COMPLETED,), ["new", "old"]),
        ((Status.FAILED,), ["failed"]),
        ((Status.CANCELLED,), ["removed"]),
    ):
        ended = _ended(*statuses)
        assert ended.count() == len(ended) == len(names)
        assert [item.pk for item in ended[0:9]] == [items[name] for name in names]
    assert [item.pk for item in _ended(*DONE)[1:2]] == [items["failed"]]


def test_all_items_come_in_the_order_of_the_queue_then_the_newest_first(
    items: dict[str, int],
) -> None:
    names = ["first", "waiting", "removed", "new", "failed", "old"]
    ids = [items[name] for name in names]
    listed = Listed(DownloadQueueItem.objects.all())
    assert listed.count() == len(listed) == len(ids)
    for begin in range(6):
        for end in range(begin, 8):
            assert listed[begin:end] == ids[begin:end]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL knows its rows")
def test_no_long_list_is_sorted_for_a_page(items: dict[str, int]) -> None:
    assert "USING INDEX queue_finished" in _plan(lambda: _ended(*DONE)[0:50])
    assert "USING INDEX queue_history" in _plan(lambda: _ended(Status.COMPLETED)[0:50])
    newest = _plan(lambda: Listed(DownloadQueueItem.objects.all())[3:50])
    assert "USING INDEX queue_finished" in newest
    assert "USING COVERING INDEX queue_figures" in _plan(statistics)


def _plan(ask: Callable[[], object]) -> str:
    """How the last question that is asked meanwhile is answered; nothing whole is sorted for it."""
    with CaptureQueriesContext(connection) as asked:
        ask()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {asked.captured_queries[-1]['sql']}")
        plan = "\n".join(row[3] for row in cursor.fetchall())
    assert "USE TEMP B-TREE FOR ORDER BY" not in plan
    return plan
