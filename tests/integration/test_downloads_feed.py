"""A feed of the owner's, the whole way: added, its series taken in, an episode in its place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import pytest
from pytest_django import Settings

from aniworld.config import store
from downloads.choices import Status
from downloads.models import DownloadQueueItem
from library.choices import EpisodeState
from library.models import AnimeSeries, Episode
from library.services.series import add_series
from tests.integration.downloads_support import files_in, queue, seconds_of, work
from tests.media_server import Exchange, File, MediaServer
from tests.site.media import CLIPS, ensure_media
from tests.site.world import shared_data

CLIP = CLIPS[0]
VTT = "WEBVTT\n\n00:01.000 --> 00:03.000\nEin Kranich.\n"


@pytest.fixture
def server() -> Iterator[MediaServer]:
    film = ensure_media(shared_data()) / CLIP.name / "mp4/v180.mp4"
    with MediaServer().running() as server:
        server.url("/v/1.mp4", File(film.read_bytes()))
        server.url("/v/1.vtt", _text(VTT, "text/vtt"))
        yield server


@pytest.fixture(autouse=True)
def _library(db: None, library: Path) -> Iterator[None]:
    library.mkdir()

    def change(values: dict[str, Any]) -> None:
        values["library"]["directories"] = [str(library)]

    store.update(change)
    yield
    store.path().unlink()


def _text(text: str, content_type: str) -> Any:
    def answer(exchange: Exchange) -> None:
        exchange.answer(200, {"Content-Type": content_type}, text.encode())

    return answer


def _feed(base: str = "") -> str:
    source = {
        "url": "v/1.mp4",
        "language": "de",
        "captions": [{"url": "v/1.vtt", "language": "de"}],
    }
    episodes = [
        {"season": 1, "number": 1, "title": "Feathers", "sources": [source]},
        {"season": 1, "number": 2, "title": "Wings"},
    ]
    series = {"key": "crane", "title": "The Crane", "year": 2024, "episodes": episodes}
    return json.dumps({"version": 1, "base": base, "series": [series, {"key": "broken"}]})


def _choose(address: str) -> None:
    def change(values: dict[str, Any]) -> None:
        values["providers"]["sites"] = {
            "friends": {
                "provider": "manifest",
                "enabled": True,
                "label": "My friends",
                "base_url": address,
                "requests_per_second": 100,
            }
        }
        values["downloads"].update({"retry_base_seconds": 0, "min_free_mb": 0})

    store.update(change)


def _arrives(library: Path) -> None:
    series, is_new = add_series(site="friends", key="crane")
    assert is_new
    assert (series.site, series.site_key, series.name) == ("friends", "crane", "The Crane")
    [pk] = queue(series, 1)
    work()
    item = DownloadQueueItem.objects.get(pk=pk)
    assert item.status == Status.COMPLETED, item.error
    [name] = files_in(library)
    assert name.startswith("The Crane (2024)/Season 01/The Crane - S01E01 - Feathers.")
    assert seconds_of(library / name) == pytest.approx(CLIP.seconds, abs=0.3)
    with av.open(str(library / name)) as container:
        languages = [stream.language for stream in container.streams.subtitles]
    assert languages == ["deu"]
    states = dict(Episode.objects.values_list("episode_number", "state"))
    assert states[1] == EpisodeState.PRESENT
    assert states[2] != EpisodeState.MISSING  # it is announced
    assert AnimeSeries.objects.get().missing_count == 0


def test_an_episode_of_a_feed_at_an_address(library: Path, server: MediaServer) -> None:
    _choose(server.url("/feed.json", _text(_feed(), "application/json")))
    _arrives(library)
    assert "/v/1.vtt" in server.paths()


def test_an_episode_of_a_feed_in_a_file(
    library: Path,
    server: MediaServer,
    tmp_path: Path,
    settings: Settings,
) -> None:
    folder = tmp_path / "feeds"
    folder.mkdir()
    settings.MANIFEST_ROOTS = [str(folder)]
    (folder / "my feed.json").write_text(_feed(f"{server.address}/"))
    _choose((folder / "my feed.json").as_uri())
    _arrives(library)


def test_an_episode_of_a_podcast(library: Path, server: MediaServer) -> None:
    item = (
        "<item><title>Feathers</title><itunes:episode>1</itunes:episode>"
        '<enclosure url="v/1.mp4" type="video/mp4"/></item>'
    )
    text = (
        '<rss xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel>'
        f"<title>The Crane</title><language>de</language>{item}</channel></rss>"
    )
    _choose(server.url("/feed.xml", _text(text, "application/rss+xml")))
    series, _ = add_series(site="friends", key="friends")
    queue(series, 1)
    work()
    assert DownloadQueueItem.objects.get().status == Status.COMPLETED
    [name] = files_in(library)
    assert "The Crane - S01E01 - Feathers." in name
