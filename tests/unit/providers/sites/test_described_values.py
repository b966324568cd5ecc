"""What a field can say of where it is looked for, and what becomes of it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
import soupsieve
from bs4 import BeautifulSoup

from providers.errors import DefinitionMismatch, NotFound
from providers.sites.described.budget import Budget
from providers.sites.described.css import Selector
from providers.sites.described.definition import parse
from providers.sites.described.html import HtmlDocument
from providers.sites.described.site import DescribedSite
from providers.sites.described.templates import AddressTemplate, Template, filled_json
from providers.sites.described.values import moment_of, number_of, place_in, time_of
from providers.wire import Limits
from tests.unit.providers.conftest import ClientMaker, WebServer

PAGE = """
<body class=x id=top><h2>Season I</h2>
<table data-lang=de><tr><td>Ep.1</td><td title="A &amp; B">First<b>!</b></td></tr>
<tr class="new odd"><td>Ep.2</td><td>Second</td></tr></table>
<h2>Season II</h2><p>words</p>
<table data-lang=en-US><tr><td>Ep.1</td><td>Third</td></tr></table>
<ul><li>a<li><a href="/s/a?b=1#c">b</a><li class="odd">c</ul><p></p></body>
"""
SELECTORS = [
    *("td", "tr > td", "table td:first-child", "h2 + table td", "h2 ~ table", ".odd", "tr.odd"),
    *("[data-lang]", "[data-lang=de]", "[data-lang|=en]", '[href^="/s"]', "[href$='#c']", "b"),
    *("[class~=new]", "[class*=EW i]", "li:nth-child(2)", "li:nth-child(odd)", "p:empty", "tr, li"),
    *("li:last-child", "td:last-of-type", "li:not(.odd)", "table:first-of-type td", "body *", "q"),
    *("h2:nth-of-type(2)", "li:nth-child(-n+2)", "td:only-child", "body > ul > li a[href]"),
]


@pytest.mark.parametrize("selector", SELECTORS)
def test_a_selector_finds_what_css_says(selector: str) -> None:
    soup = BeautifulSoup(PAGE, "lxml")
    order = {id(tag): at for at, tag in enumerate(soup.find_all(True))}
    wanted = [order[id(tag)] for tag in soupsieve.select(selector, soup)]
    budget = Budget("site")
    page = HtmlDocument(PAGE, url="", budget=budget)
    assert list(Selector(selector).select(page, 0, budget)) == wanted


def test_only_what_lies_inside_counts() -> None:
    budget = Budget("site")
    page = HtmlDocument(PAGE, url="", budget=budget)
    table = next(Selector("table").select(page, 0, budget))
    assert len(list(Selector("td").select(page, table, budget))) == 4
    assert not list(Selector("table td").select(page, table, budget))
    assert not list(Selector("h2 ~ table td").select(page, table, budget))


def built(web: WebServer, make_client: ClientMaker, **steps: Any) -> DescribedSite:
    whole = {
        "format": "aniworld-site/1",
        "name": "Odd",
        "address": web.url,
        "language": "Japanese",
        "steps": {
            "search": {"request": {"address": "/q"}, "fields": {"key": "a", "name": "a"}},
            "series": {"request": {"address": "/s/{key}"}, "fields": {"name": "h1, h2"}},
            "episodes": {"rows": "tr", "fields": {"number": "td"}},
            "sources": {"rows": "a", "fields": {"link": "@href"}},
            **steps,
        },
    }
    client = make_client(interval=0.0, limits=Limits(retries=0))
    return DescribedSite(client, parse(json.dumps(whole)), name="odd", known_hosters=("direct",))


def test_a_heading_before_the_rows_is_their_season(
    web: WebServer, make_client: ClientMaker
) -> None:
    web.on("/s/one", PAGE)
    episodes = {
        "rows": ["table", "tr"],
        "fields": {
            "season": {"from": "before", "select": "h2"},
            "number": "td:first-child",
            "title": {"select": "td:last-child", "take": "own"},
            "original_title": ["td@title", {"value": "none"}],
            "languages": {
                "from": "outer",
                "attribute": "data-lang",
                "then": [{"map": {"de": "German Dub", "en-US": "English Sub"}}],
            },
        },
    }
    found = built(web, make_client, episodes=episodes).episodes("one")
    assert [(one.season, one.number, one.title, one.original_title) for one in found] == [
        *((1, 1, "First", "A & B"), (1, 2, "Second", "none"), (2, 1, "Third", "none")),
    ]
    assert [one.languages for one in found] == [("German Dub",), ("German Dub",), ("English Sub",)]


def test_html_in_json_and_json_in_an_attribute(web: WebServer, make_client: ClientMaker) -> None:
    cell = json.dumps([{"h": "direct", "id": 7, "at": "/v/"}, {"h": "direct"}])
    inner = f"<div data-x='{cell}'>in</div><a href='/s/one'>One</a><a href='/s/two'>Two</a>"
    web.on("/q", json.dumps({"html": inner}))
    web.on("/s/one", f"<h1>One</h1>{inner}")
    search = {
        "request": {"address": "/q"},
        "within": {"read": "json", "field": "html"},
        "rows": "a",
        "fields": {"name": {}, "key": {"attribute": "href", "then": [{"pattern": "/s/(.*)"}]}},
    }
    sources = {
        "within": {"field": "div@data-x"},
        "read": "json",
        "rows": "*",
        "fields": {"hoster": "h", "link": {"parts": ["at", "id", {"value": ".mp4"}]}},
    }
    site = built(web, make_client, search=search, sources=sources)
    assert [(one.key, one.name) for one in site.search("x")] == [("one", "One"), ("two", "Two")]
    (source,) = site.sources("one", 1, 1)
    assert (source.link, source.language) == (f"{web.url}/v/7.mp4", "Japanese")


def test_requests_before_a_step_bring_a_token(web: WebServer, make_client: ClientMaker) -> None:
    web.on("/", "<meta name=csrf content='a b&amp;c'>")
    web.on("/q", "<a>one</a>")
    search = {
        "first": [{"request": {"address": "/"}, "fields": {"token": "meta[name=csrf]@content"}}],
        "request": {
            "address": "/q",
            "form": {"t": "{token}", "q": "{query}"},
            "headers": {"X-CSRF-Token": "{token}"},
        },
        "fields": {"key": "a", "name": "a"},
    }
    assert built(web, make_client, search=search).search("ü & x")[0].key == "one"
    assert (web.seen[1].method, web.seen[1].body) == ("POST", "t=a+b%26c&q=%C3%BC+%26+x")
    assert web.seen[1].headers["X-CSRF-Token"] == "a b&c"


def test_a_page_of_a_film_alone(web: WebServer, make_client: ClientMaker) -> None:
    web.on("/s/one", "<h1>One</h1><iframe src='https://cdn.example/a.mp4'></iframe>")
    sources = {"rows": "iframe", "fields": {"link": "@src"}}
    whole = {"films": {"fields": {"title": "h1"}}, "sources": sources}
    site = built(web, make_client, **whole, episodes={"fields": {"number": "b"}, "expects": "h1"})
    assert site.sources("one", 0, 1)[0].hoster == "direct"
    web.on("/s/two", "<h1>Two</h1>")
    with pytest.raises(DefinitionMismatch, match="rows"):
        site.sources("two", 0, 1)


def test_films_among_the_episodes_stand_apart(web: WebServer, make_client: ClientMaker) -> None:
    rows = ("1 episode", "2 episode", "1 Movie", "2 special", "3 odd")
    cells = (row.split() for row in rows)
    web.on("/s/one", "<h1>One</h1>" + "".join(f"<tr><td>{n}<td class=k>{k}" for n, k in cells))
    fields = {"number": "td", "kind": ".k"}
    found = built(web, make_client, episodes={"rows": "tr", "fields": fields}).episodes("one")
    assert [(one.season, one.number, one.kind.value) for one in found] == [
        *((0, 1, "FILM"), (0, 2, "SPECIAL")),
        *((1, 1, "EPISODE"), (1, 2, "EPISODE"), (1, 3, "EPISODE")),
    ]


def test_a_season_without_its_page_is_no_series_that_is_gone(
    web: WebServer, make_client: ClientMaker
) -> None:
    web.on("/s/one", "<h1>One</h1><b>1</b><b>2</b>")
    web.on("/s/one/1", "<tr><td>1</td></tr>")
    steps = {
        "seasons": {"rows": "b", "fields": {"number": {}}},
        "episodes": {
            "request": {"address": "/s/{key}/{season}"},
            "rows": "tr",
            "fields": {"number": "td"},
        },
    }
    with pytest.raises(DefinitionMismatch, match="the page of season 2"):
        built(web, make_client, **steps).episodes("one")
    with pytest.raises(NotFound):
        built(web, make_client, **steps).episodes("two")


def test_numbers_places_moments() -> None:
    told = {
        **{"Folge 12": 12, "Ep.7": 7, "#003": 3, "12.0": 12, "12,5": None, "Season IV": 4},
        **{"": None, "x": None, "MMXI": 2011, "IIII": None, "1": 1, "2011 to 2013": 2011},
        **{"9" * 50: None, "1234567": None},
    }
    assert {text: number_of(text) for text in told} == told
    places = {
        **{"S01E02": (1, 2), "s1 e2": (1, 2), "1x02": (1, 2), "Staffel 3 Folge 4": (3, 4)},
        **{"Season 2, Episode 11": (2, 11), "S 1 - E 2": (1, 2), "E02": None, "": None},
    }
    assert {text: place_in(text) for text in places} == places
    assert moment_of("2026-11-30") == date(2026, 11, 30)
    assert moment_of("1764460800") == datetime(2025, 11, 30, tzinfo=UTC)
    assert moment_of("2026-11-30T18:30:00+00:00") == datetime(2026, 11, 30, 18, 30, tzinfo=UTC)
    assert moment_of("soon") is moment_of("99999999999999999") is None
    assert (time_of("at 18:30"), time_of("8.05 h"), time_of("25:00")) == (
        time(18, 30),
        time(8, 5),
        None,
    )


def test_templates_are_filled() -> None:
    known = {"season", "episode", "key", "episode_link"}
    address = AddressTemplate("/w/{key}-s{season:02}e{episode:03}.html", known)
    values = {"season": "1", "episode": "12", "key": "a~b"}
    assert address.filled(values) == "/w/a~b-s01e012.html"
    assert address.filled({**values, "key": "a/b"}) == "/w/a/b-s01e012.html"
    link = AddressTemplate("{episode_link}?p={season}", known)
    filled = link.filled({"episode_link": "https://a.example/b", "season": "2"})
    assert filled == "https://a.example/b?p=2"
    body = {"n": Template("{season}", known), "q": (Template("{ id } {key}", known), 7, None)}
    assert filled_json(body, values) == {"n": 1, "q": ["{ id } a~b", 7, None]}
    with pytest.raises(NotFound):
        AddressTemplate("/{key}/x", known).filled({"key": ".."})
