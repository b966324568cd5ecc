"""Finding a series at the aniworld site, and the mirrors it is asked at."""

from __future__ import annotations

import json
import socket

import pytest

from providers.errors import (
    ChallengeRequired,
    MarkupChanged,
    NotFound,
    RateLimited,
    SiteDown,
    SiteUnreachable,
)
from providers.sites.aniworld import AniworldSite
from tests.unit.providers.conftest import (
    KEY,
    SERIES,
    ClientMaker,
    FakeTime,
    Reply,
    WebServer,
    build_site,
    page,
)

# --- search --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("Kranich", ["kranich", KEY]),
        ("kranich sohne", [KEY]),
        ("KRANICH & SÖHNE", [KEY]),
        ("söhne kranich", [KEY]),
        ("tsuru", [KEY]),
        ("鶴と", [KEY]),
        ("hells cranes", ["hlle"]),
        ("Hölle", ["hlle"]),
    ],
)
def test_the_list_is_searched_by_title_and_other_names(
    site: AniworldSite, query: str, keys: list[str]
) -> None:
    assert [result.key for result in site.search(query)] == keys


def test_the_list_is_fetched_once_a_day(
    site: AniworldSite, web: WebServer, fake_time: FakeTime
) -> None:
    hit = site.search("kranich sohne")[0]
    assert hit.link == f"{web.url}{SERIES}"
    assert hit.alternative_names == ("Tsuru to Musuko", "鶴と息子")
    fake_time.now += 86_399.0
    site.search("tsuru")
    assert web.paths() == ["/animes-alphabet"]
    fake_time.now += 2.0
    site.search("tsuru")
    assert web.paths() == ["/animes-alphabet"] * 2


def test_what_the_list_lacks_is_asked_of_the_site(site: AniworldSite, web: WebServer) -> None:
    web.on("/ajax/search", Reply("\ufeff" + page("search.json")))
    results = site.search("Neuland's")
    assert [(r.key, r.name, r.description) for r in results] == [
        ("neuland-26", "Neuland '26", "Ein … neuer Anfang")
    ]
    assert web.seen[-1].body == "keyword=Neuland"


@pytest.mark.parametrize("body", ["", "[]", json.dumps([{"title": "x", "link": "/support/x"}])])
def test_no_hit_is_an_empty_list(site: AniworldSite, web: WebServer, body: str) -> None:
    web.on("/ajax/search", body)
    assert site.search("gibt es nicht") == []


def test_the_list_alone_is_enough_while_the_search_is_broken(
    site: AniworldSite, web: WebServer
) -> None:
    web.on("/ajax/search", "[" * 100_000)
    assert site.search("gibt es nicht") == []
    assert site.search("hells cranes")[0].key == "hlle"


OLDER = json.dumps(
    [
        {
            "name": "Neu &amp; alt",
            "link": "neu-alt",
            "description": "d",
            "cover": "/public/img/cover/n.jpg",
            "productionYear": "2024",
        },
        {"name": "evil", "link": "../../logout", "cover": None},
    ]
)


def test_without_a_list_and_search_the_older_search_answers(
    site: AniworldSite, web: WebServer
) -> None:
    web.on("/animes-alphabet", Reply("", 500))
    web.on("/ajax/search", "<html>new search</html>")
    web.on("/ajax/seriesSearch?keyword=neu%20%26", OLDER)
    results = site.search("neu &")
    assert [(r.key, r.name, r.year, r.cover_url) for r in results] == [
        ("neu-alt", "Neu & alt", 2024, f"{web.url}/public/img/cover/n.jpg")
    ]


def test_when_every_way_fails_the_error_of_the_search_is_told(
    site: AniworldSite, web: WebServer
) -> None:
    web.on("/animes-alphabet", "<p>no links</p>")
    web.on("/ajax/search", "<html>new search</html>")
    with pytest.raises(MarkupChanged, match="search page"):
        site.search("kranich")


def test_a_site_that_cannot_be_reached_is_not_asked_in_other_ways(
    make_client: ClientMaker, fake_time: FakeTime
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        base_url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        site = AniworldSite(make_client(interval=0.0), base_url=base_url, known_hosters=[])
        with pytest.raises(SiteUnreachable):
            site.search("kranich")
    assert fake_time.slept == [1.0, 2.0, 4.0]  # the tries of one page


def test_a_challenge_is_not_got_round_by_another_way_of_asking(
    site: AniworldSite, web: WebServer
) -> None:
    web.on("/animes-alphabet", Reply(page("browser_check.html"), 403))
    web.on("/ajax/search", page("search.json"))
    with pytest.raises(ChallengeRequired):
        site.search("neuland")
    web.on("/animes-alphabet", Reply("", 429, {"Retry-After": "900"}))
    with pytest.raises(RateLimited):
        site.search("neuland")
    assert "/ajax/search" not in web.paths()


# --- links and mirrors ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link", "key"),
    [
        ("https://aniworld.test/anime/stream/one-piece", "one-piece"),
        ("https://www.aniworld.test/anime/stream/one-piece/", "one-piece"),
        ("aniworld.test/anime/stream/one-piece/staffel-2/episode-5?x=1#y", "one-piece"),
        ("http://mirror.test/anime/stream/Abc/filme/film-1", "Abc"),
        ("/anime/stream/one-piece", "one-piece"),
        ("https://other.test/anime/stream/one-piece", None),
        ("https://aniworld.test/anime/stream/", None),
        ("https://aniworld.test/anime/stream/a%2Fb", None),
        ("https://aniworld.test/support/frage/x", None),
        ("one-piece", None),
        ("", None),
        ("http://[", None),
    ],
)
def test_the_key_is_read_from_links_of_the_site(
    make_client: ClientMaker, link: str, key: str | None
) -> None:
    site = AniworldSite(
        make_client(),
        base_url="https://aniworld.test",
        mirrors=("https://mirror.test",),
        known_hosters=(),
    )
    assert site.key_from_link(link) == key


@pytest.fixture
def mirrored(
    web: WebServer, elsewhere: WebServer, make_client: ClientMaker, fake_time: FakeTime
) -> AniworldSite:
    web.on(SERIES, Reply("", 502))
    elsewhere.on(SERIES, page("series.html"))
    return build_site(web, make_client, fake_time, elsewhere.url)


def test_a_mirror_answers_while_the_site_is_down(
    mirrored: AniworldSite, web: WebServer, elsewhere: WebServer, fake_time: FakeTime
) -> None:
    assert mirrored.series(KEY).name == "Kranich & Söhne"
    fake_time.now += 100.0
    mirrored.series(KEY)
    assert len(web.seen) == 1  # what answered last is asked first
    elsewhere.on(SERIES, Reply("", 502))
    fake_time.now += 100.0
    with pytest.raises(SiteDown):
        mirrored.series(KEY)
    assert len(web.seen) == 2


def test_a_mirror_is_not_asked_about_what_the_site_does_not_have(
    mirrored: AniworldSite, web: WebServer, elsewhere: WebServer
) -> None:
    web.on(SERIES, Reply("", 404))
    with pytest.raises(NotFound):
        mirrored.series(KEY)
    assert elsewhere.seen == []
