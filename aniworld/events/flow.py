"""Back pressure from Daphne.

Its ``send`` never waits: what a client does not read piles up in the transport's buffer, out of our
sight. Twisted tells a *producer* when that buffer is full and when it has drained again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aniworld.events.client import Client


class _Producer:
    """The names are Twisted's (IPushProducer)."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def pauseProducing(self) -> None:  # noqa: N802
        self._client.set_writable(False)

    def resumeProducing(self) -> None:  # noqa: N802
        self._client.set_writable(True)

    def stopProducing(self) -> None:  # noqa: N802
        self._client.set_writable(True)


def watch(send: Callable[..., Any], client: Client) -> None:
    """Have ``client`` told when the server's buffer for it is full.

    Daphne passes ``functools.partial(server.handle_reply, protocol)``. Other servers wait inside
    ``send`` themselves and need nothing.
    """
    protocol = next(iter(getattr(send, "args", ())), None)
    transport = getattr(protocol, "transport", None)
    if transport is None:
        return
    # The HTTP channel that received the handshake is still registered.
    transport.unregisterProducer()
    transport.registerProducer(_Producer(client), True)
