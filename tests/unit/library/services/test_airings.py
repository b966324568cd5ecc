"""What is kept of a site's calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from library.models import Airing, AnimeSeries
from library.services.airings import keep_airings
from providers.base import Airing as Listed
from tests.factories import make_series

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def series() -> AnimeSeries:
    return make_series("Show", key="show")


def listed(number: int, days: float, *languages: str, key: str = "show") -> Listed:
    at = NOW + days * DAY
    return Listed(key, 1, number, at.date(), at, languages)


def keep(*entries: Listed, now: datetime = NOW) -> int:
    return keep_airings("aniworld", entries, now)


def kept() -> list[tuple[int, str, float]]:
    """Number, language and days from now."""
    rows = Airing.objects.order_by("at", "language", "episode_number")
    return [(row.episode_number, row.language, (row.at - NOW) / DAY) for row in rows]


def test_only_series_here_are_kept(series: AnimeSeries) -> None:
    make_series("Gone", key="gone", deleted_at=NOW)
    make_series("Other", key="other", site="archive")
    said = [listed(1, 1, "German Sub", "German Dub"), listed(2, 8)]
    said += [listed(1, 1, key=key) for key in ("gone", "other", "nobody")]
    assert keep(*said) == 2
    assert kept() == [(1, "German Dub", 1), (1, "German Sub", 1), (2, "", 8)]
    assert keep(*said, now=NOW + timedelta(hours=1)) == 2
    assert set(Airing.objects.values_list("noted_at", flat=True)) == {NOW}


def test_a_day_without_a_time_is_kept_as_such(series: AnimeSeries) -> None:
    keep(Listed("show", 1, 1, date(2026, 12, 24)))
    row = Airing.objects.get()
    assert (row.at, row.has_time) == (datetime(2026, 12, 24, tzinfo=UTC), False)


def test_what_moves_leaves_its_day(series: AnimeSeries) -> None:
    keep(listed(1, 1, "German Sub"), listed(2, 8, "German Sub"))
    keep(listed(1, 3, "German Sub"), listed(2, 8, "German Sub"))
    assert kept() == [(1, "German Sub", 3), (2, "German Sub", 8)]
    # It did not come on its day, and is announced anew after it.
    keep(listed(1, 10, "German Sub"), listed(2, 17, "German Sub"), now=NOW + 4 * DAY)
    assert kept() == [(1, "German Sub", 10), (2, "German Sub", 17)]


def test_another_language_moves_nothing(series: AnimeSeries) -> None:
    keep(listed(1, 1, "German Sub"))
    keep(listed(1, 20, "German Dub"), now=NOW + 2 * DAY)
    assert kept() == [(1, "German Sub", 1), (1, "German Dub", 20)]


def test_what_has_come_stays_and_what_is_withdrawn_goes(series: AnimeSeries) -> None:
    keep(listed(1, 1), listed(2, 8), listed(3, 15))
    keep(listed(3, 15), now=NOW + 2 * DAY)
    assert kept() == [(1, "", 1), (3, "", 15)]


def test_what_lies_beyond_the_calendar_is_not_withdrawn(series: AnimeSeries) -> None:
    keep(listed(1, 1), listed(9, 60))
    keep(listed(1, 1))
    assert kept() == [(1, "", 1), (9, "", 60)]


def test_a_series_that_is_listed_no_more_loses_what_was_to_come(series: AnimeSeries) -> None:
    make_series("Other", key="other")
    keep(listed(1, 1), listed(1, 2, key="other"))
    keep(listed(1, 2, key="other"))
    assert kept() == [(1, "", 2)]


def test_those_of_another_site_are_left_alone(series: AnimeSeries) -> None:
    other = make_series("Other", key="other", site="archive")
    place = {"series": other, "season": 1, "episode_number": 1}
    Airing.objects.create(**place, at=NOW + DAY, noted_at=NOW)
    keep(listed(1, 5))
    assert Airing.objects.filter(series=other).exists()
