"""What the database itself refuses: one test per constraint."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from downloads.choices import Status
from downloads.models import DownloadQueueItem, QueueState
from library.models import AnimeSeries


def make(series: AnimeSeries, **fields: Any) -> DownloadQueueItem:
    values = {"season": 1, "episode_number": 1, "position": 1, **fields}
    return DownloadQueueItem.objects.create(series=series, **values)


@pytest.mark.parametrize("status", [Status.PENDING, Status.PAUSED, Status.DOWNLOADING])
def test_an_episode_has_one_unfinished_item(series: AnimeSeries, status: Status) -> None:
    make(series, status=status)
    with pytest.raises(IntegrityError), transaction.atomic():
        make(series)


def test_a_finished_item_does_not_bar_a_new_one(series: AnimeSeries) -> None:
    for status in (Status.COMPLETED, Status.FAILED, Status.CANCELLED):
        make(series, status=status)
    assert make(series).pk


def test_only_one_item_downloads(series: AnimeSeries) -> None:
    make(series, status=Status.DOWNLOADING)
    with pytest.raises(IntegrityError), transaction.atomic():
        make(series, episode_number=2, status=Status.DOWNLOADING)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("status", "RUNNING"),
        ("status_before", "RUNNING"),
        ("stage", "SLEEPING"),
        ("priority", 7),
        ("progress_percent", 100.5),
        ("progress_percent", -1),
        ("downloaded_bytes", -1),
        ("total_bytes", -1),
        ("download_speed", -1),
        ("eta", -1),
        ("season", -1),
        ("episode_number", -1),
        ("retry_count", -1),
        ("outage_count", -1),
    ],
)
def test_values_out_of_range_are_refused(series: AnimeSeries, field: str, value: Any) -> None:
    item = make(series)
    with pytest.raises(IntegrityError), transaction.atomic():
        DownloadQueueItem.objects.filter(pk=item.pk).update(**{field: value})


def test_an_item_goes_with_its_series(series: AnimeSeries) -> None:
    make(series)
    series.delete()
    assert not DownloadQueueItem.objects.exists()


@pytest.mark.django_db
def test_there_is_one_row_of_state() -> None:
    QueueState.locked()
    with pytest.raises(IntegrityError), transaction.atomic():
        QueueState.objects.create(pk=2)


@pytest.mark.django_db
@pytest.mark.parametrize(("field", "value"), [("pause_code", "TIRED"), ("remaining", -1)])
def test_the_state_refuses_nonsense(field: str, value: Any) -> None:
    QueueState.locked()
    with pytest.raises(IntegrityError), transaction.atomic():
        QueueState.objects.update(**{field: value})


@pytest.mark.django_db
def test_reading_the_state_writes_nothing() -> None:
    assert QueueState.current().is_running is False
    assert not QueueState.objects.exists()


def test_the_chain_of_attempts_stays_short(series: AnimeSeries) -> None:
    item = make(series)
    for number in range(60):
        item.record_attempt(number=number)
    assert [item.attempts[0]["number"], item.attempts[-1]["number"]] == [10, 59]
