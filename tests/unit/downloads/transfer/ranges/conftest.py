"""A server, an engine that asks it, and a folder to fetch into."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from downloads.transfer.messages import Reading
from downloads.transfer.ranges import RangesEngine
from downloads.transfer.wire import HostPauses, Limiter, MediaClient
from providers.base import Media, MediaKind
from providers.guard import AddressGuard
from providers.rates import MemoryRateStore
from tests.media_server import MediaServer

HEAD = b"\0\0\0\x18ftypisom"


def film(size: int, seed: int = 1) -> bytes:
    """Bytes that begin as a film does."""
    return HEAD + random.Random(seed).randbytes(size - len(HEAD))


@dataclass
class Fetches:
    """Fetches into one folder, as tries of one item do."""

    folder: Path
    connections: int = 4
    timeout: float = 20.0
    keep_free: int = 0
    patience: float | None = None
    readings: list[Reading] = field(default_factory=list)
    tell: Callable[[Reading], None] | None = None

    def __call__(self, url: str) -> bytes:
        """What was fetched."""
        path, self.announced = self._engine().fetch(self.media(url), self.folder, self._told)
        return path.read_bytes()

    def media(self, url: str) -> Media:
        return Media(url, MediaKind.FILE, {"Referer": "https://hoster.test/"})

    def command(self, url: str) -> list[str]:
        """The same as a process of its own."""
        return [sys.executable, "-m", __name__, url, str(self.folder), str(self.connections)]

    def _engine(self) -> RangesEngine:
        return RangesEngine(self._connect, self.connections, self.keep_free)

    def _connect(self, media: Media) -> MediaClient:
        return MediaClient(
            guard=AddressGuard(["127.0.0.1"]),
            headers=media.headers,
            connections=self.connections,
            limiter=Limiter(),
            pauses=HostPauses(MemoryRateStore()),
            retry_pause=0.01,
            timeout=self.timeout,
            patience=self.patience,
        )

    def _told(self, reading: Reading) -> None:
        self.readings.append(reading)
        if self.tell is not None:
            self.tell(reading)


@pytest.fixture
def server() -> Iterator[MediaServer]:
    with MediaServer().running() as server:
        yield server


@pytest.fixture
def fetch(tmp_path: Path) -> Fetches:
    return Fetches(tmp_path / "source")


if __name__ == "__main__":
    address, where, connections = sys.argv[1:]
    Fetches(Path(where), int(connections))(address)
