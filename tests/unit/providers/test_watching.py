"""A watch is told how each call ended, and who is left alone is not asked: over real sockets."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from providers.addresses import host_of
from providers.asking import asked_now
from providers.base import SiteSettings
from providers.cache import MemoryCache
from providers.errors import (
    AddressRefused,
    ChallengeRequired,
    DecoderOutdated,
    HosterDown,
    MarkupChanged,
    NotFound,
    PageBroken,
    SiteDown,
    SiteResting,
)
from providers.guard import AddressGuard
from providers.http import HttpClient
from providers.rates import MemoryRateStore
from providers.registry import build_hosters, build_site
from providers.watching import Called, Fault, Rest
from providers.wire import Limits
from tests.unit.providers.conftest import Reply, WebServer


@dataclass
class Notebook:
    """Writes down what it is told, and lets rest whom it is said to."""

    calls: list[Called] = field(default_factory=list)
    misreads: list[tuple[str, str]] = field(default_factory=list)
    rests: dict[str, Rest] = field(default_factory=dict)

    def rest(self, service: str, host: str) -> Rest:
        return self.rests.get(host or service, Rest())

    def note(self, called: Called) -> None:
        self.calls.append(called)

    def misread(self, service: str, error: Fault) -> None:
        self.misreads.append((service, error.code))

    @property
    def ends(self) -> list[tuple[str, str]]:
        """The host of each call, and the code of its error."""
        return [(one.host, one.error.code if one.error else "") for one in self.calls]


@pytest.fixture
def notebook() -> Notebook:
    return Notebook()


@pytest.fixture
def client(web: WebServer, guard: AddressGuard, notebook: Notebook) -> HttpClient:
    return HttpClient(
        "site",
        guard=guard,
        interval=0.0,
        limits=Limits(retries=1, backoff=0.0),
        cache=MemoryCache(),
        watch=notebook,
        hosts={host_of(web.url)},
    )


def test_an_answer_is_told_with_its_time_and_size(
    web: WebServer, client: HttpClient, notebook: Notebook
) -> None:
    web.on("/", "x" * 500)
    client.get_page(f"{web.url}/")
    [call] = notebook.calls
    assert (call.service, call.host, call.error, call.size) == ("site", host_of(web.url), None, 500)
    assert 0 < call.seconds < 60


def test_all_hops_of_a_redirect_are_one_call(
    web: WebServer, client: HttpClient, notebook: Notebook
) -> None:
    web.on("/", Reply(status=302, headers={"Location": "/there"}))
    web.on("/there", "x" * 7)
    client.get_page(f"{web.url}/")
    assert notebook.ends == [(host_of(web.url), "")]
    assert notebook.calls[0].size == 7


def test_a_page_that_is_kept_is_no_call(
    web: WebServer, client: HttpClient, notebook: Notebook
) -> None:
    web.on("/", "page")
    for _ in range(2):
        client.get_page(f"{web.url}/", ttl=60)
    assert len(notebook.calls) == 1
    notebook.rests[host_of(web.url)] = Rest(40.0)
    assert client.get_page(f"{web.url}/", ttl=60).text == "page"  # nobody is asked for it


@pytest.mark.parametrize(
    ("reply", "raised", "told"),
    [
        (Reply("bad", 502), SiteDown, "site_down"),
        (Reply("", 200), SiteDown, "site_down"),
        (Reply("no", 403), ChallengeRequired, "challenge"),
        (Reply("gone", 404), NotFound, ""),  # that is an answer
    ],
)
def test_a_failure_is_told_once_with_its_class(
    web: WebServer,
    client: HttpClient,
    notebook: Notebook,
    *,
    reply: Reply,
    raised: type[Exception],
    told: str,
) -> None:
    web.on("/", reply)
    with pytest.raises(raised):
        client.get_page(f"{web.url}/")
    assert notebook.ends == [(host_of(web.url), told)]


def test_who_cannot_be_reached_is_told_as_that(notebook: Notebook, guard: AddressGuard) -> None:
    client = HttpClient("site", guard=guard, interval=0.0, limits=Limits(retries=0), watch=notebook)
    with pytest.raises(SiteDown):
        client.get_page("http://127.0.0.1:9/")
    [call] = notebook.calls
    assert call.error is not None
    assert (call.host, call.error.is_unreached, call.error.is_our_line) == ("", True, False)


def test_an_address_that_is_refused_says_nothing_of_the_site(
    client: HttpClient, notebook: Notebook
) -> None:
    with pytest.raises(AddressRefused):
        client.get_page("http://10.0.0.1/")
    assert notebook.calls == []


def test_who_rests_is_not_asked(web: WebServer, client: HttpClient, notebook: Notebook) -> None:
    notebook.rests[host_of(web.url)] = Rest(41.2)
    asks = (client.get_page, client.get_redirect, client.get_bytes)
    for ask in asks:
        with pytest.raises(SiteResting, match="another 41 seconds") as caught:
            ask(f"{web.url}/")
        assert caught.value.retry_after == 41.2
    with pytest.raises(SiteResting):
        client.post_form(f"{web.url}/", {})
    with pytest.raises(SiteResting):
        client.peek(f"{web.url}/", size=10)
    assert (web.seen, notebook.calls) == ([], [])


def test_who_has_refused_us_is_not_asked_and_its_reason_told(
    web: WebServer, client: HttpClient, notebook: Notebook
) -> None:
    said = ChallengeRequired(why="check", site="site", sign="DDoS-Guard").as_json()
    notebook.rests[host_of(web.url)] = Rest(41.2, said)
    with pytest.raises(SiteResting) as caught:
        client.get_page(f"{web.url}/")
    assert caught.value.params == {"why": "refused", "reason": said, "seconds": 41}
    assert str(caught.value) == "challenge It is left alone for another 41 seconds."  # of the log
    assert (web.seen, notebook.calls) == ([], [])


def test_a_test_of_now_asks_who_rests(
    web: WebServer, client: HttpClient, notebook: Notebook
) -> None:
    web.on("/", "page")
    notebook.rests[host_of(web.url)] = Rest(40.0)
    with asked_now(of_now_alone=True):
        client.get_page(f"{web.url}/")
    assert notebook.ends == [(host_of(web.url), "")]
    with asked_now(), pytest.raises(SiteResting):  # who refreshes a series waits as others do
        client.get_page(f"{web.url}/")


def test_the_mirror_is_asked_at_once_where_the_site_rests(
    web: WebServer, elsewhere: WebServer, guard: AddressGuard, notebook: Notebook
) -> None:
    notebook.rests[host_of(web.url)] = Rest(40.0)
    chosen = SiteSettings(base_url=web.url, mirrors=(elsewhere.url,), requests_per_second=100.0)
    site = build_site("aniworld", chosen, rate_store=MemoryRateStore(), guard=guard, watch=notebook)
    elsewhere.on("/anime/stream/moon", "<html><body>nothing</body></html>")
    with pytest.raises(MarkupChanged):
        site.series("moon")
    assert web.seen == []
    assert notebook.ends == [(host_of(elsewhere.url), "")]
    assert notebook.misreads == [("aniworld", "markup_changed")]


def test_an_error_page_with_200_is_a_call_that_failed(
    web: WebServer, guard: AddressGuard, notebook: Notebook
) -> None:
    """Else a site of nothing but error pages would be said to be well, and never be left alone."""
    web.on("/anime/stream/kranich", "<title>502 Bad Gateway</title>")
    chosen = SiteSettings(base_url=web.url, requests_per_second=100.0)
    site = build_site("aniworld", chosen, rate_store=MemoryRateStore(), guard=guard, watch=notebook)
    with pytest.raises(PageBroken):
        site.series("kranich")
    assert notebook.ends == [(host_of(web.url), "site_down")]


def test_a_hoster_that_rests_is_down_for_that_source_alone(
    elsewhere: WebServer, guard: AddressGuard, notebook: Notebook
) -> None:
    hosters = build_hosters(rate_store=MemoryRateStore(), guard=guard, watch=notebook)
    notebook.rests["hoster:voe"] = Rest(40.0)
    with pytest.raises(HosterDown, match="another 40 seconds") as caught:
        hosters["voe"].resolve(f"{elsewhere.url}/e/x")
    assert not caught.value.whole_site
    assert elsewhere.seen == []


def test_a_page_that_no_decoder_reads_is_told(
    elsewhere: WebServer, guard: AddressGuard, notebook: Notebook
) -> None:
    hosters = build_hosters(rate_store=MemoryRateStore(), guard=guard, watch=notebook)
    elsewhere.on("/e/x", "<html><body>nothing</body></html>")
    with pytest.raises(DecoderOutdated):
        hosters["vidmoly"].resolve(f"{elsewhere.url}/e/x")
    assert notebook.ends == [("", "")]
    assert notebook.misreads == [("hoster:vidmoly", "hoster_decoder_outdated")]
