"""From the commit of an event in one process to the browsers of another, beside a bare WebSocket.

The floor is a text sent to a bare WebSocket application on the same server, which hands it to all
who are connected: server, loop and loopback alone. An event is published by a process of its own
as a worker does it, in a transaction, and the time runs from just before that transaction to when
the last of the sockets has it. Both take turns in one run, with one socket and with fifty. Coming
back is the time from opening a connection to the last of 500 missed events, beside opening one.
"""

from __future__ import annotations

import asyncio
import functools
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from tests.product import PROJECT, free_port, wait_until

SOCKETS = (1, 50)
ROUNDS = 200
WARM_UP = 20
MISSED = 500
COMEBACKS = 20
PATIENCE = 60.0

_SERVER = "tests.integration.events_server:application"
_BARE = "tests.bench.echo:application"
_ROOM = "downloads"

# Seconds from the beginning to when the last socket has it.
Once = Callable[[], Awaitable[float]]


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="aniworld-tests.bench-") as data:
        environment = {**os.environ, "DATA_DIR": data, "DATABASE_URL": "", "REDIS_URL": ""}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        migrate = ("manage.py", "migrate", "events", "-v", "0", "--skip-checks")
        subprocess.run([sys.executable, *migrate], cwd=PROJECT, env=environment, check=True)
        with (
            _served(_SERVER, environment) as ours,
            _served(_BARE, environment) as bare,
            _publisher(environment) as publisher,
        ):
            asyncio.run(_compare(f"{ours}/ws/connect?session=s1", bare, publisher))


async def _compare(ours: str, bare: str, publisher: subprocess.Popen[str]) -> None:
    print(f"{'from commit to the last socket':34} {'p50 ms':>8} {'p95 ms':>8} {'max ms':>8}")
    for count in SOCKETS:
        async with _sockets(bare, count) as floor, _sockets(ours, count, _ROOM) as listening:
            times = await _in_turn(
                functools.partial(_echoed, floor), functools.partial(_told, listening, publisher)
            )
        _print_latency(count, *times)
    opened, resumed = await _come_back(ours, bare, publisher)
    print(f"{'coming back':34} {'p50 ms':>8} {'p95 ms':>8} {'max ms':>8}")
    _print_row("a bare connection", opened)
    _print_row(f"with {MISSED} events missed", resumed)
    ratio = statistics.median(resumed) / statistics.median(opened)
    print(f"{'÷ a bare connection':34} {ratio:8.2f}")


async def _in_turn(floor: Once, ours: Once) -> tuple[list[float], list[float]]:
    """Milliseconds of both, measured in turn: a machine is not as fast in each second."""
    times: tuple[list[float], list[float]] = ([], [])
    for round_number in range(WARM_UP + ROUNDS):
        for kept, measure in zip(times, (floor, ours), strict=True):
            took = await measure()
            if round_number >= WARM_UP:
                kept.append(took * 1000)
    return times


def _print_latency(count: int, floor: Sequence[float], ours: Sequence[float]) -> None:
    what = "1 socket" if count == 1 else f"{count} sockets"
    _print_row(f"bare WebSocket, {what}", floor)
    _print_row(f"event, {what}", ours)
    shares = [mine / its for mine, its in zip(_figures(ours), _figures(floor), strict=True)]
    print(f"{'÷ bare WebSocket':34} " + " ".join(f"{share:8.2f}" for share in shares))


def _print_row(name: str, times: Sequence[float]) -> None:
    print(f"{name:34} " + " ".join(f"{figure:8.1f}" for figure in _figures(times)))


def _figures(times: Sequence[float]) -> tuple[float, float, float]:
    return statistics.median(times), statistics.quantiles(times, n=20)[-1], max(times)


async def _echoed(sockets: Sequence[ClientConnection]) -> float:
    started = time.perf_counter()
    await sockets[0].send('{"id": null, "type": "sent", "data": {}}')
    await asyncio.gather(*(_heard(one, "sent") for one in sockets))
    return time.perf_counter() - started


async def _told(sockets: Sequence[ClientConnection], publisher: subprocess.Popen[str]) -> float:
    """The publisher's own way to us is part of it, as that of the echo's sender is."""
    started = time.perf_counter()
    _order(publisher, count=1)
    await asyncio.gather(*(_heard(one, "test_sent") for one in sockets))
    took = time.perf_counter() - started
    await asyncio.to_thread(_answer, publisher)
    return took


async def _heard(one: ClientConnection, kind: str) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE):
        while True:
            message: dict[str, Any] = json.loads(await one.recv())
            if message["type"] == kind:
                return message


async def _come_back(
    ours: str, bare: str, publisher: subprocess.Popen[str]
) -> tuple[list[float], list[float]]:
    _order(publisher, count=MISSED)
    ids = await asyncio.to_thread(_answer, publisher)
    opened, resumed = [], []
    for _ in range(COMEBACKS):
        started = time.perf_counter()
        async with connect(bare, proxy=None):
            opened.append((time.perf_counter() - started) * 1000)
        started = time.perf_counter()
        async with connect(ours, proxy=None) as one:
            await _heard(one, "connected")
            back = {"action": "resume", "last_event_id": ids[0] - 1, "rooms": [_ROOM]}
            await one.send(json.dumps(back))
            while (await _heard(one, "test_sent"))["id"] < ids[-1]:
                pass
            resumed.append((time.perf_counter() - started) * 1000)
    return opened, resumed


@asynccontextmanager
async def _sockets(
    address: str, count: int, room: str = ""
) -> AsyncIterator[list[ClientConnection]]:
    async with AsyncExitStack() as stack:
        sockets = [
            await stack.enter_async_context(connect(address, proxy=None)) for _ in range(count)
        ]
        for one in sockets if room else ():
            await one.send(json.dumps({"action": "join", "room": room}))
            await _heard(one, "snapshot")
        yield sockets


@contextmanager
def _served(application: str, environment: dict[str, str]) -> Iterator[str]:
    """The product's server with this application; its address."""
    port = free_port()
    server = ("-m", "aniworld.server", "--host", "127.0.0.1", "--port", str(port), application)
    process = subprocess.Popen([sys.executable, *server], cwd=PROJECT, env=environment)
    try:
        wait_until(lambda: _listens(port), seconds=PATIENCE, what=application)
        yield f"ws://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def _publisher(environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.integration.events_publisher"],
        cwd=PROJECT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.communicate()


def _order(publisher: subprocess.Popen[str], *, count: int) -> None:
    assert publisher.stdin
    publisher.stdin.write(json.dumps({"count": count}) + "\n")
    publisher.stdin.flush()


def _answer(publisher: subprocess.Popen[str]) -> list[int]:
    """The ids of what was ordered last."""
    assert publisher.stdout
    ids: list[int] = json.loads(publisher.stdout.readline())
    return ids
