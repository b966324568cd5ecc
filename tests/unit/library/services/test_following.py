"""What the owner may say about a series that is fetched by itself."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from aniworld.config import store
from aniworld.journal import services as journal
from aniworld.journal.models import Entry
from library.errors import InvalidFollowing
from library.models import AnimeSeries
from library.services import add_series, change_series
from library.services.refresh import REFRESH_AFTER
from tests.factories import make_series
from tests.unit.library.fakes import FakeSite

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("follow", ["OFF", "NEW", "GAPS"])
def test_a_new_series_begins_as_the_settings_say(
    show: FakeSite, library: Path, follow: str
) -> None:
    store.update(lambda data: data["following"].update(new_series=follow))
    series, _ = add_series(site=show.name, key="show")
    assert series.follow == follow
    assert (series.follow_since is None) == (follow == "OFF")


def test_since_moves_with_what_is_followed_alone() -> None:
    series = change_series(make_series(), {"follow": "GAPS"})
    since = series.follow_since
    assert since is not None
    series = change_series(series, {"keep_files": "BOTH", "language_ranks": ["German Sub=1"]})
    series = change_series(series, {"follow": "GAPS"})
    assert series.follow_since == since
    series = change_series(series, {"follow": "SEASON", "follow_season": 2})
    assert series.follow_since is not None
    assert series.follow_since > since


def test_a_season_goes_with_what_needs_one() -> None:
    series = change_series(make_series(), {"follow": "SEASON", "follow_season": 2})
    series = change_series(series, {"keep_files": "BOTH"})
    assert series.follow_season == 2
    assert change_series(series, {"follow": "SEASON"}).follow_season == 2
    assert change_series(series, {"follow": "GAPS"}).follow_season is None
    [entry, *_] = Entry.objects.order_by("-pk")
    journal.undo(entry_id=entry.pk)
    series.refresh_from_db()
    assert (series.follow, series.follow_season) == ("SEASON", 2)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"follow": "EVERYTHING"}, "follow"),
        ({"follow": "SEASON"}, "season"),
        ({"follow": "SEASON", "follow_season": 0}, "season"),
        ({"follow": "NEW", "follow_season": 1}, "no_season"),
        ({"follow_season": 1}, "no_season"),
        ({"keep_files": "ALL"}, "keep"),
        ({"refresh_hours": 5}, "hours"),
        ({"language_ranks": ["German Dub"]}, "ranks"),
        ({"language_ranks": ["German Dub=now", "german dub=7"]}, "ranks"),
    ],
)
def test_what_there_is_not_is_refused(changes: dict[str, object], why: str) -> None:
    series = make_series()
    with pytest.raises(InvalidFollowing) as refused:
        change_series(series, changes)
    assert refused.value.params["why"] == why
    assert " " in str(refused.value)
    series.refresh_from_db()
    assert series.follow == "OFF"


@pytest.mark.parametrize(
    "fields",
    [
        {"follow": "ALL"},
        {"follow": "SEASON"},
        {"follow": "NEW", "follow_season": 1},
        {"keep_files": "ALL"},
        {"refresh_hours": 5},
    ],
)
def test_the_table_refuses_it_too(fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_series(**fields)


def test_a_series_is_due_when_it_says_so() -> None:
    now = timezone.now()
    for hours in (None, 1, 24):
        make_series(str(hours), refresh_hours=hours, refreshed_at=now - timedelta(hours=7))
    due = AnimeSeries.objects.due(REFRESH_AFTER, now)
    assert {series.name for series in due} == {"None", "1"}
    late = AnimeSeries.objects.due(REFRESH_AFTER, now + timedelta(hours=17, seconds=1))
    assert late.count() == 3
