"""What quiet hours and budgets say, by tables that were worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aniworld.rhythm.windows import read
from downloads.quiet.decision import (
    GIGABYTE,
    Budget,
    Fetched,
    Lifted,
    Rules,
    Used,
    Verdict,
    Why,
    decide,
    end_of_day,
    end_of_window,
)

BERLIN = ZoneInfo("Europe/Berlin")
HAVANA = ZoneInfo("America/Havana")  # its clocks are put forward at midnight
EVENING = "daily 18:00-23:00=closed"
NONE = Lifted()


def moment(said: str, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime.fromisoformat(said).replace(tzinfo=zone)


def rules(*windows: str, limit: int = 0, stops: bool = False, **budgets: float) -> Rules:
    found = tuple(Budget(Why(f"budget_{name}"), most) for name, most in budgets.items())
    return Rules(tuple(map(read, windows)), limit, found, stops)


def said(verdict: Verdict) -> str:
    """``quiet_hours until 2027-01-04 23:00``"""
    if not verdict.is_closed:
        return "open"
    until = verdict.goes_on_at
    words = until.astimezone(BERLIN).strftime("%Y-%m-%d %H:%M") if until else "no end"
    return f"{'+'.join(verdict.why)} until {words}"


def used(day: float = 0, month: float = 0, episodes: int = 0, in_month: int = 0) -> Used:
    """Gigabytes, and episodes."""
    of_day = Fetched(int(day * GIGABYTE), episodes)
    return Used(of_day, Fetched(int((month or day) * GIGABYTE), in_month or episodes))


@pytest.mark.parametrize(
    ("known", "fetched", "now", "expected"),
    [
        (rules(), used(9, 9, 9, 9), "2027-01-04 12:00", "open"),
        (rules(EVENING), used(), "2027-01-04 12:00", "open"),
        (rules(EVENING), used(), "2027-01-04 18:00", "quiet_hours until 2027-01-04 23:00"),
        (rules(gb_a_day=5 * GIGABYTE), used(4.9), "2027-01-04 12:00", "open"),
        (
            rules(gb_a_day=5 * GIGABYTE),
            used(5),
            "2027-01-04 12:00",
            "budget_gb_a_day until 2027-01-05 00:00",
        ),
        (
            rules(episodes_a_day=3),
            used(episodes=3),
            "2027-12-31 23:59",
            "budget_episodes_a_day until 2028-01-01 00:00",
        ),
        (rules(episodes_a_day=3), used(episodes=2, in_month=9), "2027-01-04 12:00", "open"),
        (
            rules(gb_a_month=50 * GIGABYTE),
            used(1, 50),
            "2028-02-29 12:00",
            "budget_gb_a_month until 2028-03-01 00:00",
        ),
        (
            rules(episodes_a_month=9),
            used(episodes=1, in_month=9),
            "2027-01-31 12:00",
            "budget_episodes_a_month until 2027-02-01 00:00",
        ),
        # The day ends in quiet hours, so it goes on when those end.
        (
            rules("daily 22:00-06:00=closed", gb_a_day=GIGABYTE),
            used(2),
            "2027-01-04 12:00",
            "budget_gb_a_day until 2027-01-05 06:00",
        ),
        # Quiet hours end, and the budget is still used up.
        (
            rules(EVENING, gb_a_day=GIGABYTE),
            used(2),
            "2027-01-04 19:00",
            "quiet_hours+budget_gb_a_day until 2027-01-05 00:00",
        ),
        # What is used up today and this month, with a quiet first of the next one.
        (
            rules("mon 00:00-00:00=closed", gb_a_day=GIGABYTE, episodes_a_month=9),
            used(2, in_month=9),
            "2027-01-31 12:00",
            "budget_gb_a_day+budget_episodes_a_month until 2027-02-02 00:00",
        ),
        (
            rules("daily 00:00-00:00=closed"),
            used(),
            "2027-01-04 12:00",
            "quiet_hours until no end",
        ),
        (
            rules("daily 00:00-00:00=closed", gb_a_day=GIGABYTE),
            used(2),
            "2027-01-04 12:00",
            "quiet_hours+budget_gb_a_day until no end",
        ),
        # A limit that begins and ends in between is no end of quiet hours.
        (
            rules(EVENING, "daily 19:00-20:00=100"),
            used(),
            "2027-01-04 18:30",
            "quiet_hours until 2027-01-04 23:00",
        ),
        # The night in which the clock is put forward, and that in which it is put back.
        (
            rules("daily 01:00-02:30=closed"),
            used(),
            "2027-03-28 01:30",
            "quiet_hours until 2027-03-28 03:00",
        ),
        (
            rules(gb_a_day=GIGABYTE),
            used(2),
            "2027-10-31 12:00",
            "budget_gb_a_day until 2027-11-01 00:00",
        ),
    ],
)
def test_what_closes_the_queue_and_until_when(
    known: Rules, fetched: Used, now: str, expected: str
) -> None:
    assert said(decide(known, fetched, NONE, moment(now), BERLIN)) == expected


def test_a_day_ends_where_its_midnight_does_not_exist() -> None:
    """On 14 March 2027 the day of Havana begins at one o'clock."""
    found = decide(rules(gb_a_day=1), used(1), NONE, moment("2027-03-13 12:00", HAVANA), HAVANA)
    assert found.goes_on_at == moment("2027-03-14 01:00", HAVANA)
    assert end_of_day(moment("2027-03-13 12:00", HAVANA), HAVANA) == found.goes_on_at


@given(
    st.lists(
        st.sampled_from(
            [EVENING, "mon-fri 22:00-06:00=closed", "sun 01:00-04:00=closed", "daily 08:00-17:00=5"]
        ),
        unique=True,
    ),
    st.integers(0, 2),
    st.integers(0, 235 * 24 * 60),
)
def test_nothing_closes_the_queue_when_it_is_said_to_go_on(
    windows: list[str], gigabytes: int, minute: int
) -> None:
    now = (moment("2027-03-20 00:00").astimezone(UTC) + timedelta(minutes=minute)).astimezone(
        BERLIN
    )
    known = rules(*windows, gb_a_day=gigabytes * GIGABYTE)
    found = decide(known, used(1), NONE, now, BERLIN)
    if found.goes_on_at is None:
        assert not found.is_closed
        return
    assert found.goes_on_at > now
    is_new_day = found.goes_on_at.astimezone(BERLIN).date() != now.date()
    fetched = Used() if is_new_day else used(1)
    assert not decide(known, fetched, NONE, found.goes_on_at, BERLIN).is_closed
    just_before = found.goes_on_at - timedelta(seconds=1)
    is_new_day = just_before.astimezone(BERLIN).date() != now.date()
    fetched = Used() if is_new_day else used(1)
    assert decide(known, fetched, NONE, just_before, BERLIN).is_closed


def test_a_limit_by_time_says_until_when_it_holds() -> None:
    known = rules("daily 08:00-17:00=500", EVENING, limit=800)
    found = decide(known, Used(), NONE, moment("2027-01-04 12:00"), BERLIN)
    assert (found.limit, found.limit_until) == (500, moment("2027-01-04 17:00"))
    assert (found.limit_for(is_exempt=False), found.limit_for(is_exempt=True)) == (500, 800)
    found = decide(known, Used(), NONE, moment("2027-01-04 18:30"), BERLIN)
    assert (found.limit, found.limit_until) == (800, moment("2027-01-05 08:00"))
    assert found.is_closed


def test_the_owners_word_lifts_windows_limits_and_budgets_and_not_what_always_holds() -> None:
    known = rules(EVENING, "daily 00:00-00:00=100", limit=800, gb_a_day=GIGABYTE)
    lifted = Lifted(moment("2027-01-04 19:00"), moment("2027-01-04 23:00"))

    def at(now: str) -> Verdict:
        return decide(known, used(2), lifted, moment(now), BERLIN)

    found = at("2027-01-04 19:00")
    assert (found.is_closed, found.limit, found.lifted_until) == (False, 800, lifted.until)
    assert not at("2027-01-04 22:59").is_closed
    assert said(at("2027-01-04 23:00")) == "budget_gb_a_day until 2027-01-05 00:00"
    # A clock that is set back does not let it last the longer.
    assert said(at("2027-01-04 18:59")) == "quiet_hours+budget_gb_a_day until 2027-01-05 00:00"
    assert at("2027-01-04 18:59").lifted_until is None


def test_what_runs_stops_only_where_the_settings_say_so() -> None:
    now = moment("2027-01-04 19:00")
    assert decide(rules(EVENING, stops=True), Used(), NONE, now, BERLIN).stops
    assert not decide(rules(EVENING), Used(), NONE, now, BERLIN).stops
    assert not decide(rules(stops=True), Used(), NONE, now, BERLIN).stops


@pytest.mark.parametrize(
    ("windows", "now", "expected"),
    [
        ((EVENING, "daily 19:00-20:00=5"), "2027-01-04 18:30", "2027-01-04 23:00"),
        (("daily 08:00-17:00=5",), "2027-01-04 12:00", "2027-01-04 17:00"),
        ((EVENING,), "2027-01-04 12:00", None),
        ((), "2027-01-04 12:00", None),
        (("daily 00:00-00:00=closed",), "2027-01-04 12:00", None),
    ],
)
def test_when_the_present_window_ends(
    windows: tuple[str, ...], now: str, expected: str | None
) -> None:
    found = end_of_window(rules(*windows), moment(now), BERLIN)
    assert found == (moment(expected) if expected else None)
