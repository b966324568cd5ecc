"""The waiting as runs of a season: shown in the order in which they are taken, opened on demand."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from downloads import services
from downloads.choices import Priority, Status
from downloads.models import DownloadQueueItem
from downloads.pages.queue import RUNS
from downloads.pages.runs import MOST_OPEN, PART, SHORT, open_runs
from library.models import AnimeSeries, LibraryRoot
from tests.factories import make_item, make_series
from tests.unit.reading import get, swap, texts, toasts


@pytest.fixture
def series(library: LibraryRoot) -> AnimeSeries:
    return make_series("Mushishi", missing=9)


@pytest.fixture
def other(library: LibraryRoot) -> AnimeSeries:
    return make_series("Frieren", missing=9)


def fill(series: AnimeSeries, numbers: range, *, start: int, **fields: object) -> list[int]:
    return [
        make_item(series, number, position=start + place, **fields).pk
        for place, number in enumerate(numbers)
    ]


def rows(page: BeautifulSoup) -> list[tuple[int, int]]:
    """Place, from 0, and id of each row."""
    found = page.select("queue-list [data-place]")
    return [(int(str(row["data-place"])), int(str(row["data-item"]))) for row in found]


def order() -> list[int]:
    return list(DownloadQueueItem.objects.waiting().in_order().values_list("pk", flat=True))


def test_neighbours_of_a_season_are_one_row_and_no_others(
    visitor: Client, series: AnimeSeries, other: AnimeSeries
) -> None:
    """What stands between two episodes of a season stands between them on the page."""
    fill(series, range(1, 9), start=1)
    fill(other, range(1, 2), start=10)
    fill(series, range(9, 15), start=20)
    fill(series, range(1, 3), start=30, season=2)
    page = get(visitor, "/queue")
    shown = [str(one.get("data-run") or "alone") for one in page.select(".queue-runs > li")]
    first = f"{series.pk}-1"
    assert shown == [f"{first}-1", "alone", f"{first}-2", f"{series.pk}-2-1"]
    names = texts(page, ".queue-fold > summary")
    assert names[0] == "1–8MushishiSeason 1E01–E088 episodes"
    assert names[1] == "10–15MushishiSeason 1E09–E146 episodes"
    assert names[2] == "16–17MushishiSeason 2E01–E022 episodes"
    assert texts(page, ".queue-runs > [data-item] .queue-place") == ["9"]


def test_a_short_queue_is_shown_whole_in_the_order_it_is_run(
    visitor: Client, series: AnimeSeries, other: AnimeSeries
) -> None:
    fill(series, range(1, 5), start=1, priority=Priority.LOW)
    fill(other, range(1, 4), start=1)
    page = get(visitor, "/queue")
    assert [pk for _, pk in rows(page)] == order()
    assert [place for place, _ in rows(page)] == list(range(7))


def test_a_long_queue_is_folded_and_an_address_opens_a_run(
    visitor: Client, series: AnimeSeries, other: AnimeSeries
) -> None:
    fill(series, range(1, SHORT + 1), start=1)
    ids = fill(other, range(1, 2 * PART + 3), start=100)
    page = get(visitor, "/queue")
    assert rows(page) == []
    run = page.select_one(f'[data-run="{other.pk}-1-1"]')
    assert run is not None
    link = run.select_one("[data-unloaded] a")
    assert link is not None
    assert link.get_text(strip=True) == f"Show {2 * PART + 2} episodes"
    opened = get(visitor, f"/queue{link['href']}")
    assert [pk for _, pk in rows(opened)] == ids[:PART]
    assert rows(opened)[0][0] == SHORT
    further = [str(one["href"]) for one in opened.select("[data-part-of]")]
    second = get(visitor, f"/queue{further[0]}")
    assert [pk for _, pk in rows(second)] == ids[PART : 2 * PART]
    assert texts(second, ".queue-parts .numbers") == ["Part 2 of 3"]
    beyond = get(visitor, f"/queue?open={other.pk}-1-1.999")
    assert [pk for _, pk in rows(beyond)] == ids[2 * PART :]


def test_a_run_keeps_its_name_while_its_first_are_taken(
    visitor: Client, series: AnimeSeries
) -> None:
    ids = fill(series, range(1, SHORT + 4), start=1)
    address = f"/queue?open={series.pk}-1-1"
    assert rows(get(visitor, address))[0] == (0, ids[0])
    DownloadQueueItem.objects.filter(pk=ids[0]).update(status=Status.DOWNLOADING)
    assert rows(get(visitor, address))[0] == (0, ids[1])


def test_an_address_opens_no_more_than_a_few_and_nothing_that_is_no_run() -> None:
    many = [f"{number}-1-1" for number in range(100)]
    assert len(open_runs(many)) == MOST_OPEN
    hostile = ["", "1-1", "1-1-1.", "x-1-1", "1-1-1.0", "-1-1-1", "9" * 40 + "-1-1", "1-1-1\n"]
    assert open_runs(hostile) == {"1-1-1": 1}


def test_runs_come_in_pages(visitor: Client, library: LibraryRoot) -> None:
    shows = [make_series(f"Show {number}") for number in range(RUNS + 2)]
    for place, show in enumerate(shows):
        make_item(show, 1, position=place)
    page = get(visitor, "/queue")
    assert len(rows(page)) == RUNS
    following = page.select_one('[aria-labelledby=pending-title] nav a[href*="page=2"]')
    assert following is not None
    assert [place for place, _ in rows(get(visitor, f"/queue{following['href']}"))] == [
        RUNS,
        RUNS + 1,
    ]


def test_ticked_items_and_runs_are_moved_held_and_removed_at_once(
    visitor: Client, series: AnimeSeries, other: AnimeSeries
) -> None:
    first = fill(series, range(1, 4), start=1)
    [alone] = fill(other, range(1, 2), start=10)
    last = fill(series, range(4, 7), start=20)
    run = f"{series.pk}-1-2"
    answer = swap(visitor, "post", "/queue/selected", "live", action="top", ids=[alone], runs=[run])
    assert toasts(answer)[0]["text"] == "4 episodes are next now."
    assert order() == [alone, *last, *first]
    visitor.post(toasts(answer)[0]["undo"])
    assert order() == [*first, alone, *last]
    visitor.post("/queue/selected", {"action": "bottom", "ids": [first[1]]})
    assert order() == [first[0], first[2], alone, *last, first[1]]
    visitor.post("/queue/selected", {"action": "hold", "ids": [alone, last[0]]})
    held = DownloadQueueItem.objects.filter(status=Status.PAUSED)
    assert sorted(held.values_list("pk", flat=True)) == sorted([alone, last[0]])
    visitor.post("/queue/selected", {"action": "release", "ids": [alone, last[0]]})
    assert not held.exists()
    answer = swap(visitor, "post", "/queue/selected", "live", action="remove", ids=[alone, *first])
    assert toasts(answer)[-1]["text"] == "4 episodes removed from the queue."
    assert order() == last
    visitor.post(toasts(answer)[-1]["undo"])
    assert len(order()) == 7


def test_the_buttons_beside_a_run_mean_that_run_whatever_is_ticked(
    visitor: Client, series: AnimeSeries, other: AnimeSeries
) -> None:
    first = fill(series, range(1, 4), start=1)
    last = fill(other, range(1, 4), start=10)
    page = get(visitor, "/queue")
    button = page.select_one(f"#top-run-{other.pk}-1-1")
    assert button is not None
    visitor.post(str(button["formaction"]), {"action": button["value"], "ids": first})
    assert order() == [*last, *first]
    one = get(visitor, "/queue").select_one(f"#bottom-{last[0]}")
    assert one is not None
    visitor.post(str(one["formaction"]), {"action": one["value"], "ids": first})
    assert order() == [*last[1:], *first, last[0]]


def test_ticked_failed_ones_are_tried_again_and_no_others(
    visitor: Client, series: AnimeSeries
) -> None:
    failed = fill(series, range(1, 4), start=1, status=Status.FAILED)
    answer = swap(visitor, "post", "/queue/selected", "live", action="retry", ids=failed[:2])
    assert toasts(answer)[0]["text"] == "2 episodes are tried again."
    assert order() == failed[:2]
    nothing = swap(visitor, "post", "/queue/selected", "live", action="retry")
    assert toasts(nothing)[0]["text"] == "Nothing is ticked."
    assert order() == failed[:2], "no ids do not mean all"
    gone = swap(visitor, "post", "/queue/selected?runs=7-7-7", "live", action="remove")
    assert toasts(gone)[0]["text"] == "Nothing is ticked."
    assert visitor.post("/queue/selected", {"action": "format", "ids": failed}).status_code == 404


def test_all_that_waits_is_taken_out_after_a_question_and_comes_back(
    visitor: Client, series: AnimeSeries
) -> None:
    ids = fill(series, range(1, 6), start=1)
    active = make_item(series, 6, status=Status.DOWNLOADING)
    page = get(visitor, "/queue")
    asked = page.select_one("#clear-waiting-menu .menu-list")
    assert asked is not None
    assert "Take all 5 episodes that wait out of the queue?" in asked.get_text()
    assert not page.select("[data-confirm]")
    form = asked.select_one("form")
    assert form is not None
    answer = swap(visitor, "post", str(form["action"]), "live")
    assert toasts(answer)[0]["text"] == "5 episodes removed from the queue."
    assert order() == []
    assert DownloadQueueItem.objects.get(pk=active.pk).status == Status.DOWNLOADING
    visitor.post(toasts(answer)[0]["undo"])
    assert order() == ids


def test_a_run_says_how_many_of_it_are_held(visitor: Client, series: AnimeSeries) -> None:
    fill(series, range(1, 4), start=1, status=Status.PAUSED)
    fill(series, range(4, 6), start=10)
    assert "3 on hold" in texts(get(visitor, "/queue"), "[data-run] .chip--paused")
    DownloadQueueItem.objects.update(status=Status.PAUSED)
    assert get(visitor, "/queue").select_one("[data-run] [value=release]")


def test_what_was_tried_before_and_the_speed_are_shown_of_the_active_one(
    visitor: Client, series: AnimeSeries
) -> None:
    now = timezone.now()
    tried = {"at": now.isoformat(), "provider": "", "hoster": "voe", "language": "German Dub"}
    make_item(
        series,
        1,
        status=Status.DOWNLOADING,
        hoster="vidmoly",
        language="German Dub",
        speeds={"at": now.isoformat(), "points": [1000, 4000, 2000]},
        attempts=[{**tried, "stage": "resolve", "code": "media_gone", "params": {}}],
    )
    page = get(visitor, "/queue")
    chain = texts(page, ".queue-active .queue-chain li")
    assert "VOE (German Dub) · reading its player" in chain[0]
    assert chain[1] == "Vidmoly (German Dub) is tried now"
    line = page.select_one(".queue-graph polyline")
    assert line is not None
    heights = [float(point.split(",")[1]) for point in str(line["points"]).split()]
    assert len(heights) == 3
    assert min(heights) == heights[1], "the fastest is at the top"
    graph = page.select_one(".queue-graph svg")
    assert graph is not None
    assert "at most 4.0 MB/s" in str(graph["aria-label"])


def test_the_screen_shows_what_comes_now_and_next(
    visitor: Client, series: AnimeSeries, other: AnimeSeries
) -> None:
    assert texts(get(visitor, "/queue/screen"), ".screen-rest") == ["Everything is here"]
    make_item(series, 2)
    make_item(other, 1, status=Status.COMPLETED, completed_at=timezone.now())
    make_item(other, 2, status=Status.COMPLETED, completed_at=timezone.now() - timedelta(days=2))
    page = get(visitor, "/queue/screen")
    assert texts(page, ".screen-rest") == ["Stopped"]
    assert texts(page, ".screen-list li") == ["Mushishi S01E02", "Frieren S01E01"]
    services.start()
    assert texts(get(visitor, "/queue/screen"), ".screen-rest") == ["The next one starts shortly"]
    services.pause()
    assert texts(get(visitor, "/queue/screen"), ".screen-rest") == ["Paused"]
    make_item(
        series, 1, status=Status.DOWNLOADING, stage="DOWNLOADING", progress_percent=37.9, eta=60
    )
    page = get(visitor, "/queue/screen")
    assert texts(page, "title") == ["37 % · Aniworld"]
    assert texts(page, ".screen-series") == ["Mushishi"]
    assert texts(page, "[data-part=percent]") == ["37 %"]


def fill_at_scale(shows: list[AnimeSeries], waiting: int, finished: int) -> None:
    now = timezone.now()
    DownloadQueueItem.objects.bulk_create(
        [
            *(
                DownloadQueueItem(
                    series=shows[place // 25 % len(shows)],
                    season=place // (25 * len(shows)) + 1,
                    episode_number=place % 25 + 1,
                    title=f"Episode {place}",
                    position=place,
                )
                for place in range(waiting)
            ),
            *(
                DownloadQueueItem(
                    series=shows[place % len(shows)],
                    season=99,
                    episode_number=place,
                    status=Status.COMPLETED if place % 50 else Status.FAILED,
                    position=place,
                    completed_at=now - timedelta(minutes=place),
                )
                for place in range(finished)
            ),
        ],
        batch_size=1_000,
    )


def test_a_page_costs_as_much_however_long_the_queue_is(
    visitor: Client,
    library: LibraryRoot,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    shows = [make_series(f"A rather long name of a show, number {n}") for n in range(40)]
    fill_at_scale(shows, waiting=2_000, finished=2_000)
    services.start()
    every_run = "&".join(f"open={show.pk}-1-1" for show in shows)
    for address, most_bytes in (
        ("/queue", 150_000),
        ("/queue?page=2", 150_000),
        (f"/queue?open={shows[0].pk}-1-1", 150_000),
        (f"/queue?{every_run}", 500_000),
        ("/queue/history", 150_000),
        ("/queue/screen", 50_000),
    ):
        with django_assert_max_num_queries(9 if "screen" not in address else 11, info=address):
            answer = visitor.get(address)
        assert answer.status_code == 200
        assert len(answer.content) <= most_bytes, address
    assert len(rows(get(visitor, f"/queue?{every_run}"))) == MOST_OPEN * PART
