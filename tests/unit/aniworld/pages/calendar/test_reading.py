"""Which episode stands on which day, and as what."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from aniworld.pages.calendar import reading
from aniworld.pages.calendar.reading import Of, State, Wanted
from aniworld.pages.calendar.spans import Span
from aniworld.pages.series.rows import WORDS
from library.models import Airing, AnimeSeries, Availability
from tests.factories import make_episodes, make_item, make_series

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)
WEEK = Span(date(2026, 11, 16), date(2026, 11, 22))
ALL = Wanted()


def comes_out(
    series: AnimeSeries,
    number: int,
    at: datetime = NOON,
    language: str = "German Sub",
    *,
    is_news: bool = True,
    gone_at: datetime | None = None,
) -> None:
    place = {"series": series, "season": 1, "episode_number": number, "language": language}
    Availability.objects.create(**place, first_seen_at=at, is_news=is_news, gone_at=gone_at)


def airs(series: AnimeSeries, number: int, at: datetime, language: str = "", **fields: Any) -> None:
    place = {"series": series, "season": 1, "episode_number": number, "language": language}
    Airing.objects.create(**place, at=at, noted_at=NOON, **{"has_time": True, **fields})


def found(span: Span = WEEK, wanted: Wanted = ALL) -> list[tuple[str, int, str, str, str]]:
    """Day, episode, what became of it, languages and state of each entry."""
    return [
        (
            one.day.isoformat(),
            one.number,
            "+".join(one.kinds),
            "+".join(one.languages),
            one.state.value,
        )
        for one in reading.read(span, wanted).entries
    ]


def test_an_episode_stands_on_each_day_something_became_of_it() -> None:
    series = make_series("Show", present=1, missing=1)
    comes_out(series, 1)
    comes_out(series, 1, NOON + timedelta(minutes=5), "English Sub")
    comes_out(series, 1, NOON + timedelta(days=2), "German Dub")
    series.episodes.filter(episode_number=1).update(download_date=NOON + timedelta(hours=1))
    comes_out(series, 2, NOON + timedelta(hours=3))
    assert found() == [
        ("2026-11-18", 1, "OUT+ARRIVED", "German Sub+English Sub", "PRESENT"),
        ("2026-11-18", 2, "OUT", "German Sub", "MISSING"),
        ("2026-11-20", 1, "OUT", "German Dub", "PRESENT"),
    ]
    [first, *_] = reading.read(WEEK, ALL).entries
    assert (first.series.key, first.title, first.at) == (series.key, "Title 1", NOON)


def test_what_was_there_at_the_first_reading_and_what_has_gone_has_no_day() -> None:
    series = make_series("Show", present=1, missing=2)
    comes_out(series, 1, is_news=False)
    comes_out(series, 2, gone_at=NOON)
    assert found() == []
    comes_out(series, 3)
    assert [one[1] for one in found()] == [3]


def test_a_file_that_a_scan_has_found_has_no_day() -> None:
    make_series("Show", present=3)
    assert found(Span(date(2026, 1, 1), date(2027, 1, 1))) == []


def test_a_file_that_has_gone_again_does_not_arrive() -> None:
    series = make_series("Show", missing=1)
    series.episodes.update(download_date=NOON)
    assert found() == []
    series.episodes.update(state="PRESENT", is_downloaded=True)
    assert found() == [("2026-11-18", 1, "ARRIVED", "", "PRESENT")]


def test_what_the_queue_does_is_told() -> None:
    series = make_series("Show", present=1, missing=4)
    make_episodes([(series, 1, 6, "UNAVAILABLE")])
    for number in range(1, 7):
        comes_out(series, number, NOON + timedelta(minutes=number))
    make_item(series, 1)  # a better language for what is there
    make_item(series, 2)
    make_item(series, 3, status="PAUSED")
    make_item(series, 4, status="DOWNLOADING")
    make_item(series, 5, status="FAILED")
    assert [one[4] for one in found()] == [
        *("PRESENT", "QUEUED", "PAUSED", "DOWNLOADING", "MISSING", "UNAVAILABLE"),
    ]
    missing = Wanted(states=reading.GROUPS["MISSING"])
    assert [one[1] for one in found(wanted=missing)] == [2, 3, 4, 5, 6]
    assert [one[1] for one in found(wanted=Wanted(states=reading.GROUPS["PRESENT"]))] == [1]


def test_only_those_series_that_are_asked_for() -> None:
    kinds: dict[str, dict[str, Any]] = {
        "plain": {"monitored": False},
        "seen": {},
        "dear": {"follow": "NEW"},
    }
    for name, fields in kinds.items():
        comes_out(make_series(name, missing=1, key=name, **fields), 1)
    comes_out(make_series("gone", missing=1, deleted_at=NOON), 1)

    def of(which: Of) -> set[str]:
        return {one.series.key for one in reading.read(WEEK, Wanted(which)).entries}

    assert of(Of.ALL) == {"plain", "seen", "dear"}
    assert of(Of.MONITORED) == {"seen", "dear"}
    assert of(Of.FOLLOWED) == {"dear"}


@pytest.mark.parametrize(
    ("zone", "day"), [("Europe/Berlin", 28), ("America/New_York", 27), ("Asia/Tokyo", 28)]
)
def test_the_day_is_that_of_the_owner(zone: str, day: int) -> None:
    series = make_series("Show", missing=1)
    comes_out(series, 1, datetime(2027, 3, 27, 23, 30, tzinfo=UTC))
    with timezone.override(ZoneInfo(zone)):
        asked = Span(date(2027, 3, day), date(2027, 3, day))
        assert [one[0] for one in found(asked)] == [f"2027-03-{day}"]
        other = Span(date(2027, 3, 55 - day), date(2027, 3, 55 - day))
        assert found(other) == []


@pytest.mark.parametrize("day", [date(2027, 3, 28), date(2027, 10, 31)])
def test_each_minute_belongs_to_one_day_also_where_the_clock_is_changed(day: date) -> None:
    series = make_series("Show", missing=60)
    with timezone.override(ZoneInfo("Europe/Berlin")):
        span = Span(day, day)
        begins, ends = span.begins.astimezone(UTC), span.ends.astimezone(UTC)
        hours = range(-2, 28)
        for number, hour in enumerate(hours, 1):
            comes_out(series, number, begins + timedelta(hours=hour))
        inside = [n for n, hour in enumerate(hours, 1) if begins + timedelta(hours=hour) < ends]
        assert [one[1] for one in found(span)] == [n for n in inside if n > 2]
        whole = Span(day - timedelta(days=1), day + timedelta(days=1))
        assert len(found(whole)) == len(hours)


def test_an_episode_of_no_row_is_announced() -> None:
    comes_out(make_series("Show"), 7)
    assert found() == [("2026-11-18", 7, "OUT", "German Sub", "ANNOUNCED")]


def test_announced_episodes_without_a_day_are_listed_apart() -> None:
    series = make_series("Show", present=1, missing=1)
    make_episodes([(series, 1, 3, "ANNOUNCED"), (series, 0, 1, "ANNOUNCED")])
    series.episodes.filter(season=0).update(listed=False)
    other = make_series("Another", follow="NEW")
    make_episodes([(other, 2, 1, "ANNOUNCED")])
    listed = [(e.series.name, e.season, e.episode_number) for e in reading.undated(ALL)]
    assert listed == [("Another", 2, 1), ("Show", 1, 3)]
    assert [e.series.name for e in reading.undated(Wanted(Of.FOLLOWED))] == ["Another"]


def test_more_than_can_be_shown_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST", 3)
    series = make_series("Show", missing=5)
    for number in range(1, 4):
        comes_out(series, number, NOON + timedelta(minutes=number))
    assert not reading.read(WEEK, ALL).is_cut
    comes_out(series, 4, NOON - timedelta(minutes=1))
    cut = reading.read(WEEK, ALL)
    assert cut.is_cut
    assert [one.number for one in cut.entries] == [4, 1, 2]


def test_a_few_questions_find_the_days_by_their_indexes() -> None:
    with CaptureQueriesContext(connection) as asked:
        reading.read(WEEK, Wanted(Of.FOLLOWED))
        list(reading.undated(ALL))
    assert len(asked) == 4
    if connection.vendor != "sqlite":
        return
    plans = []
    for query in asked.captured_queries:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
            plans.append(str(cursor.fetchall()))
    announced, out, arrived, undated = plans
    assert "library_airing_at_" in announced
    assert "availability_news_by_day" in out
    assert "episode_by_arrival" in arrived
    assert "episode_announced" in undated


def test_every_state_has_its_words() -> None:
    assert {state.value for state in State} <= set(WORDS)


def test_an_announced_episode_stands_on_its_day_at_its_time() -> None:
    series = make_series("Show", missing=1)
    make_episodes([(series, 1, 2, "ANNOUNCED")])
    airs(series, 1, NOON, "German Sub")
    airs(series, 1, NOON + timedelta(hours=1), "German Dub")
    comes_out(series, 1, NOON + timedelta(hours=3))
    airs(series, 2, NOON + timedelta(days=1))
    airs(series, 3, NOON + timedelta(days=2))  # its catalogue does not list it yet
    assert found() == [
        ("2026-11-18", 1, "ANNOUNCED+OUT", "German Sub", "MISSING"),
        ("2026-11-19", 2, "ANNOUNCED", "", "ANNOUNCED"),
        ("2026-11-20", 3, "ANNOUNCED", "", "ANNOUNCED"),
    ]
    [first, *_] = reading.read(WEEK, ALL).entries
    assert (first.airs_at, first.announced) == (NOON, ["German Sub", "German Dub"])
    assert list(reading.undated(ALL)) == []


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Los_Angeles", "Pacific/Kiritimati"])
def test_a_day_without_a_time_is_that_day_wherever_one_is(zone: str) -> None:
    series = make_series("Show")
    airs(series, 1, datetime(2026, 11, 18, tzinfo=UTC), has_time=False)
    with timezone.override(ZoneInfo(zone)):
        assert [one[0] for one in found()] == ["2026-11-18"]
        day = date(2026, 11, 18)
        assert len(found(Span(day, day))) == 1
        for other in (17, 19):
            assert found(Span(date(2026, 11, other), date(2026, 11, other))) == []
        [entry] = reading.read(WEEK, ALL).entries
        assert entry.airs_at is None
