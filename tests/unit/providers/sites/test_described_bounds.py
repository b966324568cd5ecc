"""What described sites are asked for, and what is kept of their answers: bounded, and their own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from providers import border
from providers.base import Source
from providers.border import BorderedSite
from providers.errors import (
    AddressRefused,
    DecoderOutdated,
    DefinitionMismatch,
    MarkupChanged,
    NotFound,
    UnexpectedAnswer,
)
from providers.sites.described import listing, reading
from providers.sites.described.budget import Budget
from providers.sites.described.changes import change_of
from providers.sites.described.css import Selector
from providers.sites.described.definition import Field, Look, parse
from providers.sites.described.documents import Documents
from providers.sites.described.html import HtmlDocument, HtmlNode
from providers.sites.described.keys import key_of
from providers.sites.described.patterns import Pattern
from providers.sites.described.site import DescribedSite
from providers.sites.described.templates import LONGEST_FILLED, AddressTemplate, Template
from providers.sites.described.values import Values
from providers.wire import Limits
from tests.unit.providers.conftest import ClientMaker, Reply, WebServer
from tests.unit.providers.sites.test_described_hostile import SIMPLE, built


def whole_site(
    web: WebServer, make_client: ClientMaker, steps: Mapping[str, Any], **changed: Any
) -> DescribedSite:
    every = {**SIMPLE, "address": web.url, **changed, "steps": {**SIMPLE["steps"], **steps}}
    client = make_client(interval=0.0, limits=Limits(retries=0))
    return DescribedSite(
        client, parse(json.dumps(every)), name="simple", known_hosters=("direct", "voe")
    )


def test_a_field_of_the_row_around_is_never_that_of_another_row(
    web: WebServer, make_client: ClientMaker
) -> None:
    sections = "".join(
        f"<section data-season={number}><b>1</b></section>" for number in range(1, 200)
    )
    web.on("/s/one", f"<h1>One</h1>{sections}")
    episodes = {
        "rows": ["section", "b"],
        "fields": {"number": {}, "season": {"from": "outer", "attribute": "data-season"}},
    }
    found = built(web, make_client, episodes=episodes).episodes("one")
    assert [one.season for one in found] == list(range(1, 200))


def test_a_row_that_is_gone_leaves_no_value_to_another() -> None:
    budget = Budget("site")
    page = HtmlDocument(
        "".join(f"<p title={number}><b>x</b></p>" for number in range(500)), url="", budget=budget
    )
    values = Values(HtmlNode(page, 0), "", {}, budget)
    field = Field("season", (Look(place="outer", attribute="title"),))
    for at, tag in enumerate(page.tags):
        if tag == "b":  # each node of a row around is made for it, and gone behind it
            row = (HtmlNode(page, page.parents[at]), HtmlNode(page, at))
            assert values.read(field, row) == [page.attribute(page.parents[at], "title")]


def test_an_empty_page_of_news_is_no_broken_site(web: WebServer, make_client: ClientMaker) -> None:
    dated: dict[str, Any] = {
        "expects": "main",
        "rows": "li",
        "fields": {"link": "a@href", "number": "b"},
    }
    steps = {
        "news": {**dated, "request": {"address": "/news"}},
        "calendar": {
            **dated,
            "request": {"address": "/calendar"},
            "fields": {**dated["fields"], "day": "i"},
        },
    }
    site = BorderedSite(built(web, make_client, **steps))
    for place in ("/news", "/calendar"):
        web.on(place, "<main>Nothing these days.</main>")
    assert site.new_episodes() == []
    assert site.airings() == []

    web.on("/news", "<main><li><a href='/s/one'>x</a><b>100000</b></li></main>")
    web.on(
        "/calendar",
        "<main><li><a href='/s/one'>x</a><b>1</b><i>2999-01-01</i></li></main>",
    )
    with pytest.raises(MarkupChanged):
        site.new_episodes()
    with pytest.raises(MarkupChanged):
        site.airings()


class Heard:
    """Hears what could not be read."""

    def __init__(self) -> None:
        self.codes: list[str] = []

    def misread(self, _service: str, fault: Any) -> None:
        self.codes.append(fault.code)


@pytest.mark.parametrize("frame", ["", "<iframe src='about:blank'></iframe>"])
def test_a_page_that_names_no_hoster_is_that_hosters_matter(
    web: WebServer, make_client: ClientMaker, frame: str
) -> None:
    heard: Any = Heard()
    locate = {"how": "page", "fields": {"link": "iframe@src"}}
    site = BorderedSite(built(web, make_client, locate=locate), heard)
    web.on("/e/1", f"<p>Gone.</p>{frame}")
    web.on("/e/2", "<iframe src='https://voe.example/e/2'></iframe>")

    with pytest.raises(DecoderOutdated) as refused:
        site.locate(Source("simple", "voe", "Japanese", f"{web.url}/e/1"))
    assert not refused.value.whole_site
    assert not refused.value.permanent
    assert refused.value.params["missing"] == "link (iframe@src)"
    assert heard.codes == ["hoster_decoder_outdated"]
    link = site.locate(Source("simple", "voe", "Japanese", f"{web.url}/e/2"))
    assert link == "https://voe.example/e/2"


@pytest.mark.parametrize(
    ("page", "fields"),
    [
        ("<p>{long}</p>", {"name": {"take": "own", "select": "p"}}),
        ("<p title='{long}'>x</p>", {"name": "p@title"}),
        ("<p>{long}</p>", {"name": {"select": "p:empty", "default": "x"}}),
        (
            "<p>{long}</p>",
            {"name": {"parts": [{"from": "page", "select": "p"}, {"value": "x"}]}},
        ),
    ],
)
def test_a_long_text_is_not_copied_once_for_each_row_around_it(
    web: WebServer, make_client: ClientMaker, page: str, fields: dict[str, Any]
) -> None:
    told = page.replace("{long}", "x" * 1_000_000)
    rows = {
        "request": {"address": "/q"},
        "rows": ["div", "div"],
        "fields": {**fields, "key": {"value": "x"}},
    }
    web.on("/q", "<div>" * 200 + told + "</div>" * 200)
    with pytest.raises(UnexpectedAnswer) as refused:
        built(web, make_client, search=rows).search("x")
    assert refused.value.params["why"] == "monster"


def test_a_selector_that_looks_at_a_long_attribute_uses_up_its_budget() -> None:
    page = HtmlDocument(f"<p title='{'x' * 1_000_000}'>", url="", budget=(budget := Budget("site")))
    found = (list(Selector("[title$=y]").select(page, 0, budget)) for _ in range(100))
    with pytest.raises(UnexpectedAnswer):
        list(found)


def test_a_pattern_that_looks_ahead_for_each_match_uses_up_its_budget() -> None:
    with pytest.raises(UnexpectedAnswer):
        Pattern("a(?s:.*z)?").replaced("a" * 20_000, "", Budget("site"))
    # One that can look no further than it is long may match as often as it likes.
    text = '\\"name\\":' * 20_000
    assert Pattern(r'\\"').replaced(text, '"', Budget("site")) == '"name":' * 20_000


def test_values_are_cut_before_they_are_put_together() -> None:
    known = {"value"}
    told = Template("{value}" * 285, known).filled({"value": "x" * 1_000_000})
    assert told == "x" * LONGEST_FILLED
    budget = Budget("site", work=10_000)
    change = change_of({"template": "{value}{value}"})
    applied = (list(change.applied("x" * 5_000, budget)) for _ in range(100))
    with pytest.raises(UnexpectedAnswer):
        list(applied)
    with pytest.raises(AddressRefused):  # and never sent to half an address
        AddressTemplate("{link}", {"link"}).filled({"link": "https://a.test/" + "x" * 1_000_000})
    longest = "https://a.test/".ljust(LONGEST_FILLED, "x")
    assert AddressTemplate("{link}", {"link"}).filled({"link": longest}) == longest


def test_a_value_that_is_said_costs_something_too(web: WebServer, make_client: ClientMaker) -> None:
    rows = {
        "request": {"address": "/q"},
        "rows": "i",
        "fields": {"name": {"value": "{query}"}, "key": {"value": "x"}},
    }
    web.on("/q", "<i></i>" * 20_000)
    with pytest.raises(UnexpectedAnswer):
        built(web, make_client, search=rows).search("x" * 4_000)


def test_only_the_last_pages_stay_parsed(web: WebServer, make_client: ClientMaker) -> None:
    client = make_client(interval=0.0)
    for number in range(4):
        web.on(f"/{number}", f"<p>{number}</p>")
    pages = [client.get_page(f"{web.url}/{number}") for number in range(4)]
    documents = Documents(Budget("site"))
    first, *_middle, last = [documents.of(page, "html") for page in pages]
    assert documents.of(pages[3], "html") is last
    assert documents.of(pages[0], "html") is not first
    assert len(documents._kept) == 2


def seasons(web: WebServer, make_client: ClientMaker, **changed: Any) -> DescribedSite:
    steps = {
        "seasons": {"rows": "nav a", "fields": {"number": {}, "link": "@href"}},
        "episodes": {
            "request": {"address": "{season_link}"},
            "rows": "li",
            "fields": {"number": "b"},
        },
    }
    return whole_site(web, make_client, steps, **changed)


def test_each_season_is_asked_for_once(web: WebServer, make_client: ClientMaker) -> None:
    nav = "<nav><a href='/1'>Season 1</a><a href='/2'>2</a><a href='/9'>1000</a></nav>"
    web.on("/s/one", f"<h1>One</h1>{nav}<p>words</p>{nav}")
    for number in (1, 2):
        web.on(f"/{number}", "<li><b>1</b></li>")
    found = seasons(web, make_client).episodes("one")
    assert [(one.season, one.number) for one in found] == [(1, 1), (2, 1)]
    assert web.paths() == ["/s/one", "/1", "/2"]
    assert listing.HIGHEST_SEASON == border.HIGHEST_SEASON


def test_seasons_of_one_number_with_pages_of_their_own_are_all_read(
    web: WebServer, make_client: ClientMaker
) -> None:
    web.on("/s/one", "<h1>One</h1><nav><a href='/a'>1</a><a href='/b'>1 (II)</a></nav>")
    web.on("/a", "<li><b>1</b></li>")
    web.on("/b", "<li><b>2</b></li>")
    found = seasons(web, make_client).episodes("one")
    assert [(one.season, one.number) for one in found] == [(1, 1), (1, 2)]


def test_no_question_takes_requests_without_end(
    web: WebServer, make_client: ClientMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert reading.MOST_ASKED == 500
    monkeypatch.setattr(reading, "MOST_ASKED", 20)
    links = "".join(f"<a href='/{number}'>{number}</a>" for number in range(1, 40))
    web.on("/s/one", f"<h1>One</h1><nav>{links}</nav>")
    for number in range(1, 40):
        web.on(f"/{number}", "<li><b>1</b></li>")
    site = seasons(web, make_client)
    with pytest.raises(DefinitionMismatch) as refused:
        site.episodes("one")
    assert refused.value.missing == "at most 20 requests"
    assert len(web.seen) == 20


def test_a_series_without_a_page_of_films_has_none(
    web: WebServer, make_client: ClientMaker
) -> None:
    films = {
        "request": {"address": "/films/{key}"},
        "rows": "li",
        "fields": {"number": "b"},
    }
    web.on("/s/one", "<h1>One</h1><li><b>1</b></li>")
    web.on("/films/one", Reply(b"none", 404))
    site = built(web, make_client, films=films)
    assert [(one.season, one.number) for one in site.episodes("one")] == [(1, 1)]

    alone = {**SIMPLE["steps"], "films": films}
    del alone["episodes"]
    alone["sources"] = {"rows": "a", "fields": {"link": "@href"}}
    read = parse(json.dumps({**SIMPLE, "address": web.url, "steps": alone}))
    client = make_client(interval=0.0, limits=Limits(retries=0))
    site = DescribedSite(client, read, name="simple", known_hosters=())
    with pytest.raises(NotFound):
        site.episodes("one")


@pytest.mark.parametrize("again", [3, 1])
@pytest.mark.parametrize("most", [3, 10])
def test_a_site_that_repeats_a_page_behind_its_last_has_come_to_its_end(
    web: WebServer, make_client: ClientMaker, most: int, again: int
) -> None:
    episodes = {
        "request": {"address": "/e?p={page}"},
        "rows": "li",
        "fields": {"number": "b"},
        "paging": {"from": 1, "most": most},
    }
    for number in (1, 2, 3, 4):
        shown = again if number == 4 else number
        web.on(f"/e?p={number}", f"<h2>Page {number}</h2><li><b>{shown}</b></li>")
    found = built(web, make_client, episodes=episodes).episodes("one")
    assert [one.number for one in found] == [1, 2, 3]
    assert len(web.seen) == 4


def test_rows_that_are_only_counted_may_be_the_same_on_two_pages(
    web: WebServer, make_client: ClientMaker
) -> None:
    episodes = {
        "request": {"address": "/e?p={page}"},
        "rows": "li",
        "fields": {"title": "b"},
        "paging": {"from": 1, "most": 5},
    }
    for number in (1, 2):
        web.on(f"/e?p={number}", f"<h2>{number}</h2>" + "<li><b>Episode</b></li>" * 2)
    web.on("/e?p=3", "<h2>2</h2>" + "<li><b>Episode</b></li>" * 2)
    found = built(web, make_client, episodes=episodes).episodes("one")
    assert [one.number for one in found] == [1, 2, 3, 4]


@pytest.mark.parametrize("host", ["www.cards.example", "cards.example"])
def test_www_makes_no_difference_among_the_hosts_of_a_site(
    web: WebServer, make_client: ClientMaker, host: str
) -> None:
    site = whole_site(web, make_client, {}, hosts=[host])
    for link in ("https://www.cards.example/1", "https://CARDS.example/1"):
        assert site._asker.owns(link), link
    assert not site._asker.owns("https://www.other.example/1")
    asked = {"request": {"address": f"https://{host}/{{query}}"}}
    site = whole_site(web, make_client, {"search": {**SIMPLE["steps"]["search"], **asked}})
    assert site._asker.owns("https://www.cards.example/1")


def test_a_slash_is_undone_in_keys_alone(web: WebServer, make_client: ClientMaker) -> None:
    steps = {
        "search": {**SIMPLE["steps"]["search"], "request": {"address": "/q/{query}"}},
        "series": {
            "request": {"address": "/s/{key}", "json": {"show": "{key}", "of": ["{base}"]}},
            "fields": {"name": "h1"},
        },
        "episodes": {
            "request": {"address": "/s/{key}/list"},
            "rows": "li",
            "fields": {"number": "b", "id": "i"},
        },
        "sources": {
            "request": {"address": "/e/{episode_id}"},
            "rows": "a",
            "fields": {"link": "@href"},
        },
    }
    keys = {"link": "^/s/([^?]+)", "slash": "_"}
    site = whole_site(web, make_client, steps, keys=keys, page="/s/{key}")
    web.on("/q/a_b", "<li><a href='/s/40/some-title'>One</a></li>")
    web.on("/s/40/some-title", "<h1>One</h1>")
    web.on("/s/40/some-title/list", "<li><b>1</b><i>x_y</i></li>")
    web.on("/e/x_y", "<a href='https://voe.example/1'>x</a>")

    (found,) = site.search("a_b")
    assert found.key == "40_some-title"
    assert found.link == f"{web.url}/s/40/some-title"
    assert site.key_from_link(found.link) == found.key
    head = site.series(found.key)
    assert head.link == found.link
    assert json.loads(web.seen[1].body)["show"] == "40/some-title"
    assert len(site.sources(found.key, 1, 1)) == 1
    assert web.paths()[-1] == "/e/x_y"
    for key in ("40_.._admin", "_40", "40_."):
        with pytest.raises(NotFound):
            site.series(key)
    assert key_of("40/../admin", site.definition) is None
