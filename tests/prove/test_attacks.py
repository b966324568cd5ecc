"""Attacks on the running product: while each goes on, another visitor is served as usual.

How long an answer takes depends on the machine, so the bound is a ratio: half of the pings during
an attack come within so many times what half of them took before it.
"""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Callable, Iterator

import pytest
import requests
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.product import Product
from tests.prove.conftest import Prove
from tests.prove.house import PASSWORD
from tests.prove.pinging import Attack, Target, hold_against

pytestmark = [pytest.mark.timeout(600)]

MEGABYTE = 1024 * 1024


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    work = tmp_path_factory.mktemp("attacked")
    library = work / "library"
    library.mkdir()
    for number in range(2000):
        folder = library / f"Show {number % 100}" / "Season 1"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"Show S01E{number // 100 + 1:02}.mkv").write_bytes(b"x" * 100)
    data = work / "data"
    data.mkdir()
    with Product(data, library, LOG_LEVEL="ERROR") as product:
        product.migrate()
        product.start_web()
        product.api("POST", "setup", {"master_password": PASSWORD}, expect=201)
        yield Target(product.port, product.log_in(PASSWORD))


def _announced(target: Target, over: Callable[[], bool]) -> None:
    """Bodies of a gigabyte, announced and begun."""
    while not over():
        with contextlib.suppress(OSError), target.connect() as connection:
            head = f"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: {1024 * MEGABYTE}\r\n\r\n"
            connection.sendall(head.encode() + bytes(MEGABYTE))
            connection.recv(1000)


def _chunked(target: Target, over: Callable[[], bool]) -> None:
    """Bodies that say nothing of their length and do not end."""
    chunk = b"%x\r\n" % MEGABYTE + bytes(MEGABYTE) + b"\r\n"
    while not over():
        with contextlib.suppress(OSError), target.connect() as connection:
            head = b"POST /api/queue HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
            connection.sendall(head)
            while not over():
                connection.sendall(chunk)


def _silent(target: Target, over: Callable[[], bool]) -> None:
    """1,100 connections that begin a request and say no more."""
    held: list[socket.socket] = []
    with contextlib.suppress(OSError):
        while len(held) < 1100:
            held.append(target.connect())
            with contextlib.suppress(OSError):
                held[-1].sendall(b"GET /ping HTTP/1.1\r\nX: ")
    while not over():
        time.sleep(0.05)
    for connection in held:
        connection.close()


def _guessing(target: Target, over: Callable[[], bool]) -> None:
    """Wrong passwords, one after the other."""
    while not over():
        body = {"password": os.urandom(8).hex()}
        assert requests.post(
            f"{target.address}/api/auth/login", json=body, timeout=60
        ).status_code in {401, 429}


def _numbers(target: Target, over: Callable[[], bool]) -> None:
    """Numbers of thousands of digits wherever one is read."""
    digits = "9" * 5000
    while not over():
        for path in (f"/api/journal?page={digits}", f"/api/v1/anime/{digits}", f"/?page={digits}"):
            answer = requests.get(target.address + path, headers=target.login, timeout=60)
            assert answer.status_code < 500
        wanted = {"episodes": [{"season": 10**400, "episode": 10**400}]}
        path = "/api/v1/anime/nowhere/download"
        answer = requests.post(target.address + path, json=wanted, headers=target.login, timeout=60)
        assert answer.status_code == 400


def _deep(target: Target, over: Callable[[], bool]) -> None:
    """JSON that is nothing but nesting, and lists as long as a body may be."""
    bodies = ("[" * 400_000, '{"item_ids":[' + "1," * 400_000 + "1]}")
    headers = {**target.login, "Content-Type": "application/json"}
    while not over():
        for body in bodies:
            answer = requests.post(
                f"{target.address}/api/queue/hold", data=body, headers=headers, timeout=60
            )
            assert answer.status_code == 400


def _odd(target: Target, over: Callable[[], bool]) -> None:
    """A line break for a header of the answer, filters that mean nothing."""
    paths = ("/api/schema?version=a%0Ab", "/admin/library/animeseries/?id__in=x&e=1&nothing=%00")
    while not over():
        for path in paths:
            answer = requests.get(target.address + path, headers=target.login, timeout=60)
            assert answer.status_code < 500, path


def _frames(target: Target, over: Callable[[], bool]) -> None:
    """Frames of more than a megabyte: each ends its socket, with the code that says so."""
    address = target.address.replace("http:", "ws:") + "/ws/connect"
    while not over():
        with connect(address, additional_headers=target.login, proxy=None) as live:
            live.send("x" * (MEGABYTE + 1))
            with contextlib.suppress(ConnectionClosed):
                for _ in range(100):
                    live.recv(timeout=30)
            assert live.close_code == 1009


def _rescans(target: Target, over: Callable[[], bool]) -> None:
    """Scans, as fast as one may be started."""
    while not over():
        answer = requests.post(
            f"{target.address}/api/v1/anime/rescan", json={}, headers=target.login, timeout=60
        )
        assert answer.status_code in {202, 409}


ATTACKS: tuple[Attack, ...] = (
    *(_announced, _chunked, _silent, _guessing, _numbers, _deep, _odd, _frames, _rescans),
)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__.strip("_"))
def test_others_are_served_as_usual(target: Target, attack: Attack, proved: Prove) -> None:
    proved(f"attack: {hold_against(target, attack, str(attack.__doc__))}")


def test_who_is_logged_in_stays_so_after_all_of_it(target: Target) -> None:
    assert requests.get(f"{target.address}/health", timeout=60).status_code == 200
    told = requests.get(f"{target.address}/api/queue/status", headers=target.login, timeout=60)
    assert told.status_code == 200
