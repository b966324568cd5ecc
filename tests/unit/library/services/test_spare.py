"""Which file stands for the episodes of another one, as a series is settled."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from library.models import AnimeSeries, MediaFile
from library.services.settle import settle
from tests.factories import make_file, make_root, make_series

pytestmark = pytest.mark.django_db


@pytest.fixture
def show() -> AnimeSeries:
    return make_series("Show", missing=4, root=make_root(), key="show")


def file(series: AnimeSeries, name: str, *episodes: int, **fields: Any) -> MediaFile:
    values = {"season": 1, "episodes": list(episodes), "folder": "Show"}
    return make_file(series, f"Show/{name}", **values | fields)


def settled(series: AnimeSeries) -> dict[str, str | None]:
    with transaction.atomic():
        settle([series.pk])
    rows = MediaFile.objects.filter(instead__isnull=False)
    return {
        path.removeprefix("Show/"): other.removeprefix("Show/")
        for path, other in rows.values_list("path", "instead__path")
    }


def test_the_worse_of_two_names_the_better_one(show: AnimeSeries) -> None:
    file(show, "small", 1, size=1)
    large = file(show, "large", 1, size=2)
    file(show, "alone", 2)
    assert settled(show) == {"small": "large"}
    newer = file(show, "newer", 1, size=1, version=2)
    assert settled(show) == {"small": "newer", "large": "newer"}
    newer.delete()
    assert settled(show) == {"small": "large"}
    large.delete()
    assert settled(show) == {}
    assert not MediaFile.objects.exclude(instead=None).exists()


def test_a_file_that_stands_for_one_of_its_episodes_is_not_spare(show: AnimeSeries) -> None:
    file(show, "both", 1, 2, size=1)
    file(show, "first", 1, size=2)
    assert settled(show) == {}
    file(show, "second", 2, size=2)
    assert settled(show) == {"both": "first"}


def test_however_it_is_numbered_it_is_the_same_episode(show: AnimeSeries) -> None:
    file(show, "named", 3, size=2)
    file(show, "counted", season=None, absolute=[3], size=1)
    file(show, "nowhere", season=None, episodes=[], absolute=[])
    assert settled(show) == {"counted": "named"}


def test_one_whose_name_says_nothing_now_or_that_left_is_none(show: AnimeSeries) -> None:
    spare = file(show, "small", 1, size=1)
    file(show, "large", 1, size=2)
    assert settled(show) == {"small": "large"}
    assert list(MediaFile.objects.spare()) == [spare]
    other = make_series("Other")
    for change in ({"problem": "name_without_number"}, {"problem": "", "series": other}):
        MediaFile.objects.filter(pk=spare.pk).update(**change)
        assert not MediaFile.objects.spare().exists()


def test_where_each_file_has_its_episode_nothing_more_is_written(show: AnimeSeries) -> None:
    file(show, "one", 1)
    file(show, "two", 2)
    settled(show)
    with CaptureQueriesContext(connection) as asked:
        settled(show)
    assert "SET instead_id" not in str(asked.captured_queries)
