"""When a rhythm comes: by tables that were worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from aniworld.rhythm.reading import read
from aniworld.rhythm.rhythms import moment_of, shortest_gap, upcoming

BERLIN = ZoneInfo("Europe/Berlin")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")  # puts its clocks forward by half an hour
APIA = ZoneInfo("Pacific/Apia")  # left out 30 December 2011


def at(said: str, zone: ZoneInfo = BERLIN, fold: int = 0) -> datetime:
    return datetime.fromisoformat(said).replace(tzinfo=zone, fold=fold)


def next_of(said: str, now: str, count: int, zone: ZoneInfo = BERLIN) -> list[str]:
    found = upcoming(read(said), count, now=at(now, zone), zone=zone)
    return [one.astimezone(zone).strftime("%Y-%m-%d %H:%M%z") for one in found]


@pytest.mark.parametrize(
    ("said", "now", "expected"),
    [
        # The night of 28 March 2027 has no time from 02:00 to 03:00.
        (
            "every day at 2:30",
            "2027-03-27 02:30",
            ["2027-03-28 03:00+0200", "2027-03-29 02:30+0200"],
        ),
        (
            "*/20 2 * * *",
            "2027-03-27 02:40",
            ["2027-03-28 03:00+0200", "2027-03-29 02:00+0200", "2027-03-29 02:20+0200"],
        ),
        (
            "every 3 days at 2:30",
            "2027-03-26 02:29",
            ["2027-03-28 03:00+0200", "2027-03-31 02:30+0200"],
        ),
        # That of 31 October 2027 has 02:00 to 03:00 twice.
        (
            "every day at 2:30",
            "2027-10-30 02:30",
            ["2027-10-31 02:30+0200", "2027-11-01 02:30+0100"],
        ),
        (
            "0 * * * *",
            "2027-10-31 01:00",
            ["2027-10-31 02:00+0200", "2027-10-31 03:00+0100"],
        ),
        # A period counts real time.
        (
            "every 6 hours",
            "2027-03-27 22:00",
            ["2027-03-28 05:00+0200", "2027-03-28 11:00+0200"],
        ),
        (
            "every 6 hours",
            "2027-10-30 22:00",
            ["2027-10-31 03:00+0100", "2027-10-31 09:00+0100"],
        ),
        # Leap days, and months that are shorter.
        ("on 29 february at 3", "2027-01-01 00:00", ["2028-02-29 03:00+0100"]),
        (
            "on the 31st of every month at 3",
            "2027-01-31 03:00",
            ["2027-03-31 03:00+0200", "2027-05-31 03:00+0200"],
        ),
        (
            "on the last day of the month at 3",
            "2028-01-31 03:00",
            ["2028-02-29 03:00+0100", "2028-03-31 03:00+0200"],
        ),
        ("every day at 4", "2028-02-28 04:00", ["2028-02-29 04:00+0100", "2028-03-01 04:00+0100"]),
    ],
)
def test_it_comes_when_the_table_says(said: str, now: str, expected: list[str]) -> None:
    assert next_of(said, now, len(expected)) == expected


def test_the_second_of_two_times_is_no_other_one() -> None:
    now = at("2027-10-31 02:29", fold=1)  # 02:30 was there an hour ago
    found = upcoming(read("every day at 2:30"), 1, now=now, zone=BERLIN)
    assert found == [at("2027-11-01 02:30").astimezone(UTC)]


@pytest.mark.parametrize(
    ("zone", "local", "expected"),
    [
        (BERLIN, "2027-03-28 02:00", "2027-03-28 01:00"),
        (BERLIN, "2027-03-28 02:59:59", "2027-03-28 01:00"),
        (BERLIN, "2027-03-28 03:00", "2027-03-28 01:00"),
        (BERLIN, "2027-03-28 01:59", "2027-03-28 00:59"),
        (LORD_HOWE, "2027-10-03 02:15", "2027-10-02 15:30"),
        (APIA, "2011-12-30 12:00", "2011-12-30 10:00"),
    ],
)
def test_what_is_left_out_is_its_end(zone: ZoneInfo, local: str, expected: str) -> None:
    assert moment_of(datetime.fromisoformat(local), zone) == at(expected, ZoneInfo("UTC"))


def test_a_period_keeps_its_beat_and_begins_anew_after_a_longer_wait() -> None:
    six, due = read("every 6 hours"), at("2027-01-01 06:00")
    soon = six.following(due + timedelta(seconds=3), BERLIN, due=due)
    late = six.following(due + timedelta(hours=5), BERLIN, due=due)
    after_a_week = six.following(due + timedelta(days=7), BERLIN, due=due)
    assert soon == late == at("2027-01-01 12:00")
    assert after_a_week == at("2027-01-08 12:00")


def test_the_shortest_gap() -> None:
    now = at("2027-03-01 00:00")
    assert shortest_gap(read("*/5 4 * * *"), now=now, zone=BERLIN) == timedelta(minutes=5)
    assert shortest_gap(read("every day at 4"), now=now, zone=BERLIN) == timedelta(hours=23)
