"""Which series are read for what a page of new episodes lists."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from library.models import AnimeSeries, Availability
from library.services import news
from library.services.news import with_news
from providers.base import NewEpisode
from tests.factories import make_series

pytestmark = pytest.mark.django_db
NOW = timezone.now()
LONG_AGO = NOW - timedelta(hours=5)


def series_of(key: str, *known: tuple[int, str], **fields: Any) -> AnimeSeries:
    """One whose episodes of season 1 are known in these languages."""
    series = make_series(key=key, **{"refreshed_at": LONG_AGO, **fields})
    for number, language in known:
        place = {"series": series, "season": 1, "episode_number": number, "language": language}
        Availability.objects.create(**place, first_seen_at=LONG_AGO)
    return series


def new(key: str, number: int, *languages: str, day: datetime | None = None) -> NewEpisode:
    return NewEpisode(key, 1, number, languages, day.date() if day else None)


def due(*listed: NewEpisode, site: str = "aniworld") -> list[str]:
    return [series.key for series in with_news(site, listed, NOW)]


def test_only_series_with_something_unknown_are_read() -> None:
    series_of("known", (1, "German Sub"), (1, "German Dub"))
    series_of("dub", (1, "German Sub"))
    series_of("next", (1, "German Sub"))
    series_of("silent", (1, "German Sub"))
    series_of("unlisted")
    assert due(
        new("known", 1, "German Dub"),
        new("dub", 1, "German Sub", "German Dub"),
        new("next", 1, "German Sub"),
        new("next", 2, "German Sub"),
        new("silent", 1),
        new("elsewhere", 1, "German Sub"),
    ) == ["dub", "next"]


def test_those_of_another_site_and_those_removed_are_left_alone() -> None:
    series_of("other", site="archive")
    series_of("gone", deleted_at=NOW)
    assert due(new("other", 1), new("gone", 1)) == []
    assert due(new("other", 1), site="archive") == ["other"]


def test_what_was_withdrawn_and_is_listed_again_is_unknown() -> None:
    series_of("back", (1, "German Sub"))
    Availability.objects.update(gone_at=LONG_AGO)
    assert due(new("back", 1, "German Sub")) == ["back"]


def test_the_one_that_was_read_longest_ago_comes_first() -> None:
    series_of("late", refreshed_at=LONG_AGO)
    series_of("never", refreshed_at=None)
    series_of("early", refreshed_at=LONG_AGO - timedelta(days=1))
    assert due(*(new(key, 1) for key in ("late", "early", "never"))) == ["never", "early", "late"]


@pytest.mark.parametrize(
    ("read", "day", "is_due"),
    [
        (timedelta(minutes=59), None, False),  # just now
        (timedelta(minutes=61), None, True),
        (timedelta(minutes=59), timedelta(0), False),
        (timedelta(hours=2), timedelta(0), True),
        (timedelta(hours=2), timedelta(days=1), True),  # its day may not be over there
        (timedelta(hours=2), timedelta(days=4), False),  # its page does not have it
        (timedelta(hours=25), timedelta(days=6), True),  # by now it may
        (timedelta(days=3), timedelta(days=4), True),
        (timedelta(days=-1), None, True),  # by a clock that was set back since
    ],
)
def test_what_its_page_does_not_have_is_asked_for_seldom(
    read: timedelta, day: timedelta | None, is_due: bool
) -> None:
    series_of("show", refreshed_at=NOW - read)
    entry = new("show", 1, "German Sub", day=None if day is None else NOW - day)
    assert due(entry) == (["show"] if is_due else [])


def test_any_number_of_keys_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(news, "KEYS_AT_ONCE", 2)
    for number in range(5):
        series_of(f"show-{number}")
    assert len(due(*(new(f"show-{number}", 1) for number in range(7)))) == 5
