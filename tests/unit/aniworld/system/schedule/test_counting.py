"""The job that counts for the statistics."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from aniworld.sites import clock as sites_clock
from aniworld.sites.models import CallCount, ServiceDay
from aniworld.system.backups.tables import kept, momentary, restored
from aniworld.system.schedule.choices import Trigger
from aniworld.system.schedule.models import JobRun
from aniworld.system.schedule.running import Running, Skipped
from aniworld.system.schedule.work import counting
from aniworld.web.texts import text_of
from downloads.models import FetchedDay
from library.models import LibraryDay, LibraryTally
from tests.factories import make_file, make_series

pytestmark = pytest.mark.django_db


@pytest.fixture
def running() -> Running:
    now = timezone.now()
    values = {"trigger": Trigger.SCHEDULE, "holder": "a", "begun_at": now, "beat_at": now}
    return Running(JobRun.objects.create(name="statistics", **values))


def test_it_keeps_a_line_a_day(running: Running) -> None:
    make_file(make_series("Show", present=3), "1.mkv")
    CallCount.objects.create(service="aniworld", began_at=timezone.now(), calls=4)
    said = counting.statistics(running)
    assert text_of(said) == "3 episodes are on disk, in 1 files."
    counting.statistics(running)
    today = timezone.localdate()
    assert LibraryDay.objects.values_list("day", "episodes").get() == (today, 3)
    assert ServiceDay.objects.values_list("day", "service", "answered").get() == (
        *(today, "aniworld", 4),
    )


def test_what_is_too_old_goes(running: Running) -> None:
    today = timezone.localdate()
    for days in (counting.KEPT_DAYS - 1, counting.KEPT_DAYS):
        day = today - timedelta(days=days)
        LibraryDay.objects.create(day=day, is_counted=False, files=1, bytes=1, episodes=1)
        FetchedDay.objects.create(day=day)
    for days in (730, 731):
        ServiceDay.objects.create(day=today - timedelta(days=days), service="aniworld")
    counting.statistics(running)
    oldest = today - timedelta(days=counting.KEPT_DAYS - 1)
    assert LibraryDay.objects.earliest("day").day == oldest
    assert FetchedDay.objects.get().day == oldest
    assert ServiceDay.objects.get().day == today - timedelta(days=730)


def test_a_clock_that_is_known_to_be_ahead_counts_nothing(running: Running) -> None:
    long_ago = timezone.localdate() - timedelta(days=9_000)
    FetchedDay.objects.create(day=long_ago, bytes=1)
    sites_clock.hear("site.example", time.time() - 39 * 86_400)
    with pytest.raises(Skipped) as skipped:
        counting.statistics(running)
    assert text_of(skipped.value.said).startswith("Nothing was counted")
    assert not LibraryDay.objects.exists()
    assert not LibraryTally.objects.exists()
    assert FetchedDay.objects.exists()
    sites_clock.hear("site.example", time.time())
    counting.statistics(running)
    assert LibraryDay.objects.exists()


def test_history_is_in_a_backup_and_comes_back() -> None:
    days = {model._meta.db_table for model in (LibraryDay, LibraryTally, FetchedDay, ServiceDay)}
    assert days <= {table.name for table in kept()}
    assert days <= {table.name for table in restored()}
    assert days.isdisjoint(momentary())
