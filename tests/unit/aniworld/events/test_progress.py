"""Progress: percent, throttling, and what is kept at the end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from django.db import transaction

from aniworld.events import progress, rooms
from aniworld.events.errors import OperationOver
from aniworld.events.models import FinishedOperation, OutboxEvent
from aniworld.events.notices import OperationProgress, QueueProgress, SystemProgress
from aniworld.events.operations import ProgressPhase, ProgressType
from aniworld.events.progress import ProgressTracker
from aniworld.events.reading import Limits, Reading, Throttle
from aniworld.events.rooms import Room

Tracker = ProgressTracker[Mapping[str, Any]]


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def tracker(
    clock: Clock,
    event: type[OperationProgress] = SystemProgress,
    *,
    operation_id: str = "7",
    total: int | None = 200,
) -> Tracker:
    throttle = Throttle(Limits(), clock=clock)
    return ProgressTracker(event, operation_id, {}, total=total, throttle=throttle, clock=clock)


@pytest.mark.django_db
def test_an_operation_from_start_to_end(clock: Clock) -> None:
    copying = tracker(clock)
    copying.start("Copying", facts={"path": "a.db"})
    clock.now += 2
    copying.update(50)

    event = OutboxEvent.objects.get()
    assert (event.room, event.type, event.job) == ("system_progress", "system_progress", "system:7")
    assert event.data == {
        "id": "7",
        "status": "in_progress",
        "current": 50,
        "total": 200,
        "percent": 25.0,
        "rate": 25.0,
        "message": "Copying",
        "metadata": {"path": "a.db"},
    }

    copying.complete("Done")
    data = OutboxEvent.objects.get().data
    assert (data["status"], data["percent"]) == ("completed", 100.0)
    assert (data["current"], data["message"]) == (200, "Done")
    assert progress.finished(ProgressType.SYSTEM) == [data]
    assert progress.active(ProgressType.SYSTEM) == []


@pytest.mark.django_db
def test_updates_are_told_four_times_a_second_and_for_more_than_one_percent(clock: Clock) -> None:
    copying = tracker(clock, total=1000)
    assert copying.start() is not None
    assert copying.update(1) is not None, "the change from started to in progress"
    assert copying.update(900) is None, "too soon"
    clock.now += 0.25
    assert copying.update(11) is None, "exactly 1 % is not above it"
    assert copying.update(12) is not None
    clock.now += 10
    assert copying.update(20) is None, "too little"
    assert copying.update(20, phase=ProgressPhase.COMPLETING) is not None, "a new phase"


@pytest.mark.django_db
def test_without_a_total_every_change_counts_but_not_too_often(clock: Clock) -> None:
    copying = tracker(clock, total=None)
    copying.start()
    copying.update(1)
    assert copying.update(2) is None
    clock.now += 0.3
    assert copying.update(2) is not None
    clock.now += 0.3
    assert copying.update(2) is None
    assert copying.reading.percent == 0.0


@pytest.mark.django_db
def test_the_end_is_told_at_once_and_only_once(clock: Clock) -> None:
    copying = tracker(clock)
    copying.start()
    copying.update(50)
    assert copying.fail("The root is gone") is not None
    data = OutboxEvent.objects.get().data
    assert (data["status"], data["percent"], data["message"]) == (
        "failed",
        25.0,
        "The root is gone",
    )

    with pytest.raises(OperationOver):
        copying.update(60)
    with pytest.raises(OperationOver):
        copying.complete()


@pytest.mark.django_db
@pytest.mark.parametrize("event", [QueueProgress, SystemProgress])
def test_queue_and_system_operations_have_rooms_of_their_own(
    event: type[OperationProgress], clock: Clock
) -> None:
    tracker(clock, event, total=4).start("Copying")

    row = OutboxEvent.objects.get()
    assert row.room == row.type == f"{event.operation}_progress"
    assert progress.active(event.operation) == [row.data]


@pytest.mark.django_db
def test_the_last_fifty_of_each_type_are_kept(clock: Clock) -> None:
    tracker(clock, QueueProgress, operation_id="other").complete()
    for number in range(53):
        tracker(clock, operation_id=str(number)).complete()

    kept = [data["id"] for data in progress.finished(ProgressType.SYSTEM)]
    assert kept == [str(number) for number in range(52, 2, -1)]
    assert len(progress.finished(ProgressType.QUEUE)) == 1


@pytest.mark.django_db(transaction=True)
def test_progress_joins_the_callers_transaction(clock: Clock) -> None:
    with transaction.atomic():
        tracker(clock).complete()
        transaction.set_rollback(True)

    assert not OutboxEvent.objects.exists()
    assert not FinishedOperation.objects.exists()


@pytest.mark.django_db
def test_the_configuration_sets_the_pace() -> None:
    throttle = progress.configured_throttle()

    first = Reading(total=100)
    assert throttle.passes(first)
    assert not throttle.passes(first)


@pytest.mark.django_db
def test_the_rooms_of_queue_and_system_operations_have_a_state(clock: Clock) -> None:
    progress.register_snapshots()
    tracker(clock, operation_id="1").complete()
    tracker(clock, operation_id="2").start()

    state = rooms.snapshot(Room.SYSTEM_PROGRESS)
    assert [data["id"] for data in state["active"]] == ["2"]
    assert [data["id"] for data in state["finished"]] == ["1"]
    assert rooms.snapshot(Room.QUEUE_PROGRESS) == {"active": [], "finished": []}
