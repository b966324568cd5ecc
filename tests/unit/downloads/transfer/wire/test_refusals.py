"""What a status means, and what is asked again."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

import pytest

from downloads.transfer.errors import (
    ConnectionLost,
    LinkRefused,
    MediaMissing,
    NotMedia,
    RangeRefused,
    TransferError,
)
from downloads.transfer.wire import ByteRange, MediaClient
from providers.errors import AddressRefused
from providers.guard import AddressGuard
from tests.media_server import Exchange, File, MediaServer
from tests.unit.downloads.transfer.wire.conftest import Clients
from tests.unit.downloads.transfer.wire.reading import read
from tests.unit.downloads.transfer.wire.tls import certificate

RETRIES = 4


@pytest.mark.parametrize(
    ("status", "kind", "params"),
    [
        (401, LinkRefused, {"status": 401}),
        (403, LinkRefused, {"status": 403}),
        (410, LinkRefused, {"status": 410}),
        (404, MediaMissing, {}),
        (416, RangeRefused, {}),
        (400, ConnectionLost, {"why": "error", "reason": "HTTP 400"}),
        (204, ConnectionLost, {"why": "error", "reason": "HTTP 204"}),
        (302, ConnectionLost, {"why": "error", "reason": "HTTP 302"}),
        (418, ConnectionLost, {"why": "error", "reason": "HTTP 418"}),
    ],
)
def test_a_refusal_is_told_at_once(
    server: MediaServer,
    client: MediaClient,
    status: int,
    kind: type[TransferError],
    params: dict[str, object],
) -> None:
    url = server.url("/film", File(b"film", first=[(status, {})]))
    with pytest.raises(kind) as caught:
        client.open(url)
    assert caught.value.params == params
    assert len(server.asked) == 1
    with client.open(url) as got:  # and the connection's turn was given back
        assert read(got) == b"film"


def test_what_lies_behind_the_end_tells_how_long_the_file_is(
    server: MediaServer, client: MediaClient
) -> None:
    with pytest.raises(RangeRefused) as caught:
        client.open(server.url("/film", File(b"film")), byte_range=ByteRange(4))
    assert caught.value.total == 4


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 522])
def test_what_may_pass_is_asked_again(
    server: MediaServer, client: MediaClient, status: int
) -> None:
    file = File(b"film", first=[(status, {})] * RETRIES)
    with client.open(server.url("/film", file)) as got:
        assert read(got) == b"film"
    assert len(server.asked) == RETRIES + 1


def test_what_does_not_pass_is_told(server: MediaServer, client: MediaClient) -> None:
    file = File(b"film", refused=502)
    with pytest.raises(ConnectionLost) as caught:
        client.open(server.url("/film", file))
    assert caught.value.params == {"why": "error", "reason": "HTTP 502"}
    assert len(server.asked) == RETRIES + 1


def test_an_answer_that_ends_in_its_head_is_asked_for_again(
    server: MediaServer, client: MediaClient
) -> None:
    ends = iter([Exchange.end, Exchange.reset, Exchange.end])

    def gone(exchange: Exchange) -> None:
        end = next(ends, None)
        if end is None:
            exchange.answer(200, {}, b"film")
        else:
            end(exchange)

    with client.open(server.url("/film", gone)) as got:
        assert read(got) == b"film"
    assert len(server.asked) == 4


def test_a_kept_connection_that_has_ended_costs_no_pause(
    server: MediaServer, clients: Clients
) -> None:
    client = clients(retry_pause=3_600.0)
    ends = iter([Exchange.end])

    def gone_once(exchange: Exchange) -> None:
        next(ends, lambda one: one.answer(200, {}, b"film"))(exchange)

    with client.open(server.url("/film", gone_once)) as got:
        assert read(got) == b"film"
    assert client.concurrency.allowed == 4


def test_nobody_there_is_named_by_what_the_system_says(client: MediaClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(ConnectionLost) as caught:
        client.open(f"http://127.0.0.1:{port}/film")
    assert caught.value.params == {"why": "errno", "errno": "ECONNREFUSED"}


@pytest.mark.parametrize("greeting", [b"", b"SSH-2.0-OpenSSH_9\r\n", b"HTTP/1.1 20x\r\n\r\n"])
def test_what_is_no_web_server_is_a_lost_connection(
    server: MediaServer, client: MediaClient, greeting: bytes
) -> None:
    def other(exchange: Exchange) -> None:
        exchange.raw(greeting)
        exchange.end()

    with pytest.raises(ConnectionLost):
        client.open(server.url("/film", other))


def test_redirects_are_followed_and_what_they_lead_to_is_named(
    server: MediaServer, client: MediaClient
) -> None:
    server.url("/b/film", File(b"film"))
    server.url("/b/", File(b"", first=[(307, {"Location": "film?x=1"})]))
    url = server.url("/a", File(b"", first=[(302, {"Location": "/b/"})]))
    with client.open(url) as got:
        assert got.url == f"{server.address}/b/film?x=1"
        assert read(got) == b"film"
    assert server.connections == 1


def test_redirects_without_an_end_are_no_media(server: MediaServer, client: MediaClient) -> None:
    def round_again(exchange: Exchange) -> None:
        exchange.answer(302, {"Location": "/round"})

    with pytest.raises(NotMedia) as caught:
        client.open(server.url("/round", round_again))
    assert caught.value.params == {"why": "redirects"}
    assert len(server.asked) == 11


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("file:///etc/passwd", "scheme"),
        ("data:text/plain,film", "scheme"),
        ("ftp://127.0.0.1/film", "scheme"),
        ("http://10.0.0.1/film", "private"),
        ("http://[::ffff:10.0.0.1]/film", "private"),
        ("http://169.254.169.254/latest", "private"),
        ("http://[::1/", "scheme"),
    ],
)
def test_a_redirect_leads_nowhere_it_must_not(
    server: MediaServer, client: MediaClient, target: str, why: str
) -> None:
    url = server.url("/film", File(b"", first=[(302, {"Location": target})]))
    with pytest.raises(AddressRefused) as caught:
        client.open(url)
    assert caught.value.params["why"] == why
    with pytest.raises(AddressRefused):
        client.small(target if target.startswith("http") else "file:///x", most=9)


def test_a_name_that_leads_to_a_private_address_is_refused(clients: Clients) -> None:
    client = clients(guard=AddressGuard())
    with pytest.raises(AddressRefused) as caught:
        client.open("http://localhost:1/film")
    assert caught.value.params["why"] == "leads_to_private"


def test_what_lets_in_at_one_host_is_not_shown_to_another(
    server: MediaServer, clients: Clients
) -> None:
    client = clients({"Referer": "https://hoster.test/", "Cookie": "a=b", "authorization": "x"})
    with MediaServer().running() as other:
        target = other.url("/film", File(b"film"))
        url = server.url("/film", File(b"", first=[(302, {"Location": target})]))
        with client.open(url) as got:
            assert read(got) == b"film"
    sent, sent_on = server.asked[0].headers, other.asked[0].headers
    assert (sent["cookie"], sent["authorization"]) == ("a=b", "x")
    assert not {"cookie", "authorization"} & set(sent_on)
    assert sent_on["referer"] == "https://hoster.test/"
    assert sent_on["user-agent"] == sent["user-agent"]
    assert sent["user-agent"].startswith("Mozilla/")


def test_a_certificate_that_nobody_vouches_for_is_told_at_once(
    clients: Clients, tmp_path: Path
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate(tmp_path))
    with MediaServer(context).running() as server, pytest.raises(ConnectionLost) as caught:
        clients().open(server.url("/film", File(b"film")))
    assert caught.value.params["why"] == "failed"
    assert "certificate" in str(caught.value)
    assert server.connections == 1
