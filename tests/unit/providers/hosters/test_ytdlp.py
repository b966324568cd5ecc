"""A link that yt-dlp has an extractor for, read by it in its own process from a server of ours."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from providers.base import Media, MediaKind
from providers.errors import (
    AddressRefused,
    DecoderOutdated,
    HosterBlocked,
    HosterDown,
    MediaGone,
    ProviderError,
    UnsupportedHoster,
)
from providers.extraction.formats import captions, chosen
from providers.guard import AddressGuard
from providers.hosters import ytdlp
from providers.hosters.ytdlp import PROJECT, YtDlpHoster
from providers.http import HttpClient
from providers.watching import Called, Unwatched
from tests.unit.providers.conftest import Reply, WebServer

# One of the extractors that read a kind of server wherever it stands.
PLAY = "/Mediasite/Play/2db6c271681e4f199af3c60d1f82869b1d"
OPTIONS = "/Mediasite/PlayerService/PlayerService.svc/json/GetPlayerOptions"


class Noting(Unwatched):
    def __init__(self) -> None:
        self.calls: list[Called] = []

    def note(self, called: Called) -> None:
        self.calls.append(called)


@pytest.fixture
def watch() -> Noting:
    return Noting()


@pytest.fixture
def hoster(web: WebServer, watch: Noting) -> YtDlpHoster:
    return YtDlpHoster(client(web, watch))


def client(web: WebServer, watch: Noting, allow: tuple[str, ...] = ("127.0.0.1",)) -> HttpClient:
    return HttpClient("hoster:ytdlp", guard=AddressGuard(allow), interval=0.0, watch=watch)


def streams(web: WebServer, *videos: Mapping[str, str]) -> None:
    """Let the server have a lecture with these videos."""
    web.on(PLAY, "<html><body>A player</body></html>")
    stream = {"StreamType": 0, "VideoUrls": [dict(one) for one in videos]}
    told = {"d": {"Presentation": {"Title": "A lecture", "Streams": [stream]}}}
    web.on(OPTIONS, Reply(json.dumps(told), headers={"Content-Type": "application/json"}))


def video(url: str, kind: str = "video/mp4") -> dict[str, str]:
    return {"Location": url, "MimeType": kind, "MediaType": "MP4"}


def test_a_file_is_found(web: WebServer, hoster: YtDlpHoster, watch: Noting) -> None:
    streams(web, video(f"{web.url}/film.mp4"))
    media = hoster.resolve(web.url + PLAY, referer="https://catalogue.example/")
    assert (media.url, media.kind, media.variant) == (
        f"{web.url}/film.mp4",
        MediaKind.FILE,
        "Mediasite",
    )
    assert media.headers["User-Agent"]
    assert web.seen[0].headers["Referer"] == "https://catalogue.example/"
    assert "Cookie" not in media.headers
    assert [(one.service, one.error) for one in watch.calls] == [("hoster:ytdlp", None)]


def test_a_playlist_is_taken_by_its_own_address(web: WebServer, hoster: YtDlpHoster) -> None:
    streams(web, video(f"{web.url}/master.m3u8", "application/x-mpegurl"))
    variants = "#EXT-X-STREAM-INF:BANDWIDTH=900000,RESOLUTION=640x360\nlow.m3u8\n"
    web.on("/master.m3u8", f"#EXTM3U\n{variants}")
    media = hoster.resolve(web.url + PLAY)
    assert (media.url, media.kind) == (f"{web.url}/master.m3u8", MediaKind.HLS)


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply("gone", 404), MediaGone),
        (Reply("no", 403), HosterBlocked),
        (Reply("broken", 503), HosterDown),
        (Reply("{}", headers={"Content-Type": "application/json"}), DecoderOutdated),
        (Reply("[" * 100_000), DecoderOutdated),
    ],
)
def test_what_goes_wrong_is_told_apart(
    web: WebServer, hoster: YtDlpHoster, reply: Reply, error: type[ProviderError]
) -> None:
    web.on(PLAY, "<html><body>A player</body></html>")
    web.on(OPTIONS, reply)
    with pytest.raises(error) as caught:
        hoster.resolve(web.url + PLAY)
    assert caught.value.params.get("reason") != ""


def test_nothing_of_use_is_no_source(web: WebServer, hoster: YtDlpHoster) -> None:
    streams(web)
    with pytest.raises((DecoderOutdated, HosterBlocked)):
        hoster.resolve(web.url + PLAY)


def test_what_it_knows_no_extractor_for_is_not_asked(
    web: WebServer, hoster: YtDlpHoster, watch: Noting
) -> None:
    with pytest.raises(UnsupportedHoster):
        hoster.resolve(f"{web.url}/film")
    assert (web.seen, watch.calls) == ([], [])
    for link in ("file:///etc/passwd", "ytsearch:cats", "http://169.254.169.254/Mediasite/Play/x"):
        with pytest.raises(AddressRefused):
            hoster.resolve(link)


@pytest.mark.parametrize("host", ["dood.to", "dood.re", "filemoon.sx"])
def test_a_domain_that_is_refused_is_left(hoster: YtDlpHoster, watch: Noting, host: str) -> None:
    """yt-dlp refuses these by their names. No other address is made up for them."""
    with pytest.raises(UnsupportedHoster):
        hoster.resolve(f"https://{host}/e/abcdefghijkl")
    assert watch.calls == []


PROGRAM = """
import sys
from providers.errors import UnsupportedHoster
from providers.guard import AddressGuard
from providers.hosters.ytdlp import YtDlpHoster
from providers.http import HttpClient
from providers.own import likely
link = "https://changing-name.example/e/abc"
likely(link)
try:
    YtDlpHoster(HttpClient("hoster:ytdlp", guard=AddressGuard([]))).resolve(link)
except UnsupportedHoster:
    print([name for name in sys.modules if name.startswith("yt_dlp")])
"""


def test_its_patterns_are_tried_by_the_child_alone() -> None:
    """With some of them a link takes as long as its writer likes."""
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    assert ran.stdout == "[]\n"


def test_a_child_that_says_more_than_any_answer_is_not_listened_to(
    web: WebServer, hoster: YtDlpHoster, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    endless = tmp_path / "endless"
    endless.write_text("#!/bin/sh\nexec yes\n")
    endless.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(endless))
    monkeypatch.setattr(ytdlp, "PATIENCE", 5.0)
    with pytest.raises(DecoderOutdated) as caught:
        hoster.resolve(web.url + PLAY)
    assert caught.value.params["why"] == "died"


def test_an_address_without_end_is_none() -> None:
    far = "https://x.example/" + "a" * 8_000
    assert chosen({"formats": [fmt(url=far), fmt(url=far, protocol="m3u8")]}) is None
    assert list(captions({"subtitles": {"de": [{"ext": "vtt", "url": far}]}})) == []


def test_it_leads_to_no_private_address(web: WebServer, watch: Noting) -> None:
    """The page is redirected; what it is redirected to is not asked."""
    other = WebServer()
    try:
        web.on(PLAY, Reply("", 302, {"Location": f"http://localhost:{other.port}{PLAY}"}))
        only = YtDlpHoster(client(web, watch, allow=("127.0.0.1",)))
        refused = YtDlpHoster(client(web, watch, allow=()))
        with pytest.raises(AddressRefused):
            refused.resolve(web.url + PLAY)
        streams(other, video("http://10.0.0.1/film.mp4"))
        with pytest.raises(AddressRefused):
            only.resolve(web.url + PLAY)
    finally:
        other.close()


def test_one_that_takes_for_ever_is_given_up(
    web: WebServer, hoster: YtDlpHoster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ytdlp, "PATIENCE", 0.05)
    streams(web, video(f"{web.url}/film.mp4"))
    with pytest.raises(HosterDown) as caught:
        hoster.resolve(web.url + PLAY)
    assert caught.value.params["why"] == "too_slow"


def fmt(**fields: Any) -> dict[str, Any]:
    return {"url": "https://x.example/f", "protocol": "https", **fields}


def test_the_best_that_our_engines_take_is_chosen() -> None:
    def best(*formats: dict[str, Any]) -> tuple[str, MediaKind] | None:
        found = chosen({"formats": list(formats)})
        return (found.url, found.kind) if found else None

    master = {"protocol": "m3u8_native", "manifest_url": "https://x.example/m"}
    assert best(fmt(height=360), fmt(height=720, url="b"), fmt(height=360, url="c")) == (
        "b",
        MediaKind.FILE,
    )
    assert best(fmt(height=720), fmt(height=1080, **master)) == (
        "https://x.example/m",
        MediaKind.HLS,
    )
    assert best(fmt(height=720), fmt(height=720, **master)) == (
        "https://x.example/f",
        MediaKind.FILE,
    )
    dash = {"protocol": "http_dash_segments", "manifest_url": "https://x.example/d"}
    assert best(fmt(**dash)) == ("https://x.example/d", MediaKind.DASH)
    for useless in (
        fmt(vcodec="none"),
        fmt(acodec="none"),
        fmt(has_drm=True),
        fmt(protocol="rtmp"),
        fmt(url=None),
        fmt(protocol="http_dash_segments"),
    ):
        assert best(useless) is None
    assert chosen({"formats": ["x", 5, None]}) is None
    assert chosen({"url": "https://x.example/f"}) is not None


def test_subtitles_are_passed_on() -> None:
    listed = {
        "de": [{"ext": "json3", "url": "a"}, {"ext": "vtt", "url": "https://x.example/de"}],
        "en": [{"ext": "ttml", "url": "b"}],
        "fr": "nonsense",
    }
    assert list(captions({"subtitles": listed})) == [("https://x.example/de", "de", "")]
    assert list(captions({"subtitles": "nonsense"})) == []


def test_a_media_can_be_sent_on(web: WebServer, hoster: YtDlpHoster) -> None:
    """It has no more in it than others: nothing of yt-dlp's own."""
    streams(web, video(f"{web.url}/film.mp4"))
    media = hoster.resolve(web.url + PLAY)
    assert isinstance(media, Media)
    assert set(media.headers) <= {"User-Agent", "Referer", "Origin"}
