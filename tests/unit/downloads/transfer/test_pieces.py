"""Pieces of a stream that an earlier try has left: which of them a later one joins."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from downloads.transfer.errors import FragmentMissing
from downloads.transfer.ytdlp import YtDlpEngine
from providers.base import Media, MediaKind

NAMES = [f"seg-{number}.ts" for number in range(8)]


@dataclass
class Hoster:
    """Serves one playlist and its pieces, each of which holds its own name."""

    address: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def offer(self, names: Sequence[str], *, seconds: int = 4, lost: str = "") -> None:
        lines = [f"#EXTINF:{seconds},\n{name}?signed={id(names)}" for name in names]
        head = ["#EXTM3U", "#EXT-X-TARGETDURATION:10"]
        self.files = {name: name.encode() for name in names if name != lost}
        self.files["list.m3u8"] = "\n".join([*head, *lines, "#EXT-X-ENDLIST", ""]).encode()
        self.asked.clear()

    def fetch(self, folder: Path) -> str:
        media = Media(f"{self.address}/list.m3u8", kind=MediaKind.HLS)
        download = YtDlpEngine(retry_pause=0).fetch(media, folder, lambda _reading: None)
        return "".join(file.read_text() for file in download.files)


@pytest.fixture
def hoster() -> Iterator[Hoster]:
    told = Hoster()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.partition("?")[0].strip("/")
            told.asked.append(name)
            content = told.files.get(name, b"")
            self.send_response(200 if content else 404)
            kind = "application/vnd.apple.mpegurl" if name == "list.m3u8" else "video/mp2t"
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_HEAD = do_GET  # noqa: N815 - the base class's name

        def log_message(self, *_words: Any) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    told.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def begun(hoster: Hoster, tmp_path: Path) -> Path:
    """A folder in which all pieces but one are."""
    hoster.offer(NAMES, lost=NAMES[5])
    with pytest.raises(FragmentMissing):
        hoster.fetch(tmp_path)
    return tmp_path


def test_nothing_but_the_pieces_is_kept_of_a_stream_that_failed(begun: Path) -> None:
    assert {file.name for file in begun.iterdir()} == {
        "playlists",
        *(f"media-0.mp4.part-Frag{number}" for number in range(1, 9) if number != 6),
    }


def test_pieces_of_the_same_playlist_are_gone_on_with(hoster: Hoster, begun: Path) -> None:
    hoster.offer(list(NAMES))
    assert hoster.fetch(begun) == "".join(NAMES)
    assert [name for name in hoster.asked if name in NAMES] == [NAMES[5]]
    assert [file.name for file in begun.iterdir()] == ["media-0.mp4"]


@pytest.mark.parametrize(
    ("names", "seconds"),
    [
        pytest.param([*NAMES[:2], "ad.ts", *NAMES[2:]], 4, id="with-an-advertisement"),
        pytest.param(NAMES[1:], 4, id="without-one-now"),
        pytest.param([f"hd-{name}" for name in NAMES], 4, id="other-quality"),
        pytest.param(NAMES[:4], 8, id="longer-pieces"),
        pytest.param(NAMES[::-1], 4, id="other-order"),
    ],
)
def test_pieces_of_another_playlist_are_never_joined(
    hoster: Hoster, begun: Path, names: list[str], seconds: int
) -> None:
    hoster.offer(names, seconds=seconds)
    assert hoster.fetch(begun) == "".join(names)
    assert [file.name for file in begun.iterdir()] == ["media-0.mp4"]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
@pytest.mark.parametrize(
    "name", ["playlists", "media-0.mp4.part-Frag1.part", "media-0.mp4.part", "media-0.mp4.ytdl"]
)
def test_what_others_have_laid_into_the_folder_is_not_written_through(
    hoster: Hoster, tmp_path: Path, name: str, kind: str
) -> None:
    somebodys, folder = tmp_path / "somebody's", tmp_path / "work"
    somebodys.write_text("a photo")
    folder.mkdir()
    if kind == "link":
        (folder / name).symlink_to(somebodys)
    elif kind == "pipe":
        os.mkfifo(folder / name)
    else:
        (folder / name / "inner").mkdir(parents=True)
    hoster.offer(NAMES)
    assert hoster.fetch(folder) == "".join(NAMES)
    assert somebodys.read_text() == "a photo"
