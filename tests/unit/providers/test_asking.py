"""What somebody waits for: asked of the site itself, and given up before the one who waits."""

from __future__ import annotations

import math
import socket

import pytest

from providers.addresses import host_of
from providers.asking import asked_now, current
from providers.cache import MemoryCache
from providers.errors import RateLimited, SiteDown
from providers.rates import MemoryRateStore
from providers.sites.aniworld import AniworldSite
from providers.wire import Limits
from tests.unit.providers.conftest import KEY, SERIES, ClientMaker, FakeTime, Reply, WebServer, page


def test_what_is_kept_of_a_series_does_not_count(site: AniworldSite, web: WebServer) -> None:
    site.series(KEY)
    site.series(KEY)
    assert web.paths() == [SERIES]
    with asked_now():
        site.series(KEY)
        assert web.paths() == [SERIES] * 2
        site.episodes(KEY)  # the same visit: the first page is still the one just read
    assert web.paths()[2:] == [f"{SERIES}/filme", f"{SERIES}/staffel-3"]


def test_what_others_keep_meanwhile_does_not_count_either(
    make_client: ClientMaker, web: WebServer, fake_time: FakeTime
) -> None:
    """One process asks now; another one has asked before, and keeps its page later."""
    web.on("/", "before", "now")
    cache = MemoryCache(clock=fake_time.clock)
    client = make_client(cache=cache, interval=0.0)
    assert client.get_page(f"{web.url}/", ttl=60.0).text == "before"
    (key,) = cache._pages
    kept = cache.get(key)
    assert kept is not None
    with asked_now():
        assert client.get_page(f"{web.url}/", ttl=60.0).text == "now"
        cache.put(key, kept)
        assert client.get_page(f"{web.url}/", ttl=60.0).text == "now"
    assert len(web.seen) == 2


def test_a_test_of_the_site_takes_nothing_from_before(site: AniworldSite, web: WebServer) -> None:
    web.on("/ajax/search", page("search.json"))
    site.search("kranich")
    with asked_now(of_now_alone=True):
        assert "neuland-26" in [hit.key for hit in site.search("kranich")]
    assert web.paths() == ["/animes-alphabet", "/ajax/search"]
    web.on("/ajax/search", Reply("", 500))
    with asked_now(of_now_alone=True):
        assert site.search("kranich")
    assert web.paths().count("/animes-alphabet") == 2  # the list of before was not enough


def test_a_copy_that_lasts_is_asked_for_again_where_only_now_counts(
    make_client: ClientMaker, web: WebServer, fake_time: FakeTime
) -> None:
    web.on("/", "before", "now")
    client = make_client(cache=MemoryCache(clock=fake_time.clock), interval=0.0)
    address = f"{web.url}/"
    client.get_page(address, ttl=60.0)
    with asked_now():
        assert client.get_page(address, ttl=60.0, lasting=True).text == "before"
    with asked_now(of_now_alone=True):
        assert client.get_page(address, ttl=60.0, lasting=True).text == "now"


def test_where_nobody_waits_a_new_answer_takes_its_time(
    web: WebServer, make_client: ClientMaker, fake_time: FakeTime
) -> None:
    web.on("/", "before", Reply("busy", 503), Reply("busy", 503), Reply("busy", 503), "now")
    client = make_client(cache=MemoryCache(clock=fake_time.clock), interval=0.0)
    client.get_page(f"{web.url}/", ttl=60.0)
    with asked_now(patience=math.inf):
        assert client.get_page(f"{web.url}/", ttl=60.0).text == "now"


def test_a_site_that_is_down_is_told_whatever_is_kept_of_it(
    site: AniworldSite, web: WebServer
) -> None:
    site.episodes(KEY)
    web.on(SERIES, Reply("", 503))
    site.series(KEY)
    with pytest.raises(SiteDown), asked_now():
        site.series(KEY)


def test_a_copy_is_still_offered_to_the_site(
    make_client: ClientMaker, web: WebServer, fake_time: FakeTime
) -> None:
    web.on("/", Reply("content", headers={"ETag": '"1"'}), Reply("", 304))
    client = make_client(cache=MemoryCache(clock=fake_time.clock), interval=0.0)
    client.get_page(f"{web.url}/", ttl=60.0)
    with asked_now():
        assert client.get_page(f"{web.url}/", ttl=60.0).text == "content"
        assert client.get_page(f"{web.url}/", ttl=60.0).text == "content"
    assert len(web.seen) == 2
    assert web.seen[1].headers["If-None-Match"] == '"1"'


def test_a_search_that_somebody_waits_for_is_asked_of_the_site_too(
    site: AniworldSite, web: WebServer
) -> None:
    web.on("/ajax/search", page("search.json"))
    assert [hit.key for hit in site.search("kranich")] == ["kranich", KEY]
    assert web.paths() == ["/animes-alphabet"]
    with asked_now():
        keys = [hit.key for hit in site.search("kranich")]
    assert keys[:2] == ["kranich", KEY]
    assert "neuland-26" in keys
    assert web.paths() == ["/animes-alphabet", "/ajax/search"]


@pytest.mark.parametrize("query", ["kranich", "gibt es nicht"])
def test_a_search_at_a_site_that_went_down_is_a_failure(
    site: AniworldSite, web: WebServer, query: str
) -> None:
    assert site.search("kranich")  # the list is kept from here on
    for path in ("/animes-alphabet", "/ajax/search", f"/ajax/seriesSearch?keyword={query}"):
        web.on(path, Reply("", 503))
    with pytest.raises(SiteDown), asked_now():
        site.search(query)


def test_no_scan_takes_a_site_that_went_down_for_one_that_finds_nothing(
    site: AniworldSite, web: WebServer, fake_time: FakeTime
) -> None:
    assert site.search("kranich")
    for path in ("/animes-alphabet", "/ajax/search"):
        web.on(path, Reply("", 503))
    fake_time.now += 100.0
    with pytest.raises(SiteDown):
        site.search("gibt es nicht")


def test_a_connection_that_is_lost_is_no_empty_answer(
    web: WebServer, make_client: ClientMaker, fake_time: FakeTime
) -> None:
    web.on("/animes-alphabet", page("alphabet.html"))
    cache = MemoryCache(clock=fake_time.clock)
    before, after = (make_client(cache=cache, interval=0.0) for _ in range(2))
    assert AniworldSite(before, base_url=web.url, known_hosters=[]).search("kranich")
    web.close()
    with pytest.raises(SiteDown):
        AniworldSite(after, base_url=web.url, known_hosters=[]).search("gibt es nicht")


def test_the_list_of_now_answers_where_the_search_alone_is_broken(
    site: AniworldSite, web: WebServer
) -> None:
    site.search("kranich")
    web.on("/ajax/search", Reply("", 500))
    with asked_now():
        assert site.search("gibt es nicht") == []
    assert web.paths().count("/animes-alphabet") == 2


def test_a_request_that_is_waited_for_is_sent_twice_at_most(
    web: WebServer, make_client: ClientMaker, fake_time: FakeTime
) -> None:
    web.on("/", Reply("busy", 503))
    with pytest.raises(SiteDown), asked_now():
        make_client(interval=0.0).get_page(f"{web.url}/")
    assert len(web.seen) == 2
    assert fake_time.slept == [1.0]


def test_nobody_waits_for_a_turn_that_comes_late(
    web: WebServer, make_client: ClientMaker, fake_time: FakeTime
) -> None:
    rates = MemoryRateStore(clock=fake_time.clock)
    rates.hold(f"site {host_of(web.url)}", seconds=30.0)
    with pytest.raises(RateLimited, match="30 seconds"), asked_now(patience=20.0):
        make_client(rate_store=rates).get_page(f"{web.url}/")
    assert fake_time.slept == []


def test_a_server_that_says_nothing_is_given_up_on(make_client: ClientMaker) -> None:
    """All of its addresses and ways together: each gets half of the patience that is left."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(8)
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        client = make_client(interval=0.0, limits=Limits(retries=0))
        with pytest.raises(SiteDown), asked_now(patience=0.4) as asking:
            AniworldSite(client, base_url=address, known_hosters=[]).series(KEY)
        assert asking.left == 0.4  # by a clock that stands still, yet the socket was given up on


def test_what_is_in_vain_is_taken_off_the_patience() -> None:
    with asked_now(patience=40.0) as asking:
        assert current() is asking
        shares = []
        for _ in range(3):
            shares.append(asking.share())
            asking.spend(asking.share())
        assert shares == [20.0, 10.0, 5.0]
        asking.spend(1_000.0)
        assert asking.share() == 1.0
    assert current() is None
