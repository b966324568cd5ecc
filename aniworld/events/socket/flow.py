"""Daphne's own side of a connection: back pressure, and close codes it will not pass on.

Daphne's ``send`` never waits: what a client does not read piles up in the transport's buffer, out
of our sight. Twisted tells a *producer* when that buffer is full and when it has drained again. And
of the codes below 3000 an application may send none but 1000, though 1009 and 1013 are meant for
it.

Daphne passes ``functools.partial(server.handle_reply, protocol)`` as ``send``. Under any other
server both functions do nothing, and nothing is needed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aniworld.events.socket.client import Client


class _Producer:
    """The names are Twisted's (IPushProducer).

    Nothing is read from a client that does not read: every message and every ping it sends would
    have an answer waiting.
    """

    def __init__(self, client: Client, transport: Any) -> None:
        self._client = client
        self._transport = transport

    def pauseProducing(self) -> None:  # noqa: N802
        self._client.set_writable(False)
        self._transport.pauseProducing()

    def resumeProducing(self) -> None:  # noqa: N802
        self._client.set_writable(True)
        self._transport.resumeProducing()

    def stopProducing(self) -> None:  # noqa: N802
        self._client.set_writable(True)


def watch(send: Callable[..., Any], client: Client) -> None:
    """Have ``client`` told when the server's buffer for it is full."""
    transport = getattr(_protocol(send), "transport", None)
    if transport is None:
        return
    # The HTTP channel that received the handshake is still registered.
    transport.unregisterProducer()
    transport.registerProducer(_Producer(client, transport), True)


def close(send: Callable[..., Any], code: int) -> bool:
    """Close the connection with any code; False if that is not Daphne's and must be sent."""
    send_close_frame = getattr(_protocol(send), "sendCloseFrame", None)
    if send_close_frame is None:
        return False
    send_close_frame(code=code)
    return True


def _protocol(send: Callable[..., Any]) -> Any:
    return next(iter(getattr(send, "args", ())), None)
