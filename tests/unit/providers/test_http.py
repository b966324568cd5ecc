"""The HTTP client: what it reads, what it refuses, and which pages it keeps."""

from __future__ import annotations

import gzip
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup

from providers.agents import NAMED_AGENT
from providers.cache import CachedPage, MemoryCache
from providers.errors import (
    AddressRefused,
    Blacklisted,
    ChallengeRequired,
    MarkupChanged,
    NotFound,
    PageBroken,
    ProviderError,
    RateLimited,
    ResponseTooLarge,
    SiteDown,
    UnexpectedAnswer,
)
from providers.guard import AddressGuard
from providers.http import HttpClient, Page
from providers.parsing import parsed as parse
from providers.rates import MemoryRateStore
from providers.wire import Limits
from tests.unit.providers.conftest import ClientMaker, FakeTime, Reply, WebServer, page

# --- what time it is -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "heard"),
    [
        ({"Date": "Sun, 06 Nov 1994 08:49:37 GMT"}, [("127.0.0.1", 784_111_777.0)]),
        ({"Date": "Sun, 06 Nov 1994 08:49:37 GMT", "Age": "7"}, []),
        ({"Date": "yesterday"}, []),
        ({"Date": "Sun, 06 Nov 1994 08:49:37 GMT" + " " * 40 + "(so it is)"}, []),
        ({"Date": "Sun, 06 Nov 99999 08:49:37 GMT"}, []),
        ({}, []),
    ],
)
def test_who_answers_says_what_time_it_is(
    web: WebServer, headers: dict[str, str], heard: list[tuple[str, float]]
) -> None:
    told: list[tuple[str, float]] = []
    web.sends_date = False
    client = HttpClient(
        "site",
        guard=AddressGuard(["127.0.0.1"]),
        interval=0,
        hear_time=lambda host, moment: told.append((host.partition(":")[0], moment)),
    )
    web.on("/", Reply("hello", headers=headers))
    assert client.get_page(f"{web.url}/").text == "hello"
    assert told == heard
    client.close()


# --- pages ---------------------------------------------------------------------------------


def test_a_page_is_read_as_utf8_without_its_byte_order_mark(
    web: WebServer, client: HttpClient
) -> None:
    body = "\ufeff<p>Söhne 鶴</p>".encode()
    web.on("/", Reply(body, headers={"Content-Type": "text/html; charset=iso-8859-1"}))
    got = client.get_page(f"{web.url}/", referer="http://ref.test/")
    assert got.text == "<p>Söhne 鶴</p>"
    assert got.content_type == "text/html"
    assert got.soup.select_one("p") is not None
    assert web.seen[0].headers["User-Agent"] == NAMED_AGENT
    assert web.seen[0].headers["Referer"] == "http://ref.test/"


def test_a_compressed_page_is_unpacked_and_measured_unpacked(
    web: WebServer, make_client: ClientMaker
) -> None:
    packed = gzip.compress(b"x" * 300_000)
    web.on("/", Reply(packed, headers={"Content-Encoding": "gzip"}))
    assert len(make_client().get_page(f"{web.url}/").text) == 300_000
    with pytest.raises(ResponseTooLarge):
        make_client(limits=Limits(page_size=200_000)).get_page(f"{web.url}/")


def test_a_page_over_the_limit_is_refused(web: WebServer, make_client: ClientMaker) -> None:
    web.on("/", "x" * 2_000)
    with pytest.raises(ResponseTooLarge, match="1999"):
        make_client(limits=Limits(page_size=1_999)).get_page(f"{web.url}/")


def test_an_empty_page_is_a_site_that_is_down_unless_it_may_be_empty(
    web: WebServer, client: HttpClient
) -> None:
    web.on("/", Reply(" \n"))
    with pytest.raises(SiteDown, match="empty"):
        client.get_page(f"{web.url}/")
    assert client.get_page(f"{web.url}/", allow_empty=True).text == ""


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, ChallengeRequired),
        (403, ChallengeRequired),
        (404, NotFound),
        (410, NotFound),
        (418, UnexpectedAnswer),
        (304, UnexpectedAnswer),
        (500, PageBroken),
        (503, PageBroken),
        (429, RateLimited),
    ],
)
def test_each_status_has_its_error(
    web: WebServer, client: HttpClient, status: int, error: type[ProviderError]
) -> None:
    web.on("/", Reply("no", status))
    with pytest.raises(error) as caught:
        client.get_page(f"{web.url}/")
    assert type(caught.value) is error
    assert caught.value.url == f"{web.url}/"


def test_a_form_is_posted_and_its_answer_read(web: WebServer, client: HttpClient) -> None:
    web.on("/ajax/search", '["ü"]')
    got = client.post_form(f"{web.url}/ajax/search", {"keyword": "a & ö"}, headers={"X-A": "1"})
    assert got.text == '["ü"]'
    assert web.seen[0].method == "POST"
    assert web.seen[0].body == "keyword=a+%26+%C3%B6"
    assert web.seen[0].headers["X-A"] == "1"


def test_a_cover_is_size_limited(web: WebServer, client: HttpClient) -> None:
    web.on("/c.jpg", Reply(b"\xff\xd8" + b"0" * 98, headers={"Content-Type": "image/jpeg"}))
    blob = client.get_bytes(f"{web.url}/c.jpg", max_bytes=100)
    assert (len(blob.data), blob.content_type) == (100, "image/jpeg")
    with pytest.raises(ResponseTooLarge):
        client.get_bytes(f"{web.url}/c.jpg", max_bytes=99)


def test_a_peek_reads_the_beginning_whether_or_not_ranges_are_known(
    web: WebServer, client: HttpClient
) -> None:
    web.on("/v.mp4", Reply(b"0123456789" * 100_000))
    assert client.peek(f"{web.url}/v.mp4", size=12).data == b"012345678901"
    assert web.seen[0].headers["Range"] == "bytes=0-11"


# --- challenges ----------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 403, 429, 503])
def test_a_browser_check_is_reported_at_once_and_not_retried(
    web: WebServer, client: HttpClient, status: int
) -> None:
    web.on("/", Reply(page("browser_check.html"), status))
    with pytest.raises(ChallengeRequired, match="DDoS-Guard"):
        client.get_page(f"{web.url}/")
    assert len(web.seen) == 1


@pytest.mark.parametrize(
    ("reply", "sign"),
    [
        (Reply("x", 403, {"cf-mitigated": "challenge"}), "Cloudflare"),
        (Reply("<title>Just a moment...</title>x"), "Cloudflare"),
        (Reply("<form id='challenge-form'></form>"), "Cloudflare"),
        (Reply("<div class='cf-turnstile'></div>", 503), "Turnstile"),
        (Reply("x", 503, {"Set-Cookie": "cf_clearance=a; Path=/"}), "Cloudflare"),
        (Reply("x", 429, {"Set-Cookie": "__cf_bm=a; Path=/, cf_clearance=b"}), "Cloudflare"),
        (Reply("x", 403, {"Set-Cookie": "cf_chl_rc_i=1; Path=/"}), "Cloudflare"),
    ],
)
def test_cloudflare_is_recognised(
    web: WebServer, client: HttpClient, reply: Reply, sign: str
) -> None:
    web.on("/", reply)
    with pytest.raises(ChallengeRequired, match=sign):
        client.get_page(f"{web.url}/")


def test_words_in_scripts_of_an_ordinary_page_are_no_challenge(
    web: WebServer, client: HttpClient
) -> None:
    web.on(
        "/",
        "<title>Fine</title><style>#ddg-l10n-title{}</style>"
        "<script src='/cdn-cgi/challenge-platform/x.js'></script><p>Just a moment, please</p>",
    )
    assert client.get_page(f"{web.url}/").status == 200


@pytest.mark.parametrize("cookie", ["__cf_bm=a", "__ddg1_=b", "my_cf_clearance=c"])
def test_cookies_that_come_with_every_answer_are_no_challenge(
    web: WebServer, make_client: ClientMaker, cookie: str
) -> None:
    web.on("/", Reply("x", 503, {"Set-Cookie": f"{cookie}; Path=/"}))
    with pytest.raises(PageBroken):
        make_client(limits=Limits(retries=0)).get_page(f"{web.url}/")


# --- redirects -----------------------------------------------------------------------------


def test_redirects_are_followed_hop_by_hop(web: WebServer, client: HttpClient) -> None:
    web.on("/a", Reply(status=302, headers={"Location": "/b"}))
    web.on("/b", Reply(status=301, headers={"Location": "c?x=1"}))
    web.on("/c?x=1", "there")
    got = client.get_page(f"{web.url}/a")
    assert (got.text, got.url) == ("there", f"{web.url}/c?x=1")


@pytest.mark.parametrize(
    "target",
    ["http://10.0.0.1/", "http://[::1]:1/", "file:///etc/passwd", "http://169.254.169.254/latest"],
)
def test_a_redirect_to_a_private_address_is_refused(
    web: WebServer, client: HttpClient, target: str
) -> None:
    web.on("/a", Reply(status=302, headers={"Location": target}))
    with pytest.raises(AddressRefused):
        client.get_page(f"{web.url}/a")
    with pytest.raises(AddressRefused):
        client.get_redirect(f"{web.url}/a")


@pytest.mark.parametrize("named", ["a:ключ", "%F0%9F%98%80:x"])
def test_a_redirect_to_an_address_with_a_name_that_cannot_be_sent_is_refused(
    web: WebServer, client: HttpClient, named: str
) -> None:
    target = web.url.replace("://", f"://{quote(named, safe='%:')}@") + "/b"
    web.on("/a", Reply(status=302, headers={"Location": target}))
    web.on("/b", "there")
    with pytest.raises(AddressRefused):
        client.get_page(f"{web.url}/a")
    with pytest.raises(AddressRefused):
        client.get_page(web.url.replace("://", f"://{named}@") + "/b")


def test_the_body_of_a_redirect_is_not_read(web: WebServer, client: HttpClient) -> None:
    endless = Reply("x", 302, {"Location": "/b"}, declared_length=10**12)
    web.on("/a", endless)
    web.on("/b", "there")
    assert client.get_page(f"{web.url}/a").text == "there"
    assert client.get_redirect(f"{web.url}/a") == f"{web.url}/b"


@pytest.mark.parametrize("target", ["http://[", "http://" + "a" * 64 + ".test/", "http://a..b/"])
def test_a_redirect_to_no_address_at_all_is_refused(
    web: WebServer, client: HttpClient, target: str
) -> None:
    web.on("/a", Reply(status=302, headers={"Location": target}))
    with pytest.raises(AddressRefused):
        client.get_page(f"{web.url}/a")


def test_a_circle_of_redirects_ends(web: WebServer, client: HttpClient) -> None:
    web.on("/a", Reply(status=302, headers={"Location": "/a"}))
    with pytest.raises(UnexpectedAnswer, match="without end"):
        client.get_page(f"{web.url}/a")
    assert len(web.seen) == 6


@pytest.mark.parametrize(("status", "method"), [(302, "GET"), (303, "GET"), (307, "POST")])
def test_a_form_is_posted_again_only_where_the_status_says_so(
    web: WebServer, client: HttpClient, status: int, method: str
) -> None:
    web.on("/a", Reply(status=status, headers={"Location": "/b"}))
    web.on("/b", "done")
    client.post_form(f"{web.url}/a", {"k": "v"})
    assert web.seen[1].method == method


def test_a_redirect_is_read_and_not_followed(
    web: WebServer, elsewhere: WebServer, client: HttpClient
) -> None:
    location = f"{elsewhere.url}/e/söhne".encode().decode("latin-1")
    web.on("/redirect/1", Reply(status=301, headers={"Location": location}))
    got = client.get_redirect(f"{web.url}/redirect/1", referer="http://ref.test/")
    assert got == f"{elsewhere.url}/e/söhne"
    assert elsewhere.seen == []
    assert web.seen[0].headers["Referer"] == "http://ref.test/"


def test_a_page_where_a_redirect_was_due_needs_the_owner(
    web: WebServer, client: HttpClient
) -> None:
    web.on("/redirect/1", "<title>Stream wird vorbereitet...</title>")
    with pytest.raises(ChallengeRequired, match="redirect was due"):
        client.get_redirect(f"{web.url}/redirect/1")
    web.on("/redirect/2", Reply("gone", 404))
    with pytest.raises(NotFound):
        client.get_redirect(f"{web.url}/redirect/2")


# --- cache ---------------------------------------------------------------------------------


def test_a_fresh_copy_spares_the_site(
    web: WebServer, make_client: ClientMaker, fake_time: FakeTime
) -> None:
    web.on("/", "one", "two")
    client = make_client(cache=MemoryCache(clock=fake_time.clock))
    assert client.get_page(f"{web.url}/", ttl=60.0).text == "one"
    fake_time.now += 59.0
    assert client.get_page(f"{web.url}/", ttl=60.0).text == "one"
    assert client.get_page(f"{web.url}/").text == "two"  # without a ttl the cache is not used
    assert len(web.seen) == 2


@pytest.mark.parametrize(
    ("given", "asked", "value"),
    [
        ("ETag", "If-None-Match", '"v1"'),
        ("Last-Modified", "If-Modified-Since", "Sun, 01 Nov 2026 10:00:00 GMT"),
    ],
)
def test_a_stale_copy_is_asked_for_conditionally(
    *,
    web: WebServer,
    make_client: ClientMaker,
    fake_time: FakeTime,
    given: str,
    asked: str,
    value: str,
) -> None:
    web.on("/", Reply("one", headers={given: value}), Reply(status=304), "two")
    client = make_client(cache=MemoryCache(clock=fake_time.clock))
    client.get_page(f"{web.url}/", ttl=60.0)
    fake_time.now += 61.0
    assert client.get_page(f"{web.url}/", ttl=60.0).text == "one"
    assert web.seen[1].headers[asked] == value
    fake_time.now += 59.0  # "not modified" made it fresh again
    assert client.get_page(f"{web.url}/", ttl=60.0).text == "one"
    assert len(web.seen) == 2
    fake_time.now += 2.0
    assert client.get_page(f"{web.url}/", ttl=60.0).text == "two"


def test_neither_redirected_nor_refused_pages_are_kept(
    web: WebServer, make_client: ClientMaker, fake_time: FakeTime
) -> None:
    def spam(got: Page) -> None:
        if "spam" in got.text:
            raise Blacklisted(site="a", url=got.url)

    def changed(got: Page) -> None:
        if "new shape" in got.text:
            raise MarkupChanged("series", "#stream")

    client = make_client(cache=MemoryCache(clock=fake_time.clock), page_check=spam)
    web.on("/old", Reply(status=302, headers={"Location": "/new"}))
    web.on("/new", "first", "second")
    assert client.get_page(f"{web.url}/old", ttl=60.0).text == "first"
    assert client.get_page(f"{web.url}/old", ttl=60.0).text == "second"
    web.on("/p", "spam", "new shape", "well")
    with pytest.raises(Blacklisted):
        client.get_page(f"{web.url}/p", ttl=60.0)
    with pytest.raises(MarkupChanged):
        client.get_page(f"{web.url}/p", ttl=60.0, check=changed)
    assert client.get_page(f"{web.url}/p", ttl=60.0, check=changed).text == "well"


def test_a_copy_is_of_the_request_that_it_answered(
    web: WebServer, make_client: ClientMaker, fake_time: FakeTime
) -> None:
    web.on("/", "for anybody", "for one")
    client = make_client(cache=MemoryCache(clock=fake_time.clock))
    for _ in range(2):
        assert client.get_page(f"{web.url}/", ttl=60.0).text == "for anybody"
        mine = client.get_page(f"{web.url}/", ttl=60.0, headers={"Accept-Language": "en"})
        assert mine.text == "for one"
    assert len(web.seen) == 2


def test_what_may_not_be_asked_any_more_is_not_taken_from_before_either(
    web: WebServer, make_client: ClientMaker, fake_time: FakeTime
) -> None:
    web.on("/", "private")
    cache = MemoryCache(clock=fake_time.clock)
    assert make_client(cache=cache).get_page(f"{web.url}/", ttl=60.0).text == "private"
    with pytest.raises(AddressRefused):
        make_client(cache=cache, guard=AddressGuard([])).get_page(f"{web.url}/", ttl=60.0)


def test_a_clock_that_is_set_back_keeps_no_page_fresh(
    web: WebServer, make_client: ClientMaker, fake_time: FakeTime
) -> None:
    web.on("/", "one", "two")
    cache, rates = MemoryCache(clock=fake_time.clock), MemoryRateStore()
    client = make_client(cache=cache, rate_store=rates)
    client.get_page(f"{web.url}/", ttl=60.0)
    fake_time.now -= 3600.0
    assert client.get_page(f"{web.url}/", ttl=60.0).text == "two"


def cached(text: str, at: float) -> CachedPage:
    return CachedPage("u", text, "", "", "", stored_at=at)


def test_the_cache_is_bounded_and_forgets_what_was_unused_for_longest() -> None:
    fake = FakeTime()
    cache = MemoryCache(max_chars=10, max_age=100.0, clock=fake.clock)
    cache.put("a", cached("aaaa", fake.now))
    cache.put("b", cached("bbbb", fake.now))
    assert cache.get("a") is not None
    cache.put("c", cached("cccc", fake.now))
    assert [key for key in "abc" if cache.get(key)] == ["a", "c"]
    cache.put("d", cached("d" * 11, fake.now))
    assert cache.get("d") is None
    assert cache.get("c") is not None
    fake.now += 101.0
    assert cache.get("c") is None


def test_what_is_read_twice_in_a_row_is_parsed_once(
    web: WebServer,
    make_client: ClientMaker,
    fake_time: FakeTime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parsed: list[str] = []

    def counted(text: str, *, url: str) -> BeautifulSoup:
        parsed.append(url)
        return parse(text, url=url)

    monkeypatch.setattr("providers.http.parsed", counted)
    client = make_client(cache=MemoryCache(clock=fake_time.clock))
    web.on("/a", "<p>one</p>", "<p>two</p>")
    web.on("/b", "<p>other</p>")
    for _ in range(2):
        assert client.get_page(f"{web.url}/a", ttl=60).soup.text == "one"
    assert parsed == [f"{web.url}/a"]
    assert client.get_page(f"{web.url}/b", ttl=60).soup.text == "other"
    assert client.get_page(f"{web.url}/a").soup.text == "two"  # asked for anew: another page
