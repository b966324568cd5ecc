"""Streams, a server that breaks them on command, and the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from downloads.transfer.hls.engine import HlsEngine
from downloads.transfer.languages import wanted
from downloads.transfer.media import Muxed
from downloads.transfer.messages import Reading
from downloads.transfer.wire import HostPauses, Limiter, MediaClient
from providers.base import Caption, Media, MediaKind
from providers.guard import AddressGuard
from providers.rates import MemoryRateStore
from tests import streams
from tests.media_server import File, MediaServer


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``a.mp4``, another one of the same length, and pieces of both; never changed by a test."""
    folder = tmp_path_factory.mktemp("films")
    streams.film(folder / "a.mp4")
    streams.film(folder / "b.mp4", streams.Look(hue=120, tone=880))
    streams.film(folder / "small.mp4", streams.Look(size="160x90"))
    for name in ("a", "b", "small"):
        streams.hls(folder / f"{name}.mp4", folder / name)
        streams.rendition(folder / f"{name}.mp4", folder / f"{name}-v", "v")
        streams.rendition(folder / f"{name}.mp4", folder / f"{name}-a", "a")
    streams.hls(folder / "a.mp4", folder / "a-fmp4", fmp4=True)
    return folder


@pytest.fixture
def server() -> Iterator[MediaServer]:
    with MediaServer().running() as server:
        yield server


@dataclass
class Stage:
    """Serves streams and fetches them into one folder."""

    server: MediaServer
    folder: Path
    readings: list[Reading] = field(default_factory=list)
    connections: int = 8
    tell: Callable[[Reading], None] | None = None

    def serve(self, folder: Path, prefix: str = "") -> dict[str, File]:
        return streams.serve(self.server, folder, prefix)

    def fetch(
        self,
        path: str = "/index.m3u8",
        language: str = "German Dub",
        others: tuple[str, ...] = (),
        captions: tuple[Caption, ...] = (),
    ) -> Muxed:
        self.folder.mkdir(exist_ok=True)
        engine = HlsEngine(self.connect, self.connections)
        media = Media(self.server.url(path), MediaKind.HLS, captions=captions)
        return engine.fetch(
            media, self.folder, wanted(language, others), self.tell or self.readings.append
        )

    def connect(self, media: Media) -> MediaClient:
        return MediaClient(
            guard=AddressGuard(["127.0.0.1"]),
            headers=media.headers,
            connections=self.connections,
            limiter=Limiter(),
            pauses=HostPauses(MemoryRateStore()),
            retry_pause=0.01,
        )

    def pieces_asked(self) -> list[str]:
        return [path for path in self.server.paths() if "seg-" in path]


@pytest.fixture
def stage(server: MediaServer, tmp_path: Path) -> Stage:
    return Stage(server, tmp_path / "source")
