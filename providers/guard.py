"""Which addresses may be connected to.

Links come from sites we do not control. One that leads into the owner's own network (a router,
a cloud metadata service, a NAS) is refused, whatever spelling it comes in, unless the owner has
listed it in ``ALLOW_PRIVATE_HOSTS``. Names are judged after DNS, because a public name may
point anywhere.
"""

from __future__ import annotations

import contextlib
import ipaddress
import re
import socket
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from urllib.parse import urlsplit

from providers.coded import foreign
from providers.errors import AddressRefused

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Written out, not taken from ``is_global``: that answer differs between Python releases
# (multicast counts as global, 192.0.0.0/24 only in part).
_FORBIDDEN_V4 = tuple(
    ipaddress.IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local, cloud metadata
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")  # all else is not handed out to anyone
_FORBIDDEN_V6 = tuple(
    ipaddress.IPv6Network(text)
    for text in (
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",  # documentation
        "3fff::/20",  # documentation
    )
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_HOST_NAME = re.compile(r"^(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?$")
_NAME_TTL = 60.0  # seconds the addresses of an allowed name are believed


class AddressGuard:
    """Decides whether an address may be connected to.

    Args:
        allow: entries of ``ALLOW_PRIVATE_HOSTS``: a host name allows whatever that name leads
            to, an address or CIDR allows these addresses.

    Raises:
        ValueError: an entry is neither a host name, an address nor a CIDR.
    """

    def __init__(
        self, allow: Sequence[str] = (), *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        networks: list[_Network] = []
        names: set[str] = set()
        for entry in filter(None, (text.strip().lower() for text in allow)):
            network = _as_network(entry)
            if network is not None:
                networks.append(network)
            elif _HOST_NAME.match(entry) and not entry.replace(".", "").isdigit():
                names.add(entry.rstrip("."))
            else:
                raise ValueError(f"{entry!r} is not a host name, an address or a CIDR")
        self.allow = tuple(allow)
        self._networks = tuple(networks)
        self._names = frozenset(names)
        self._clock = clock
        self._lock = threading.Lock()
        self._named_addresses: frozenset[str] = frozenset()
        self._named_until = float("-inf")

    def check_url(self, url: str) -> None:
        """Check what can be known without DNS: the scheme, and a host written as an address.

        Raises:
            AddressRefused: not http(s), no host, or a forbidden address.
        """
        try:
            parts = urlsplit(url)
            host, _port = parts.hostname, parts.port
        except ValueError as error:
            raise AddressRefused(why="unusable", reason=foreign(error), url=url) from error
        if parts.scheme.lower() not in {"http", "https"} or not host:
            raise AddressRefused(why="scheme", url=url)
        if _as_address(host) is not None and not self.permits(host):
            raise refusal(host, host, url=url)

    def permits(self, address: str, *, host: str = "") -> bool:
        """Whether ``address`` (a literal, after DNS) may be connected to for ``host``."""
        if host and host.lower().rstrip(".") in self._names:
            return True
        parsed = _as_address(address)
        if parsed is None:
            return False
        if _is_public(parsed):
            return True
        return any(_contains(network, parsed) for network in self._networks)

    def permits_socket(self, address: str) -> bool:
        """Whether a socket may connect to ``address``, where the name asked for is not known.

        An address that an allowed name leads to is allowed for every name.
        """
        if self.permits(address):
            return True
        parsed = _as_address(address)
        if parsed is None:  # a name: the check and the connection might resolve it differently
            return address.lower().rstrip(".") in self._names
        return str(parsed) in self._addresses_of_names()

    def resolve(self, host: str, port: int) -> list[tuple[socket.AddressFamily, str]]:
        """The addresses of ``host`` that may be connected to, in the resolver's order.

        Raises:
            AddressRefused: the name leads to forbidden addresses only, or is none.
            OSError: the name cannot be resolved (``socket.gaierror``).
        """
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except ValueError as error:  # a label too long, a null character
            raise AddressRefused(why="host_name", host=foreign(host)) from error
        found: list[tuple[socket.AddressFamily, str]] = []
        refused = ""
        for family, _type, _proto, _name, sockaddr in answers:
            address = str(sockaddr[0])
            if self.permits(address, host=host):
                found.append((family, address))
            else:
                refused = address
        if not found:
            raise refusal(host, refused)
        return found

    def _addresses_of_names(self) -> frozenset[str]:
        with self._lock:
            if self._clock() >= self._named_until:
                self._named_addresses = frozenset(
                    address for name in self._names for address in _lookup(name)
                )
                self._named_until = self._clock() + _NAME_TTL
            return self._named_addresses


def refusal(host: str, address: str, *, url: str = "") -> AddressRefused:
    """The error for a forbidden address, telling the owner how to allow it."""
    if address in ("", host):
        return AddressRefused(why="private", host=foreign(host), url=url)
    return AddressRefused(why="leads_to_private", host=foreign(host), address=address, url=url)


_to_proxy: ContextVar[bool] = ContextVar("to_proxy", default=False)


@contextlib.contextmanager
def leading_to_proxy() -> Iterator[None]:
    """Let sockets connect anywhere inside: to a proxy, which its owner has named himself."""
    token = _to_proxy.set(True)
    try:
        yield
    finally:
        _to_proxy.reset(token)


def install_socket_guard(guard: AddressGuard) -> Sequence[AddressRefused]:
    """Hold every socket of this process to ``guard``, for good (an audit hook cannot be removed).

    Meant for the process that runs a transfer: redirects, playlists and segments that yt-dlp
    fetches never pass through our own client. Programs started by the process are not covered.
    A forbidden connection raises :class:`AddressRefused` where it was tried.

    Returns:
        The latest refusals, growing as they happen: yt-dlp reports them as "unsupported URL",
        and only this tells the owner what it was.
    """
    refused: deque[AddressRefused] = deque(maxlen=20)

    def hook(event: str, args: tuple[object, ...]) -> None:
        if event not in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
            return
        try:
            _check_socket(guard, args)
        except AddressRefused as error:
            refused.append(error)
            raise

    sys.addaudithook(hook)
    return refused


def _check_socket(guard: AddressGuard, args: tuple[object, ...]) -> None:
    sock, address = args
    if _to_proxy.get():
        return
    if not isinstance(sock, socket.SocketType) or not isinstance(address, tuple):
        return  # a Unix socket's path, or a datagram on a connected socket
    if sock.family not in {socket.AF_INET, socket.AF_INET6}:
        return
    host = str(address[0])
    if not guard.permits_socket(host):
        raise refusal(host, host)


def _as_network(text: str) -> _Network | None:
    try:
        return ipaddress.ip_network(text.strip("[]"), strict=False)
    except ValueError:
        return None


def _as_address(text: str) -> _Address | None:
    try:
        return ipaddress.ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return None


def _embedded(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address a packet to ``address`` ends up at: mapped, 6to4 or NAT64."""
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def _is_public(address: _Address) -> bool:
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _FORBIDDEN_V4)
    embedded = _embedded(address)
    if embedded is not None:
        return _is_public(embedded)
    return address in _GLOBAL_V6 and not any(address in network for network in _FORBIDDEN_V6)


def _contains(network: _Network, address: _Address) -> bool:
    if address in network:
        return True
    embedded = _embedded(address) if isinstance(address, ipaddress.IPv6Address) else None
    return embedded is not None and embedded in network


def _lookup(name: str) -> set[str]:
    try:
        answers = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except (OSError, ValueError):
        return set()  # a listed name that does not resolve allows nothing
    return {str(answer[4][0]).partition("%")[0] for answer in answers}
