"""A server and a client of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from typing import Any

import pytest

from downloads.transfer.wire import HostPauses, Limiter, MediaClient
from providers.guard import AddressGuard
from providers.rates import MemoryRateStore
from tests.media_server import MediaServer

Clients = Callable[..., MediaClient]


@pytest.fixture
def server() -> Iterator[MediaServer]:
    with MediaServer().running() as server:
        yield server


@pytest.fixture
def clients() -> Iterator[Clients]:
    """Makes clients that may ask loopback, and hardly pause between two tries."""
    with ExitStack() as opened:

        def make(headers: Mapping[str, str] | None = None, **settings: Any) -> MediaClient:
            chosen: dict[str, Any] = {
                "guard": AddressGuard(["127.0.0.1"]),
                "connections": 8,
                "limiter": Limiter(),
                "pauses": HostPauses(MemoryRateStore()),
                "retry_pause": 0.01,
            }
            client = MediaClient(headers=headers or {}, **{**chosen, **settings})
            return opened.enter_context(closing(client))

        yield make


@pytest.fixture
def client(clients: Clients) -> MediaClient:
    return clients()
