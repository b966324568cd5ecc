"""What windows of the week say: by tables that were worked out by hand, and against a model that
looks at the clock on the wall of every minute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aniworld.rhythm.windows import (
    DAYS,
    MOST,
    Holding,
    Segment,
    Window,
    at,
    read,
    upcoming,
    week,
    written,
)

BERLIN = ZoneInfo("Europe/Berlin")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")  # puts its clocks forward by half an hour
HAVANA = ZoneInfo("America/Havana")  # changes its clocks at midnight
MINUTE = timedelta(minutes=1)


def moment(said: str, zone: ZoneInfo = BERLIN, fold: int = 0) -> datetime:
    return datetime.fromisoformat(said).replace(tzinfo=zone, fold=fold)


def holds(written: str, now: str, *, zone: ZoneInfo = BERLIN, fold: int = 0, limit: int = 0) -> str:
    """``closed until 2027-01-04 23:00+0100``"""
    chosen = [read(one) for one in written.split("; ") if one]
    found = at(chosen, moment(now, zone, fold), zone, limit=limit)
    what = "closed" if found.is_closed else str(found.limit or "free")
    until = found.until and found.until.astimezone(zone).strftime("%Y-%m-%d %H:%M%z")
    return f"{what} until {until}"


# 4 January 2027 is a Monday.
@pytest.mark.parametrize(
    ("windows", "now", "expected"),
    [
        ("", "2027-01-04 12:00", "free until None"),
        ("mon-fri 18:00-23:00=closed", "2027-01-04 17:59", "free until 2027-01-04 18:00+0100"),
        ("mon-fri 18:00-23:00=closed", "2027-01-04 18:00", "closed until 2027-01-04 23:00+0100"),
        ("mon-fri 18:00-23:00=closed", "2027-01-04 23:00", "free until 2027-01-05 18:00+0100"),
        ("mon-fri 18:00-23:00=closed", "2027-01-08 23:00", "free until 2027-01-11 18:00+0100"),
        # Over midnight it is of the day on which it begins.
        ("fri 22:00-06:00=closed", "2027-01-09 05:59", "closed until 2027-01-09 06:00+0100"),
        ("fri 22:00-06:00=closed", "2027-01-08 05:59", "free until 2027-01-08 22:00+0100"),
        ("sun 22:00-06:00=closed", "2027-01-04 03:00", "closed until 2027-01-04 06:00+0100"),
        ("mon 00:00-00:00=closed", "2027-01-04 00:00", "closed until 2027-01-05 00:00+0100"),
        ("mon 12:00-12:00=closed", "2027-01-05 11:59", "closed until 2027-01-05 12:00+0100"),
        # Windows that meet, or lie over each other, are one.
        (
            "mon 18:00-23:00=closed; daily 22:00-02:00=closed; tue 02:00-03:00=closed",
            "2027-01-04 19:00",
            "closed until 2027-01-05 03:00+0100",
        ),
        ("daily 00:00-00:00=closed", "2027-01-04 19:00", "closed until None"),
        # A limit is known while nothing is fetched, too: that it ends is something else that holds.
        (
            "daily 12:00-12:00=closed; mon 03:00-04:00=100",
            "2027-01-04 03:30",
            "closed until 2027-01-04 04:00+0100",
        ),
        # The strictest wins.
        ("daily 08:00-17:00=500", "2027-01-04 12:00", "500 until 2027-01-04 17:00+0100"),
        (
            "daily 08:00-17:00=500; mon 12:00-13:00=100",
            "2027-01-04 12:00",
            "100 until 2027-01-04 13:00+0100",
        ),
        (
            "daily 08:00-17:00=500; mon 12:00-13:00=900",
            "2027-01-04 12:00",
            "500 until 2027-01-04 17:00+0100",
        ),
        (
            "daily 08:00-17:00=500; mon 12:00-13:00=closed",
            "2027-01-04 11:00",
            "500 until 2027-01-04 12:00+0100",
        ),
        # 0 is no limit.
        ("daily 08:00-17:00=0", "2027-01-04 12:00", "free until None"),
        # 29 February 2028 is a Tuesday.
        ("tue 23:00-01:00=closed", "2028-02-29 23:30", "closed until 2028-03-01 01:00+0100"),
        ("mon 23:00-01:00=closed", "2028-02-29 00:30", "closed until 2028-02-29 01:00+0100"),
        ("wed 00:00-01:00=closed", "2028-02-29 23:59", "free until 2028-03-01 00:00+0100"),
        # The night of 28 March 2027, a Sunday, has no time from 02:00 to 03:00.
        ("sun 01:00-02:30=closed", "2027-03-28 01:30", "closed until 2027-03-28 03:00+0200"),
        ("sun 02:30-05:00=closed", "2027-03-28 01:59", "free until 2027-03-28 03:00+0200"),
        ("sun 02:15-02:45=closed", "2027-03-28 01:59", "free until 2027-04-04 02:15+0200"),
        ("sat 22:00-06:00=closed", "2027-03-28 01:59", "closed until 2027-03-28 06:00+0200"),
        # That of 31 October 2027, a Sunday, has 02:00 to 03:00 twice.
        ("sun 01:00-02:30=closed", "2027-10-31 01:00", "closed until 2027-10-31 02:30+0100"),
        ("sun 01:00-02:00=closed", "2027-10-31 01:00", "closed until 2027-10-31 02:00+0200"),
        ("sun 01:00-03:00=closed", "2027-10-31 01:00", "closed until 2027-10-31 03:00+0100"),
        ("sun 02:30-05:00=closed", "2027-10-31 01:59", "free until 2027-10-31 02:30+0200"),
    ],
)
def test_what_holds_and_until_when(windows: str, now: str, expected: str) -> None:
    assert holds(windows, now) == expected


def test_an_hour_that_is_there_twice_is_quiet_the_whole_time() -> None:
    for fold in (0, 1):
        assert holds("sun 02:15-02:45=closed", "2027-10-31 02:20", fold=fold) == (
            "closed until 2027-10-31 02:45+0100"
        )
    assert holds("sun 02:15-02:45=closed", "2027-10-31 02:50") == (
        "closed until 2027-10-31 02:45+0100"
    )
    assert holds("sun 02:15-02:45=closed", "2027-10-31 02:50", fold=1) == (
        "free until 2027-11-07 02:15+0100"
    )


@pytest.mark.parametrize(
    ("windows", "always", "now", "expected"),
    [
        ("daily 08:00-17:00=500", 300, "12:00", "300 until None"),
        ("daily 08:00-17:00=500", 800, "12:00", "500 until 2027-01-04 17:00+0100"),
        ("daily 08:00-17:00=500", 800, "18:00", "800 until 2027-01-05 08:00+0100"),
        ("daily 08:00-17:00=0", 800, "12:00", "800 until None"),
    ],
)
def test_the_stricter_of_a_window_and_of_what_always_holds_counts(
    windows: str, always: int, now: str, expected: str
) -> None:
    assert holds(windows, f"2027-01-04 {now}", limit=always) == expected


def test_a_limit_is_known_also_while_nothing_is_fetched() -> None:
    chosen = [read("daily 08:00-17:00=500"), read("daily 10:00-11:00=closed")]
    found = at(chosen, moment("2027-01-04 10:30"), BERLIN)
    assert (found.is_closed, found.limit) == (True, 500)


# --- the model


@st.composite
def windows_of(draw: st.DrawFn) -> Window:
    """Times at which something happens to clocks come often."""
    days = draw(st.sets(st.integers(0, 6), min_size=1))
    minute = st.one_of(
        st.integers(0, 24 * 60 - 1),
        st.sampled_from([0, 1, 59, 60, 90, 119, 120, 135, 150, 165, 179, 180, 1320, 1439]),
    )
    begins, ends = (time(*divmod(draw(minute), 60)) for _ in range(2))
    limit = draw(st.sampled_from([None, None, 0, 100, 500]))
    return Window(tuple(sorted(days)), begins, ends, limit)


# A begin of the days that are looked at, in UTC: DST both ways, a leap day, a usual week.
TIMES = [
    (BERLIN, datetime(2027, 3, 26, 21, tzinfo=UTC)),
    (BERLIN, datetime(2027, 10, 29, 21, tzinfo=UTC)),
    (BERLIN, datetime(2028, 2, 27, 21, tzinfo=UTC)),
    (LORD_HOWE, datetime(2027, 10, 2, 6, tzinfo=UTC)),
    (LORD_HOWE, datetime(2027, 4, 2, 6, tzinfo=UTC)),
    (HAVANA, datetime(2027, 3, 13, 0, tzinfo=UTC)),
    (HAVANA, datetime(2027, 11, 6, 0, tzinfo=UTC)),
]
LOOKED_AT, BEFORE = 3 * 24 * 60, 2 * 24 * 60  # minutes


@cache
def wall(zone: ZoneInfo, begin: datetime) -> list[datetime]:
    """What the clock on the wall shows in every minute from two days before a begin on."""
    first = begin - BEFORE * MINUTE
    return [
        (first + minute * MINUTE).astimezone(zone).replace(tzinfo=None)
        for minute in range(BEFORE + LOOKED_AT + 24 * 60)
    ]


def model(windows: Sequence[Window], shown: list[datetime]) -> list[tuple[bool, int]]:
    """Closed, and the limit, of every minute: a window is from the first minute that shows its
    begin, or what is later, to the last one that shows what is before its end."""
    closed, limits = [False] * len(shown), [set[int]() for _ in shown]
    days = {one.date() for one in shown}
    for window in windows:
        for day in days:
            if day.weekday() not in window.days:
                continue
            begins = datetime.combine(day, window.begins)
            ends = datetime.combine(day, window.ends)
            if window.ends <= window.begins:
                ends += timedelta(days=1)
            first = next((at for at, one in enumerate(shown) if one >= begins), len(shown))
            last = max((at for at, one in enumerate(shown) if one < ends), default=-1)
            for minute in range(first, last + 1):
                if window.limit is None:
                    closed[minute] = True
                elif window.limit:
                    limits[minute].add(window.limit)
    return [
        (is_closed, min(limit, default=0)) for is_closed, limit in zip(closed, limits, strict=True)
    ]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(TIMES), st.lists(windows_of(), max_size=4))
def test_every_minute_is_as_the_clock_on_the_wall_has_it(
    when: tuple[ZoneInfo, datetime], windows: list[Window]
) -> None:
    zone, begin = when
    states = model(windows, wall(zone, begin))
    minute, looked = 0, 0
    while minute < LOOKED_AT:
        found = at(windows, begin + minute * MINUTE, zone)
        here = states[BEFORE + minute]
        assert (found.is_closed, found.limit) == here
        same = next(
            (n for n in range(minute, len(states) - BEFORE) if states[BEFORE + n] != here), None
        )
        if same is None:  # what is looked at ends before something else holds
            return
        # Until the first minute in which something else holds, and not a minute less.
        assert found.until == begin + same * MINUTE
        within = at(windows, begin + (same - 1) * MINUTE, zone)
        assert (within.is_closed, within.limit, within.until) == (*here, found.until)
        minute, looked = same, looked + 1
    assert looked or not windows


@given(windows_of())
def test_a_window_is_written_as_it_is_read(window: Window) -> None:
    assert read(written(window)) == window


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("mon,tue,wed,thu,fri,sat,sun 00:00-00:00=5", "daily 00:00-00:00=5"),
        ("fri-mon 18:00-23:00=closed", "mon,fri-sun 18:00-23:00=closed"),
        ("sat,sun 18:00-23:00=closed", "sat,sun 18:00-23:00=closed"),
        ("wed,mon,tue 18:00-23:00=0", "mon-wed 18:00-23:00=0"),
    ],
)
def test_days_have_one_way_of_being_written(said: str, meant: str) -> None:
    assert written(read(said)) == meant


@pytest.mark.parametrize(
    "said",
    [
        *("", "mon", "mon 18:00-23:00", "18:00-23:00=closed", "mon 18:00-24:00=closed"),
        *("mo 18:00-23:00=closed", "mon 8:00-9:00=closed", "mon 18:00-23:00=open"),
        *("mon 18:60-23:00=closed", "mon 18:00-23:00=-1", "mon 18:00-23:00=123456789"),
        *("mon,mon,mon,mon,mon,mon,mon,mon 18:00-23:00=closed", "mon 18:00-23:00=closed\n"),
        "mon ١٨:00-23:00=closed",  # digits, but none of ours
    ],
)
def test_what_is_no_window_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match="no window"):
        read(said)


def test_the_next_times_of_a_window() -> None:
    found = upcoming(
        read("sat,sun 22:00-06:00=closed"), 3, now=moment("2027-01-10 01:00"), zone=BERLIN
    )
    assert [str(span.begins.astimezone(BERLIN))[:16] for span in found] == [
        "2027-01-09 22:00",
        "2027-01-10 22:00",
        "2027-01-16 22:00",
    ]
    assert found[0].ends == moment("2027-01-10 06:00")


def test_a_window_that_does_not_come_in_a_night_is_left_out_of_the_next_times() -> None:
    found = upcoming(read("sun 02:15-02:45=closed"), 2, now=moment("2027-03-27 12:00"), zone=BERLIN)
    assert [one.begins.astimezone(BERLIN).date() for one in found] == [
        date(2027, 4, 4),
        date(2027, 4, 11),
    ]


def test_the_week_shows_the_strictest_of_each_part_of_a_day() -> None:
    shown = week(
        [read("mon 18:00-23:00=closed"), read("sun,mon 22:00-06:00=500"), read("wed 01:00-02:00=0")]
    )
    assert shown[0] == [
        Segment(0, 360, False, 500),
        Segment(1080, 1320, True, 0),
        Segment(1320, 1380, True, 500),
        Segment(1380, 1440, False, 500),
    ]
    assert shown[1] == [Segment(0, 360, False, 500)]
    assert shown[2] == []
    assert shown[6] == [Segment(1320, 1440, False, 500)]
    assert len(shown) == len(DAYS)


def test_windows_beside_each_other_are_one_part_of_the_week() -> None:
    shown = week([read("mon 00:00-12:00=closed"), read("mon 12:00-00:00=closed")])
    assert shown[0] == [Segment(0, 1440, True, 0)]


def test_as_many_windows_as_may_be_are_looked_at_without_a_wait() -> None:
    """Each step looks at every window once: fifty that never open are no work of minutes."""
    same = read("daily 00:00-00:00=closed")
    many = [replace(same, begins=time(n % 24, n), ends=time(n % 24, n)) for n in range(MOST)]
    assert at(many, moment("2027-01-04 12:00"), BERLIN) == Holding(True, 0, None)
