"""What is read of the days that were kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from aniworld.config import services as config
from aniworld.config import store
from aniworld.pages.statistics import reading
from aniworld.pages.statistics.periods import Period, Step
from library.models import LibraryRoot
from library.services import tallies
from tests.factories import make_series
from tests.unit.aniworld.pages.statistics.history import asked, before, fetched, held

pytestmark = pytest.mark.django_db


def test_a_day_without_a_row_is_as_the_one_before_it() -> None:
    make_series("Show", present=9)
    held(40, 3)
    held(20, 5, is_counted=False)
    held(10, 7)
    known = reading.read(Period.DAYS_30)
    episodes = [one.episodes for one in known.growth]
    assert episodes == [3] * 9 + [5] * 10 + [7] * 10 + [9]  # and today as it is now
    assert [one.missing for one in known.growth[8:10]] == [2, None]
    assert known.worked_out_until == before(20)
    last = known.growth[-1]
    assert (last.missing, last.announced, last.is_counted, last.size) == (0, 0, True, 7 * 10**9)


def test_nothing_is_said_of_days_before_the_first_one_that_is_known() -> None:
    held(3, 5)
    known = reading.read(Period.DAYS_30)
    assert [one.days.first for one in known.growth] == [before(n) for n in (3, 2, 1, 0)]
    assert len(known.downloads) == 30


def test_what_a_clock_that_was_ahead_has_written_is_of_no_day_yet() -> None:
    held(-400, 99)
    fetched(-1, 5)
    asked(-1, "aniworld", 5)
    for period in Period:
        known = reading.read(period)
        assert not known.growth
        assert not sum(one.finished for one in known.downloads)
        assert not known.services
        assert known.last == before(0)


def test_what_came_is_added_up_by_its_step() -> None:
    for days, episodes in ((0, 1), (1, 2), (29, 4), (30, 8), (80, 16), (300, 32), (364, 64)):
        fetched(days, episodes, failed=1, size=episodes * 10)
    sums = {}
    for period in (Period.DAYS_30, Period.DAYS_90, Period.YEAR):
        found = reading.read(period).downloads
        figures = ("finished", "failed", "size")
        sums[period] = tuple(sum(getattr(one, name) for one in found) for name in figures)
    assert sums == {
        Period.DAYS_30: (7, 3, 70),
        Period.DAYS_90: (31, 5, 310),
        Period.YEAR: (127, 7, 1270),
    }
    week = reading.read(Period.YEAR)
    assert week.step is Step.WEEK
    of_today = next(one for one in week.downloads if one.days.last == before(0))
    assert of_today.finished >= 1


@pytest.mark.parametrize(("days", "step"), [(50, Step.DAY), (300, Step.WEEK), (3_000, Step.MONTH)])
def test_all_begins_with_the_first_day_that_is_known(days: int, step: Step) -> None:
    asked(5, "aniworld", 1)
    held(days, 1)
    fetched(days - 10, 1)
    known = reading.read(Period.ALL)
    assert (known.first, known.step) == (before(days), step)
    assert sum(one.finished for one in known.downloads) == 1
    assert known.growth[0].days.first == known.first


def test_more_than_ten_years_are_not_shown() -> None:
    held(9_000, 1)
    fetched(9_000, 100)
    known = reading.read(Period.ALL)
    assert (known.last - known.first).days + 1 == 3653
    assert sum(one.finished for one in known.downloads) == 0
    assert known.growth[0].episodes == 1


def test_sites_come_in_their_order_then_hosters_then_what_is_no_more() -> None:
    config.edit({"providers": {"sites": {"archive": {"position": 0}, "aniworld": {"position": 1}}}})
    for name in ("hoster:voe", "was-here", "aniworld", "hoster:gone", "archive"):
        asked(1, name, 9, 1)
    asked(2, "archive", 1)
    found = reading.read(Period.DAYS_30).services
    assert [(one.label, one.is_site) for one in found] == [
        ("Internet Archive", True),
        ("AniWorld", True),
        ("VOE", False),
        ("hoster:gone", False),
        ("was-here", True),
    ]
    first = found[0]
    assert (first.whole.answered, first.whole.failed) == (10, 1)
    assert [one.share for one in first.calls[-3:]] == [100.0, 90.0, None]


def test_figures_are_told_when_nobody_can_say_what_sites_are_called() -> None:
    store.path().write_text("{broken")
    asked(1, "mysite", 3)
    asked(1, "hoster:voe", 3)
    assert [one.label for one in reading.read(Period.DAYS_30).services] == ["VOE", "mysite"]


def test_days_are_those_of_the_servers_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half an hour into a day in Auckland it is still the day before in UTC."""
    zone = ZoneInfo("Pacific/Auckland")
    now = datetime(2026, 12, 1, 0, 30, tzinfo=zone)
    monkeypatch.setattr(timezone, "now", lambda: now)
    with timezone.override(zone):
        tallies.keep(now)
        known = reading.read(Period.DAYS_30)
    assert known.last == now.date()
    assert [one.days.last for one in known.growth] == [now.date()]


def test_the_number_of_questions_is_fixed(
    library: LibraryRoot, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for days in range(0, 700, 7):
        held(days, 700 - days)
        fetched(days, 1)
        asked(days, "aniworld", 1)
    make_series("Show", present=3, missing=2)
    tallies.keep(timezone.now() - timedelta(days=1))
    for period in Period:
        with django_assert_num_queries(6 if period is Period.ALL else 5):
            reading.read(period)
