"""Pages and API stay cheap in a large library: 1,000 series of 26 episodes, 1,000 queue items."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from downloads.choices import Status
from downloads.models import DownloadQueueItem
from library.models import AnimeSeries, LibraryRoot
from tests.factories import make_episodes, make_scan, make_unmatched
from tests.unit.reading import get

MOST = 15


@pytest.fixture
def large_library(library: LibraryRoot) -> list[AnimeSeries]:
    rows = []
    for number in range(1000):
        series = AnimeSeries(
            key=f"show-{number}",
            site="aniworld",
            site_key=f"show-{number}",
            name=f"Show {number:04}",
            folder=f"Show {number}",
            genres=["Drama", f"Genre {number % 20}"],
            total_episodes=26,
            downloaded_count=13,
            missing_count=13,
            root=library,
            cover_source="https://site.example/cover.jpg",
        )
        series.index_words()
        rows.append(series)
    series_list = AnimeSeries.objects.bulk_create(rows, batch_size=500)
    make_episodes(
        [
            (series, 1, episode, "PRESENT" if episode < 14 else "MISSING")
            for series in series_list
            for episode in range(1, 27)
        ]
    )
    statuses = [Status.PENDING] * 800 + [Status.COMPLETED] * 150 + [Status.FAILED] * 49
    DownloadQueueItem.objects.bulk_create(
        DownloadQueueItem(
            series=series, season=1, episode_number=20, status=status, position=position
        )
        for position, (series, status) in enumerate(
            zip(series_list, [*statuses, Status.DOWNLOADING], strict=True)
        )
    )
    for number in range(60):
        make_unmatched(f"Folder {number}", root=library)
    make_scan(result={"folders": 1060})
    return series_list


def test_no_list_page_asks_more_than_a_few_questions(
    visitor: Client,
    large_library: list[AnimeSeries],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for address in [
        "/",
        "/?view=table&sort=missing&q=show&genre=Drama",
        "/?page=9",
        "/queue",
        "/queue?limit=1000",
        "/unmatched",
        "/add",
        f"/series/{large_library[0].key}",
    ]:
        with django_assert_max_num_queries(MOST):
            page = get(visitor, address)
        assert page.select_one("#live")
    assert len(get(visitor, "/").select("[data-key]")) == 60
    assert len(get(visitor, "/queue").select("queue-list [data-item]")) == 100
    assert len(get(visitor, "/unmatched").select(".folder")) == 40


def test_no_reading_of_the_api_asks_more_than_a_few_questions(
    visitor: Client,
    large_library: list[AnimeSeries],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    answers = {}
    for address in [
        "v1/anime",
        "v1/anime?missing=all&page_size=500&ordering=-year&search=show",
        "queue/status",
        "queue/items?page_size=500",
        "queue/items?status=failed",
        f"v1/anime/{large_library[0].key}",
    ]:
        with django_assert_max_num_queries(MOST):
            answers[address] = visitor.get(f"/api/{address}").json()
    assert len(answers["v1/anime"]["results"]) == 50
    (first, *_) = answers["v1/anime"]["results"]
    assert first["missing_episodes"] == {"1": list(range(14, 27))}
    assert first["cover_url"]
    lists = answers["queue/status"]["status"]
    for name, length in (("active_downloads", 1), ("pending_queue", 100), ("failed_downloads", 49)):
        assert len(lists[name]) == length
    assert len(answers["queue/items?page_size=500"]["results"]) == 500
    assert answers["queue/items?status=failed"]["count"] == 49
    assert len(answers[f"v1/anime/{large_library[0].key}"]["episodes"]) == 26
