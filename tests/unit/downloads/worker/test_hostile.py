"""Streams made to harm: the engine fails in our words, and fetches nothing but web addresses."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from downloads.transfer import fetch
from downloads.transfer.errors import (
    ConnectionLost,
    LiveStream,
    NotMedia,
    SourceStumbled,
    TransferError,
)
from downloads.transfer.media import Wanted
from downloads.transfer.ytdlp import YtDlpEngine
from providers.base import Media, MediaKind, Source
from providers.errors import AddressRefused

HLS = "application/vnd.apple.mpegurl"


def playlist(*lines: str, end: str = "#EXT-X-ENDLIST") -> bytes:
    return "\n".join(("#EXTM3U", "#EXT-X-TARGETDURATION:4", *lines, end, "")).encode()


@contextmanager
def serving(answer: bytes, content_type: str) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_HEAD = do_GET  # noqa: N815 - the base class's name

        def log_message(self, *_words: Any) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(playlist("#EXTINF:1.2.3,", "/a.ts"), NotMedia, id="length-no-number"),
        pytest.param(playlist("#EXTINF:nan,", "/a.ts"), NotMedia, id="length-nan"),
        pytest.param(playlist(f"#EXTINF:{'9' * 400},", "/a.ts"), NotMedia, id="length-infinite"),
        pytest.param(
            playlist("#EXT-X-STREAM-INF:BANDWIDTH=1", "file:///etc/passwd"),
            LiveStream,
            id="local-file",
        ),
        pytest.param(playlist("#EXTINF:4,", "/a.ts", end=""), LiveStream, id="without-end"),
        pytest.param(playlist(), LiveStream, id="empty"),
    ],
)
def test_a_hostile_playlist_is_the_sources_fault(
    tmp_path: Path, answer: bytes, expected: type[TransferError]
) -> None:
    engine = YtDlpEngine(retry_pause=0)
    with serving(answer, HLS) as address:
        media = Media(f"{address}/master.m3u8", kind=MediaKind.HLS)
        with pytest.raises(expected) as caught:
            engine.fetch(media, tmp_path, lambda _reading: None)
    assert caught.value.is_sources_fault
    assert list(tmp_path.iterdir()) == []


def test_a_forbidden_address_is_named_where_the_engine_only_lost_its_connection(
    tmp_path: Path,
) -> None:
    old, new = (AddressRefused(why="private", host=host) for host in ("10.0.0.9", "10.0.0.1"))
    forbidden = [old]

    @dataclass
    class Engines:
        patience: float | None = None

        def fetch(self, *_arguments: object, **_named: object) -> None:
            forbidden.append(new)
            raise ConnectionLost(why="failed", reason="Unable to handle request")

    nobody: Any = None
    engines: Any = Engines()
    transfer = fetch._Fetch(nobody, nobody, nobody, {}, lambda: engines, forbidden)
    media = Media("http://x", kind=MediaKind.DASH)
    with pytest.raises(AddressRefused, match=r"^10\.0\.0\.1 "):
        transfer._run_engine(media, tmp_path, Wanted(), lambda _reading: None)


def test_a_source_that_makes_us_stumble_is_one_of_several(tmp_path: Path) -> None:
    """As memory that runs out over what it sends: the next one is asked."""

    class Channel:
        def send(self, *_said: object) -> None:
            """Nobody listens."""

    @dataclass
    class Engines:
        patience: float | None = None

        def fetch(self, *_arguments: object, **_named: object) -> None:
            raise MemoryError

    nobody: Any = None
    job: Any = SimpleNamespace(work_dir=str(tmp_path), languages=("German Dub",))
    channel: Any = Channel()
    engines: Any = Engines
    transfer = fetch._Fetch(job, channel, nobody, {}, engines, [])
    source = Source("aniworld", "voe", "German Dub", "http://x")
    with pytest.raises(SourceStumbled) as caught:
        transfer._taken(nobody, source, Media("http://x", kind=MediaKind.HLS))
    assert caught.value.is_sources_fault
    assert caught.value.params == {"reason": "MemoryError"}
