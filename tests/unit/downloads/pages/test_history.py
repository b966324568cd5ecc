"""The history: what has arrived, failed or been removed, found by its address."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from downloads import services
from downloads.choices import Status
from downloads.errors import NotPending
from downloads.models import DownloadQueueItem
from downloads.seen import Beside, kept
from library.models import AnimeSeries, LibraryRoot
from tests.factories import make_item, make_series
from tests.unit.reading import get, swap, texts, toasts

NOW = timezone.now()
DAY = timedelta(days=1)


@pytest.fixture
def series(library: LibraryRoot) -> AnimeSeries:
    return make_series("Mushishi", missing=9)


@pytest.fixture
def past(series: AnimeSeries) -> dict[str, DownloadQueueItem]:
    """One of each kind, and some that belong to no history."""
    other = make_series("Frieren", missing=3)
    done = {"status": Status.COMPLETED, "language": "German Dub"}
    items = {
        "new": make_item(series, 1, completed_at=NOW, title="The Green Seat", **done),
        "old": make_item(series, 2, completed_at=NOW - 3 * DAY, **done),
        "sub": make_item(other, 1, completed_at=NOW - DAY, **done | {"language": "German Sub"}),
        "failed": make_item(other, 2, completed_at=NOW - 2 * DAY, status=Status.FAILED),
        "removed": make_item(other, 3),
    }
    services.remove(item_ids=[items["removed"].pk])
    make_item(series, 5)
    make_item(series, 6, completed_at=NOW, removed_at=NOW, **done)  # taken off the list
    return items


def shown(page: object) -> list[int]:
    return [int(str(row["data-item"])) for row in page.select("#live [data-item]")]  # type: ignore[attr-defined]


def names_of(ids: list[int], past: dict[str, DownloadQueueItem]) -> list[str]:
    by_id = {item.pk: name for name, item in past.items()}
    return [by_id[pk] for pk in ids]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["new", "sub", "failed", "old"]),
        ("?state=COMPLETED", ["new", "sub", "old"]),
        ("?state=FAILED", ["failed"]),
        ("?state=CANCELLED", ["removed"]),
        ("?series=frieren", ["sub", "failed"]),
        ("?series=Mushi", ["new", "old"]),
        ("?language=german+sub", ["sub"]),
        ("?q=green+seat", ["new"]),
        ("?q=Frieren&state=FAILED", ["failed"]),
        ("?q=nothing+is+called+so", []),
        ("?state=NONSENSE&day=yesterday&page=9", ["new", "sub", "failed", "old"]),
        ("?day=9999-12-31", []),
        ("?day=0001-01-01", []),
        ("?q=%00&series=%00", ["new", "sub", "failed", "old"]),
    ],
)
def test_an_address_says_what_is_shown(
    visitor: Client, past: dict[str, DownloadQueueItem], query: str, expected: list[str]
) -> None:
    page = get(visitor, f"/queue/history{query}")
    assert names_of(shown(page), past) == expected


def test_a_day_is_one_of_the_servers_clock(
    visitor: Client, past: dict[str, DownloadQueueItem]
) -> None:
    day = timezone.localtime(NOW - DAY).date()
    assert names_of(shown(get(visitor, f"/queue/history?day={day}")), past) == ["sub"]
    today = timezone.localtime(NOW).date()
    removed = get(visitor, f"/queue/history?state=CANCELLED&day={today}")
    assert names_of(shown(removed), past) == ["removed"]


def test_the_filter_keeps_what_was_asked_and_pages_keep_the_filter(
    visitor: Client, series: AnimeSeries
) -> None:
    for number in range(1, 61):
        make_item(
            series,
            number,
            status=Status.COMPLETED,
            completed_at=NOW - timedelta(minutes=number),
            language="German Dub",
        )
    page = get(visitor, "/queue/history?language=German+Dub")
    field = page.select_one("input[name=language]")
    assert field is not None
    assert field["value"] == "German Dub"
    assert len(shown(page)) == 50
    [older] = [str(link["href"]) for link in page.select("nav a") if "page=2" in str(link["href"])]
    rest = get(visitor, f"/queue/history{older[older.index('?') :]}")
    assert len(shown(rest)) == 10
    assert set(shown(page)).isdisjoint(shown(rest))


def test_an_empty_history_says_what_it_is_for(visitor: Client, series: AnimeSeries) -> None:
    assert texts(get(visitor, "/queue/history"), ".empty h2") == ["Nothing has arrived yet"]
    filtered = get(visitor, "/queue/history?q=what")
    assert texts(filtered, ".empty h2") == ["Nothing fits"]
    assert filtered.select_one('.empty a[href="/queue/history"]')


def test_what_has_arrived_is_cleared_here_and_brought_back(
    visitor: Client, past: dict[str, DownloadQueueItem]
) -> None:
    answer = swap(
        visitor, "post", "/queue/clear/completed", "live", next="/queue/history?state=COMPLETED"
    )
    assert toasts(answer)[0]["text"] == "3 entries taken off the list."
    assert names_of(shown(get(visitor, "/queue/history")), past) == ["failed"]
    visitor.post(toasts(answer)[0]["undo"])
    assert len(shown(get(visitor, "/queue/history"))) == 4


def test_a_failure_tells_what_was_tried(visitor: Client, series: AnimeSeries) -> None:
    said = NotPending(item=7).as_json()
    tried = {"at": NOW.isoformat(), "provider": "x", "hoster": "voe", "language": "", "stage": ""}
    make_item(
        series,
        1,
        status=Status.FAILED,
        completed_at=NOW,
        attempts=[{**tried, **said}],
        **DownloadQueueItem.error.values(said),
    )
    page = get(visitor, "/queue/history")
    assert texts(page, ".queue-error-whole") == ["Item 7 does not wait in the queue."]
    assert "VOE Item 7 does not wait" in texts(page, ".queue-chain li")[0]


def test_programs_find_the_same(visitor: Client, past: dict[str, DownloadQueueItem]) -> None:
    def found(query: str) -> list[str]:
        answer = visitor.get(f"/api/queue/items?{query}").json()
        return names_of([int(item["id"]) for item in answer["results"]], past)

    assert found("status=COMPLETED&language=german+sub") == ["sub"]
    assert found("q=green+seat") == ["new"]
    day: datetime = timezone.localtime(NOW - 2 * DAY)
    assert found(f"day={day.date()}") == ["failed"]
    assert visitor.get("/api/queue/items?day=never").status_code == 400


def test_what_the_check_saw_of_a_file_can_be_read(visitor: Client, series: AnimeSeries) -> None:
    tracks = [
        {"kind": "video", "codec": "h264", "language": "", "width": 1920, "height": 1080},
        {"kind": "audio", "codec": "aac", "language": "deu", "channels": 2},
        {"kind": "audio", "codec": "dts", "language": "xzz", "channels": 6},
        {"kind": "subtitles", "codec": "subrip", "language": "deu"},
        {"kind": "subtitles", "codec": "subrip", "language": ""},
    ]
    told = {"container": "mkv", "seconds": 1420.6, "tracks": tracks, "checks": ["length", "new"]}
    make_item(series, 1, status=Status.COMPLETED, completed_at=timezone.now(), seen=kept(told))
    make_item(series, 2, status=Status.COMPLETED, completed_at=timezone.now())
    page = get(visitor, "/queue/history")
    assert texts(page, ".queue-seen > div") == [
        "Picture 1920×1080 H.264",
        "Sound German AAC stereo, xzz DTS 5.1",
        "Subtitles German, ?",
        "Length 23:41",
        "File MKV",
        "Checked it is as long as announced, new",
    ]


def test_a_file_is_told_below_its_library_folder(
    visitor: Client, series: AnimeSeries, library: LibraryRoot
) -> None:
    series.root = library
    series.save()
    path = f"{library.path}/Mushishi (2005)/Season 01/Mushishi - S01E01.mp4"
    make_item(
        series, 1, status=Status.COMPLETED, completed_at=timezone.now(), file_destination=path
    )
    shown = texts(get(visitor, "/queue/history"), ".queue-file")
    assert shown == ["Mushishi (2005)/Season 01/Mushishi - S01E01.mp4"]


def test_a_file_that_may_lack_its_end_is_pointed_out(visitor: Client, series: AnimeSeries) -> None:
    told = {"container": "mp4", "seconds": 960.0}
    for number, beside in enumerate(
        (
            Beside(files=2, shortest=1420.0),
            Beside(files=1, shortest=1000.0),
            Beside(files=0, shortest=None),
        ),
        start=1,
    ):
        done = timezone.now() - timedelta(minutes=number)
        seen = kept(told, beside)
        make_item(series, number, status=Status.COMPLETED, completed_at=done, seen=seen)
    page = get(visitor, "/queue/history")
    assert texts(page, ".queue-doubt") == [
        "It may lack its end: it lasts 16:00, the shortest of the series' other episodes 23:40."
    ]
    compared = [words for words in texts(page, ".queue-seen > div") if words.startswith("Compared")]
    assert compared == [
        "Compared with 2 other episodes",
        "Compared with 1 other episode",
        "Compared with no other episode: none is known yet",
    ]
