"""What a playlist names, or a redirect leads to, is fetched by http and https alone."""

from __future__ import annotations

import gc
import http.server
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from downloads.transfer.errors import TransferError
from downloads.transfer.ytdlp import YtDlpEngine
from providers.base import Media, MediaKind
from providers.errors import ProviderError

# yt-dlp leaves files open where it ends with an error.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

PLAYLIST = """#EXTM3U
#EXT-X-VERSION:3
#EXT-X-TARGETDURATION:2
{key}#EXTINF:2,
{piece}
#EXT-X-ENDLIST
"""


class Listener:
    """A port that notes whether anybody has come."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.visits = 0
        threading.Thread(target=self._wait, daemon=True).start()

    def _wait(self) -> None:
        while True:
            try:
                visitor, _ = self._socket.accept()
            except OSError:
                return
            self.visits += 1
            visitor.close()

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.close()


@contextmanager
def serving(playlist: str, redirect: str = "") -> Iterator[str]:
    """A host of media; gives the address of its playlist."""

    class Host(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if redirect and "piece" in self.path:
                self.send_response(302)
                self.send_header("Location", redirect)
                self.end_headers()
                return
            self.send_response(200)
            self.send_header("Content-Type", "application/vnd.apple.mpegurl")
            self.send_header("Content-Length", str(len(playlist)))
            self.end_headers()
            self.wfile.write(playlist.encode())

        do_HEAD = do_GET  # noqa: N815 - the name is the method

        def log_message(self, *_: object) -> None:
            return None

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Host) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/media.m3u8"
        server.shutdown()


@pytest.mark.parametrize("scheme", ["ftp", "FTP", "ws", "file", "data", "gopher", "rtmp"])
@pytest.mark.parametrize("where", ["piece", "key", "redirect"])
def test_other_schemes_are_not_followed(
    tmp_path: Path, listener: Listener, scheme: str, where: str
) -> None:
    (tmp_path / "secret").write_bytes(b"G" * 188)
    address = {
        "file": f"file://{tmp_path}/secret",
        "data": "data:video/mp2t;base64,R0dHRw==",
    }.get(scheme, f"{scheme}://127.0.0.1:{listener.port}/secret")
    key = f'#EXT-X-KEY:METHOD=AES-128,URI="{address}"\n' if where == "key" else ""
    piece = address if where == "piece" else "piece.ts"
    folder = tmp_path / "work"
    folder.mkdir()
    redirect = address if where == "redirect" else ""
    with serving(PLAYLIST.format(key=key, piece=piece), redirect) as url:
        engine = YtDlpEngine(retry_pause=0.0)
        with pytest.raises((ProviderError, TransferError)):
            engine.fetch(Media(url=url, kind=MediaKind.HLS), folder, lambda _reading: None)
    gc.collect()  # what was left open is closed here, and not in somebody else's test
    assert listener.visits == 0
    assert not [file for file in folder.iterdir() if file.read_bytes() == b"G" * 188]
