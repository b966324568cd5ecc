"""What stays of the calls of sites when they are counted no more."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from aniworld.sites.health import days
from aniworld.sites.health.monitor import KEPT_FOR
from aniworld.sites.models import CallCount, ServiceDay

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 20, 12, tzinfo=ZONE)


def called(at: datetime, calls: int, code: str = "", **fields: object) -> CallCount:
    values = {"service": "aniworld", "host": "aniworld.example"} | fields
    return CallCount.objects.create(began_at=at, calls=calls, code=code, **values)


def kept() -> list[tuple[str, str, int, int]]:
    rows = ServiceDay.objects.order_by("day", "service")
    return [(f"{row.day}", row.service, row.answered, row.failed) for row in rows]


@pytest.fixture(autouse=True)
def _zone() -> object:
    with timezone.override(ZONE):
        yield


def test_calls_are_added_up_by_service_and_day_of_the_zone() -> None:
    called(NOW, 5)
    called(NOW, 3, step=4)
    called(NOW, 2, host="mirror.example")
    called(NOW, 1, "site_down")
    called(NOW, 7, "markup_changed", is_call=False)  # it was answered before
    called(NOW, 4, "hoster_down", service="hoster:voe")
    called(NOW.replace(day=20, hour=0, minute=0), 1)  # in UTC the day before
    called(NOW.replace(day=19, hour=23, minute=55), 6)
    assert days.keep_days(NOW) == 3
    assert kept() == [
        ("2026-11-19", "aniworld", 6, 0),
        ("2026-11-20", "aniworld", 11, 1),
        ("2026-11-20", "hoster:voe", 0, 4),
    ]


def test_to_count_again_counts_nothing_twice() -> None:
    called(NOW, 5)
    days.keep_days(NOW)
    days.keep_days(NOW)
    called(NOW, 1, "site_down")
    days.keep_days(NOW)
    assert kept() == [("2026-11-20", "aniworld", 5, 1)]


def test_a_day_whose_morning_is_counted_no_more_keeps_it() -> None:
    morning = called(NOW - timedelta(hours=47), 40)
    called(NOW - timedelta(hours=40), 2)
    days.keep_days(NOW)
    morning.delete()  # as the watch does after two days
    days.keep_days(NOW + timedelta(hours=2))
    assert kept() == [("2026-11-18", "aniworld", 42, 0)]


def test_what_a_clock_that_was_ahead_has_counted_is_of_no_day() -> None:
    called(NOW + timedelta(days=30), 5)
    called(NOW - KEPT_FOR - timedelta(minutes=5), 5)
    assert days.keep_days(NOW) == 0


def test_two_years_are_kept() -> None:
    first = days.first_kept(NOW)
    assert (NOW.date() - first).days + 1 == 731
    for day in (first, first - timedelta(days=1)):
        ServiceDay.objects.create(day=day, service="aniworld", answered=1)
    assert days.forget_before(first) == 1
    assert [row[0] for row in kept()] == [f"{first}"]
