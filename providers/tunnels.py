"""Connections through a proxy that the owner has set for a site.

A proxy is a way to open a socket: TLS, headers and bodies go through it as through any other. It
speaks HTTP (``CONNECT``) or SOCKS 5, with a name and a password where it wants them. What it may
lead to is still the guard's word, as far as that can be known here: see :func:`open_tunnel`.
"""

from __future__ import annotations

import base64
import ipaddress
import re
import socket
import struct
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from urllib3.connection import HTTPConnection
from urllib3.exceptions import NewConnectionError
from urllib3.util.connection import create_connection

from providers.coded import errno_name, foreign
from providers.errors import AddressRefused
from providers.guard import AddressGuard, leading_to_proxy, refusal

SCHEMES = ("http", "socks5", "socks5h")
_LONGEST_HEAD = 8_192  # bytes of what a proxy answers to CONNECT
# Names of a network of one's own: RFC 6761, RFC 6762, RFC 8375, what ICANN keeps free for that, and
# what routers call theirs.
_NEVER_PUBLIC = frozenset(
    ("localhost", "localdomain", "local", "internal", "lan", "home", "corp", "intranet")
)
_HOME = ["home", "arpa"]
_LONGEST_WORD = 255  # bytes of a name or a password in SOCKS
_USUAL_SECONDS = 10.0
_NO_LOGIN, _PASSWORD = 0, 2
_GRANTED = 0


@dataclass(frozen=True, slots=True)
class Proxy:
    """``looks_up``: it can look names up itself. ``names`` are those of the site's own addresses,
    which its owner has written down: it always gets these as names, where it looks up any."""

    scheme: str
    host: str
    port: int
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    names: frozenset[str] = frozenset()

    @classmethod
    def of(cls, address: str, *, names: Collection[str] = ()) -> Proxy:
        """Read ``http://``, ``socks5://`` or ``socks5h://user:password@host:port``.

        Args:
            names: of hosts that the owner has written down.

        Raises:
            ValueError: it is none of these.
        """
        parts = urlsplit(address)
        if parts.scheme not in SCHEMES or not parts.hostname or not parts.port:
            raise ValueError("not the address of a proxy")
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        if max(len(user.encode()), len(password.encode())) > _LONGEST_WORD:
            raise ValueError("a name or a password that is too long")
        own = frozenset(map(_plain, names))
        return cls(parts.scheme, parts.hostname, parts.port, user, password, own)

    @property
    def looks_up(self) -> bool:
        return self.scheme != "socks5"

    @property
    def place(self) -> str:
        """Where it is, without what lets somebody in."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return foreign(f"{host}:{self.port}")


class ProxyFailed(NewConnectionError):
    """No way through the proxy. ``facts`` are those of the error that is told."""

    def __init__(self, connection: HTTPConnection, proxy: Proxy, **facts: str) -> None:
        super().__init__(connection, f"proxy {proxy.place}: {facts}")
        self.facts = {"proxy": proxy.place, **facts}


class _Refused(Exception):
    """The proxy says no. ``reason`` is what it says, as far as it says anything."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def open_tunnel(guard: AddressGuard, proxy: Proxy, connection: HTTPConnection) -> socket.socket:
    """A socket that leads through ``proxy`` to where ``connection`` goes.

    It gets an address that was looked up and checked here: a name that a page leads to might lead
    elsewhere where the proxy asks for it, into the network that stands behind the proxy. One that
    looks up names by itself (HTTP, ``socks5h``) gets the name all the same of the site's own hosts,
    which are what it is there for where the name servers here lie, and of hosts that are not known
    here at all. The proxy itself may be at a private address: the owner has named it.

    Raises:
        AddressRefused: the target is forbidden, or none.
        ProxyFailed: the proxy cannot be reached, or does not let us through.
    """
    host, port = connection._dns_host.strip("[]"), int(connection.port or 0)
    if not host.isprintable() or " " in host:
        raise AddressRefused(why="host_name", host=foreign(host))
    target = _target(guard, proxy, connection, host, port)
    timeout = connection.timeout
    seconds = float(timeout) if isinstance(timeout, int | float) else _USUAL_SECONDS
    ends = time.monotonic() + seconds
    try:
        with leading_to_proxy():
            opened = create_connection(
                (proxy.host, proxy.port), seconds, socket_options=connection.socket_options
            )
    except socket.gaierror as error:
        raise ProxyFailed(connection, proxy, why="proxy_unknown") from error
    except OSError as error:
        raise ProxyFailed(connection, proxy, why="proxy_away", errno=_named(error)) from error
    try:
        wire = _Handshake(opened, ends)
        ask = _connect if proxy.scheme == "http" else _greet
        ask(wire, proxy, target, port)
        opened.settimeout(seconds)
    except _Refused as error:
        opened.close()
        reason = foreign(error.reason)
        raise ProxyFailed(connection, proxy, why="proxy_refuses", reason=reason) from error
    except OSError as error:
        opened.close()
        raise ProxyFailed(connection, proxy, why="proxy_away", errno=_named(error)) from error
    return opened


def _named(error: OSError) -> str:
    """What the system said no with; a time-out of our own has no number."""
    return "ETIMEDOUT" if isinstance(error, TimeoutError) else errno_name(error)


def _target(
    guard: AddressGuard, proxy: Proxy, connection: HTTPConnection, host: str, port: int
) -> str:
    """What the proxy is told: a name, or an address."""
    try:
        found = guard.resolve(host, port)
    except socket.gaierror as error:
        if proxy.looks_up:
            if _plain(host) not in proxy.names and _is_of_its_network(host):
                raise refusal(host, host) from error
            return host
        raise ProxyFailed(connection, proxy, why="proxy_no_name") from error
    if proxy.looks_up and _plain(host) in proxy.names:
        return host
    # Whether the proxy has a way to addresses of the newer kind is not known here.
    return next((one for family, one in found if family == socket.AF_INET), found[0][1])


def _is_of_its_network(host: str) -> bool:
    """Whether a name that is unknown here could mean only the proxy's own machine, or what stands
    beside it: an address in a spelling that we do not read, and what no public name server has."""
    labels = _plain(host).partition("%")[0].split(".")
    is_address = ":" in host or re.fullmatch(r"[0-9]+|0x[0-9a-f]*", labels[-1]) is not None
    return is_address or len(labels) == 1 or labels[-1] in _NEVER_PUBLIC or labels[-2:] == _HOME


def _plain(name: str) -> str:
    """A host's name, to be compared."""
    return name.lower().rstrip(".")


class _Handshake:
    """What is said to a proxy before its socket is used, with one time limit for all of it."""

    def __init__(self, opened: socket.socket, ends: float) -> None:
        self._socket = opened
        self._ends = ends

    def send(self, data: bytes) -> None:
        self._wait()
        self._socket.sendall(data)

    def take(self, size: int) -> bytes:
        """Just so many bytes."""
        data = bytearray()
        while len(data) < size:
            self._wait()
            part = self._socket.recv(size - len(data))
            if not part:
                raise _Refused("it ended the connection")
            data += part
        return bytes(data)

    def head(self) -> bytes:
        """The head of an answer in HTTP, and nothing of what follows."""
        data = bytearray()
        while not data.endswith(b"\r\n\r\n"):
            if len(data) >= _LONGEST_HEAD:
                raise _Refused("an answer without end")
            data += self.take(1)
        return bytes(data)

    def _wait(self) -> None:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        self._socket.settimeout(left)


def _connect(wire: _Handshake, proxy: Proxy, host: str, port: int) -> None:
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    lines = [f"CONNECT {place} HTTP/1.1", f"Host: {place}"]
    if proxy.user:
        login = base64.b64encode(f"{proxy.user}:{proxy.password}".encode()).decode()
        lines.append(f"Proxy-Authorization: Basic {login}")
    wire.send("\r\n".join([*lines, "", ""]).encode())
    status = wire.head().split(b"\r\n", 1)[0].decode("latin-1").split(" ", 2)
    if len(status) < 2 or not status[0].startswith("HTTP/") or not status[1].startswith("2"):
        raise _Refused(" ".join(status[1:]) or "no answer of a proxy")


def _greet(wire: _Handshake, proxy: Proxy, host: str, port: int) -> None:
    """SOCKS 5, as RFC 1928 has it."""
    wire.send(bytes([5, 2, _NO_LOGIN, _PASSWORD]) if proxy.user else bytes([5, 1, _NO_LOGIN]))
    version, method = wire.take(2)
    if version != 5 or method not in ((_NO_LOGIN, _PASSWORD) if proxy.user else (_NO_LOGIN,)):
        raise _Refused("it wants another login" if version == 5 else "it speaks no SOCKS 5")
    if method == _PASSWORD:
        _log_in(wire, proxy)
    wire.send(bytes([5, 1, 0]) + _place(host) + struct.pack(">H", port))
    version, answer, _, kind = wire.take(4)
    if version != 5 or answer != _GRANTED:
        raise _Refused(_ANSWERS.get(answer, f"answer {answer}"))
    wire.take({1: 4, 4: 16}.get(kind) or wire.take(1)[0])
    wire.take(2)


def _log_in(wire: _Handshake, proxy: Proxy) -> None:
    """RFC 1929."""
    user, password = proxy.user.encode(), proxy.password.encode()
    wire.send(bytes([1, len(user)]) + user + bytes([len(password)]) + password)
    if wire.take(2)[1] != _GRANTED:
        raise _Refused("it does not accept name and password")


def _place(host: str) -> bytes:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        name = host.encode()
        if not 0 < len(name) <= _LONGEST_WORD:
            raise _Refused("a name that is too long") from None
        return bytes([3, len(name)]) + name
    return bytes([1 if address.version == 4 else 4]) + address.packed


_ANSWERS = {
    1: "it has failed",
    2: "its rules forbid this connection",
    3: "the network cannot be reached",
    4: "the host cannot be reached",
    5: "the connection was refused",
    6: "it took too long",
    7: "it does not know this command",
    8: "it does not know this kind of address",
}
