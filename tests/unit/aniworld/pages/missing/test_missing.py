"""Everything that is missing: the page, what it queues, and the same over HTTP."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bs4 import Tag
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aniworld.journal.models import Entry
from aniworld.pages.missing import page as missing_pages
from aniworld.pages.missing import queueing, reading
from aniworld.pages.missing.page import asked_for
from aniworld.pages.missing.reading import Followed, Show, Wanted
from aniworld.web.rights import Right
from downloads.choices import Priority
from downloads.models import DownloadQueueItem
from library.models import Airing, AnimeSeries, Availability, Episode, LibraryRoot
from tests.factories import make_episodes, make_item, make_series
from tests.unit.aniworld.pages.test_rights import browser_of
from tests.unit.reading import get, soup, swap, texts, toasts

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)


@pytest.fixture
def shows(library: LibraryRoot) -> dict[str, AnimeSeries]:
    """Two that miss episodes, one of them in two seasons; and two that nobody counts."""
    alpha = make_series("Alpha", key="alpha", missing=2, seasons=2, follow="GAPS", root=library)
    beta = make_series("Beta", key="beta", present=1, missing=1, root=library)
    make_series("Gone", key="gone", missing=3, deleted_at=NOON)
    make_series("Idle", key="idle", missing=3, monitored=False)
    make_episodes([(beta, 1, 9, "ANNOUNCED"), (beta, 1, 8, "MISSING")])
    Episode.objects.filter(series=beta, episode_number=8).update(unwanted=True)
    Episode.objects.filter(series=alpha, season=2).update(languages=["German Dub", "German Sub"])
    return {"alpha": alpha, "beta": beta}


def groups(page: Tag) -> dict[str, str]:
    """How many of each series miss."""
    return {
        texts(one, "h2")[0]: texts(one, "summary .chip:last-child")[0]
        for one in page.select(".missing-series")
    }


def queued() -> list[tuple[str, int, int]]:
    rows = DownloadQueueItem.objects.in_order()
    return list(rows.values_list("series__key", "season", "episode_number"))


# --- what is shown


def test_series_that_miss_episodes_are_rows_that_open(
    visitor: Client, shows: dict[str, AnimeSeries]
) -> None:
    page = get(visitor, "/missing")
    assert groups(page) == {"Alpha": "4 missing", "Beta": "1 missing"}
    assert texts(page, "#missing-count") == ["5 missing episodes · 2 series"]
    assert page.select_one(".menu-list a[href='/missing'][aria-current=page]")
    assert not page.select(".missing-episode"), "they come when the row opens"
    place = page.select_one(f"#episodes-{shows['alpha'].pk}")
    assert place is not None
    assert place.select_one("a[href='/missing?series=alpha']"), "without script"
    opened = soup(swap(visitor, "get", str(place["hx-get"]), str(place["id"])))
    assert not opened.select("#live")
    assert texts(opened, ".episode-number") == ["S01E01", "S01E02", "S02E01", "S02E02"]
    assert opened.select_one("a[href='/series/alpha/episodes/1/1/why']")


def test_one_series_is_a_page_of_its_own_with_all_its_episodes(
    visitor: Client, shows: dict[str, AnimeSeries], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(missing_pages, "EPISODES", 3)
    page = get(visitor, "/missing?series=alpha")
    assert page.select_one("details.missing-details[open]")
    assert texts(page, ".episode-number") == ["S01E01", "S01E02", "S02E01"]
    further = page.select_one("nav[aria-label=Pages] a")
    assert further is not None
    assert texts(get(visitor, f"/missing{further['href']}"), ".episode-number") == ["S02E02"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=alp", {"Alpha": "4 missing"}),
        ("season=2", {"Alpha": "2 missing"}),
        ("language=German+Dub", {"Alpha": "2 missing"}),
        ("language=German+Sub&season=1", {"Alpha": "2 missing", "Beta": "1 missing"}),
        ("followed=yes", {"Alpha": "4 missing"}),
        ("followed=no", {"Beta": "1 missing"}),
        ("show=announced", {"Beta": "1 announced"}),
        ("q=beta&followed=yes", {}),
        (
            "season=x&language=Klingon&followed=?&show=&page=99",
            {"Alpha": "4 missing"} | {"Beta": "1 missing"},
        ),
    ],
)
def test_filters_stand_in_the_address(
    visitor: Client, shows: dict[str, AnimeSeries], query: str, expected: dict[str, str]
) -> None:
    page = get(visitor, f"/missing?{query}")
    assert groups(page) == expected
    if not expected:
        assert texts(page, ".empty h2") == ["Nothing fits"]


def test_what_is_announced_is_never_ticked(visitor: Client, shows: dict[str, AnimeSeries]) -> None:
    page = get(visitor, "/missing?show=announced&series=beta")
    assert texts(page, ".missing-episode .chip--announced") == ["Announced"]
    assert not page.select("input[type=checkbox], #missing-queue, #missing-queue-all")


def test_by_day_the_last_stand_first_and_pages_meet(
    visitor: Client, shows: dict[str, AnimeSeries], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In both of the ways in which days are found; episodes of one moment are split by a page."""
    monkeypatch.setattr(missing_pages, "DAYS", 2)
    alpha, beta = shows["alpha"], shows["beta"]
    for number in (1, 2):
        came(alpha, 1, number, NOON)
        came(alpha, 1, number, NOON + timedelta(days=3), language="German Dub")
    airs(alpha, 2, 1, NOON + timedelta(days=1))
    came(alpha, 2, 1, NOON + timedelta(days=9))  # the site said when
    airs(beta, 1, 2, NOON.replace(hour=0) - timedelta(days=1), has_time=False)
    airs(beta, 1, 1, NOON)  # on disk
    expected = [("2026-11-19", "S02E01"), ("2026-11-18", "S01E01")]
    expected += [("2026-11-18", "S01E02"), ("2026-11-17", "S01E02")]
    for few in (3_000, 0):
        monkeypatch.setattr(reading, "FEW", few)
        first = get(visitor, "/missing?view=day")
        onward = first.select_one("a[rel=next]")
        assert onward is not None
        second = get(visitor, f"/missing{onward['href']}")
        assert not second.select("a[rel=next]")
        assert days(first) + days(second) == expected, few


def test_without_any_day_it_says_so(visitor: Client, shows: dict[str, AnimeSeries]) -> None:
    page = get(visitor, "/missing?view=day")
    assert texts(page, ".empty h2") == ["Of none of them a day is known"]


def test_what_waits_in_the_queue_is_said(visitor: Client, shows: dict[str, AnimeSeries]) -> None:
    make_item(shows["beta"], 2)
    make_item(shows["alpha"], 1, status="DOWNLOADING")
    page = get(visitor, "/missing")
    assert texts(page, ".chip--queued") == ["1 queued", "1 queued"]
    assert page.select_one("input[value=beta]:disabled")
    opened = get(visitor, "/missing?series=alpha")
    assert len(opened.select("input[name=episodes]")) == 3
    assert texts(opened, ".chip--downloading") == ["Downloading"]


@pytest.mark.parametrize(
    ("query", "heading"),
    [
        ("", "Nothing is missing"),
        ("show=announced", "Nothing is announced"),
        ("q=x", "Nothing fits"),
    ],
)
def test_where_nothing_is_it_says_what_to_do(
    visitor: Client, library: LibraryRoot, query: str, heading: str
) -> None:
    page = get(visitor, f"/missing?{query}")
    assert texts(page, ".empty h2") == [heading]
    assert page.select(".empty a")


def test_a_guest_sees_it_and_ticks_nothing(shows: dict[str, AnimeSeries]) -> None:
    viewer = browser_of("guest", Right.VIEW)
    page = get(viewer, "/missing?series=alpha")
    assert len(page.select(".missing-episode")) == 4
    assert not page.select("main input[type=checkbox], main form[method=post]")
    assert viewer.post("/missing/queue", {"everything": "yes"}).status_code == 403


# --- queueing


def test_series_and_episodes_are_queued_together(
    visitor: Client, shows: dict[str, AnimeSeries]
) -> None:
    chosen = f"{shows['alpha'].pk}-2-1"
    sent = {"keys": ["beta"], "episodes": [chosen, "nonsense", "9-9-9"], "next": "/missing?q=a"}
    answer = swap(visitor, "post", "/missing/queue", "live", **sent)
    assert queued() == [("alpha", 2, 1), ("beta", 1, 2)]
    assert "2 episodes queued." in toasts(answer)[0]["text"]
    assert {entry.action for entry in Entry.objects.all()} >= {"queue.added"}


def test_a_whole_series_is_what_passes_the_filters(
    visitor: Client, shows: dict[str, AnimeSeries]
) -> None:
    visitor.post("/missing/queue", {"keys": ["alpha"], "season": "2"})
    assert queued() == [("alpha", 2, 1), ("alpha", 2, 2)]


def test_everything_of_the_filter_is_queued_and_one_series_can_be_undone(
    visitor: Client, shows: dict[str, AnimeSeries]
) -> None:
    button = get(visitor, "/missing?followed=yes").select_one("#missing-queue-all")
    assert button is not None
    assert " ".join(button.get_text().split()) == "Queue all 4"
    form = button.find_parent("form")
    assert form is not None
    sent = {str(one["name"]): str(one["value"]) for one in form.select("input[type=hidden]")}
    answer = visitor.post("/missing/queue", {**sent, "everything": "yes"}, follow=True)
    assert [key for key, *_ in queued()] == ["alpha"] * 4
    undo = soup(answer).select_one("form[action*='/undo']")
    assert undo is not None
    visitor.post(str(undo["action"]))
    assert not DownloadQueueItem.objects.unfinished().exists()


def test_too_many_at_once_are_refused_with_nothing_queued(
    visitor: Client, shows: dict[str, AnimeSeries], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queueing, "MOST_EPISODES", 4)
    monkeypatch.setattr(missing_pages, "MOST_EPISODES", 4)
    assert not get(visitor, "/missing").select("#missing-queue-all")
    answer = visitor.post("/missing/queue", {"everything": "yes"}, follow=True)
    assert "At most 4 episodes" in soup(answer).get_text()
    assert queued() == []
    answer = visitor.post("/missing/queue", {}, follow=True)
    assert "Name at least one episode." in soup(answer).get_text()


# --- over HTTP


def api(visitor: Client, address: str = "", status: int = 200) -> dict[str, Any]:
    answer = visitor.get(f"/api/missing{address}")
    assert answer.status_code == status, answer.content
    found: dict[str, Any] = answer.json()
    return found


def test_the_api_lists_series_and_episodes(visitor: Client, shows: dict[str, AnimeSeries]) -> None:
    make_item(shows["beta"], 2)
    came(shows["alpha"], 2, 2, NOON)
    listed = api(visitor, "?page_size=1&page=2")
    assert (listed["count"], listed["episodes"]) == (2, 5)
    assert listed["results"] == [
        {
            "key": "beta",
            "name": "Beta",
            "site": "aniworld",
            "followed": False,
            "episodes": 1,
            "queued": 1,
        }
    ]
    episodes = api(visitor, "/episodes?series=alpha&language=German Dub")["results"]
    assert [(one["season"], one["episode"]) for one in episodes] == [(2, 1), (2, 2)]
    (dated,) = api(visitor, "/episodes?ordering=aired")["results"]
    assert (dated["key"], dated["aired_at"], dated["queued"]) == (
        "alpha",
        "2026-11-18T12:00:00Z",
        "",
    )
    assert api(visitor, "?season=-1", 400)["code"] == "validation_error"


def test_the_api_queues_what_passes(visitor: Client, shows: dict[str, AnimeSeries]) -> None:
    def post(**body: Any) -> Any:
        return visitor.post("/api/missing/queue", json.dumps(body), content_type="application/json")

    answer = post(season=1, priority="HIGH")
    assert (answer.status_code, answer.json()) == (201, {"added": 3, "skipped": 0, "series": 2})
    assert set(DownloadQueueItem.objects.values_list("priority", flat=True)) == {Priority.HIGH}
    assert post(keys=["alpha"]).json()["added"] == 2, "what is in the queue already is left out"
    assert post(keys=[]).status_code == 400
    assert post(show="ANNOUNCED").status_code == 400


# --- what an address may hold


def test_nothing_of_an_address_is_believed() -> None:
    query = {"q": "a\0b", "series": "\n", "season": "9" * 30, "language": "'", "show": "<b>"}
    assert asked_for(query) == Wanted()
    asked = asked_for({"q": "x" * 999, "season": "0", "followed": "NO", "show": "announced"})
    assert asked == Wanted("x" * 200, season=0, followed=Followed.NO, show=Show.ANNOUNCED)


@pytest.mark.parametrize("place", ["", "x", "1", "1-", "-1-1", f"{9 * 10**17}-1", "1-99999999"])
def test_a_page_that_begins_nowhere_is_the_first(
    visitor: Client, shows: dict[str, AnimeSeries], place: str
) -> None:
    came(shows["alpha"], 1, 1, NOON)
    assert len(days(get(visitor, f"/missing?view=day&from={place}"))) == 1


# --- how it is asked


def test_the_questions_find_their_rows_by_indexes(shows: dict[str, AnimeSeries]) -> None:
    with CaptureQueriesContext(connection) as asked:
        reading.groups(Wanted())
        reading.groups(Wanted(language="German Sub", season=1))
        list(reading._gone_through(Wanted(), None).order_by("-at", *reading._PLACE)[:10])
    series, counted, named, days_ = asked.captured_queries
    assert len(asked) == 4
    if connection.vendor != "sqlite":
        return
    plans = [plan(one["sql"]) for one in (counted, days_)]
    assert "episode_missing" in plans[0]
    assert "TEMP B-TREE" not in plans[0]
    assert "library_airing_at_" in plans[1]
    assert "availability_news_by_day" in plans[1]
    assert "library_episode" not in series["sql"], "counters say it"
    assert "library_episode" not in named["sql"]


def plan(question: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {question}")
        return str(cursor.fetchall())


def days(page: Tag) -> list[tuple[str, str]]:
    return [
        (str(day["datetime"]), code)
        for section in page.select("section:has(> .episodes)")
        for day in section.select(".card-head time")
        for code in texts(section, ".episode-number")
    ]


def came(
    series: AnimeSeries, season: int, number: int, at: datetime, *, language: str = "German Sub"
) -> None:
    place = {"series": series, "season": season, "episode_number": number, "language": language}
    Availability.objects.create(**place, first_seen_at=at, is_news=True)


def airs(
    series: AnimeSeries, season: int, number: int, at: datetime, *, has_time: bool = True
) -> None:
    place = {"series": series, "season": season, "episode_number": number}
    Airing.objects.create(**place, at=at, noted_at=NOON, has_time=has_time)
