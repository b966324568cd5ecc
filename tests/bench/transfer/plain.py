"""``python -m tests.bench.transfer.plain URL FOLDER``: our engine for plain files alone."""

from __future__ import annotations

import sys
from pathlib import Path

from downloads.transfer.ranges import RangesEngine
from downloads.transfer.wire import HostPauses, Limiter, MediaClient
from providers.base import Media, MediaKind
from providers.guard import AddressGuard
from providers.rates import MemoryRateStore

CONNECTIONS = 8


def connect(media: Media) -> MediaClient:
    return MediaClient(
        guard=AddressGuard(["127.0.0.1"]),
        headers=media.headers,
        connections=CONNECTIONS,
        limiter=Limiter(),
        pauses=HostPauses(MemoryRateStore()),
    )


def main(url: str, folder: str) -> None:
    engine = RangesEngine(connect, CONNECTIONS)
    engine.fetch(Media(url, MediaKind.FILE), Path(folder), lambda _reading: None)


if __name__ == "__main__":
    main(*sys.argv[1:])
