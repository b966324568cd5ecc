"""``python -m tests.bench.transfer.engine URL FOLDER``: our engine for HLS alone, to a file."""

from __future__ import annotations

import sys
from pathlib import Path

from downloads.transfer.child import prepare
from downloads.transfer.hls.engine import HlsEngine
from downloads.transfer.media import Wanted
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
    prepare()
    Path(folder).mkdir(parents=True, exist_ok=True)
    engine = HlsEngine(connect, CONNECTIONS)
    engine.fetch(Media(url, MediaKind.HLS), Path(folder), Wanted(), lambda _reading: None)


if __name__ == "__main__":
    main(*sys.argv[1:])
