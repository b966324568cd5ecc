"""Rows with sentences become rows with codes, and back again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.apps.registry import Apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from aniworld.events.models import OutboxEvent
from aniworld.web.texts import in_words
from downloads.choices import PauseCode
from downloads.models import DownloadQueueItem, FetchedDay, QueueState

BEFORE = ("downloads", "0001_initial")
GONE = "No source worked: voe (German Dub), resolve: The file is gone."
FULL = "Only 3 MB are free on /srv; 500 MB are to be kept free."
STEP = {"at": "2026-11-01T12:00:00Z", "stage": "resolve", "hoster": "voe", "language": "German Dub"}

pytestmark = pytest.mark.django_db(transaction=True)


def migrate(*targets: tuple[str, str]) -> Apps:
    apps: Apps = MigrationExecutor(connection).migrate(list(targets)).apps
    return apps


def to_the_newest() -> None:
    migrate(*MigrationExecutor(connection).loader.graph.leaf_nodes())


@pytest.fixture
def before() -> Iterator[Apps]:
    """The tables as they were; afterwards they are as they are to be."""
    yield migrate(BEFORE)
    to_the_newest()


def rows(apps: Apps, app: str, model: str) -> Any:
    return apps.get_model(app, model).objects


def as_told(code: str, sentence: str) -> dict[str, Any]:
    return {"code": code, "params": {"why": "as_told", "text": sentence}}


def fill(apps: Apps, *, pause: str, reason: str) -> None:
    """Items as they were written, by the version before and by earlier ones."""
    series = rows(apps, "library", "AnimeSeries").create(key="a", site="s", site_key="a", name="A")
    stored: list[dict[str, Any]] = [
        {"error_code": "all_sources_failed", "error_message": GONE, "attempts": [
            {**STEP, "code": "hoster_file_gone", "error": "The file is gone."},
            {**STEP, "message": "Without a code."},
            {**STEP, "code": "mute"},
        ]},
        {"error_message": "Of an item without a code."},
        {},
    ]  # fmt: skip
    items = rows(apps, "downloads", "DownloadQueueItem")
    for number, row in enumerate(stored, start=1):
        items.create(series=series, season=1, episode_number=number, position=number, **row)
    rows(apps, "downloads", "QueueState").create(
        pk=1, is_paused=True, pause_code=pause, pause_reason=reason
    )
    failed = {"key": "a", "attempts": [{**STEP, "code": "mute", "error": "Gone."}]}
    events = rows(apps, "events", "OutboxEvent")
    events.create(room="downloads", type="download_failed", data=failed)


def test_every_sentence_is_told_forward_and_backward(before: Apps) -> None:
    fill(before, pause="DISK_FULL", reason=FULL)
    to_the_newest()
    check_forward()
    step = {**STEP, "code": "fragment_missing", "params": {"why": "status", "status": 404}}
    DownloadQueueItem.objects.filter(episode_number=3).update(
        **DownloadQueueItem.error.values({"code": "item_not_found", "params": {"item": 3}}),
        attempts=[step],
    )
    check_backward(migrate(BEFORE))


def check_forward() -> None:
    many, codeless, well = DownloadQueueItem.objects.order_by("pk")
    assert many.error == {**as_told("all_sources_failed", GONE), "text": GONE}
    assert many.attempts == [
        {**STEP, **as_told("hoster_file_gone", "The file is gone.")},
        {**STEP, **as_told("transfer_failed", "Without a code.")},
        {**STEP, "code": "mute", "params": {}},
    ]
    sentence = "Of an item without a code."
    assert codeless.error == {**as_told("transfer_failed", sentence), "text": sentence}
    assert (well.error, well.attempts) == (None, [])
    assert QueueState.current().pause_reason == {**as_told("disk_full", FULL), "text": FULL}
    [attempt] = in_words(OutboxEvent.objects.get().data)["attempts"]
    assert attempt == {**STEP, **as_told("mute", "Gone."), "text": "Gone."}


def check_backward(apps: Apps) -> None:
    items = rows(apps, "downloads", "DownloadQueueItem").order_by("pk")
    assert list(items.values_list("error_code", "error_message")) == [
        ("all_sources_failed", GONE),
        ("transfer_failed", "Of an item without a code."),
        ("item_not_found", "There is no item 3 in the queue."),
    ]
    assert items.first().attempts == [
        {**STEP, "code": "hoster_file_gone", "error": "The file is gone."},
        {**STEP, "code": "transfer_failed", "error": "Without a code."},
        {**STEP, "code": "mute", "error": "mute"},
    ]
    words = "A piece of the stream cannot be fetched (404)."
    assert items.last().attempts == [{**STEP, "code": "fragment_missing", "error": words}]
    assert rows(apps, "downloads", "QueueState").get().pause_reason == FULL
    [attempt] = rows(apps, "events", "OutboxEvent").get().data["attempts"]
    assert attempt == {**STEP, "code": "mute", "error": "Gone."}


def test_what_a_pause_becomes_forward_and_backward(before: Apps) -> None:
    """In one test, since each way takes long."""
    fill(before, pause="NEEDS_OWNER", reason=FULL)
    to_the_newest()
    # What one site refuses holds that site alone now: the queue goes on.
    state = QueueState.current()
    assert (state.is_paused, state.pause_code, state.pause_reason) == (False, "", None)

    # One that was not known before becomes one that was.
    QueueState.objects.update(is_paused=True, pause_code=PauseCode.DISK_REFUSES)
    states = rows(migrate(BEFORE), "downloads", "QueueState")
    state = states.get()
    assert (state.is_paused, state.pause_code) == (True, "DISK_FULL")

    # One without a reason stays so.
    states.update(pause_code="", pause_reason="")
    to_the_newest()
    assert QueueState.current().pause_reason is None
    state = rows(migrate(BEFORE), "downloads", "QueueState").get()
    assert (state.pause_reason, state.is_paused) == ("", True)


def test_what_ended_before_failures_were_counted_is_counted_from_the_items() -> None:
    now = timezone.now()
    today = timezone.localdate()
    try:
        apps = migrate(("downloads", "0015_failed_by_day"))
        series = rows(apps, "library", "AnimeSeries").create(
            key="a", site="s", site_key="a", name="A"
        )
        days = rows(apps, "downloads", "FetchedDay")
        days.create(day=today - timedelta(days=3), bytes=500, episodes=5)
        ended = [(9, "COMPLETED"), (9, "COMPLETED"), (9, "FAILED"), (3, "COMPLETED")]
        ended += [(3, "FAILED"), (1, "FAILED"), (2, "CANCELLED")]
        for number, (ago, status) in enumerate(ended, start=1):
            rows(apps, "downloads", "DownloadQueueItem").create(
                series=series,
                season=1,
                episode_number=number,
                position=number,
                status=status,
                downloaded_bytes=10,
                completed_at=now - timedelta(days=ago),
            )
        migrate(("downloads", "0016_days_before"))
        known = FetchedDay.objects.order_by("day")
        assert [((today - row.day).days, row.episodes, row.failed, row.bytes) for row in known] == [
            *((9, 2, 1, 20), (3, 5, 1, 500), (1, 0, 1, 0)),
        ]
        migrate(("downloads", "0014_provider_in_use"))  # and back
    finally:
        to_the_newest()
