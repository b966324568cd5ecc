"""Since when an episode is out in a language."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from library.models import AnimeSeries, Availability
from library.services import add_series, availability, change_series, refresh_series
from tests.unit.library.fakes import FakeSite

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
START = timezone.now() + DAY  # the series is added now


@pytest.fixture
def series(show: FakeSite, library: Path) -> AnimeSeries:
    return add_series(site=show.name, key="show")[0]


def lists(
    site: FakeSite, number: int, *languages: str, hosters: tuple[str, ...] = ("VOE",)
) -> None:
    """Let the catalogue say this of an episode of season 1; without languages it is withdrawn."""
    info, episodes = site.shows["show"]
    rest = [one for one in episodes if (one.season, one.number) != (1, number)]
    known = next(one for one in episodes if one.season == 1)
    if languages:
        rest.append(replace(known, number=number, languages=languages, hosters=hosters))
    site.shows["show"] = (info, rest)


def known(series: AnimeSeries, number: int) -> dict[str, tuple[int, int | None]]:
    """The days since ``START`` on which a language was first seen, and has gone."""
    rows = Availability.objects.filter(series=series, season=1, episode_number=number)
    return {
        row.language: (
            round((row.first_seen_at - START) / DAY),
            None if row.gone_at is None else round((row.gone_at - START) / DAY),
        )
        for row in rows
    }


def test_what_is_there_at_the_first_reading_is_seen_then(series: AnimeSeries) -> None:
    assert series.first_read_at is not None
    rows = Availability.objects.filter(series=series)
    assert set(rows.values_list("first_seen_at", flat=True)) == {series.first_read_at}
    listed = series.episodes.exclude(hosters=[])
    assert set(rows.values_list("season", "episode_number", "language")) == {
        (one.season, one.episode_number, "German Sub") for one in listed
    }
    assert not rows.filter(season=2, episode_number=3).exists()  # announced only


def test_each_language_keeps_the_day_it_came_and_went(series: AnimeSeries, show: FakeSite) -> None:
    days = {2: ("German Sub",), 5: ("German Sub", "German Dub"), 7: (), 9: ("German Dub",)}
    for day, languages in days.items():
        lists(show, 4, *languages)
        refresh_series(series, now=START + day * DAY)
    assert known(series, 4) == {"German Sub": (2, 7), "German Dub": (5, None)}
    first_read = series.first_read_at
    series.refresh_from_db()
    assert series.first_read_at == first_read


def test_an_episode_without_a_hoster_is_out_in_no_language(
    series: AnimeSeries, show: FakeSite
) -> None:
    lists(show, 4, "German Dub", hosters=())
    refresh_series(series, now=START)
    assert known(series, 4) == {}


def test_a_reading_that_finds_nothing_new_writes_nothing(
    series: AnimeSeries, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[availability.Changes] = []
    monkeypatch.setattr(availability.Changes, "write", written.append)
    refresh_series(series, now=START)
    assert [one for one in written if one.new or one.back or one.gone] == []


def test_many_languages_are_written_a_portion_at_a_time(
    series: AnimeSeries, monkeypatch: pytest.MonkeyPatch
) -> None:
    Availability.objects.all().delete()
    monkeypatch.setattr(availability, "EPISODES_AT_ONCE", 2)
    portions: list[int] = []
    write = availability.Changes.write

    def counted(changes: availability.Changes) -> None:
        portions.append(len(changes.new))
        write(changes)

    monkeypatch.setattr(availability.Changes, "write", counted)
    refresh_series(series, now=START)
    assert max(portions) == 2
    assert Availability.objects.filter(series=series).count() == sum(portions) == 6


def test_what_was_seen_by_a_clock_that_was_ahead_is_seen_now(
    series: AnimeSeries, show: FakeSite
) -> None:
    lists(show, 4, "German Sub")
    refresh_series(series, now=START + 365 * DAY)
    change_series(series, {"follow": "NEW"})
    AnimeSeries.objects.update(follow_since=START + 365 * DAY, first_read_at=START + 365 * DAY)
    series.refresh_from_db()
    refresh_series(series, now=START + 2 * DAY)
    assert known(series, 4) == {"German Sub": (2, None)}
    series.refresh_from_db()
    assert series.follow_since == series.first_read_at == START + 2 * DAY
    refresh_series(series, now=START + 3 * DAY)
    assert known(series, 4) == {"German Sub": (2, None)}, "it keeps its day"


def test_a_site_that_makes_up_languages_each_time_fills_nothing(
    series: AnimeSeries, show: FakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(availability, "MOST_GONE", 3)
    for day in range(8):
        lists(show, 4, f"Tongue {day}", "German Dub")
        refresh_series(series, now=START + day * DAY)
    assert known(series, 4) == {
        "German Dub": (0, None),
        "Tongue 0": (0, 1),  # since then it is out
        "Tongue 5": (5, 6),
        "Tongue 6": (6, 7),
        "Tongue 7": (7, None),
    }


def test_a_site_that_lists_other_episodes_each_time_fills_nothing(
    series: AnimeSeries, show: FakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(availability, "MOST_GONE_OF_SERIES", 3)
    for day in range(8):
        lists(show, 100 + day, "German Dub")
        refresh_series(series, now=START + day * DAY)
        lists(show, 100 + day)
    gone = Availability.objects.filter(series=series).exclude(gone_at=None)
    assert sorted(gone.values_list("episode_number", flat=True)) == [104, 105, 106]
