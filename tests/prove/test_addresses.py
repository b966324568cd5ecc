"""Addresses that lead into the owner's network, in 46 spellings, asked for in each way we ask.

Listeners on the machine are what loopback's spellings lead to; they must hear nobody. Each
is asked for outright and as what an allowed site redirects to.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote, unquote

import pytest

from tests.product import PROJECT
from tests.prove.conftest import Prove

pytestmark = pytest.mark.timeout(900)

# Where the redirecting site lives: it alone is allowed. All of 127.0.0.0/8 is this machine.
ALLOWED = "127.0.0.2"
SPELLINGS = (
    *("127.0.0.1", "127.0.0.1.", "127.1", "127.0.1", "127.0.0.01"),
    *("2130706433", "017700000001", "0x7f000001", "0x7F000001", "0177.0.0.1", "0x7f.0.0.1"),
    *("0x7f.1", "0177.1", "127.0x0.0.1", "00000177.0.0.1", "0", "0.0.0.0", "0x0", "00"),  # noqa: S104 - asked for
    *("localhost", "LOCALHOST", "localhost.", "LocalHost."),
    *("[::1]", "[0:0:0:0:0:0:0:1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"),
    *("[0:0:0:0:0:ffff:7f00:0001]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]"),
    *("%31%32%37.0.0.1", "１２７.0.0.1", "127。0。0。1", "①②⑦.⓪.⓪.①", "ⓛocalhost"),
    *("8.8.8.8@127.0.0.1", "8.8.8.8%2f@127.0.0.1", "user:8.8.8.8@2130706433"),
    *("169.254.169.254", "2852039166", "0xa9fea9fe", "[::ffff:a9fe:a9fe]", "[fe80::1%25lo]"),
    "192.168.0.1",
)


class Listener(ThreadingHTTPServer):
    """``heard`` is who has connected. ``/to?…`` redirects to what follows."""

    daemon_threads = True

    def __init__(self, host: str, port: int = 0) -> None:
        if ":" in host:
            self.address_family = socket.AF_INET6
        super().__init__((host, port), _Answering)
        self.heard: list[str] = []
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def process_request(self, request: Any, client_address: Any) -> None:
        self.heard.append(f"a connection from {client_address}")
        super().process_request(request, client_address)


class _Answering(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        _, is_redirect, target = self.path.partition("/to?")
        self.send_response(302 if is_redirect else 200)
        if is_redirect:
            self.send_header("Location", unquote(target))
        self.end_headers()
        self.wfile.write(b"secret")

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, *_said: object) -> None:
        """Said to nobody."""


@contextmanager
def listening(host: str, port: int = 0) -> Iterator[Listener]:
    listener = Listener(host, port)
    try:
        yield listener
    finally:
        listener.shutdown()
        listener.server_close()


def asked(addresses: list[str]) -> list[dict[str, str]]:
    """How each way of asking for each of these ended."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.prove.asking", ALLOWED],
        cwd=PROJECT,
        input="".join(f"{json.dumps(address)}\n" for address in addresses),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    answers: list[dict[str, str]] = json.loads(done.stdout)
    return answers


def test_no_spelling_leads_into_the_owners_network(proved: Prove) -> None:
    assert len(SPELLINGS) == len(set(SPELLINGS)) == 46
    with listening("127.0.0.1") as canary, listening(ALLOWED) as site:
        port, start = canary.server_address[1], f"http://{ALLOWED}:{site.server_address[1]}"
        outright = [f"http://{spelling}:{port}/" for spelling in SPELLINGS]
        redirected = [f"{start}/to?{quote(address, safe='')}" for address in outright]
        with listening("::1", port) as other:
            ways = asked([f"{start}/", *outright, *redirected])
        assert (canary.heard, other.heard) == ([], [])
        assert set(ways[0].values()) - {"answered"} <= {"DownloadError"}, ways[0]
        assert ways[0]["client"] == ways[0]["urllib"] == "answered"
        assert len(site.heard) > 2 * len(SPELLINGS), "the redirects were not asked for"
    refused = ways[1:]
    got_in = [
        (address, way)
        for address, ends in zip([*outright, *redirected], refused, strict=True)
        for way, end in ends.items()
        if end == "answered"
    ]
    assert got_in == []
    by_guard = sum(ends["client"] == "AddressRefused" for ends in refused)
    proved(
        f"addresses: {len(SPELLINGS)} spellings, outright and by redirect, in {len(ways[0])} ways "
        f"of asking: none reached, {by_guard} of {len(refused)} refused by name to our client, the "
        f"rest are no addresses"
    )


def test_the_listener_hears_who_is_let_through() -> None:
    """Without this the proof above could not fail."""
    with listening("127.0.0.1") as canary:
        done = subprocess.run(
            [sys.executable, "-m", "tests.prove.asking", "127.0.0.1"],
            cwd=PROJECT,
            input=json.dumps(f"http://2130706433:{canary.server_address[1]}/"),
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        assert json.loads(done.stdout)[0]["client"] == "answered"
        assert canary.heard
