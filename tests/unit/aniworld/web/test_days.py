from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from aniworld.web.days import begin_of, end_of


def test_a_day_is_that_of_the_servers_clock() -> None:
    with timezone.override(ZoneInfo("Europe/Berlin")):
        day = date(2026, 3, 29)  # an hour short
        assert begin_of(day) == datetime(2026, 3, 28, 23, tzinfo=UTC)
        assert end_of(day) == datetime(2026, 3, 29, 22, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "UTC", "America/New_York"])
@pytest.mark.parametrize("day", [date.min, date.max])
def test_the_outermost_days_have_moments_too(zone: str, day: date) -> None:
    with timezone.override(ZoneInfo(zone)):
        begin, end = begin_of(day), end_of(day)
        assert begin.tzinfo is end.tzinfo is UTC
        assert begin <= end
        assert abs(begin.year - day.year) == 0
