"""The calendar as its visitors see it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone

from aniworld.pages.calendar import page as shown
from aniworld.pages.calendar.spans import View, today
from library.models import AnimeSeries, Availability, LibraryRoot
from tests.factories import make_episodes, make_series
from tests.unit.reading import get, swap, texts

HOSTILE = '<script>alert(1)</script> & \u202ebackwards\n"quoted"'


def comes_out(series: AnimeSeries, number: int, at: datetime, language: str = "German Sub") -> None:
    place = {"series": series, "season": 1, "episode_number": number, "language": language}
    Availability.objects.create(**place, first_seen_at=at, is_news=True)


def asked(page: BeautifulSoup, selector: str) -> dict[str, str]:
    """What the address of a link asks for."""
    link = page.select_one(selector)
    assert link is not None, selector
    return {name: one for name, (one,) in parse_qs(urlsplit(str(link["href"])).query).items()}


def test_an_entry_leads_to_its_series_and_says_what_became_of_it(
    visitor: Client, library: LibraryRoot
) -> None:
    series = make_series("Mushishi", present=1, missing=1)
    comes_out(series, 1, timezone.now())
    comes_out(series, 1, timezone.now(), "unknown-7")
    series.episodes.filter(episode_number=1).update(download_date=timezone.now())
    page = get(visitor, "/calendar")
    [entry] = page.select(".calendar-entry")
    link = entry.select_one("a")
    assert link is not None
    assert link["href"] == f"/series/{series.key}"
    assert texts(page, ".calendar-entry") == [
        "Mushishi S01E01 Title 1 On disk Out: German Sub, another language (7) · Arrived"
    ]
    [here] = page.select(".calendar-day[aria-current=date]")
    assert here.select_one(".calendar-entry") is not None
    assert here.select_one("time")["datetime"] == today().isoformat()  # type: ignore[index]


@pytest.mark.parametrize(
    ("view", "days", "around"),
    [
        ("day", 1, ("2024-01-31", "2024-02-02")),
        ("week", 7, ("2024-01-28", "2024-02-05")),
        ("month", 29, ("2024-01-31", "2024-03-01")),
    ],
)
def test_days_weeks_and_months_lead_to_those_before_and_after(
    visitor: Client, library: LibraryRoot, view: str, days: int, around: tuple[str, str]
) -> None:
    previous, following = around
    comes_out(
        make_series("Show", missing=1),
        1,
        datetime(2024, 2, 1, 12, tzinfo=timezone.get_current_timezone()),
    )
    page = get(visitor, f"/calendar?view={view}&date=2024-02-01&series=monitored&show=missing")
    assert len(page.select(".calendar-day")) == days
    assert len(page.select(".calendar-entry")) == 1
    kept = {"view": view, "series": "MONITORED", "show": "MISSING"}
    assert asked(page, "#calendar-previous") == {**kept, "date": previous}
    assert asked(page, "#calendar-next") == {**kept, "date": following}
    assert asked(page, "#calendar-today") == kept
    assert texts(page, ".segmented [aria-current]") == [view.capitalize()]
    assert not page.select("#calendar-today[aria-current]")
    for address in ("#calendar-previous", "#calendar-next"):
        assert not get(visitor, str(page.select_one(address)["href"])).select(".calendar-entry")  # type: ignore[index]


@pytest.mark.parametrize(
    "query",
    [
        "date=2026-02-30&view=year&series=NOBODY&show=everything",
        "date=99999999-01-01",
        "date=-0001-01-01&view=month",
        "date=%00&view=%F0",
        "view=week&date=1970-01-01",
        "view=month&date=2199-12-31",
    ],
)
def test_what_makes_no_sense_in_the_address_breaks_nothing(
    visitor: Client, library: LibraryRoot, query: str
) -> None:
    make_series("Show", missing=1)
    assert get(visitor, f"/calendar?{query}").select_one("h2") is not None


def test_the_ends_of_time_have_no_days_beyond(visitor: Client, library: LibraryRoot) -> None:
    assert not get(visitor, "/calendar?date=1970-01-01").select("#calendar-previous")
    assert not get(visitor, "/calendar?date=2199-12-31").select("#calendar-next")


def test_an_empty_calendar_says_what_to_do(visitor: Client, library: LibraryRoot) -> None:
    def heads(query: str = "") -> list[str]:
        return texts(get(visitor, f"/calendar{query}"), ".empty h2, .empty a")

    assert heads() == ["No series yet", "To the library"]
    series = make_series("Show", missing=1)
    assert heads() == ["Nothing in these days", "To the jobs"]
    assert heads("?show=present") == ["Nothing of that kind in these days", "Show everything"]
    comes_out(series, 1, timezone.now())
    assert heads("?series=followed") == ["Nothing of that kind in these days", "Show everything"]
    assert heads() == []


def test_a_full_day_leads_to_the_rest(
    visitor: Client, library: LibraryRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(shown.A_DAY_HOLDS, View.MONTH, 2)
    series = make_series("Show", missing=5)
    for number in range(1, 6):
        comes_out(series, number, timezone.now())
    page = get(visitor, "/calendar?view=month")
    assert len(page.select(".calendar-entry")) == 2
    link = page.select_one(".calendar-day[aria-current] > a")
    assert link is not None
    assert link.get_text(strip=True) == "and 3 more"
    assert len(get(visitor, str(link["href"])).select(".calendar-entry")) == 5


def test_announced_episodes_without_a_day_stand_below(
    visitor: Client, library: LibraryRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shown, "UNDATED_SHOWN", 2)
    series = make_series("Show")
    make_episodes([(series, 1, number, "ANNOUNCED") for number in range(1, 5)])
    page = get(visitor, "/calendar")
    [below] = page.select("section[aria-labelledby=calendar-undated]")
    assert texts(below, ".numbers") == ["S01E01", "S01E02"]
    assert texts(below, "p")[-1] == "and 2 more"
    assert not get(visitor, "/calendar?show=present").select("#calendar-undated")
    assert not get(visitor, "/calendar?series=followed").select("#calendar-undated")


def test_names_of_sites_are_only_shown(visitor: Client, library: LibraryRoot) -> None:
    series = make_series(HOSTILE, missing=1)
    series.episodes.update(title=HOSTILE)
    comes_out(series, 1, timezone.now(), HOSTILE[:80])
    page = get(visitor, "/calendar")
    assert not page.select(".calendar script, .calendar-entry [onerror]")
    assert "<script>alert(1)</script>" in texts(page, ".calendar-entry a")[0]


def test_the_live_part_is_rendered_alone(visitor: Client, library: LibraryRoot) -> None:
    comes_out(make_series("Show", missing=1), 1, timezone.now())
    part = swap(visitor, "get", "/calendar?view=day", "live")
    assert b"<html" not in part.content
    assert b"calendar-entry" in part.content


def test_the_api_tells_the_same(visitor: Client, library: LibraryRoot) -> None:
    series = make_series("Show", present=1, missing=1, follow="NEW")
    now = timezone.now()
    comes_out(series, 1, now - timedelta(days=1))
    comes_out(series, 2, now)
    series.episodes.filter(episode_number=1).update(download_date=now - timedelta(days=1))
    yesterday = today() - timedelta(days=1)
    answer = visitor.get(f"/api/calendar?from={yesterday}&to={today()}").json()
    assert [answer[name] for name in ("count", "first_day", "last_day", "is_cut")] == [
        *(2, yesterday.isoformat(), today().isoformat(), False),
    ]
    first = answer["results"][0]
    assert first.pop("at").endswith("Z")
    assert first == {
        "key": series.key,
        "serie_folder": "Show",
        "serie_name": "Show",
        "season": 1,
        "episode": 1,
        "title": "Title 1",
        "day": yesterday.isoformat(),
        "airs_at": None,
        "kinds": ["OUT", "ARRIVED"],
        "announced": [],
        "languages": ["German Sub"],
        "state": "PRESENT",
        "monitored": True,
        "followed": True,
    }
    assert visitor.get("/api/calendar").json()["count"] == 1  # from today on
    assert visitor.get(f"/api/calendar?from={yesterday}&show=missing").json()["count"] == 1
    paged = visitor.get(f"/api/calendar?from={yesterday}&page_size=1&page=2").json()
    assert [one["episode"] for one in paged["results"]] == [2]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=2026-11-29&to=2026-11-28", "to"),
        ("from=2026-01-01&to=2026-04-04", "to"),
        ("from=1969-12-31", "from"),
        ("from=2199-12-31", "to"),
        ("from=today", "from"),
        ("from=2026-11-29T10:00", "from"),
        ("series=nobody", "series"),
        ("show=", "show"),
    ],
)
def test_what_the_api_cannot_read_is_refused_by_field(
    visitor: Client, library: LibraryRoot, query: str, field: str
) -> None:
    answer = visitor.get(f"/api/calendar?{query}")
    assert answer.status_code == 400
    assert [one["field"] for one in answer.json()["errors"]] == [field]


def test_three_months_are_the_most(visitor: Client, library: LibraryRoot) -> None:
    first = date(2026, 1, 1)
    most = first + timedelta(days=92)
    assert visitor.get(f"/api/calendar?from={first}&to={most}").status_code == 200
    ends_before_today = visitor.get("/api/calendar?to=2026-01-05").json()
    assert (ends_before_today["first_day"], ends_before_today["last_day"]) == (
        *("2026-01-05", "2026-01-05"),
    )


def test_the_api_lists_what_has_no_day(visitor: Client, library: LibraryRoot) -> None:
    series = make_series("Show")
    make_episodes([(series, 1, number, "ANNOUNCED") for number in (1, 2)])
    answer = visitor.get("/api/calendar/undated?page_size=1").json()
    assert answer["count"] == 2
    assert answer["results"] == [
        {
            "key": series.key,
            "serie_folder": "Show",
            "serie_name": "Show",
            "season": 1,
            "episode": 1,
            "title": "Title 1",
        }
    ]
    assert visitor.get("/api/calendar/undated?series=followed").json()["count"] == 0
