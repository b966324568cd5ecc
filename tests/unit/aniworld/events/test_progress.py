"""Progress: percent, throttling, the shapes of the events, and what is kept at the end."""

from __future__ import annotations

import pytest
from django.db import transaction

from aniworld.events import progress, rooms
from aniworld.events.errors import OperationOver
from aniworld.events.models import FinishedOperation, OutboxEvent
from aniworld.events.operations import ProgressPhase, ProgressType
from aniworld.events.progress import ProgressTracker, Throttle
from aniworld.events.rooms import Room


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
    type: ProgressType = ProgressType.SCAN,
    *,
    operation_id: str = "7",
    total: int | None = 200,
) -> ProgressTracker:
    throttle = Throttle(per_second=4, min_percent=1.0, clock=clock)
    return ProgressTracker(type, operation_id, total=total, throttle=throttle, clock=clock)


@pytest.mark.django_db
def test_a_scan_from_start_to_end(clock: Clock) -> None:
    scan = tracker(clock)
    scan.start("Looking", files=0)
    clock.now += 2
    scan.update(50, key="attack-on-titan", folder="Attack on Titan (2013)", files=12)

    event = OutboxEvent.objects.get()
    assert (event.room, event.type, event.job) == ("scan_progress", "scan_progress", "scan:7")
    assert event.data == {
        "operation_id": "7",
        "status": "in_progress",
        "phase": "IN_PROGRESS",
        "current": 50,
        "total": 200,
        "percent": 25.0,
        "rate": 25.0,
        "message": "Looking",
        "key": "attack-on-titan",
        "folder": "Attack on Titan (2013)",
        "files": 12,
    }

    scan.complete("Done")
    data = OutboxEvent.objects.get().data
    assert (data["status"], data["phase"], data["percent"]) == ("completed", "COMPLETED", 100.0)
    assert (data["current"], data["message"]) == (200, "Done")
    assert progress.finished(ProgressType.SCAN) == [data]
    assert progress.active(ProgressType.SCAN) == []


@pytest.mark.django_db
def test_updates_are_told_four_times_a_second_and_for_more_than_one_percent(clock: Clock) -> None:
    scan = tracker(clock, total=1000)
    assert scan.start() is not None
    assert scan.update(1) is not None, "the change from started to in progress"
    assert scan.update(900) is None, "too soon"
    clock.now += 0.25
    assert scan.update(11) is None, "exactly 1 % is not above it"
    assert scan.update(12) is not None
    clock.now += 10
    assert scan.update(20) is None, "too little"
    assert scan.update(20, phase=ProgressPhase.COMPLETING) is not None, "a new phase"


@pytest.mark.django_db
def test_without_a_total_every_change_counts_but_not_too_often(clock: Clock) -> None:
    scan = tracker(clock, total=None)
    scan.start()
    scan.update(1)
    assert scan.update(2) is None
    clock.now += 0.3
    assert scan.update(2) is not None
    clock.now += 0.3
    assert scan.update(2) is None
    assert scan.reading.percent == 0.0


@pytest.mark.django_db
def test_the_end_is_told_at_once_and_only_once(clock: Clock) -> None:
    scan = tracker(clock)
    scan.start()
    scan.update(50)
    assert scan.fail("The root is gone") is not None
    data = OutboxEvent.objects.get().data
    assert (data["status"], data["percent"], data["message"]) == (
        "failed",
        25.0,
        "The root is gone",
    )

    with pytest.raises(OperationOver):
        scan.update(60)
    with pytest.raises(OperationOver):
        scan.complete()


@pytest.mark.django_db
def test_a_download_carries_its_fields_as_they_are(clock: Clock) -> None:
    download = tracker(clock, ProgressType.DOWNLOAD, operation_id="42")
    download.start(key="k", stage="resolving", progress={"percent": 0.0})
    download.cancel(stage="transfer")

    event = OutboxEvent.objects.get()
    assert (event.room, event.type) == ("download_progress", "download_progress")
    assert event.data == {
        "download_id": "42",
        "status": "cancelled",
        "key": "k",
        "stage": "transfer",
        "progress": {"percent": 0.0},
    }


@pytest.mark.django_db
@pytest.mark.parametrize("type", [ProgressType.QUEUE, ProgressType.SYSTEM])
def test_queue_and_system_operations_carry_metadata(type: ProgressType, clock: Clock) -> None:
    tracker(clock, type, total=4).start("Copying", path="a.db")

    event = OutboxEvent.objects.get()
    assert event.room == event.type == f"{type}_progress"
    assert event.data["metadata"] == {"path": "a.db"}
    assert event.data["id"] == "7"
    assert progress.active(type) == [event.data]


@pytest.mark.django_db
def test_the_last_fifty_of_each_type_are_kept(clock: Clock) -> None:
    tracker(clock, ProgressType.SYSTEM, operation_id="other").complete()
    for number in range(53):
        tracker(clock, operation_id=str(number)).complete()

    kept = [data["operation_id"] for data in progress.finished(ProgressType.SCAN)]
    assert kept == [str(number) for number in range(52, 2, -1)]
    assert len(progress.finished(ProgressType.SYSTEM)) == 1


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

    first = progress.Reading(total=100)
    assert throttle.passes(first)
    assert not throttle.passes(first)


@pytest.mark.django_db
def test_the_rooms_of_queue_and_system_operations_have_a_state(clock: Clock) -> None:
    progress.register_snapshots()
    tracker(clock, ProgressType.SYSTEM, operation_id="1").complete()
    tracker(clock, ProgressType.SYSTEM, operation_id="2").start()

    state = rooms.snapshot(Room.SYSTEM_PROGRESS)
    assert [data["id"] for data in state["active"]] == ["2"]
    assert [data["id"] for data in state["finished"]] == ["1"]
    assert rooms.snapshot(Room.QUEUE_PROGRESS) == {"active": [], "finished": []}
