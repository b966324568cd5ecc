"""Web and worker as real processes: order, exactly once, restarts, a client that does not read."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.product import free_port, wait_until

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 90
POSTGRESQL = "host=127.0.0.1 port=5432 user=postgres connect_timeout=3"


class Process:
    """A Python process with its own settings, talking lines."""

    def __init__(self, environment: dict[str, str], *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def say(self, **order: Any) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()

    def line(self, pattern: str) -> re.Match[str]:
        """Return the first line of output that matches."""
        assert self._process.stdout
        seen = []
        for line in self._process.stdout:
            if found := re.search(pattern, line):
                return found
            seen.append(line)
        raise AssertionError("the process ended:\n" + "".join(seen))

    def end(self) -> None:
        self._process.terminate()
        self._process.communicate(timeout=PATIENCE)

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate(timeout=PATIENCE)


class Web(Process):
    """A Daphne process on a port of its own."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.port = free_port()
        server = ("-m", "aniworld.server", "--host", "127.0.0.1", "--port", str(self.port))
        super().__init__(environment, *server, "tests.integration.events_server:application")

    def answers(self) -> bool:
        assert self._process.poll() is None, "the web process ended"
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


def socket_address(web: Web) -> str:
    wait_until(web.answers, seconds=PATIENCE, what="the web process")
    return f"ws://127.0.0.1:{web.port}/ws/connect?session=s1"


@contextmanager
def deaf(address: str) -> Iterator[socket.socket]:
    """A WebSocket of which the system takes as little as it can, and nobody reads that."""
    target = urlsplit(address)
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        client.settimeout(5)
        client.connect((target.hostname, target.port))
        client.sendall(
            f"GET {target.path}?{target.query} HTTP/1.1\r\nHost: {target.netloc}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )
        assert client.recv(2048).startswith(b"HTTP/1.1 101 ")
        yield client


def sent_until_stopped(client: socket.socket, data: bytes, most: int) -> int:
    """Bytes the other side has taken when it takes no more, or lets us go."""
    for sent in range(0, most, len(data)):
        try:
            client.sendall(data)
        except OSError:
            return sent
    return most


@dataclass(frozen=True, slots=True)
class Running:
    """One web process and two publishers."""

    address: str
    first: Process
    second: Process


class World:
    """One database, web processes and a publisher around it."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self._processes: list[Process] = []

    def start(self, *arguments: str) -> Process:
        process = Process(self._environment, *arguments)
        self._processes.append(process)
        return process

    def web(self) -> Web:
        """Start Daphne; ``socket_address`` waits for it."""
        web = Web(self._environment)
        self._processes.append(web)
        return web

    def publisher(self) -> Process:
        return self.start("-m", "tests.integration.events_publisher")

    def running(self) -> Running:
        web, first, second = self.web(), self.publisher(), self.publisher()
        return Running(socket_address(web), first, second)

    def end(self) -> None:
        for process in self._processes:
            process.kill()


def migrate(environment: dict[str, str]) -> None:
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "-v", "0", "--skip-checks"],
        cwd=ROOT,
        env={**os.environ, **environment},
        check=True,
    )


@pytest.fixture(scope="module")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("events")
    migrate({"DATA_DIR": str(directory), "DATABASE_URL": ""})
    return directory / "aniworld.db"


@contextmanager
def world_of(environment: dict[str, str]) -> Iterator[World]:
    world = World(environment)
    try:
        yield world
    finally:
        world.end()


@pytest.fixture
def world(tmp_path: Path, empty_database: Path) -> Iterator[World]:
    shutil.copy(empty_database, tmp_path)
    with world_of({"DATA_DIR": str(tmp_path), "DATABASE_URL": ""}) as world:
        yield world


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> Iterator[Running]:
    directory = tmp_path_factory.mktemp("running")
    shutil.copy(empty_database, directory)
    with world_of({"DATA_DIR": str(directory), "DATABASE_URL": ""}) as world:
        yield world.running()


@pytest.fixture(scope="module")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of a PostgreSQL database of this module's own."""
    name = f"aniworld_events_{os.getpid()}"
    try:
        server = psycopg.connect(POSTGRESQL, dbname="postgres", autocommit=True)
    except psycopg.OperationalError:
        pytest.skip("no PostgreSQL at 127.0.0.1:5432")
    with server:
        server.execute(f'CREATE DATABASE "{name}"')
        environment = {
            "DATA_DIR": str(tmp_path_factory.mktemp("postgresql")),
            "DATABASE_URL": f"postgres://postgres@127.0.0.1:5432/{name}",
        }
        migrate(environment)
        yield environment
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def running_postgresql(postgresql: dict[str, str]) -> Iterator[Running]:
    with world_of(postgresql) as world:
        yield world.running()


async def published(publisher: Process, **order: Any) -> list[int]:
    def ask() -> list[int]:
        publisher.say(**order)
        ids = json.loads(publisher.line(r"^\[.*\]$")[0])
        assert isinstance(ids, list)
        return ids

    return await asyncio.to_thread(ask)


async def hear(socket: ClientConnection) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE):
        message = json.loads(await socket.recv())
    assert isinstance(message, dict)
    return message


async def hear_ids(socket: ClientConnection, last_id: int) -> list[int]:
    """The ids of all events up to ``last_id``."""
    ids: list[int] = []
    while not ids or ids[-1] < last_id:
        message = await hear(socket)
        if message["id"] is not None:
            ids.append(message["id"])
    return ids


async def hear_until_closed(socket: ClientConnection) -> list[int]:
    ids: list[int] = []
    while True:
        try:
            ids.append((await hear(socket))["id"])
        except ConnectionClosed:
            return ids


@asynccontextmanager
async def joined(address: str, **options: Any) -> AsyncIterator[ClientConnection]:
    async with connect(address, max_size=None, **options) as socket:
        assert (await hear(socket))["type"] == "connected"
        await socket.send('{"action": "join", "room": "downloads"}')
        assert (await hear(socket))["type"] == "joined"
        assert (await hear(socket))["type"] == "snapshot"
        yield socket


async def hears_two_publishers(running: Running) -> None:
    async with joined(running.address) as one, joined(running.address) as two:
        batches = await asyncio.gather(
            published(running.first, count=50), published(running.second, count=50)
        )
        expected = sorted(event_id for batch in batches for event_id in batch)
        assert await hear_ids(one, expected[-1]) == expected
        assert await hear_ids(two, expected[-1]) == expected


async def test_what_others_publish_every_browser_hears_once_and_in_order(running: Running) -> None:
    await hears_two_publishers(running)


async def test_postgresql_tells_the_same(running_postgresql: Running) -> None:
    await hears_two_publishers(running_postgresql)


async def test_ids_follow_commit_order_on_postgresql(
    running_postgresql: Running, postgresql: dict[str, str]
) -> None:
    first, second = running_postgresql.first, running_postgresql.second
    (held,) = await published(first, hold=True)
    waiting = asyncio.create_task(published(second, count=1))
    with psycopg.connect(postgresql["DATABASE_URL"], autocommit=True) as observer:
        async with asyncio.timeout(PATIENCE):
            # The later one waits before it has an id, or it could be committed first.
            while not observer.execute(
                "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            ).fetchone():
                await asyncio.sleep(0.02)
        newest = observer.execute("SELECT max(id) FROM events_outboxevent").fetchone()
        assert newest is not None
        assert (newest[0] or 0) < held, "nothing later is visible while the first is open"

    first.say(commit=True)
    (later,) = await waiting
    assert later > held


async def test_progress_rises_and_its_last_reading_arrives(running: Running) -> None:
    async with joined(running.address) as socket:
        ids = await published(running.first, count=100, job="1")
        heard = await hear_ids(socket, ids[-1])
    assert heard == sorted(set(heard))
    assert heard[-1] == ids[-1]


async def test_a_client_resumes_over_restarts_of_the_server(world: World) -> None:
    web, publisher = world.web(), world.publisher()
    sent: list[int] = []
    heard: list[int] = []
    for stop in (Process.end, Process.kill):
        async with joined(socket_address(web)) as socket:
            if heard:
                await socket.send(json.dumps({"action": "resume", "last_event_id": heard[-1]}))
            sent += await published(publisher, count=4)
            heard += await hear_ids(socket, sent[-1])
            await asyncio.to_thread(stop, web)
            with pytest.raises(ConnectionClosed):
                await hear(socket)
        sent += await published(publisher, count=4)
        web = world.web()

    async with joined(socket_address(web)) as socket:
        await socket.send(json.dumps({"action": "resume", "last_event_id": heard[-1]}))
        heard += await hear_ids(socket, sent[-1])
    assert heard == sent


async def test_a_client_that_does_not_read_is_let_go_and_the_others_hear_everything(
    running: Running,
) -> None:
    address, publisher = running.address, running.first
    async with joined(address) as healthy, joined(address, max_queue=1) as slow:
        ids: list[int] = []
        while len(ids) < 200:  # 40 MB: more than the sockets' buffers and the queue hold
            batch = await published(publisher, count=10, size=200_000)
            assert await hear_ids(healthy, batch[-1]) == batch
            ids += batch

        received = await hear_until_closed(slow)
    assert received == ids[: len(received)]
    assert len(received) < len(ids)

    async with joined(address) as again:
        await again.send(json.dumps({"action": "resume", "last_event_id": received[-1]}))
        assert await hear_ids(again, ids[-1]) == ids[len(received) :]


@pytest.mark.parametrize("opcode", [0x1, 0x9], ids=["messages", "pings of the protocol"])
def test_nothing_is_read_from_a_client_that_does_not_read(running: Running, opcode: int) -> None:
    payload = json.dumps({"action": "ping", "x": "x" * 80}).encode()
    frame = bytes([0x80 | opcode, 0x80 | len(payload)]) + bytes(4) + payload
    most = 32 * 1024 * 1024  # some times what the system holds of a connection
    with deaf(running.address) as client:
        assert sent_until_stopped(client, 100 * frame, most) < most


async def test_strangers_see_4401_and_large_frames_1009(running: Running) -> None:
    address = running.address
    async with connect(address.split("?")[0]) as stranger:
        with pytest.raises(ConnectionClosed) as refused:
            await hear(stranger)
    assert refused.value.rcvd is not None
    assert refused.value.rcvd.code == 4401

    async with joined(address) as socket:
        await socket.send(b'{"action": "ping"}')
        assert (await hear(socket))["type"] == "pong"
        await socket.send("x" * 65_537)
        with pytest.raises(ConnectionClosed) as closed:
            await hear(socket)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009


_SENDS_STATE = """
import aniworld.asgi
from aniworld.events.event import known
print([known(type).late.name for type in ("queue_status", "queue_stopped")], known("scan_failed"))
"""


def test_the_server_knows_every_event_before_the_first_request(tmp_path: Path) -> None:
    """A browser may be connected before any page was asked for: its events need their state."""
    server = Process({"DATA_DIR": str(tmp_path)}, "-c", _SENDS_STATE)
    server.line(r"\['queue_status', 'queue_status'\] <class 'library.events.ScanFailed'>")
    server.end()
