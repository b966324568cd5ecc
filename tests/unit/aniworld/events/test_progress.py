"""Progress: percent, throttling, and what is kept at the end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, transaction
from django.utils import timezone

from aniworld.events import progress, publish, rooms
from aniworld.events.errors import OperationOver
from aniworld.events.models import SILENT_FOR, Operation, OutboxEvent
from aniworld.events.notices import OperationProgress, QueueProgress, SystemProgress
from aniworld.events.operations import OperationStatus, OperationType, ProgressPhase
from aniworld.events.progress import ProgressTracker
from aniworld.events.reading import SIGN_OF_LIFE, Limits, Reading
from aniworld.events.rooms import Room
from providers.coded import coded

COPYING, DONE, GONE = coded("test_copying"), coded("test_done"), coded("test_gone")


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
    limits: Limits = Limits(),  # noqa: B008 (frozen)
) -> Tracker:
    reading = Reading(total=total)
    return ProgressTracker(event, operation_id, {}, reading=reading, limits=limits, clock=clock)


@pytest.mark.django_db
def test_an_operation_from_start_to_end(clock: Clock) -> None:
    copying = tracker(clock)
    copying.start(COPYING, facts={"path": "a.db"})
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
        "message": COPYING,
        "metadata": {"path": "a.db"},
    }

    copying.complete(DONE)
    data = OutboxEvent.objects.get().data
    assert (data["status"], data["percent"]) == ("completed", 100.0)
    assert (data["current"], data["message"]) == (200, DONE)
    assert progress.finished(OperationType.SYSTEM) == [data | {"message": "test_done"}]
    assert progress.active(OperationType.SYSTEM) == []


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
    assert copying.fail(GONE) is not None
    data = OutboxEvent.objects.get().data
    assert (data["status"], data["percent"], data["message"]) == (
        "failed",
        25.0,
        GONE,
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
    tracker(clock, event, total=4).start(COPYING)

    row = OutboxEvent.objects.get()
    assert row.room == row.type == f"{event.operation}_progress"
    assert progress.active(event.operation) == [row.data | {"message": "test_copying"}]


@pytest.mark.django_db
def test_the_last_fifty_of_each_type_are_kept(clock: Clock) -> None:
    tracker(clock, QueueProgress, operation_id="other").complete()
    for number in range(53):
        tracker(clock, operation_id=str(number)).complete()

    kept = [data["id"] for data in progress.finished(OperationType.SYSTEM)]
    assert kept == [str(number) for number in range(52, 2, -1)]
    assert len(progress.finished(OperationType.QUEUE)) == 1


@pytest.mark.django_db(transaction=True)
def test_progress_joins_the_callers_transaction(clock: Clock) -> None:
    with transaction.atomic():
        tracker(clock).complete()
        transaction.set_rollback(True)

    assert not OutboxEvent.objects.exists()
    assert not Operation.objects.exists()


@pytest.mark.django_db
def test_what_could_not_be_written_can_be_told_again(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object) -> int:
        raise OperationalError("database is locked")

    copying = tracker(clock)
    copying.start()
    with monkeypatch.context() as broken:
        broken.setattr(publish, "publish_progress", locked)
        with pytest.raises(OperationalError):
            copying.update(50)
    assert copying.update(50) is not None, "nobody has heard of it yet"
    with monkeypatch.context() as broken:
        broken.setattr(publish, "publish_progress", locked)
        with pytest.raises(OperationalError):
            copying.complete()

    assert copying.fail(GONE) is not None
    over = Operation.objects.finished().get()
    assert (over.status, over.reading["percent"]) == ("failed", 25.0)


@pytest.mark.django_db
def test_an_end_the_caller_took_back_can_be_told_again(clock: Clock) -> None:
    copying = tracker(clock)
    copying.start()
    copying.update(50)
    for end in (copying.complete, copying.cancel):
        with transaction.atomic():
            end()
            with pytest.raises(OperationOver):
                copying.update(60)
            transaction.set_rollback(True)
        assert Operation.objects.running().get().reading["percent"] == 25.0

    assert copying.fail(GONE) is not None
    over = Operation.objects.finished().get()
    assert (over.status, over.reading["percent"]) == ("failed", 25.0)
    with pytest.raises(OperationOver):
        copying.fail(GONE)


@pytest.mark.django_db
def test_the_caller_says_how_many_ends_are_kept(clock: Clock) -> None:
    for number in range(5):
        tracker(clock, operation_id=str(number), limits=Limits(kept=3)).complete()
    assert [data["id"] for data in progress.finished(OperationType.SYSTEM)] == ["4", "3", "2"]

    tracker(clock, operation_id="last", limits=Limits(kept=0)).complete()
    assert progress.finished(OperationType.SYSTEM) == []


@pytest.mark.django_db
def test_an_operation_is_a_row_while_it_runs_and_when_it_is_over(clock: Clock) -> None:
    copying = tracker(clock, total=None)
    copying.start()
    clock.now += 2
    copying.update(50, total=200, message=COPYING)

    running = Operation.objects.running().get()
    assert (running.type, running.operation_id, running.status) == ("system", "7", "in_progress")
    assert running.reading == {
        **{"phase": "IN_PROGRESS", "percent": 25.0, "current": 50, "total": 200, "rate": 25.0},
        **{"message": COPYING, "key": None, "folder": None},
    }
    assert running.started_at is not None
    assert running.started_at < running.updated_at
    assert running.finished_at is None

    copying.fail(GONE)
    over = Operation.objects.finished().get()
    assert (over.pk, over.started_at, over.status) == (running.pk, running.started_at, "failed")
    assert over.finished_at == over.updated_at
    assert (over.reading["percent"], over.reading["message"]) == (25.0, GONE)
    assert over.data == OutboxEvent.objects.get().data
    assert not Operation.objects.running().exists()


@pytest.mark.django_db
def test_an_end_is_final_whoever_told_it(clock: Clock) -> None:
    """A worker that has not heard yet that its operation was cancelled tells nothing more."""
    working = tracker(clock)
    working.start()
    tracker(clock).cancel()
    last = OutboxEvent.objects.get()

    with pytest.raises(OperationOver):
        working.update(50)
    with pytest.raises(OperationOver):
        tracker(clock).complete()
    with pytest.raises(OperationOver):
        tracker(clock).start()
    assert OutboxEvent.objects.get() == last
    assert Operation.objects.get().status == "cancelled"


@pytest.mark.django_db
def test_what_begins_again_is_the_same_operation(clock: Clock) -> None:
    tracker(clock).fail(GONE)
    first = Operation.objects.get()
    tracker(clock).start(again=True)

    again = Operation.objects.get()
    assert (again.pk, again.status, again.finished_at) == (first.pk, "started", None)
    assert again.started_at is not None
    assert first.started_at is not None
    assert again.started_at > first.started_at
    assert progress.finished(OperationType.SYSTEM) == []


@pytest.mark.django_db
def test_what_is_set_aside_is_told_and_is_no_end(clock: Clock) -> None:
    trying = tracker(clock)
    trying.start()
    trying.update(50)
    trying.set_aside(OperationStatus.FAILED)

    assert OutboxEvent.objects.get().data["status"] == "failed"
    assert not Operation.objects.exists()
    with pytest.raises(OperationOver):
        trying.update(60)
    tracker(clock).start()
    assert Operation.objects.get().status == "started"


@pytest.mark.django_db
def test_what_fell_silent_is_no_longer_told_of_and_forgotten(clock: Clock) -> None:
    tracker(clock, operation_id="dead").start()
    Operation.objects.update(updated_at=timezone.now() - SILENT_FOR - timedelta(seconds=1))

    assert progress.active(OperationType.SYSTEM) == []
    assert Operation.objects.exists()
    tracker(clock, operation_id="other").complete()
    assert [row.operation_id for row in Operation.objects.all()] == ["other"]


@pytest.mark.django_db
@pytest.mark.parametrize("total", [None, 1000])
def test_what_hardly_moves_gives_a_sign_of_life(clock: Clock, total: int | None) -> None:
    assert SILENT_FOR.total_seconds() > 2 * SIGN_OF_LIFE
    copying = tracker(clock, total=total)
    copying.start()
    copying.update(1)
    Operation.objects.update(updated_at=timezone.now() - SILENT_FOR - timedelta(seconds=1))
    clock.now += SIGN_OF_LIFE - 1
    assert copying.update(1) is None
    clock.now += 1
    assert copying.update(1) is not None
    assert len(progress.active(OperationType.SYSTEM)) == 1
    clock.now += 1
    assert copying.update(1) is None


@pytest.mark.django_db
def test_a_share_counts_where_sizes_are_guesses(clock: Clock) -> None:
    fetching = tracker(clock, total=None)
    fetching.start()
    fetching.update(100, total=1_000_000, share=12.34)
    assert (fetching.reading.percent, fetching.reading.rate) == (12.3, 0.0)
    clock.now += 1
    assert fetching.update(900_000, total=1_000_000, share=12.9) is None, "no percent more"
    assert fetching.update(900_000, share=12.9, stage="CHECKING") is not None, "a new stage"
    clock.now += 1
    assert fetching.update(950_000, share=14.0, stage="CHECKING", rate=50_000) is not None
    assert fetching.reading.rate == 50_000


@pytest.mark.django_db
def test_the_rooms_of_queue_and_system_operations_have_a_state(clock: Clock) -> None:
    progress.register_snapshots()
    tracker(clock, operation_id="1").complete()
    tracker(clock, operation_id="2").start()

    state = rooms.snapshot(Room.SYSTEM_PROGRESS)
    assert [data["id"] for data in state["active"]] == ["2"]
    assert [data["id"] for data in state["finished"]] == ["1"]
    assert rooms.snapshot(Room.QUEUE_PROGRESS) == {"active": [], "finished": []}
