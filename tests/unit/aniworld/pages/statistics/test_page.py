"""The statistics as their visitors see them, and as programs do."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup, Tag
from django.test import Client
from django.utils import timezone

from aniworld.system.schedule.models import JobState
from aniworld.web.rights import Right
from library.models import AnimeSeries, LibraryRoot, LibraryTally
from library.services import tallies
from tests.factories import make_episodes, make_file, make_series
from tests.unit.aniworld.pages.statistics.history import asked, before, fetched, held
from tests.unit.aniworld.pages.test_rights import browser_of
from tests.unit.reading import get, texts

HOSTILE = '<script>alert(1)</script> & \u202ebackwards "quoted"'


def part(page: BeautifulSoup, name: str) -> Tag:
    """The section, figure or card with this title."""
    title = page.select_one(f"#{name}")
    assert title is not None, name
    found = title.find_parent(["figure", "section", "div"])
    assert isinstance(found, Tag)
    return found


def rows(page: Tag, selector: str) -> list[str]:
    """Rows of a table, with a space between their cells."""
    return [" ".join(one.get_text(" ").split()) for one in page.select(selector)]


def of_everything() -> AnimeSeries:
    """A library with something of everything, counted."""
    series = make_series("Mushishi", present=2, missing=1)
    make_episodes([(series, 1, 4, "ANNOUNCED")])
    AnimeSeries.objects.filter(pk=series.pk).update(total_episodes=4)
    make_file(series, "Mushishi/1.mkv", size=3 * 10**9, height=1080, language="German Dub")
    make_file(series, "Mushishi/2.mkv", size=10**9, audio_languages=["jpn", "ger"])
    held(20, 1)
    tallies.keep(timezone.now())
    fetched(3, 2, failed=1, size=4 * 10**9)
    fetched(1, 1, size=5 * 10**8)
    asked(2, "aniworld", 90, 10)
    asked(1, "hoster:voe", 5)
    return series


def test_everything_has_a_title_words_and_its_numbers_as_a_table(
    visitor: Client, library: LibraryRoot
) -> None:
    of_everything()
    page = get(visitor, "/statistics")
    assert [f.get_text(" ", strip=True) for f in page.select(".figure")] == [
        *("Series 1", "Episodes on disk 2", "Missing 1", "Space taken 4.0 GB"),
        "Downloaded in these days 3",
    ]
    said = {
        "chart-episodes": "1 at first, 2 now (+1)",
        "chart-room": "1.0 GB at first, 4.0 GB now (+3.0 GB)",
        "chart-downloads": "3 finished, 1 failed",
    }
    for name, words in said.items():
        figure = part(page, name)
        drawing = figure.select_one("svg.chart-drawing")
        assert drawing is not None
        assert drawing["role"] == "img"
        for reference in str(drawing["aria-labelledby"]).split():
            assert page.select_one(f"#{reference}") is not None
        assert texts(figure, f"#{name}-summary") == [words]
        assert drawing.select_one("path[class^=tone-]") is not None
        assert figure.select_one("details table thead th[scope=col]") is not None
    assert rows(part(page, "chart-downloads"), "tbody tr")[:4] == [
        f"{before(n):%-d %b %Y} {figures}" for n, figures in enumerate(("0 0", "1 0", "0 0", "2 1"))
    ]
    whole = f"4.5 GB in all, at most 4.0 GB ({before(3):%-d %b %Y})"
    assert texts(page, "#chart-fetched-summary") == [whole]
    assert texts(part(page, "chart-downloads"), ".chart-legend li") == ["Finished", "Failed"]


def test_no_two_parts_have_the_same_name(visitor: Client, library: LibraryRoot) -> None:
    of_everything()
    page = get(visitor, "/statistics")
    titles = {one["id"]: one.get_text(strip=True) for one in page.select("[id]")}
    names = [
        str(one.get("aria-label") or titles[str(one["aria-labelledby"])])
        for one in page.select("main section, main [role=region]")
    ]
    assert len(names) == 9
    assert len(set(names)) == len(names)


def test_what_there_is_stands_in_tables(visitor: Client, library: LibraryRoot) -> None:
    series = of_everything()
    page = get(visitor, "/statistics")
    episodes = part(page, "collection-episodes")
    assert rows(episodes, ".states tr") == [
        *("On disk 2 50.0 %", "Missing 1 25.0 %", "Announced 1 25.0 %"),
        *("Complete 0", "With something missing 1", "Not monitored 0"),
    ]
    drawing = episodes.select_one("svg[role=img]")
    assert drawing is not None
    assert drawing["aria-label"] == "On disk: 2, Missing: 1, Announced: 1"
    assert rows(part(page, "collection-quality"), "tbody tr") == [
        *("1080p 1 3.0 GB", "Not read yet 1 1.0 GB"),
    ]
    assert sorted(rows(part(page, "collection-languages"), "tbody tr")) == [
        *("German Dub 1 3.0 GB", "Sound: ger 1 1.0 GB", "Sound: jpn 1 1.0 GB"),
    ]
    assert rows(part(page, "collection-largest"), "tbody tr") == ["Mushishi 2 4.0 GB"]
    assert part(page, "collection-largest").select(f"a[href='/series/{series.key}']")


def test_sites_and_hosters_have_a_bar_for_each_day_they_were_asked(
    visitor: Client, library: LibraryRoot
) -> None:
    of_everything()
    section = part(get(visitor, "/statistics"), "services")
    assert texts(section, ".service h3") == ["AniWorld", "VOE"]
    assert texts(section, ".service p") == [
        "90.0 % answered · 100 calls",
        "100 % answered · 5 calls",
    ]
    assert texts(section, ".service title") == [f"{before(2):%-d %b %Y}: 90.0 % answered"]
    assert rows(section, "details tbody tr") == [
        *(f"{before(1):%-d %b %Y} – 100 %", f"{before(2):%-d %b %Y} 90.0 % –"),
    ]


def test_the_period_stands_in_the_address(visitor: Client, library: LibraryRoot) -> None:
    of_everything()
    fetched(200, 7)
    page = get(visitor, "/statistics")
    links = page.select("nav.segmented a")
    shown = {"days_30": "3", "days_90": "3", "year": "10", "all": "10"}
    assert [str(one["href"]) for one in links] == [f"/statistics?period={one}" for one in shown]
    for address, finished in zip(links, shown.values(), strict=True):
        page = get(visitor, str(address["href"]))
        assert texts(page, "nav [aria-current]") == [address.get_text(strip=True)]
        assert texts(page, ".figure:last-child dd") == [finished]
    assert texts(get(visitor, "/statistics?period=%00"), "nav [aria-current]") == ["30 days"]


@pytest.mark.parametrize("period", ["days_30", "days_90", "year", "all"])
def test_nothing_is_drawn_outside_and_nothing_is_styled_inside(
    visitor: Client, library: LibraryRoot, period: str
) -> None:
    of_everything()
    for days in range(25, 360, 5):
        fetched(days, days % 7, days % 3, size=days * 10**8)
        asked(days, "aniworld", days, days % 11)
    page = get(visitor, f"/statistics?period={period}")
    assert not page.select("[style], style, svg script")
    for drawing in page.select("svg.chart-drawing, svg.service-drawing"):
        width = float(str(drawing["viewbox"]).split()[2])
        for path in drawing.select("path"):
            for x, y in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", str(path["d"])):
                assert 0 <= float(x) <= width
                assert 0 <= float(y) <= 100
    ids = [one["id"] for one in page.select("[id]")]
    assert len(ids) == len(set(ids))


def test_a_new_library_says_what_to_do(visitor: Client, library: LibraryRoot) -> None:
    page = get(visitor, "/statistics")
    assert texts(page, ".empty h2, .empty a") == ["Nothing to count yet", "To the library"]
    assert not page.select("svg.chart-drawing, .figure")


def test_what_is_not_known_yet_is_said(visitor: Client, library: LibraryRoot) -> None:
    series = make_series("Show", present=1)

    def said() -> str:
        page = get(visitor, "/statistics")
        assert not page.select("svg.chart-drawing")
        return " ".join(texts(page, "main .muted"))

    for words in (
        "Nothing is known of the days before today.",
        "Nothing was downloaded in these days.",
        "The files were not counted yet.",
        "No file was looked into yet.",
        "No site or hoster was asked in these days",
    ):
        assert words in said()
    tallies.keep(timezone.now())
    assert "There are no files yet." in said()
    make_file(series, "Show/1.mkv")
    tallies.keep(timezone.now())
    assert "There are no files yet." not in said()


def test_days_that_were_never_counted_are_said_to_be_worked_out(
    visitor: Client, library: LibraryRoot
) -> None:
    of_everything()
    words = "nothing was counted: these days are worked out"
    assert words not in get(visitor, "/statistics").get_text()
    held(10, 1, is_counted=False)
    assert f"Until {before(10):%-d %b %Y} {words}" in get(visitor, "/statistics").get_text()


def test_whoever_works_the_queue_may_have_it_counted_now(
    visitor: Client, library: LibraryRoot
) -> None:
    make_series("Show", present=1)
    page = get(visitor, "/statistics?period=year")
    form = page.select_one("form:has(#count-now)")
    assert form is not None
    data = {str(one["name"]): str(one["value"]) for one in form.select("input[name]")}
    answer = visitor.post(str(form["action"]), data)
    assert (answer.status_code, answer["Location"]) == (302, "/statistics?period=year")
    assert JobState.objects.get(name="statistics").wanted_at is not None
    guest = browser_of("guest", Right.VIEW)
    assert not get(guest, "/statistics").select("#count-now, a[href='/settings/providers/health']")


def test_names_are_only_shown(visitor: Client, library: LibraryRoot) -> None:
    series = make_series(HOSTILE, present=1)
    make_file(series, "a.mkv", language=HOSTILE[:32], audio_languages=[HOSTILE])
    make_file(series, "b.mkv", audio_languages=[HOSTILE, "ger"])
    tallies.keep(timezone.now())
    asked(1, HOSTILE[:64], 1, 1)
    page = get(visitor, "/statistics")
    assert not page.select("main script, main [onerror]")
    assert texts(part(page, "collection-largest"), "tbody a") == [" ".join(HOSTILE.split())]
    assert "<script>" in texts(part(page, "services"), ".service h3")[0]


def test_more_languages_than_there_is_room_for_are_one_line(
    visitor: Client, library: LibraryRoot
) -> None:
    series = make_series("Show", present=1)
    for number in range(40):
        make_file(series, f"{number}.mkv", language=f"Language {number:02}", size=10**9)
    tallies.keep(timezone.now())
    lines = rows(part(get(visitor, "/statistics"), "collection-languages"), "tbody tr")
    assert len(lines) == 11
    assert lines[-1] == "All others 30 30.0 GB"
    assert len(LibraryTally.objects.get().languages) == tallies.SHARES_KEPT + 1


def test_the_api_tells_the_same(visitor: Client, library: LibraryRoot) -> None:
    series = of_everything()
    answer = visitor.get("/api/statistics").json()
    assert (answer["period"], answer["step"]) == ("DAYS_30", "DAY")
    assert (answer["first_day"], answer["last_day"]) == (f"{before(29)}", f"{before(0)}")
    assert answer["collection"] == {
        "series": 1,
        "series_complete": 0,
        "series_incomplete": 1,
        "series_unmonitored": 0,
        "episodes": 4,
        "present": 2,
        "missing": 1,
        "unavailable": 0,
        "announced": 1,
        "not_wanted": 0,
    }
    files = answer["files"]
    assert files.pop("counted_at").endswith("Z")
    assert (files["files"], files["bytes"]) == (2, 4 * 10**9)
    assert files["qualities"][0] == {"name": "1080p", "files": 1, "bytes": 3 * 10**9}
    largest = {"key": series.key, "name": "Mushishi", "files": 2, "bytes": 4 * 10**9}
    assert files["largest"] == [largest]
    days = {"first_day": f"{before(20)}", "last_day": f"{before(20)}"}
    first = {"episodes": 1, "files": 1, "bytes": 10**9, "missing": 2, "announced": 1}
    assert answer["growth"][0] == {**days, **first, "counted": True}
    assert len(answer["growth"]) == 21
    assert len(answer["downloads"]) == 30
    days = {"first_day": f"{before(3)}", "last_day": f"{before(3)}"}
    assert answer["downloads"][-4] == {**days, "finished": 2, "failed": 1, "bytes": 4 * 10**9}
    days = {"first_day": f"{before(2)}", "last_day": f"{before(2)}"}
    assert answer["services"][0] == {
        "name": "aniworld",
        "label": "AniWorld",
        "is_site": True,
        "answered": 90,
        "failed": 10,
        "days": [{**days, "answered": 90, "failed": 10}],
    }
    assert visitor.get("/api/statistics?period=year").json()["step"] == "WEEK"


@pytest.mark.parametrize("query", ["period=century", "period="])
def test_what_the_api_cannot_read_is_refused(
    visitor: Client, library: LibraryRoot, query: str
) -> None:
    answer = visitor.get(f"/api/statistics?{query}")
    assert answer.status_code == 400
    assert [one["field"] for one in answer.json()["errors"]] == ["period"]
