from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from providers.errors import AddressRefused
from providers.guard import AddressGuard
from providers.http import HttpClient
from tests.unit.providers.conftest import ClientMaker, WebServer

FORBIDDEN = [
    "0.0.0.0",  # noqa: S104 - an address to refuse, nothing binds to it
    "0.1.2.3",
    "10.1.2.3",
    "100.64.0.1",
    "100.127.255.254",
    "127.0.0.1",
    "127.8.8.8",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.7",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:a9fe:a9fe",
    "64:ff9b::10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:c0a8:101::1",
    "3fff::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]
PUBLIC = [
    "8.8.8.8",
    "100.128.0.1",
    "172.32.0.1",
    "192.0.1.1",
    "2606:4700:4700::1111",
    "2a00:1450:4001:829::200e",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
    "2002:808:808::1",
]


@pytest.mark.parametrize("address", FORBIDDEN)
def test_private_and_reserved_addresses_are_refused_in_every_form(address: str) -> None:
    guard = AddressGuard()
    assert not guard.permits(address)
    assert not guard.permits_socket(address)
    host = f"[{address.partition('%')[0]}]" if ":" in address else address
    with pytest.raises(AddressRefused, match="ALLOW_PRIVATE_HOSTS"):
        guard.check_url(f"http://{host}/x")


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_permitted(address: str) -> None:
    guard = AddressGuard()
    assert guard.permits(address)
    assert guard.permits_socket(address)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/x",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "//example.org/x",
        "http://",
        "http:///path",
        "http://[::1",
        "http://example.org:99999/",
        "",
    ],
)
def test_only_usable_http_addresses_pass(url: str) -> None:
    with pytest.raises(AddressRefused):
        AddressGuard(["0.0.0.0/0"]).check_url(url)


def test_names_pass_check_url_since_only_dns_can_tell() -> None:
    AddressGuard().check_url("https://example.org/x")


@pytest.mark.parametrize(
    ("entry", "address", "other"),
    [
        ("192.168.1.0/24", "192.168.1.77", "192.168.2.77"),
        ("192.168.1.5", "192.168.1.5", "192.168.1.6"),
        ("192.168.1.9/24", "192.168.1.77", "192.168.2.77"),
        ("fd00::/8", "fd12::1", "fe80::1"),
        ("[::1]", "::1", "127.0.0.1"),
        ("127.0.0.1", "::ffff:127.0.0.1", "::ffff:127.0.0.2"),
        (" 10.0.0.0/8 ", "10.255.0.1", "172.16.0.1"),
    ],
)
def test_listed_addresses_are_allowed_and_no_others(entry: str, address: str, other: str) -> None:
    guard = AddressGuard([entry])
    assert guard.permits(address)
    assert not guard.permits(other)


def test_a_listed_name_allows_that_name_only() -> None:
    guard = AddressGuard(["NAS.lan"])
    assert guard.permits("192.168.1.5", host="nas.lan")
    assert guard.permits("192.168.1.5", host="nas.lan.")
    assert not guard.permits("192.168.1.5", host="evil.nas.lan")
    assert not guard.permits("192.168.1.5")


@pytest.mark.parametrize("entry", ["not a host", "http://nas", "10.0.0.0/99", "1.2.3.999", "-x"])
def test_an_entry_that_is_neither_name_nor_address_is_refused(entry: str) -> None:
    with pytest.raises(ValueError, match="is not a host name"):
        AddressGuard([entry])


def test_a_name_that_leads_to_loopback_is_refused_after_dns(
    web: WebServer, make_client: ClientMaker
) -> None:
    web.on("/", "secret")
    client = make_client(guard=AddressGuard())
    with pytest.raises(AddressRefused, match=r"localhost \(.*ALLOW_PRIVATE_HOSTS=localhost"):
        client.get_page(f"http://localhost:{web.port}/")
    assert web.seen == []


def test_a_listed_name_is_reached(web: WebServer, make_client: ClientMaker) -> None:
    web.on("/", "hello")
    client = make_client(guard=AddressGuard(["localhost"]))
    assert client.get_page(f"http://localhost:{web.port}/").text == "hello"


def test_a_name_that_changes_its_answer_is_connected_to_where_it_was_checked(
    web: WebServer, make_client: ClientMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rebinding: were the name resolved twice, the second answer would get past the check."""
    answers = iter([("127.0.0.1", web.port), ("127.0.0.2", 1)])
    real = socket.getaddrinfo

    def rebinding(host: object, port: object, *args: object, **kwargs: object) -> object:
        if host != "rebind.test":
            return real(host, port, *args, **kwargs)  # type: ignore[arg-type]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", next(answers))]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    web.on("/", "first answer")
    client: HttpClient = make_client(guard=AddressGuard(["127.0.0.1/32"]))
    assert client.get_page(f"http://rebind.test:{web.port}/").text == "first answer"
    assert next(answers) == ("127.0.0.2", 1)


def test_environment_proxies_are_not_used(
    web: WebServer, client: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    web.on("/", "direct")
    assert client.get_page(f"{web.url}/").text == "direct"


SOCKET_SCRIPT = """
import socket, sys, urllib.request
from providers.errors import AddressRefused
from providers.guard import AddressGuard, install_socket_guard

refused = install_socket_guard(AddressGuard(sys.argv[3:]))
try:
    if sys.argv[1] == "urllib":
        urllib.request.urlopen(sys.argv[2], timeout=60).read()
    elif sys.argv[1] == "unix":
        left, right = socket.socketpair(socket.AF_UNIX)
        left.sendmsg([b"x"]); right.recv(1)
    elif sys.argv[1] == "datagram":
        host, port = sys.argv[2].rsplit(":", 1)
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", (host, int(port)))
    else:
        host, port = sys.argv[2].rsplit(":", 1)
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        getattr(socket.socket(family), sys.argv[1])((host, int(port)))
    print("connected")
except AddressRefused as error:
    print("refused", error)
    assert refused[-1] is error and len(refused) == 1
"""


def in_a_process(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", SOCKET_SCRIPT, *arguments],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
    )
    return done.stdout


def test_the_socket_guard_holds_what_libraries_connect_to(web: WebServer) -> None:
    assert in_a_process("urllib", f"{web.url}/").startswith("refused 127.0.0.1")
    assert web.seen == []


@pytest.mark.parametrize(
    ("how", "address"),
    [
        ("connect", "127.0.0.1:9"),
        ("connect_ex", "127.0.0.1:9"),
        ("connect", "localhost:9"),
        ("connect", "::ffff:127.0.0.1:9"),
        ("connect", ":9"),
        ("datagram", "127.0.0.1:9"),
    ],
)
def test_the_socket_guard_refuses_every_way_to_connect(how: str, address: str) -> None:
    assert "ALLOW_PRIVATE_HOSTS" in in_a_process(how, address)


@pytest.mark.parametrize("entry", ["127.0.0.1", "127.0.0.0/8", "localhost"])
def test_the_socket_guard_lets_allowed_hosts_through(web: WebServer, entry: str) -> None:
    web.on("/", "hello")
    assert in_a_process("urllib", f"{web.url}/", entry) == "connected\n"
    assert web.paths() == ["/"]


def test_the_socket_guard_leaves_unix_sockets_alone() -> None:
    assert in_a_process("unix", "") == "connected\n"
