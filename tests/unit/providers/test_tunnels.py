"""A site asked through a proxy: what it is told, what it may lead to, and how it fails."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from providers.base import SiteSettings
from providers.errors import AddressRefused, SiteDown, SiteUnreachable
from providers.guard import AddressGuard
from providers.http import HttpClient
from providers.rates import MemoryRateStore
from providers.registry import build_site
from providers.tunnels import Proxy
from providers.wire import Limits
from tests.product import free_port
from tests.unit.providers.conftest import Reply, WebServer
from tests.unit.providers.proxy_server import ProxyServer

PROJECT = Path(__file__).resolve().parents[3]
PUBLIC = "http://93.184.216.34"  # nobody asks it: the proxy leads to our own server
NAME = "http://site.invalid"  # no name server knows it


@pytest.fixture
def http(web: WebServer) -> Iterator[ProxyServer]:
    web.on("/page", "hello")
    with ProxyServer("http", ("127.0.0.1", web.port)).running() as proxy:
        yield proxy


@pytest.fixture
def socks(web: WebServer) -> Iterator[ProxyServer]:
    web.on("/page", "hello")
    with ProxyServer("socks5", ("127.0.0.1", web.port)).running() as proxy:
        yield proxy


def client(proxy: str, *, allow: tuple[str, ...] = (), seconds: float = 10.0) -> HttpClient:
    return HttpClient(
        "site",
        guard=AddressGuard(allow),
        interval=0.0,
        limits=Limits(retries=0, connect_timeout=seconds),
        proxy=Proxy.of(proxy),
    )


def ask(proxy: str, url: str = f"{PUBLIC}/page", **more: float) -> str:
    made = client(proxy, **more)  # type: ignore[arg-type]
    try:
        return made.get_page(url).text
    finally:
        made.close()


def why(proxy: str, url: str = f"{PUBLIC}/page", *, seconds: float = 10.0) -> tuple[str, str]:
    """Which sentence the failure has, and its words."""
    with pytest.raises(SiteUnreachable) as caught:
        ask(proxy, url, seconds=seconds)
    assert "secret" not in str(caught.value)
    return caught.value.params["why"], str(caught.value)


# --- through it


def test_an_http_proxy_leads_to_the_site(http: ProxyServer, web: WebServer) -> None:
    made = client(http.url())
    assert made.get_page(f"{PUBLIC}/page").text == "hello"
    assert made.get_page(f"{PUBLIC}/page").text == "hello"
    made.close()
    assert http.asked == [("93.184.216.34", 80)]  # the connection is kept
    assert web.seen[0].headers["Host"] == "93.184.216.34"


def test_a_socks_proxy_leads_to_the_site(socks: ProxyServer) -> None:
    assert ask(socks.url()) == "hello"
    assert ask(socks.url("socks5h")) == "hello"
    assert ask(socks.url(), "http://[2606:2800:220:1::]/page") == "hello"
    assert socks.asked == [("93.184.216.34", 80)] * 2 + [("2606:2800:220:1::", 80)]


def test_a_proxy_that_looks_names_up_gets_the_name(http: ProxyServer, socks: ProxyServer) -> None:
    assert ask(http.url(), f"{NAME}:8080/page") == "hello"
    assert ask(socks.url("socks5h"), f"{NAME}/page") == "hello"
    assert (http.asked, socks.asked) == ([("site.invalid", 8080)], [("site.invalid", 80)])


@pytest.mark.parametrize("scheme", ["http", "socks5", "socks5h"])
def test_a_name_that_is_known_here_goes_as_the_address_that_was_checked(
    http: ProxyServer, socks: ProxyServer, scheme: str
) -> None:
    """Where the proxy looks it up it might lead elsewhere."""
    proxy = http if scheme == "http" else socks
    assert ask(proxy.url(scheme), "http://localhost/page", allow=("localhost",)) == "hello"  # type: ignore[arg-type]
    assert proxy.asked == [("127.0.0.1", 80)]


@pytest.mark.parametrize(
    ("scheme", "told"), [("http", "localhost"), ("socks5h", "localhost"), ("socks5", "127.0.0.1")]
)
def test_the_hosts_of_a_site_go_by_the_names_that_its_owner_wrote_down(
    http: ProxyServer, socks: ProxyServer, web: WebServer, scheme: str, told: str
) -> None:
    proxy = http if scheme == "http" else socks
    web.on("/feed.json", json.dumps({"version": 1, "series": [{"key": "a", "title": "A"}]}))
    cases: tuple[dict[str, Any], ...] = (
        {"base_url": "http://LocalHost/feed.json"},
        {"mirrors": ("http://localhost/feed.json",)},
    )
    for addresses in cases:
        chosen = SiteSettings(provider="manifest", proxy=proxy.url(scheme), **addresses)
        built = build_site(
            "friends", chosen, rate_store=MemoryRateStore(), guard=AddressGuard(["localhost"])
        )
        assert built.series("a").name == "A"
        host, port = proxy.asked[-1]
        assert (host.rstrip(".").lower(), port) == (told, 80)


def test_one_that_does_not_is_told_no_name(socks: ProxyServer) -> None:
    told, sentence = why(socks.url(), f"{NAME}/page")
    assert told == "proxy_no_name"
    assert "socks5h" in sentence
    assert socks.asked == []


@pytest.mark.parametrize("kind", ["http", "socks5"])
def test_name_and_password(web: WebServer, kind: str) -> None:
    web.on("/page", "hello")
    server = ProxyServer(kind, ("127.0.0.1", web.port), login="üser:secret@:/")
    with server.running() as proxy:
        assert ask(proxy.url(login="%C3%BCser:secret%40%3A%2F")) == "hello"
        for login in ("", "other:secret"):
            told, sentence = why(proxy.url(login=login))
            assert told == "proxy_refuses"
            assert f"its proxy 127.0.0.1:{proxy.address[1]} does not let us through" in sentence
    assert len(web.seen) == 1


def test_tls_goes_through_it_with_its_certificate_checked(http: ProxyServer) -> None:
    """The server at its end speaks no TLS: the handshake that fails has gone through."""
    with pytest.raises(SiteDown) as caught:
        ask(http.url(), "https://93.184.216.34/page")
    assert caught.value.params["why"] == "certificate"
    assert http.asked == [("93.184.216.34", 443)]


# --- what it may not lead to


@pytest.mark.parametrize(
    "url",
    ["http://10.0.0.1/page", "http://127.0.0.1/page", "http://[::1]/page", "http://localhost/"],
)
@pytest.mark.parametrize("scheme", ["http", "socks5", "socks5h"])
def test_a_private_target_is_refused_here(
    http: ProxyServer, socks: ProxyServer, scheme: str, url: str
) -> None:
    proxy = http if scheme == "http" else socks
    with pytest.raises(AddressRefused):
        ask(proxy.url(scheme), url)
    assert proxy.asked == []


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1.", "2130706433.", "0x7f000001.", "0177.0.0.1.", "127.1.", "127.0.0.256"),
        *("[::1%25lo]", "localhost.", "a.localhost", "localhost.localdomain", "router"),
        *("nas.lan", "printer.local", "metadata.google.internal", "nas.home.arpa."),
    ],
)
@pytest.mark.parametrize("scheme", ["http", "socks5h"])
def test_a_name_that_only_the_proxys_own_network_can_know_is_refused_here(
    http: ProxyServer, socks: ProxyServer, scheme: str, host: str
) -> None:
    """None of them is known here, so that the proxy would be asked for it."""
    proxy = http if scheme == "http" else socks
    with pytest.raises(AddressRefused):
        ask(proxy.url(scheme), f"http://{host}/page")
    assert proxy.asked == []


def test_a_redirect_to_a_private_target_too(http: ProxyServer, web: WebServer) -> None:
    web.on("/page", Reply("", 302, {"Location": "http://10.0.0.1/"}))
    with pytest.raises(AddressRefused):
        ask(http.url())
    assert http.asked == [("93.184.216.34", 80)]


PROGRAM = """
import socket, sys
from providers.errors import AddressRefused
from providers.guard import AddressGuard, install_socket_guard
from providers.http import HttpClient
from providers.tunnels import Proxy
guard = AddressGuard([])
install_socket_guard(guard)
client = HttpClient("site", guard=guard, proxy=Proxy.of(sys.argv[1]))
print(client.get_page(sys.argv[2]).text)
try:
    socket.create_connection(("127.0.0.1", int(sys.argv[1].rpartition(":")[2])))
except AddressRefused as error:
    print(error.code)
"""


def test_the_process_of_a_download_reaches_the_proxy_and_nothing_else_beside_it(
    http: ProxyServer,
) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, http.url(), f"{PUBLIC}/page"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )
    assert ran.stdout.split() == ["hello", "address_refused"]


# --- how it fails


def test_a_proxy_that_is_not_there() -> None:
    told, sentence = why(f"http://user:secret@127.0.0.1:{free_port()}")
    assert told == "proxy_away"
    assert sentence.endswith("does not answer: Connection refused")


def test_a_proxy_whose_name_is_unknown() -> None:
    assert why("socks5://proxy.invalid:1080")[0] == "proxy_unknown"


@pytest.mark.parametrize("kind", ["http", "socks5"])
def test_a_proxy_that_says_nothing(web: WebServer, kind: str) -> None:
    with ProxyServer(kind, ("127.0.0.1", web.port), is_silent=True).running() as proxy:
        told, sentence = why(proxy.url(), seconds=0.3)
    assert told == "proxy_away"
    assert sentence.endswith("does not answer: Connection timed out")


@pytest.mark.parametrize(
    ("kind", "answer", "said"),
    [
        ("http", b"HTTP/1.1 403 Forbidden by rule\r\n\r\n", "403 Forbidden by rule"),
        ("http", b"SSH-2.0-OpenSSH\r\n\r\n", "no answer of a proxy"),
        ("http", b"\r\n\r\n", "no answer of a proxy"),
        ("http", b"HTTP/1.1 200 OK\r\nX: " + b"y" * 20_000, "an answer without end"),
        ("http", b"HTTP/1.1 200", "it ended the connection"),
        ("socks5", b"\x05\x02\x00\x01", "its rules forbid this connection"),
        ("socks5", b"\x05\x63\x00\x01", "answer 99"),
        ("socks5", b"HTTP/1.1 400 Bad Request\r\n\r\n", "answer 84"),
        ("socks5", b"\x05\x00\x00", "it ended the connection"),
    ],
)
def test_what_a_proxy_answers_is_told(web: WebServer, kind: str, answer: bytes, said: str) -> None:
    with ProxyServer(kind, ("127.0.0.1", web.port), answer=answer).running() as proxy:
        told, sentence = why(proxy.url())
    assert told == "proxy_refuses"
    assert sentence.endswith(f"does not let us through: {said}")
    assert web.seen == []


def test_one_that_speaks_the_other_language(http: ProxyServer, web: WebServer) -> None:
    with ProxyServer("socks5", ("127.0.0.1", web.port)).running() as other:
        assert why(other.url("http"))[0] in ("proxy_refuses", "proxy_away")


# --- its address


def test_an_address_is_read() -> None:
    proxy = Proxy.of("socks5h://me:p%40ss@[::1]:1080")
    assert (proxy.host, proxy.port, proxy.user, proxy.password) == ("::1", 1080, "me", "p@ss")
    assert proxy.looks_up
    assert proxy.place == "[::1]:1080"
    assert "p@ss" not in repr(proxy)


@pytest.mark.parametrize(
    "address",
    [
        *(
            "",
            "x",
            "ftp://a:1",
            "https://a:1",
            "http://a",
            "http://:1",
            "http://a:x",
            "http://[::1",
        ),
        *("socks4://a:1", f"http://{'u' * 256}@a:1"),
    ],
)
def test_another_address_is_none(address: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the class is all that is promised
        Proxy.of(address)


def test_a_site_is_asked_through_the_one_that_is_set(http: ProxyServer, web: WebServer) -> None:
    web.on("/feed.json", json.dumps({"version": 1, "series": [{"key": "a", "title": "A"}]}))
    chosen = SiteSettings(provider="manifest", base_url=f"{PUBLIC}/feed.json", proxy=http.url())
    made = build_site("friends", chosen, rate_store=MemoryRateStore(), guard=AddressGuard([]))
    assert made.series("a").name == "A"
    assert http.asked == [("93.184.216.34", 80)]
    for name in ("aniworld", "archive"):
        wrong = SiteSettings(proxy="ftp://x:1")
        with pytest.raises(AddressRefused) as caught:
            build_site(name, wrong, rate_store=MemoryRateStore(), guard=AddressGuard([]))
        assert caught.value.params["why"] == "proxy"
