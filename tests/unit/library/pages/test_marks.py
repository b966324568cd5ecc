"""What is on its way of a series stands on its poster and in its row, and so does its size."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from downloads.choices import Status
from library import marks
from library.models import AnimeSeries, LibraryRoot
from library.services.settle import settle
from tests.factories import make_episodes, make_file, make_item, make_series
from tests.unit.reading import get, texts


def sized(name: str, *sizes: int, **fields: object) -> AnimeSeries:
    """A series with a file for each size, settled as a scan would."""
    series = make_series(name, **fields)  # type: ignore[arg-type]
    make_episodes([(series, 1, number, "MISSING") for number, _ in enumerate(sizes, 1)])
    for number, size in enumerate(sizes, 1):
        path = f"{name}/S01E0{number}.mkv"
        make_file(series, path, season=1, episodes=[number], size=size)
    with transaction.atomic():
        settle([series.pk])
    series.refresh_from_db()
    return series


def test_posters_and_rows_are_marked(visitor: Client, library: LibraryRoot) -> None:
    busy = make_series("Busy", missing=4, follow="GAPS")
    make_series("Calm", present=1)
    make_item(busy, 1, status=Status.DOWNLOADING, stage="DOWNLOADING")
    make_item(busy, 2)
    make_item(busy, 3, status=Status.PAUSED)
    make_item(busy, 4, status=Status.FAILED)
    page = get(visitor, "/?view=grid")
    badges = texts(page, ".poster-card:first-child .poster-badge")
    assert badges == ["downloading", "2 queued", "followed", "4 missing"]
    assert texts(page, ".poster-card:nth-child(2) .poster-badge") == ["complete"]
    rows = texts(get(visitor, "/?view=table"), "tbody th .chip")
    assert rows == ["Downloading", "2 queued", "Followed"]


def test_the_page_follows_the_queue(visitor: Client, library: LibraryRoot) -> None:
    make_series("Busy", missing=1)
    [region] = get(visitor, "/").select("#live")
    assert "queue_status" in str(region["data-seldom"]).split()


def test_marks_are_asked_for_once_and_not_of_nothing(
    library: LibraryRoot, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    several = [make_series(missing=1) for _ in range(5)]
    for series in several:
        make_item(series)
    with django_assert_num_queries(1):
        found = marks.marks_of([series.pk for series in several])
    assert found == {series.pk: marks.Mark(queued=1) for series in several}
    with django_assert_num_queries(0):
        assert marks.marks_of([]) == {}


def test_the_library_is_sorted_by_size(visitor: Client, library: LibraryRoot) -> None:
    sized("Small", 10_000_000)
    sized("Large", 2_000_000_000, 500_000_000)
    make_series("Nothing", missing=1)
    names = texts(get(visitor, "/?view=table&sort=size&columns=size"), "tbody th a")
    assert names == ["Large", "Small", "Nothing"]
    page = get(visitor, "/?view=table&sort=-size&columns=size")
    assert texts(page, "tbody th a") == ["Nothing", "Small", "Large"]
    assert texts(page, "tbody td.wide") == ["–", "10 MB", "2.5 GB"]
    [head] = page.select("th[aria-sort]")
    assert (head.get_text(strip=True), head["aria-sort"]) == ("Size", "ascending")
    listed = visitor.get("/api/v1/anime?missing=all&ordering=-bytes_on_disk").json()["results"]
    assert [one["bytes_on_disk"] for one in listed] == [2_500_000_000, 10_000_000, 0]


def test_a_file_of_two_episodes_counts_once_and_one_that_is_away_not(
    library: LibraryRoot,
) -> None:
    series = make_series("Show")
    make_episodes([(series, 1, number, "MISSING") for number in (1, 2, 3)])
    make_file(series, "Show/S01E01-02.mkv", season=1, episodes=[1, 2], size=100)
    away = {"season": 1, "episodes": [3], "size": 7, "state": "UNAVAILABLE"}
    make_file(series, "Show/S01E03.mkv", **away)
    with transaction.atomic():
        settle([series.pk])
    series.refresh_from_db()
    assert (series.downloaded_count, series.unavailable_count) == (2, 1)
    assert series.bytes_on_disk == 100


@pytest.mark.parametrize("sizes", [(100, 20), ()])
def test_the_migration_adds_up_what_is_there(library: LibraryRoot, sizes: tuple[int, ...]) -> None:
    series = sized("Show", *sizes)
    AnimeSeries.objects.update(bytes_on_disk=0)
    import_module("library.migrations.0037_known_sizes").add_up(apps, None)
    series.refresh_from_db()
    assert series.bytes_on_disk == sum(sizes)
