"""A proxy on loopback that speaks HTTP or SOCKS 5, and leads everybody to where the test says."""

from __future__ import annotations

import base64
import contextlib
import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_KINDS = {1: 4, 4: 16}


@dataclass
class ProxyServer:
    """``asked`` are the targets as they came. Whatever they are, it connects to ``leads_to``.

    Attributes:
        login: what it wants, ``user:password``; empty for nothing.
        answer: sent in place of its own answer to a target; None for none.
        is_silent: it takes connections and says nothing.
    """

    kind: str
    leads_to: tuple[str, int]
    login: str = ""
    answer: bytes | None = None
    is_silent: bool = False
    asked: list[tuple[str, int]] = field(default_factory=list)
    address: tuple[str, int] = ("", 0)

    def url(self, scheme: str = "", login: str = "") -> str:
        before = f"{login}@" if login else ""
        return f"{scheme or self.kind}://{before}{self.address[0]}:{self.address[1]}"

    @contextlib.contextmanager
    def running(self) -> Iterator[ProxyServer]:
        proxy = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(OSError, struct.error, IndexError):
                    proxy._serve(self.request)

        with _Server(("127.0.0.1", 0), Handler) as server:
            self.address = ("127.0.0.1", server.server_address[1])
            thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
            thread.start()
            try:
                yield self
            finally:
                server.shutdown()

    def _serve(self, client: socket.socket) -> None:
        client.settimeout(20)
        if self.is_silent:
            client.recv(1 << 16)
            client.recv(1)
            return
        granted = self._http(client) if self.kind == "http" else self._socks(client)
        if granted:
            with socket.create_connection(self.leads_to, 20) as server:
                _pump_both(client, server)

    def _http(self, client: socket.socket) -> bool:
        head = _until(client, b"\r\n\r\n").decode()
        first, *lines = head.split("\r\n")
        method, place, _ = first.split(" ")
        assert method == "CONNECT"
        host, _, port = place.rpartition(":")
        self.asked.append((host.strip("[]"), int(port)))
        wanted = base64.b64encode(self.login.encode()).decode()
        if self.login and f"Proxy-Authorization: Basic {wanted}" not in lines:
            client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
            return False
        client.sendall(self.answer or b"HTTP/1.1 200 Connection established\r\nX: y\r\n\r\n")
        return self.answer is None

    def _socks(self, client: socket.socket) -> bool:
        _, count = _exactly(client, 2)
        methods = _exactly(client, count)
        wanted = 2 if self.login else 0
        if wanted not in methods:
            client.sendall(b"\x05\xff")
            return False
        client.sendall(bytes([5, wanted]))
        if self.login:
            _, size = _exactly(client, 2)
            user = _exactly(client, size)
            password = _exactly(client, _exactly(client, 1)[0])
            is_right = user + b":" + password == self.login.encode()
            client.sendall(bytes([1, 0 if is_right else 1]))
            if not is_right:
                return False
        _, _, _, kind = _exactly(client, 4)
        raw = _exactly(client, _KINDS.get(kind) or _exactly(client, 1)[0])
        family = {1: socket.AF_INET, 4: socket.AF_INET6}.get(kind)
        host = socket.inet_ntop(family, raw) if family else raw.decode()
        self.asked.append((host, struct.unpack(">H", _exactly(client, 2))[0]))
        # The address it has bound: here a name, which any kind of address may be.
        client.sendall(self.answer or b"\x05\x00\x00\x03\x04name\x00\x00")
        return self.answer is None


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes in the middle is what some tests are about."""


def _exactly(connected: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = connected.recv(size - len(data))
        if not part:
            raise ConnectionError
        data += part
    return data


def _until(connected: socket.socket, end: bytes) -> bytes:
    data = b""
    while not data.endswith(end):
        data += _exactly(connected, 1)
    return data


def _pump_both(one: socket.socket, other: socket.socket) -> None:
    back = threading.Thread(target=_pump, args=(other, one), daemon=True)
    back.start()
    _pump(one, other)
    back.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(1 << 16):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)
