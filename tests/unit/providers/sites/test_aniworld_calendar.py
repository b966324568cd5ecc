"""The calendar of the site: days in German, times of Germany, and never an empty list."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from providers.base import Airing, ListsAirings
from providers.border import BorderedSite
from providers.errors import Blacklisted, MarkupChanged, NotFound
from providers.sites.aniworld import AniworldSite
from providers.sites.aniworld.calendar_page import day_of
from tests.unit.providers.conftest import Reply, WebServer, page

PAGE = "/animekalender"
FLAG = '<img class="flag" src="data:image/gif;base64,R0" data-src="/public/img/{}.svg">'
SHOW = "/anime/stream/show/staffel-1/episode-{}"


def card(link: str, words: str = "", flag: str = "") -> str:
    picture = FLAG.format(flag) if flag else ""
    return f'<div><a href="{link}"><h3>Show &amp; Co</h3> {words} {picture}</a></div>'


def calendar(*parts: str) -> str:
    return f'<section class="calendarList">{"".join(parts)}</section>'


def day(text: str) -> str:
    return f"<h3>{text}</h3>"


def test_cards_of_an_episode_and_day_are_put_together(site: AniworldSite, web: WebServer) -> None:
    assert isinstance(site, ListsAirings)
    web.on(
        PAGE,
        calendar(
            day("Montag, 30.11.2026"),
            card(SHOW.format(2), "S01 E02 20:00 Uhr", "japanese-english"),
            card(SHOW.format(2), "S01 E02 ~ 18:30 Uhr", "japanese-german"),
            card("/anime/stream/other", "S02E07 um 9:05"),
            card("/anime/stream/other", "Neue Staffel"),
            day("1. Dezember 2026"),
            card("/anime/stream/show/filme/film-1", "Film 1"),
        )
        + calendar(day("02.12.2026"), card(SHOW.format(2), "S01E02", "german")),
    )
    assert site.airings() == [
        Airing("other", 2, 7, date(2026, 11, 30), datetime(2026, 11, 30, 8, 5, tzinfo=UTC)),
        Airing(
            "show",
            1,
            2,
            date(2026, 11, 30),
            datetime(2026, 11, 30, 17, 30, tzinfo=UTC),
            ("English Sub", "German Sub"),
        ),
        Airing("show", 0, 1, date(2026, 12, 1)),
        Airing("show", 1, 2, date(2026, 12, 2), None, ("German Dub",)),
    ]


@pytest.mark.parametrize(
    ("heading", "clock", "at"),
    [
        ("28.03.2027", "01:59", datetime(2027, 3, 28, 0, 59, tzinfo=UTC)),
        ("28.03.2027", "02:30", datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),  # is left out
        ("28.03.2027", "03:00", datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),
        ("31.10.2027", "02:30", datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),  # is there twice
        ("31.10.2027", "03:00", datetime(2027, 10, 31, 2, 0, tzinfo=UTC)),
        ("29.02.2028", "00:00", datetime(2028, 2, 28, 23, 0, tzinfo=UTC)),
        ("30.11.2026", "24:00", None),
        ("30.11.2026", "1:2:3", None),
        ("30.11.2026", "123:45", None),
    ],
)
def test_a_time_is_that_of_the_clock_in_germany(
    site: AniworldSite, web: WebServer, heading: str, clock: str, at: datetime | None
) -> None:
    web.on(PAGE, calendar(day(heading), card(SHOW.format(1), clock)))
    [one] = site.airings()
    assert one.at == at


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Montag, 30.11.2026", date(2026, 11, 30)),
        ("Sa 5. 3. 2027", date(2027, 3, 5)),
        ("Donnerstag, 4. März 2027", date(2027, 3, 4)),
        ("31.02.2026", None),
        ("12. Brumaire 2026", None),
        ("Heute", None),
        ("", None),
    ],
)
def test_which_day_a_heading_names(text: str, found: date | None) -> None:
    assert day_of(text) == found


@pytest.mark.parametrize(
    "html",
    [
        "<h1>Kalender</h1>",
        calendar(),
        calendar(day("30.11.2026")),
        calendar(card(SHOW.format(1))),  # of no day
        calendar(day("bald"), card(SHOW.format(1))),
        calendar(day("30.11.2026"), card("/support/frage/anime-verschiebungen", "S01E01")),
    ],
)
def test_a_page_of_another_form_is_no_empty_list(
    site: AniworldSite, web: WebServer, html: str
) -> None:
    web.on(PAGE, html)
    with pytest.raises(MarkupChanged) as changed:
        site.airings()
    assert changed.value.page == "calendar"


def test_what_is_no_such_page_says_what_it_is(site: AniworldSite, web: WebServer) -> None:
    web.on(PAGE, Reply(page("spam.html")), Reply(page("soft_404.html")), Reply("gone", 404))
    for error in (Blacklisted, NotFound, NotFound):
        with pytest.raises(error):
            site.airings()


class Calendar:
    name = "calendar"

    def __init__(self, *found: Airing) -> None:
        self.found = list(found)

    def airings(self) -> list[Airing]:
        return self.found


def test_the_border_bounds_what_comes_out() -> None:
    ahead = timezone(timedelta(hours=9))
    good = Airing("show", 1, 1, date(2026, 11, 30), datetime(2026, 11, 30, 2, tzinfo=ahead))
    strange = (
        Airing("show", 1, 1, date(9999, 12, 31)),
        Airing("show", 1, 1, date(1, 1, 1)),
        Airing("a/b", 1, 1, date(2026, 11, 30)),
        Airing("show", 1000, 1, date(2026, 11, 30)),
    )
    bordered = BorderedSite(Calendar(*strange, good))  # type: ignore[arg-type]
    read = bordered.airings()
    assert read is not None
    assert len(read) == 1
    assert read[0].at == datetime(2026, 11, 29, 17, tzinfo=UTC)
    with pytest.raises(MarkupChanged):
        BorderedSite(Calendar(*strange)).airings()  # type: ignore[arg-type]
