"""The transport under every request: connects only to addresses the guard has checked.

The name is resolved once, each answer is checked, and the socket is opened to exactly the
checked address. Checking a name first and letting the library resolve it again would leave a
gap for a name that changes its answer in between.
"""

from __future__ import annotations

import contextlib
import functools
import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from typing import Any
from weakref import WeakSet

from certifi import where
from urllib3 import HTTPResponse, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.connection import create_connection
from urllib3.util.ssl_ import create_urllib3_context

from providers.deadlines import Deadlines
from providers.guard import AddressGuard
from providers.tunnels import Proxy, open_tunnel

_DEADLINES = Deadlines()


class GuardedPools(PoolManager):
    """Connections to all hosts, kept alive, that all pass ``guard``.

    Args:
        proxy: what they lead through; None for none.
        context: makes what checks certificates, once a host is asked over TLS. None: as
            ``settings`` say.
        settings: those of ``urllib3.PoolManager``.
    """

    def __init__(
        self,
        guard: AddressGuard,
        *,
        proxy: Proxy | None = None,
        context: Callable[[], ssl.SSLContext] | None = None,
        **settings: Any,
    ) -> None:
        super().__init__(**settings)
        self._connections: WeakSet[HTTPConnection] = WeakSet()
        self._lock = threading.Lock()
        self.pool_classes_by_scheme = _guarded_pools(guard, proxy, self._note, context)

    def shut_down(self) -> None:
        """Wake the threads that wait for an answer, with an error. From any thread."""
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            if isinstance(connection.sock, socket.socket):
                with contextlib.suppress(OSError):  # it has ended by itself
                    # Not TLS' own way, which would show the reader encrypted bytes as they are.
                    socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)

    def _note(self, connection: HTTPConnection) -> None:
        with self._lock:
            self._connections.add(connection)


def trusting_context() -> ssl.SSLContext:
    """What checks certificates, with the authorities that our other requests trust as well.

    One serves all connections: reading the authorities takes longer than a handshake.
    """
    return _context_of(where())


@functools.cache
def _context_of(authorities: str) -> ssl.SSLContext:
    context = create_urllib3_context()
    context.load_verify_locations(authorities)
    return context


def _guarded_pools(
    guard: AddressGuard,
    proxy: Proxy | None,
    note: Callable[[HTTPConnection], None],
    context: Callable[[], ssl.SSLContext] | None,
) -> dict[str, type[HTTPConnectionPool]]:
    class GuardedHTTPConnection(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            note(self)
            return _connect(guard, proxy, self)

        def getresponse(self) -> HTTPResponse:  # type: ignore[override]
            with _headers_in_time(self):
                return super().getresponse()

    class GuardedHTTPSConnection(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            note(self)
            return _connect(guard, proxy, self)

        def getresponse(self) -> HTTPResponse:  # type: ignore[override]
            with _headers_in_time(self):
                return super().getresponse()

    class GuardedHTTPPool(HTTPConnectionPool):
        ConnectionCls = GuardedHTTPConnection

    class GuardedHTTPSPool(HTTPSConnectionPool):
        ConnectionCls = GuardedHTTPSConnection

        def __init__(self, *args: Any, **settings: Any) -> None:
            if context is not None:
                settings["ssl_context"] = context()
            super().__init__(*args, **settings)

    return {"http": GuardedHTTPPool, "https": GuardedHTTPSPool}


@contextlib.contextmanager
def _headers_in_time(connection: HTTPConnection) -> Iterator[None]:
    """End a connection whose headers are not there in the time that is given for one reading.

    The library begins that time anew with every byte: headers that drip would hold us for ever.
    """
    seconds = connection.timeout
    if not isinstance(seconds, int | float):
        yield
        return
    cut = _Cut(connection.sock, seconds)
    try:
        yield
        if cut.is_done:  # what had come by then was taken for all of them
            raise TimeoutError("timed out")
    except (OSError, http.client.HTTPException) as error:
        if cut.is_done:
            raise TimeoutError("timed out") from error
        raise
    finally:
        cut.deadline.cancel()


class _Cut:
    """Ends a connection after a while; a little later than the library's own time-out."""

    def __init__(self, connected: socket.socket | None, seconds: float) -> None:
        self.is_done = False
        self._connected = connected
        self.deadline = _DEADLINES.after(1.1 * seconds + 0.1, self._cut)

    def _cut(self) -> None:
        self.is_done = True
        if self._connected is not None:
            with contextlib.suppress(OSError):  # it has ended by itself in this moment
                self._connected.shutdown(socket.SHUT_RDWR)


def _connect(guard: AddressGuard, proxy: Proxy | None, connection: HTTPConnection) -> socket.socket:
    if proxy is not None:
        return open_tunnel(guard, proxy, connection)
    host = connection._dns_host  # the name with its trailing dot, as urllib3 resolves it
    try:
        addresses = guard.resolve(host.strip("[]"), connection.port)
    except socket.gaierror as error:
        raise NameResolutionError(connection.host, connection, error) from error
    failure: OSError | None = None
    for _family, address in addresses:
        try:
            return create_connection(
                (address, connection.port),
                connection.timeout,
                source_address=connection.source_address,
                socket_options=connection.socket_options,
            )
        except OSError as error:
            failure = error
    if isinstance(failure, TimeoutError):
        raise ConnectTimeoutError(connection, str(failure)) from failure
    raise NewConnectionError(connection, str(failure)) from failure
