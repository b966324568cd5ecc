"""The outbox: ids, latest-wins progress, trimming, and what happens outside a transaction."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from aniworld.events import hints, publish
from aniworld.events.errors import NotInTransaction
from aniworld.events.models import OutboxEvent, OutboxMark
from aniworld.events.notices import ErrorNotification, SystemProgress, WarningNotice
from aniworld.events.operations import OperationStatus
from aniworld.events.reading import Reading
from aniworld.events.rooms import Room
from providers.coded import coded

WORDS = coded("lost", name="Ünïcode")
FULL = WarningNotice(code="disk_full", message=WORDS)


def progress(current: int, operation_id: str = "1") -> int:
    reading = Reading(OperationStatus.IN_PROGRESS, current=current)
    event = SystemProgress.of(operation_id, reading, {})
    return publish.publish_progress(event, operation_id)


def fill(count: int, *, age: timedelta) -> None:
    OutboxEvent.objects.bulk_create(
        OutboxEvent(
            room=Room.DOWNLOADS, type="queue_status", data={}, created_at=timezone.now() - age
        )
        for _ in range(count)
    )


@pytest.mark.django_db(transaction=True)
def test_publishing_outside_a_transaction_is_refused() -> None:
    with pytest.raises(NotInTransaction, match="system_warning must be published inside"):
        publish.publish(FULL)

    assert not OutboxEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_change_tells_nobody() -> None:
    with transaction.atomic():
        publish.publish(FULL)
        transaction.set_rollback(True)

    assert not OutboxEvent.objects.exists()


@pytest.mark.django_db
def test_ids_rise_and_the_row_says_what_happened() -> None:
    first = publish.publish(FULL)
    second = publish.publish(ErrorNotification(code="lost", message=WORDS, context={"id": "1"}))

    assert second > first
    event = OutboxEvent.objects.get(pk=second)
    assert (event.room, event.type, event.data, event.job) == (
        "error_progress",
        "error_notification",
        {"code": "lost", "message": WORDS, "context": {"id": "1"}},
        None,
    )


@pytest.mark.django_db
def test_progress_keeps_one_row_a_job_with_a_rising_id() -> None:
    first = progress(10)
    other = progress(50, "2")
    latest = progress(20)

    assert first < other < latest
    rows = OutboxEvent.objects.values_list("id", "job", "data__current").order_by("id")
    assert list(rows) == [(other, "system:2", 50), (latest, "system:1", 20)]


@pytest.mark.django_db
def test_trim_keeps_a_thousand_old_events_and_marks_how_far_it_went() -> None:
    fill(1_030, age=timedelta(hours=2))
    ids = list(OutboxEvent.objects.order_by("id").values_list("id", flat=True))

    publish.trim()

    assert OutboxEvent.objects.count() == publish.KEEP_EVENTS
    assert OutboxMark.objects.get().trimmed_to == ids[29]
    assert OutboxEvent.objects.order_by("id").values_list("id", flat=True)[0] == ids[30]


@pytest.mark.django_db
def test_trim_keeps_the_last_hour_where_that_is_more() -> None:
    fill(100, age=timedelta(hours=2))
    fill(1_200, age=timedelta(minutes=50))

    publish.trim()

    assert OutboxEvent.objects.count() == 1_200


@pytest.mark.django_db
def test_trim_has_a_hard_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publish, "HARD_CAP", 1_100)
    fill(1_300, age=timedelta())

    publish.trim()

    assert OutboxEvent.objects.count() == 1_100


@pytest.mark.django_db
def test_trim_leaves_a_small_outbox_alone() -> None:
    fill(10, age=timedelta(days=3))

    publish.trim()

    assert OutboxEvent.objects.count() == 10
    assert not OutboxMark.objects.exists()


@pytest.mark.django_db
def test_publishers_trim_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publish, "TRIM_EVERY", 4)
    monkeypatch.setattr(publish, "KEEP_EVENTS", 5)
    fill(20, age=timedelta(hours=2))

    for percent in range(8):
        progress(percent, str(percent))

    assert OutboxEvent.objects.count() <= 8 + 4


@pytest.mark.django_db(transaction=True)
def test_a_broken_hint_never_fails_a_saved_change(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise OSError("no sockets left")

    monkeypatch.setattr(hints, "wake", broken)
    with transaction.atomic():
        event_id = publish.publish(FULL)

    assert OutboxEvent.objects.filter(pk=event_id).exists()
