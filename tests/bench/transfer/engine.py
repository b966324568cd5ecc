"""``python -m tests.bench.transfer.engine URL FOLDER [CONNECTIONS]``: our engine for HLS alone."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

from downloads.transfer.hls.engine import HlsEngine
from downloads.transfer.media import Wanted
from downloads.transfer.process import prepare
from downloads.transfer.wire import HostPauses, Limiter, MediaClient
from providers.base import Media, MediaKind
from providers.guard import AddressGuard
from providers.rates import MemoryRateStore

CONNECTIONS = 8  # as many as the product has without a setting


def connect(connections: int, media: Media) -> MediaClient:
    return MediaClient(
        guard=AddressGuard(["127.0.0.1"]),
        headers=media.headers,
        connections=connections,
        limiter=Limiter(),
        pauses=HostPauses(MemoryRateStore()),
    )


def main(url: str, folder: str, connections: int = CONNECTIONS) -> None:
    prepare()
    Path(folder).mkdir(parents=True, exist_ok=True)
    engine = HlsEngine(partial(connect, connections), connections)
    engine.fetch(Media(url, MediaKind.HLS), Path(folder), Wanted(), lambda _reading: None)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:]))
