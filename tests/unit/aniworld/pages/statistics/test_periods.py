"""How far back is looked, and in which steps."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from aniworld.pages.statistics.periods import (
    MOST_DAYS,
    Bucket,
    Period,
    Step,
    buckets,
    first_known,
    first_of,
    period_of,
    step_of,
)

TODAY = date(2026, 12, 1)  # a Tuesday


@pytest.mark.parametrize("text", ["year", "YEAR", "Year"])
def test_an_address_may_say_it_in_any_case(text: str) -> None:
    assert period_of(text) is Period.YEAR


@pytest.mark.parametrize("text", ["", "century", "30", "\0", "ALL "])
def test_what_is_no_period_is_thirty_days(text: str) -> None:
    assert period_of(text) is Period.DAYS_30


def test_a_period_ends_today() -> None:
    assert first_of(Period.DAYS_30, TODAY) == date(2026, 11, 2)
    assert first_of(Period.YEAR, TODAY) == date(2025, 12, 2)
    assert first_of(Period.ALL, TODAY) is None


def test_all_is_thirty_days_at_least_and_ten_years_at_most() -> None:
    assert first_known(None, TODAY) == date(2026, 11, 2)
    assert first_known(date(2026, 11, 30), TODAY) == date(2026, 11, 2)
    assert first_known(date(2024, 2, 29), TODAY) == date(2024, 2, 29)
    assert first_known(date(1970, 1, 1), TODAY) == TODAY - timedelta(days=MOST_DAYS - 1)


@pytest.mark.parametrize(
    ("days", "step"),
    [(30, Step.DAY), (92, Step.DAY), (93, Step.WEEK), (400, Step.WEEK), (401, Step.MONTH)],
)
def test_long_periods_are_shown_in_longer_steps(days: int, step: Step) -> None:
    assert step_of(TODAY - timedelta(days=days - 1), TODAY) is step


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("days", [1, 30, 365, MOST_DAYS])
def test_steps_cover_each_day_once(step: Step, days: int) -> None:
    first = TODAY - timedelta(days=days - 1)
    found = buckets(first, TODAY, step)
    assert (found[0].first, found[-1].last) == (first, TODAY)
    ends = [one.last + timedelta(days=1) for one in found]
    assert ends[:-1] == [one.first for one in found[1:]]
    assert all(one.first <= one.last for one in found)


def test_weeks_begin_on_monday_and_months_on_the_first() -> None:
    assert buckets(date(2026, 11, 20), TODAY, Step.WEEK) == [
        Bucket(date(2026, 11, 20), date(2026, 11, 22)),
        Bucket(date(2026, 11, 23), date(2026, 11, 29)),
        Bucket(date(2026, 11, 30), TODAY),
    ]
    assert buckets(date(2023, 12, 31), date(2024, 3, 1), Step.MONTH) == [
        Bucket(date(2023, 12, 31), date(2023, 12, 31)),
        Bucket(date(2024, 1, 1), date(2024, 1, 31)),
        Bucket(date(2024, 2, 1), date(2024, 2, 29)),
        Bucket(date(2024, 3, 1), date(2024, 3, 1)),
    ]
