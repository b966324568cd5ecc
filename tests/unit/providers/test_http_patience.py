"""The HTTP client with sites in trouble: trying again, waiting, and keeping its distance."""

from __future__ import annotations

import email.utils
import socket
import time

import pytest

from providers.errors import (
    RateLimited,
    SiteDown,
    SiteUnreachable,
)
from providers.http import HttpClient
from providers.rates import MemoryRateStore
from providers.wire import Limits
from tests.unit.providers.conftest import ClientMaker, FakeTime, Reply, Seen, WebServer

# --- retries -------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_passing_trouble_is_retried_with_growing_pauses(
    web: WebServer, make_client: ClientMaker, fake_time: FakeTime, status: int
) -> None:
    trouble = Reply("busy", status)
    web.on("/", trouble, trouble, trouble, "well again")
    client = make_client(interval=0.0)
    assert client.get_page(f"{web.url}/").text == "well again"
    assert fake_time.slept == [1.0, 2.0, 4.0]


@pytest.mark.parametrize(("dice", "pause"), [(0.0, 0.5), (0.5, 0.75), (1.0, 1.0)])
def test_jitter_halves_a_pause_at_most(
    web: WebServer, make_client: ClientMaker, fake_time: FakeTime, dice: float, pause: float
) -> None:
    web.on("/", Reply("busy", 503), "well again")
    make_client(interval=0.0, jitter=lambda: dice).get_page(f"{web.url}/")
    assert fake_time.slept == [pause]


def test_it_gives_up_after_its_retries(
    web: WebServer, make_client: ClientMaker, fake_time: FakeTime
) -> None:
    web.on("/", Reply("busy", 503))
    with pytest.raises(SiteDown, match="503"):
        make_client(limits=Limits(retries=2), interval=0.0).get_page(f"{web.url}/")
    assert len(web.seen) == 3
    assert fake_time.slept == [1.0, 2.0]


def test_a_closed_port_is_a_site_that_is_down(client: HttpClient, fake_time: FakeTime) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with pytest.raises(SiteUnreachable) as caught:
            client.get_page(f"http://127.0.0.1:{port}/")
    assert str(caught.value).endswith("cannot be reached: Connection refused")
    assert caught.value.params == {"why": "no_connection", "site": "site", "errno": "ECONNREFUSED"}
    assert fake_time.slept == [1.0, 2.0, 4.0]


def test_a_name_nobody_knows_is_a_site_that_is_down(make_client: ClientMaker) -> None:
    client = make_client(limits=Limits(retries=0))
    with pytest.raises(SiteUnreachable, match="no address is known for its name"):
        client.get_page("http://nobody.invalid/")


def test_an_answer_that_breaks_off_is_told_in_the_words_of_the_library(
    web: WebServer, make_client: ClientMaker
) -> None:
    web.on("/", Reply("half", declared_length=400))
    with pytest.raises(SiteDown) as caught:
        make_client(limits=Limits(retries=0)).get_page(f"{web.url}/")
    assert caught.value.params["why"] == "unreachable"
    assert "IncompleteRead" in caught.value.params["reason"]
    assert not isinstance(caught.value, SiteUnreachable)


def test_half_a_page_is_asked_for_again(web: WebServer, client: HttpClient) -> None:
    web.on("/", Reply("half", declared_length=400), "whole")
    assert client.get_page(f"{web.url}/").text == "whole"


def test_a_silent_server_runs_into_the_read_time_out(make_client: ClientMaker) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        limits = Limits(read_timeout=0.05, retries=1, backoff=0.0)
        with pytest.raises(SiteDown, match="timed out") as caught:
            make_client(limits=limits).get_page(f"http://127.0.0.1:{silent.getsockname()[1]}/")
    assert not isinstance(caught.value, SiteUnreachable)  # another page may come


def test_a_page_that_drips_runs_into_the_deadline(
    web: WebServer, make_client: ClientMaker, fake_time: FakeTime
) -> None:
    def late(seen: Seen) -> Reply:
        fake_time.now += 31.0  # as if it had taken that long
        return Reply("x" * 200_000)

    web.on("/", late)
    with pytest.raises(SiteDown, match="longer than 30 seconds"):
        make_client(limits=Limits(deadline=30.0)).get_page(f"{web.url}/")
    assert len(web.seen) == 1


# A zone and a year that no clock has: what parses them stumbles over the number.
ABSURD = (
    "Mon, 01 Jan 2030 00:00:00 +9999999999999999",
    "Mon, 01 Jan 99999999999999999999 00:00:00 GMT",
)


# --- Retry-After and rates -----------------------------------------------------------------


def test_retry_after_is_waited_for(
    web: WebServer, make_client: ClientMaker, fake_time: FakeTime
) -> None:
    web.on("/", Reply("slow down", 429, {"Retry-After": "17"}), "thanks")
    assert make_client().get_page(f"{web.url}/").text == "thanks"
    assert fake_time.slept == [17.0]


def test_a_retry_after_date_is_understood(
    web: WebServer, make_client: ClientMaker, fake_time: FakeTime
) -> None:
    moment = email.utils.formatdate(time.time() + 40, usegmt=True)
    web.on("/", Reply("slow down", 503, {"Retry-After": moment}), "thanks")
    make_client().get_page(f"{web.url}/")
    assert len(fake_time.slept) == 1
    assert 30.0 < fake_time.slept[0] <= 41.0


def test_a_retry_after_in_the_past_or_unreadable_does_not_stop_us(
    web: WebServer, make_client: ClientMaker, fake_time: FakeTime
) -> None:
    past = email.utils.formatdate(0, usegmt=True)
    odd = [Reply("", 503, {"Retry-After": value}) for value in (past, "soon", "\u00b2")]
    web.on("/", *odd, "x")
    assert make_client(interval=0.0).get_page(f"{web.url}/").text == "x"
    assert fake_time.slept == [2.0, 4.0]


@pytest.mark.parametrize("asked", ABSURD)
def test_a_retry_after_of_no_clock_does_not_stop_us(
    web: WebServer, make_client: ClientMaker, asked: str
) -> None:
    web.on("/", Reply("", 503, {"Retry-After": asked}), "x")
    assert make_client(interval=0.0).get_page(f"{web.url}/").text == "x"


def test_a_long_retry_after_rests_the_site_for_everyone(
    web: WebServer, make_client: ClientMaker, fake_time: FakeTime
) -> None:
    web.on("/", Reply("slow down", 429, {"Retry-After": "3600"}), "thanks")
    store = MemoryRateStore(clock=fake_time.clock)
    with pytest.raises(RateLimited) as caught:
        make_client(rate_store=store).get_page(f"{web.url}/")
    assert caught.value.retry_after == 3600.0
    assert fake_time.slept == []
    with pytest.raises(RateLimited, match="resting"):  # another client, the same store
        make_client(rate_store=store).get_page(f"{web.url}/")
    assert len(web.seen) == 1
    fake_time.now += 3601.0
    assert make_client(rate_store=store).get_page(f"{web.url}/").text == "thanks"


@pytest.mark.parametrize("asked", ["99999999999", "9" * 400, "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_a_site_cannot_lock_itself_out_for_more_than_an_hour(
    web: WebServer, make_client: ClientMaker, fake_time: FakeTime, asked: str
) -> None:
    web.on("/", Reply("", 503, {"Retry-After": asked}), "back")
    store = MemoryRateStore(clock=fake_time.clock)
    client = make_client(rate_store=store)
    with pytest.raises(RateLimited) as caught:
        client.get_page(f"{web.url}/")
    # The worker reckons with it: so many seconds that no date could hold them would stop it.
    assert (caught.value.retry_after, caught.value.params["seconds"]) == (3_600.0, 3_600)
    fake_time.now += 3_601.0
    assert client.get_page(f"{web.url}/").text == "back"


def test_a_host_that_asks_for_a_pause_holds_no_other(
    web: WebServer, make_client: ClientMaker, fake_time: FakeTime
) -> None:
    web.on("/", Reply("", 503, {"Retry-After": "86400"}))
    web.on("/elsewhere", "there")
    store = MemoryRateStore(clock=fake_time.clock)
    client = make_client(rate_store=store)
    with pytest.raises(RateLimited):
        client.get_page(f"{web.url}/")
    other = web.url.replace("127.0.0.1", "localhost")
    assert client.get_page(f"{other}/elsewhere").text == "there"
    with pytest.raises(RateLimited, match="resting"):
        client.get_page(f"{web.url}/elsewhere")


def test_requests_keep_their_distance_over_clients_of_one_store(
    web: WebServer, make_client: ClientMaker, fake_time: FakeTime
) -> None:
    web.on("/", "x")
    store = MemoryRateStore(clock=fake_time.clock)
    one, two = (make_client(rate_store=store, interval=2.0) for _ in range(2))
    one.get_page(f"{web.url}/")
    two.get_page(f"{web.url}/")
    one.get_page(f"{web.url}/")
    assert fake_time.slept == [2.0, 2.0]


def test_the_rate_store_hands_out_slots_and_keeps_the_longer_hold() -> None:
    fake = FakeTime()
    store = MemoryRateStore(clock=fake.clock)
    assert [store.reserve("a", interval=1.0) for _ in range(3)] == [0.0, 1.0, 2.0]
    assert store.reserve("b", interval=1.0) == 0.0
    store.hold("b", seconds=30.0)
    store.hold("b", seconds=5.0)
    assert store.reserve("b", interval=1.0) == 30.0
    fake.now += 100.0
    assert store.reserve("b", interval=1.0) == 0.0
