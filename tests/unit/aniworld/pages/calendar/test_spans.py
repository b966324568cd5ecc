"""Days, and when they begin and end in the owner's zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from aniworld.pages.calendar.spans import (
    FIRST_DAY,
    LAST_DAY,
    Span,
    View,
    after,
    before,
    read_day,
    span_of,
)


@pytest.mark.parametrize(
    ("view", "first", "last"),
    [
        (View.DAY, date(2028, 2, 29), date(2028, 2, 29)),
        (View.WEEK, date(2028, 2, 28), date(2028, 3, 5)),  # from Monday on
        (View.MONTH, date(2028, 2, 1), date(2028, 2, 29)),
    ],
)
def test_a_day_lies_in_its_span(view: View, first: date, last: date) -> None:
    assert span_of(view, date(2028, 2, 29)) == Span(first, last)


@pytest.mark.parametrize("view", list(View))
def test_spans_follow_each_other_without_a_gap(view: View) -> None:
    span = span_of(view, date(2026, 12, 30))
    later = after(span)
    assert later is not None
    following = span_of(view, later)
    assert following.first == span.last + timedelta(days=1)
    earlier = before(following)
    assert earlier is not None
    assert span_of(view, earlier) == span


@pytest.mark.parametrize("view", list(View))
def test_they_end_where_there_is_nothing_more(view: View) -> None:
    first, last = span_of(view, FIRST_DAY), span_of(view, LAST_DAY)
    assert (before(first), after(last)) == (None, None)
    assert (first.first, last.last) == (FIRST_DAY, LAST_DAY)
    assert first.begins < last.ends


@pytest.mark.parametrize(
    ("zone", "day", "begins", "hours"),
    [
        ("Europe/Berlin", date(2027, 3, 28), datetime(2027, 3, 27, 23, tzinfo=UTC), 23),
        ("Europe/Berlin", date(2027, 10, 31), datetime(2027, 10, 30, 22, tzinfo=UTC), 25),
        ("Europe/Berlin", date(2028, 2, 29), datetime(2028, 2, 28, 23, tzinfo=UTC), 24),
        ("America/New_York", date(2027, 3, 14), datetime(2027, 3, 14, 5, tzinfo=UTC), 23),
        ("Asia/Tokyo", date(2027, 3, 28), datetime(2027, 3, 27, 15, tzinfo=UTC), 24),
    ],
)
def test_a_day_is_as_long_as_the_clock_on_the_wall_makes_it(
    zone: str, day: date, begins: datetime, hours: int
) -> None:
    with timezone.override(ZoneInfo(zone)):
        span = Span(day, day)
        assert span.begins == begins
        length = span.ends.astimezone(UTC) - span.begins.astimezone(UTC)
        assert length == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-29", date(2026, 11, 29)),
        ("2026-02-30", None),
        ("1969-12-31", None),
        ("2200-01-01", None),
        ("9999-12-31", None),
        ("", None),
        ("tomorrow", None),
        ("2026-11-29T00:00", None),
    ],
)
def test_what_is_no_day_is_none(text: str, day: date | None) -> None:
    assert read_day(text) == day
