"""Pages and API stay cheap in a large library: 1,000 series of 26 episodes, 1,000 queue items."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from downloads.choices import Status
from downloads.models import DownloadQueueItem
from library.choices import FileState
from library.models import AnimeSeries, LibraryRoot, ScanOperation
from tests.factories import make_episodes, make_file, make_scan, make_unmatched, said
from tests.unit.reading import get


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
            follow="GAPS",
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
    counted = ("files", "new", "changed", "gone", "unreadable", "unmatched", "errors", "duration")
    make_scan(result={"folders": 1060, **dict.fromkeys(counted, 0)})
    return series_list


def test_no_list_page_asks_more_than_its_few_questions(
    visitor: Client,
    large_library: list[AnimeSeries],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    series = f"/series/{large_library[0].key}"
    for address, most in {
        "/": 9,
        "/?view=table": 9,
        "/?view=table&sort=missing&q=show&genre=Drama": 9,
        "/?page=9": 9,
        "/queue": 10,
        "/queue?page=9&open=1-1-1": 10,
        "/queue/history": 6,
        "/queue/history?q=show&language=german+dub&state=FAILED": 6,
        "/queue/screen": 12,
        "/unmatched": 6,
        "/journal": 5,
        "/account": 5,
        "/add": 3,
        "/changes": 4,
        "/numbering": 6,
        series: 10,
        f"{series}/mapping": 6,
        f"{series}/episodes/1/1/why": 7,
        f"{series}/following": 10,
        "/calendar": 11,
        "/statistics": 9,
        "/statistics?period=all": 9,
        "/catalogue": 9,
        "/missing": 9,
        "/missing?q=show&language=German Sub&season=1&followed=yes": 9,
        "/missing?view=day": 9,
        f"/missing?series={large_library[0].key}&season=1": 9,
        "/files": 9,
        "/files?show=duplicates&sort=largest&q=show": 9,
        "/calendar?view=month&series=followed&show=missing": 11,
        "/following": 20,
        "/following/waiting": 20,
    }.items():
        with django_assert_max_num_queries(most, info=address):
            get(visitor, address)
    assert len(get(visitor, "/").select("[data-key]")) == 60
    assert len(get(visitor, "/queue").select("queue-list [data-item]")) == 15
    assert len(get(visitor, "/unmatched").select(".folder")) == 40


# How a scan ended, whether files are held for the owner's word (which are asked for then, and those
# of which series), and how many questions may be asked.
ENDS: tuple[tuple[dict[str, Any], bool, int], ...] = (
    ({"state": "RUNNING"}, False, 8),
    ({"state": "COMPLETED", "result": {"unreadable": 3}}, False, 10),
    ({"state": "FAILED", **said("error", "scan_failed", "broke")}, False, 8),
    ({"state": "COMPLETED", "result": {"unreadable": 3}}, True, 12),
    ({"state": "FAILED", "error_code": "mass_removal", "result": {"unreadable": 3}}, True, 11),
    ({"state": "FAILED", **said("error", "root_unavailable", "empty")}, True, 12),
)


def test_however_a_scan_ended_the_library_asks_for_its_row_once(
    large_library: list[AnimeSeries], visitor: Client
) -> None:
    """In one test, since the library takes long to make."""
    first, second = large_library[:2]
    make_file(first, "Show 0/1.mkv", folder="Show 0", state=FileState.UNAVAILABLE)
    make_file(second, "Show 1/1.mkv", folder="Show 1", problem="name_without_number")
    LibraryRoot.objects.update(
        frozen_reason="root_changed", **said("error", "root_unavailable", "empty")
    )
    for facts, holds, most in ENDS:
        ScanOperation.objects.all().delete()
        make_scan(**facts)
        AnimeSeries.objects.filter(pk=first.pk).update(removal_held=holds)
        with CaptureQueriesContext(connection) as asked:
            page = get(visitor, "/")
        assert len(asked) <= most, facts
        assert str(asked.captured_queries).count('FROM "library_scanoperation"') == 1, facts
        assert bool(page.select_one("#scan-accept")) is holds, facts


def test_no_reading_of_the_api_asks_more_than_its_few_questions(
    visitor: Client,
    large_library: list[AnimeSeries],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    answers = {}
    series = f"v1/anime/{large_library[0].key}"
    for address, most in {
        "v1/anime": 4,
        "v1/anime?missing=all&page_size=500&ordering=-year&search=show": 4,
        series: 5,
        f"{series}/mapping": 2,
        f"{series}/episodes/1/1/evidence": 5,
        f"{series}/plan": 8,
        "calendar": 4,
        "statistics": 7,
        "statistics?period=all": 7,
        "catalogue": 3,
        "calendar/undated": 3,
        "v1/numbering?page_size=500": 5,
        f"{series}/mapping/suggestions": 4,
        "v1/following/plan": 18,
        "v1/following/waiting": 18,
        "v1/anime/unmatched": 3,
        "v1/anime/rescan/status": 2,
        "queue/status": 8,
        "queue/items?page_size=500": 4,
        "queue/items?status=failed": 3,
        "auth/sessions": 2,
        "providers": 1,
    }.items():
        with django_assert_max_num_queries(most, info=address):
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
    assert len(answers[series]["episodes"]) == 26
