"""What a stranger may hold of the server: bodies, slow requests and silent connections."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from aniworld.server.limits import Limits
from tests.document import errors_of
from tests.integration.limited_server import LARGE
from tests.product import PROJECT, free_port, wait_until

MEGABYTE = 1024 * 1024
PATIENCE = 30
HANDSHAKE = (
    b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[int, int]]:
    """Port and process id of the server."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.integration.limited_server", str(port)], cwd=PROJECT
    )
    try:
        wait_until(lambda: _is_open(port), seconds=PATIENCE, what="the server")
        yield port, process.pid
    finally:
        process.terminate()
        assert process.wait(timeout=PATIENCE) == 0


def _is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)


def _begin_to_connect(port: int) -> socket.socket:
    """Without waiting for the other side to take it."""
    connection = socket.socket()
    connection.setblocking(False)
    connection.connect_ex(("127.0.0.1", port))
    return connection


def _answer(connection: socket.socket) -> bytes:
    """All that comes until the other side ends."""
    parts = []
    with contextlib.suppress(ConnectionResetError):
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)


def _ping(port: int) -> bytes:
    with _connect(port) as connection:
        connection.sendall(b"GET /ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        return _answer(connection)


def _ask(port: int, path: str, *, connection: str) -> socket.socket:
    """Without reading the answer, of which the system takes as little as it can."""
    asking = socket.socket()
    asking.settimeout(PATIENCE)
    asking.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    asking.connect(("127.0.0.1", port))
    asking.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: {connection}\r\n\r\n".encode())
    return asking


def _held(port: int, connections: list[socket.socket]) -> int:
    """How many of them the server has open on its side."""
    ours = {one.getsockname()[1] for one in connections}
    count = 0
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, remote, *_, inode = line.split()[:10]
        is_one = _port_of(local) == port and _port_of(remote) in ours
        count += is_one and inode != "0"  # else the server has not taken it yet, or let it go
    return count


def _port_of(address: str) -> int:
    return int(address.rpartition(":")[2], 16)


def _megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


@pytest.mark.parametrize("request_line", ["POST /login", "GET /ping", "POST /api/queue", "PUT /x"])
def test_a_body_is_refused_by_the_length_it_announces(
    server: tuple[int, int], request_line: str
) -> None:
    with _connect(server[0]) as connection:
        head = f"{request_line} HTTP/1.1\r\nHost: x\r\nContent-Length: {1024 * MEGABYTE}\r\n\r\n"
        connection.sendall(head.encode())
        answer = _answer(connection)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b'"code": "too_large"' in answer


def test_a_body_that_announces_no_length_is_counted(server: tuple[int, int]) -> None:
    port, pid = server
    before = _megabytes(pid)
    chunk = b"%x\r\n" % MEGABYTE + bytes(MEGABYTE) + b"\r\n"
    with _connect(port) as connection:
        connection.sendall(
            b"POST /api/queue HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        with contextlib.suppress(ConnectionError):
            for _ in range(300):
                connection.sendall(chunk)
        answer = _answer(connection)
    assert answer.startswith(b"HTTP/1.1 413 ") or not answer  # reset while we were still sending
    assert _ping(port).startswith(b"HTTP/1.1 200")
    assert _megabytes(pid) - before < 30


def test_a_body_that_is_allowed_comes_whole(server: tuple[int, int]) -> None:
    with _connect(server[0]) as connection:
        length = Limits().body
        head = f"POST /api/queue HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n"
        connection.sendall(head.encode() + b"Connection: close\r\n\r\n" + bytes(length))
        assert b"\r\n%d\r\n" % length in _answer(connection)


@pytest.mark.parametrize(
    "request_",
    [
        b"nonsense\r\nand more of it\r\nand more\r\n\r\n",
        b"GET /api/queue HTTP/1.1\r\nno header\r\nno: header\r\n\r\n",
        b"GET /api/queue HTTP/1.1\r\nX: \0\r\n\r\n",
        b"GET /api/queue HTTP/1.1\r\nA b: c\r\n\r\n",
        b"GET /api/queue HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        b"GET /api/queue HTTP/1.1\r\nX: " + b"y" * 20_000 + b"\r\n\r\n",
        b"POST /api/queue HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"POST /api/queue HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        b"POST /api/queue HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"POST /api/queue HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
        b"GET /api/queue HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX: \x0b-\r\n\r\n",
        b"GET /api/queue/\xe4 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /api/queue?\xe4 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    ],
)
def test_what_is_no_request_is_told_so_once_in_the_shape_of_errors(
    server: tuple[int, int], request_: bytes
) -> None:
    with _connect(server[0]) as connection:
        connection.sendall(request_)
        head, _, body = _answer(connection).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"application/json" in head
    assert json.loads(body)["code"] == "validation_error"
    assert errors_of("Error", json.loads(body)) == []


def test_a_fault_of_the_application_is_told_in_the_shape_of_errors(
    server: tuple[int, int],
) -> None:
    with _connect(server[0]) as connection:
        connection.sendall(b"GET /breaks HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        head, _, body = _answer(connection).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 500 ")
    assert errors_of("Error", json.loads(body)) == []


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"GET /ping HTTP/1.1\r\nHost: ",
        b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n123",
        b"POST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n",
    ],
    ids=["silence", "headers", "body", "chunks"],
)
def test_a_slow_request_ends_at_its_deadline(server: tuple[int, int], begun: bytes) -> None:
    with _connect(server[0]) as connection:
        connection.sendall(begun)
        assert _answer(connection).startswith(b"HTTP/1.1 408 ")


def test_a_request_that_drips_ends_at_its_deadline(server: tuple[int, int]) -> None:
    """Every byte would begin an idle time-out anew."""
    with _connect(server[0]) as connection:
        connection.sendall(b"GET /ping HTTP/1.1\r\nX: ")
        connection.settimeout(0.1)
        answer = b""
        for _ in range(PATIENCE * 10):
            with contextlib.suppress(TimeoutError):
                answer = connection.recv(100)
                break
            connection.sendall(b"a")
        assert answer.startswith(b"HTTP/1.1 408 ")


def test_a_connection_serves_one_request_after_the_other(server: tuple[int, int]) -> None:
    with _connect(server[0]) as connection:
        for length in (0, 5, 16 * 1024):
            head = f"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n"
            connection.sendall(head.encode() + bytes(length))
            answer = b""
            while b"\r\n%d\r\n0\r\n" % length not in answer:
                part = connection.recv(65536)
                assert part
                answer += part


def test_whoever_has_sent_a_request_is_not_taken_for_silent(server: tuple[int, int]) -> None:
    """Many connections come before the server reads anything: it takes them all in one turn."""
    port, pid = server
    silent: list[socket.socket] = [_connect(port) for _ in range(60)]
    assert _ping(port).startswith(b"HTTP/1.1 200")
    try:
        os.kill(pid, signal.SIGSTOP)
        with _connect(port) as early:
            early.sendall(b"GET /ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            silent += [_connect(port) for _ in range(45)]  # as many as wait to be taken in
            silent += [_begin_to_connect(port) for _ in range(60)]
            os.kill(pid, signal.SIGCONT)
            assert _answer(early).startswith(b"HTTP/1.1 200")
    finally:
        os.kill(pid, signal.SIGCONT)
        for connection in silent:
            connection.close()


def test_whoever_sends_a_request_is_served_among_silent_connections(
    server: tuple[int, int],
) -> None:
    port = server[0]
    silent = []
    try:
        for _ in range(600):
            silent.append(_connect(port))
        assert _ping(port).startswith(b"HTTP/1.1 200")
        ended = 0
        for connection in silent[:400]:
            with contextlib.suppress(ConnectionResetError):
                connection.recv(1)
            ended += 1
        assert ended == 400  # the oldest made room
    finally:
        for connection in silent:
            connection.close()


def _send_all(connection: ClientConnection, messages: list[str]) -> None:
    for message in messages:
        connection.send(message)
    connection.recv(timeout=PATIENCE)


@pytest.mark.parametrize(("count", "size"), [(5_000, 20), (500, 60_000)], ids=["many", "long"])
def test_messages_that_nobody_takes_are_bounded(
    server: tuple[int, int], count: int, size: int
) -> None:
    port, pid = server
    before = _megabytes(pid)
    messages = ["x" * size] * count
    with (
        connect(f"ws://127.0.0.1:{port}/", proxy=None) as connection,
        pytest.raises(ConnectionClosed) as closed,
    ):
        _send_all(connection, messages)
    end = closed.value.rcvd
    assert end is not None
    assert (end.code, end.reason) == (1008, "Too many messages wait for an answer.")
    assert _megabytes(pid) - before < 16
    assert _ping(port).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "header",
    [b"Content-Length: " + b"9" * 5000, HANDSHAKE + b"Sec-WebSocket-Protocol: \xff"],
    ids=["length", "protocol"],
)
def test_a_header_that_nobody_can_read_is_refused(server: tuple[int, int], header: bytes) -> None:
    with _connect(server[0]) as connection:
        connection.sendall(b"GET /ping HTTP/1.1\r\nHost: x\r\n" + header + b"\r\n\r\n")
        assert _answer(connection).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("value", [b"//elsewhere", b"\xff"])
def test_nobody_sets_the_base_path_by_a_header(server: tuple[int, int], value: bytes) -> None:
    with _connect(server[0]) as connection:
        head = b"GET /base HTTP/1.1\r\nHost: x\r\nConnection: close\r\nDaphne-Root-Path: "
        connection.sendall(head + value + b"\r\n\r\n")
        answer = _answer(connection)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"elsewhere" not in answer


def test_of_answers_that_nobody_takes_the_oldest_make_room(server: tuple[int, int]) -> None:
    asking = []
    try:
        asking = [_ask(server[0], "/large", connection="keep-alive") for _ in range(60)]
        assert len(_answer_of_large(asking[-1])) > len(LARGE)
        assert all(len(_answer(one)) < len(LARGE) for one in asking[:20])
    finally:
        for connection in asking:
            connection.close()


def _answer_of_large(connection: socket.socket) -> bytes:
    answer = b""
    while not answer.endswith(b"\r\n0\r\n\r\n"):
        part = connection.recv(65536)
        assert part
        answer += part
    return answer


def test_a_connection_that_is_to_close_ends_though_nobody_reads(server: tuple[int, int]) -> None:
    port = server[0]
    asking = [_ask(port, "/large", connection="close") for _ in range(3)]
    try:
        assert all(one.recv(1) for one in asking)  # the server answers each of them
        wait_until(lambda: _held(port, asking) == 0, seconds=PATIENCE, what="their end")
    finally:
        for connection in asking:
            connection.close()


def test_one_address_is_answered_so_many_requests_at_once(server: tuple[int, int]) -> None:
    port, most = server[0], Limits().asking_per_address
    held = [_ask(port, "/hold", connection="close") for _ in range(most)]
    try:
        with _ask(port, "/hold", connection="close") as beyond:
            answer = _answer(beyond)
        assert answer.startswith(b"HTTP/1.1 429 ")
        assert b"Retry-After: 1\r\n" in answer
        with socket.create_connection(
            ("127.0.0.1", port), timeout=PATIENCE, source_address=("127.0.0.2", 0)
        ) as elsewhere:
            elsewhere.sendall(b"GET /release HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert _answer(elsewhere).startswith(b"HTTP/1.1 200 ")
        assert all(_answer(one).startswith(b"HTTP/1.1 200 ") for one in held)
        assert _ping(port).startswith(b"HTTP/1.1 200 ")  # all of them were counted out
    finally:
        for one in held:
            one.close()
