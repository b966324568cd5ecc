"""Definitions and pages that mean harm: work is bounded, and nothing leads where it must not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from providers.errors import (
    AddressRefused,
    DefinitionMismatch,
    NotFound,
    ProviderError,
    UnexpectedAnswer,
)
from providers.guard import AddressGuard
from providers.sites.described.budget import Budget
from providers.sites.described.changes import change_of, parsed_json
from providers.sites.described.css import Selector
from providers.sites.described.definition import parse
from providers.sites.described.faults import Unreadable
from providers.sites.described.html import HtmlDocument
from providers.sites.described.paths import JsonPath
from providers.sites.described.patterns import LONGEST_TEXT, Pattern
from providers.sites.described.site import DescribedSite
from providers.sites.described.templates import AddressTemplate
from providers.wire import Limits
from tests.unit.providers.conftest import ClientMaker, WebServer

SIMPLE: dict[str, Any] = {
    "format": "aniworld-site/1",
    "name": "Simple",
    "page": "/s/{key}",
    "language": "German Dub",
    "keys": {"link": "^/s/([^/?]+)"},
    "steps": {
        "search": {
            "request": {"address": "/q/{query}"},
            "rows": "li",
            "fields": {"name": "a", "link": "a@href"},
        },
        "series": {"request": {"address": "/s/{key}"}, "fields": {"name": "h1"}},
        "episodes": {"rows": "li", "fields": {"number": "b", "link": "a@href", "id": "i"}},
        "sources": {
            "request": {"address": "{episode_link}"},
            "rows": "a",
            "fields": {"link": "@href"},
        },
    },
}


@pytest.fixture
def site(web: WebServer, make_client: ClientMaker) -> DescribedSite:
    return built(web, make_client)


def built(web: WebServer, make_client: ClientMaker, **changed: Any) -> DescribedSite:
    steps = {**SIMPLE["steps"], **changed}
    read = parse(json.dumps({**SIMPLE, "steps": steps, "address": web.url}))
    client = make_client(interval=0.0, limits=Limits(retries=0, page_size=9_000_000))
    return DescribedSite(client, read, name="simple", known_hosters=("direct",))


@pytest.mark.parametrize(
    "pattern",
    [
        *("(a+)+$", "((a+)+)+$", "(a|a)*$", "(a|aa)+$", "(.*a){12}$", "(a?){20}a{20}$"),
        *("([a-z]+)*[0-9]", "(x+x+)+y", "^(([a-z])+.)+[A-Z]([a-z])+$", "(.*)*b"),
    ],
)
def test_no_pattern_takes_longer_than_linear(pattern: str) -> None:
    text = "a" * LONGEST_TEXT + "!"
    read = Pattern(pattern)
    budget = Budget("site")
    read.found(text, budget)
    read.fits(text, budget)


def test_a_large_pattern_on_long_texts_uses_up_its_budget() -> None:
    read = Pattern("[ab]*a[ab]{300}c")
    budget = Budget("site", work=2_000_000)
    read.found("ab" * 500_000, budget)
    with pytest.raises(UnexpectedAnswer):
        read.found("ab" * 500_000, budget)


def test_what_replaces_is_taken_by_the_letter_and_bounded() -> None:
    budget = Budget("site")
    assert Pattern("(b)").replaced("abc", r"\1\0", budget) == r"a\1\0c"
    assert len(Pattern("a").replaced("a" * 100_000, "x" * 300, budget)) < 2 * LONGEST_TEXT
    assert Pattern("x*").replaced("abc", "-", budget) == "abc"
    assert Pattern("(a)|b").found("b", budget) == ""


@pytest.mark.parametrize(
    "selector",
    [
        "div " * 11 + "b",
        ", ".join(["div div div div i"] * 10),
        "p ~ p ~ p ~ p ~ p ~ p",
        "p + p ~ p + p ~ p + p",
        ":not(p) :not(p) :not(p) i",
        "div:contains('zzz') p:contains('zzz')",
        "p:nth-child(2n+1):nth-of-type(3n):last-of-type",
        "*[class*=x][class$=y][class^=z] * * * *",
        "p" + ".x" * 149,
    ],
)
def test_no_selector_takes_longer_than_its_budget(selector: str) -> None:
    page = "<div>" * 240 + "<p class=x>a</p>" * 50_000 + "</div>" * 240
    document = HtmlDocument(page, url="", budget=Budget("site"))
    assert len(document.tags) > 50_000
    budget = Budget("site")
    try:
        list(Selector(selector).select(document, 0, budget))
    except UnexpectedAnswer as error:
        assert error.params["why"] == "monster"  # noqa: PT017 - either may be
    again = (list(Selector(selector).select(document, 0, budget)) for _ in range(60))
    with pytest.raises(UnexpectedAnswer):
        list(again)


def test_fields_of_rows_within_rows_use_up_the_budget(
    web: WebServer, make_client: ClientMaker
) -> None:
    rows = {
        "request": {"address": "/q"},
        "rows": ["div", "div", "div"],
        "fields": {"name": "div div div div b", "link": "div div div div i"},
    }
    web.on("/q", "<div>" * 240 + "<p>a</p>" * 20_000 + "</div>" * 240)
    with pytest.raises(UnexpectedAnswer):
        built(web, make_client, search=rows).search("x")


def test_one_text_is_not_kept_once_for_each_row_around_it(
    web: WebServer, make_client: ClientMaker
) -> None:
    rows = {"request": {"address": "/q"}, "rows": "div", "fields": {"name": {}, "key": {}}}
    web.on("/q", "<div>" * 240 + "text " * 400_000 + "</div>" * 240)
    with pytest.raises(UnexpectedAnswer):
        built(web, make_client, search=rows).search("x")


@pytest.mark.parametrize(
    "body",
    [
        "[" * 150_000,
        "[" * 5_000 + "]" * 5_000,
        "[" + "[]," * 400_000 + "[]]",
        '{"a":' * 90_000 + "1" + "}" * 90_000,
        "9" * 100_000,
        "[" + "1," * 1_500_000 + "1]",
        "\0",
        "NaN" * 9,
        "{}",
        '{"a": []}',
    ],
)
def test_no_json_is_too_much(web: WebServer, make_client: ClientMaker, body: str) -> None:
    rows = {
        "request": {"address": "/q"},
        "read": "json",
        "rows": "*.*.*",
        "fields": {"name": "n", "key": "k"},
    }
    web.on("/q", body)
    with pytest.raises(ProviderError):
        built(web, make_client, search=rows).search("x")


def test_paths_that_take_everything_use_up_the_budget() -> None:
    node = parsed_json(json.dumps([[[1] * 100] * 100] * 100), Budget("site"))
    assert node is not None
    assert len(list(JsonPath("*.*.*").select(node, Budget("site", work=2_100_000)))) == 1_000_000
    with pytest.raises(UnexpectedAnswer):
        list(JsonPath("*.*.*").select(node, Budget("site", work=10_000)))


@pytest.mark.parametrize(
    "key",
    [
        "..",
        ".",
        "../../admin",
        "a/../b",
        "..%2f..",
        "a\\b",
        "a?b",
        "a#b",
        "a\nb",
        "",
        "x" * 999,
        "%2e%2e",
    ],
)
def test_no_key_climbs(site: DescribedSite, web: WebServer, key: str) -> None:
    for ask in (site.series, site.episodes, lambda key: site.sources(key, 1, 1)):
        with pytest.raises(NotFound):
            ask(key)
    assert web.paths() == []


@pytest.mark.parametrize("value", ["..", ".", "%2e%2e"])
def test_no_value_climbs(value: str) -> None:
    template = AddressTemplate("/a/{episode_id}/b", {"episode_id"})
    if value == "%2e%2e":
        assert template.filled({"episode_id": value}) == "/a/%252e%252e/b"
    else:
        with pytest.raises(NotFound):
            template.filled({"episode_id": value})
    assert template.filled({"episode_id": "../x?y#z"}) == "/a/..%2Fx%3Fy%23z/b"
    with pytest.raises(NotFound):
        AddressTemplate("/a/{key}", {"key"}).filled({"key": "x/../y"})


@pytest.mark.parametrize(
    "link",
    [
        *("http://169.254.169.254/latest", "http://other.example/1", "//10.0.0.1/x"),
        *("http://127.0.0.1:1/x", "https://user@evil.example/"),
    ],
)
def test_a_page_leads_no_step_to_another_host(
    site: DescribedSite, web: WebServer, link: str
) -> None:
    web.on("/s/one", f"<h1>One</h1><li><b>1</b><a href='{link}'>x</a></li>")
    with pytest.raises(DefinitionMismatch) as refused:
        site.sources("one", 1, 1)
    assert refused.value.missing.startswith("hosts: ")
    assert web.paths() == ["/s/one"]


@pytest.mark.parametrize("link", ["file:///etc/passwd", "javascript:alert(1)", "ftp://x/", ""])
def test_only_addresses_of_the_web_are_links(
    site: DescribedSite, web: WebServer, link: str
) -> None:
    web.on("/s/one", "<h1>One</h1><li><b>1</b><a href='/e/1'>x</a></li>")
    web.on("/e/1", f"<a href='{link}'>x</a>")
    with pytest.raises(ProviderError) as refused:
        site.sources("one", 1, 1)
    assert refused.value.code in {"not_found", "definition_mismatch"}


def test_a_definition_is_no_way_round_the_guard(web: WebServer, make_client: ClientMaker) -> None:
    client = make_client(guard=AddressGuard(), interval=0.0)
    read = parse(json.dumps({**SIMPLE, "address": web.url}))
    site = DescribedSite(client, read, name="simple", known_hosters=())
    with pytest.raises(AddressRefused):
        site.search("x")
    absolute = {**SIMPLE["steps"]["search"], "request": {"address": "http://[::1]/{query}"}}
    steps = {**SIMPLE["steps"], "search": absolute}
    read = parse(json.dumps({**SIMPLE, "address": "https://site.example", "steps": steps}))
    with pytest.raises(AddressRefused):
        DescribedSite(client, read, name="simple", known_hosters=()).search("x")
    assert web.seen == []


def test_what_is_filled_into_a_header_ends_no_line(
    web: WebServer, make_client: ClientMaker
) -> None:
    asked = {"address": "/q", "headers": {"Referer": "{base}/{query}"}}
    web.on("/q", "<li><a href='/s/one'>One</a></li>")
    built(web, make_client, search={**SIMPLE["steps"]["search"], "request": asked}).search(
        "a\r\nX-Odd: 1\r\n\r\nü"
    )
    assert web.seen[0].headers["Referer"] == f"{web.url}/aX-Odd: 1"
    assert "X-Odd" not in web.seen[0].headers


def test_pages_that_lead_on_for_ever_come_to_an_end(
    web: WebServer, make_client: ClientMaker
) -> None:
    paging = {"next": "a.more@href", "most": 4}
    page = "<li><a href='/s/one'>One</a></li><a class=more href='/q/{}'>more</a>"
    for number in range(9):
        web.on(f"/q/{number}", page.format(number + 1))
    search = {**SIMPLE["steps"]["search"], "paging": paging}
    assert len(built(web, make_client, search=search).search("0")) == 1
    assert len(web.seen) == 4
    web.on("/q/1", page.format(1))
    built(web, make_client, search=search).search("1")
    assert len(web.seen) == 6  # a page that leads to itself

    episodes = {
        "request": {"address": "/e?p={page}"},
        "rows": "li",
        "fields": {"number": "b"},
        "paging": {"from": 1, "most": 2},
    }
    web.on("/s/one", "<h1>One</h1>")
    for number in (1, 2, 3):
        web.on(f"/e?p={number}", f"<li><b>{number}</b></li>")
    with pytest.raises(DefinitionMismatch) as refused:
        built(web, make_client, episodes=episodes).episodes("one")
    assert refused.value.missing == "at most 2 pages"
    web.on("/e?p=3", "<p>no more</p>")
    assert len(built(web, make_client, episodes=episodes).episodes("one")) == 2


def test_nothing_is_never_silently_nothing(web: WebServer, make_client: ClientMaker) -> None:
    web.on("/q/x", "<p>odd</p>")
    with pytest.raises(DefinitionMismatch) as refused:
        built(web, make_client).search("x")
    assert (refused.value.page, refused.value.missing) == ("search", "rows (li)")
    proven = {**SIMPLE["steps"]["search"], "expects": "p"}
    assert built(web, make_client, search=proven).search("x") == []
    web.on("/q/x", "<li>no link</li><li>none here</li>")
    with pytest.raises(DefinitionMismatch) as refused:
        built(web, make_client).search("x")
    assert refused.value.missing == "name (a)"
    strict = {"name": {"select": "a", "then": [{"pattern": "^x"}, {"json": "y"}]}, "link": "a"}
    web.on("/q/x", "<li><a>a</a></li>")
    with pytest.raises(DefinitionMismatch) as refused:
        built(web, make_client, search={**SIMPLE["steps"]["search"], "fields": strict}).search("x")
    assert refused.value.missing == "name (a → pattern ^x → json y)"
    web.on("/q/x", "<li>none</li><li><a href='/s/one'>One</a></li><li><a href='/s/..'>Two</a></li>")
    assert [one.key for one in built(web, make_client).search("x")] == ["one"]


@pytest.mark.parametrize("value", ["", "%%%", "=", "YWJj\n", "YW Jj", "ü", "\0", "-_-_"])
def test_decoding_never_fails(value: str) -> None:
    for how in ("base64", "html", "percent"):
        list(change_of({"decode": how}).applied(value, Budget("site")))
    for change in ({"json": "*"}, {"html": "a"}, {"date": "%d.%m.%Y"}, {"split": "x"}):
        list(change_of(change).applied(value, Budget("site")))


@pytest.mark.parametrize("text", ["a[", "..a", "a.", ".a", "a..b", "a b", "*[", "[x]", '"', "a*"])
def test_odd_paths_are_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        JsonPath(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", ">", "a >", "a,,b", "a[", "a[b", "[=x]", "a::before", "a:hover", ":not(:not(a))"),
        *(":nth-child()", ":nth-child(a)", ":contains(x)", "a{}", "#", ".", "a:is(b)", ",", "||"),
    ],
)
def test_odd_selectors_are_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        Selector(text)
