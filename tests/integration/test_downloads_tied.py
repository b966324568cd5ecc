"""An episode of a site that is down for good comes from the one its series is tied to, and the item
says what each of them said."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aniworld.config import store
from downloads.choices import Status
from downloads.models import DownloadQueueItem
from downloads.snapshots import serialise
from library.models import AnimeSeries
from library.ties.links import set_link
from library.ties.services import compare, tie_series
from tests.integration.downloads_support import files_in, queue, seconds_of, work
from tests.media_server import Exchange, File, MediaServer
from tests.site.media import CLIPS, ensure_media
from tests.site.world import SampleWorld, shared_data

CLIP = CLIPS[0]
SHIFTED = [
    {
        "library_season": 1,
        "library_first": 1,
        "library_last": 3,
        "provider_season": 1,
        "provider_first": 2,
    }
]


@pytest.fixture
def friend() -> Iterator[MediaServer]:
    """A feed that lists the same series, with a recap before its first episode."""
    film = ensure_media(shared_data()) / CLIP.name / "mp4/v180.mp4"
    source = {"url": "v/1.mp4", "language": "de"}
    episodes = [
        {"season": 1, "number": number, "title": f"Part {number}", "sources": [source]}
        for number in range(1, 5)
    ]
    feed = json.dumps({"version": 1, "series": [_series("moon", episodes)]}).encode()
    with MediaServer().running() as server:
        server.url("/v/1.mp4", File(film.read_bytes()))
        server.url("/feed.json", lambda exchange: _json(exchange, feed))
        yield server


def _series(key: str, episodes: list[dict[str, Any]]) -> dict[str, Any]:
    return {"key": key, "title": "Moon", "episodes": episodes}


def _json(exchange: Exchange, body: bytes) -> None:
    exchange.answer(200, {"Content-Type": "application/json"}, body)


@pytest.fixture
def tied(world: SampleWorld, series: AnimeSeries, friend: MediaServer) -> AnimeSeries:
    def change(values: dict[str, Any]) -> None:
        values["providers"]["sites"]["friends"] = {
            "provider": "manifest",
            "enabled": True,
            "position": 1,
            "base_url": f"{friend.url('')}/feed.json",
            "requests_per_second": 100,
        }

    store.update(change)
    return series


def _completed(pk: int, library: Path) -> dict[str, Any]:
    item = DownloadQueueItem.objects.select_related("series").get(pk=pk)
    assert item.status == Status.COMPLETED, item.error
    [name] = files_in(library)
    assert seconds_of(library / name) == pytest.approx(CLIP.seconds, abs=0.3)
    told: dict[str, Any] = dict(serialise(item))
    return told


def test_a_site_that_is_down_for_good(tied: AnimeSeries, world: SampleWorld, library: Path) -> None:
    found = compare(tied, site="friends", key="moon", numbering=SHIFTED)
    assert found.found == 3
    tie_series(tied, site="friends", key="moon", numbering=SHIFTED)
    world.fail_status(503, side="catalogue")
    [pk] = queue(tied, 2)
    work()
    told = _completed(pk, library)
    assert (told["provider"], told["hoster"], told["retry_count"]) == ("friends", "direct", 0)
    assert [(one["provider"], one["stage"], one["code"]) for one in told["attempts"]] == [
        ("aniworld", "site", "site_down")
    ]
    assert "answered with an error (503)" in told["attempts"][0]["text"]


def test_a_site_that_wants_a_check_in_the_browser(
    tied: AnimeSeries, world: SampleWorld, library: Path
) -> None:
    tie_series(tied, site="friends", key="moon")
    world.fail("ddos_guard", side="catalogue")
    [pk] = queue(tied, 1)
    work()
    told = _completed(pk, library)
    assert told["provider"] == "friends"
    assert {one["code"] for one in told["attempts"]} == {"challenge"}


def test_without_a_tie_it_waits(tied: AnimeSeries, world: SampleWorld, library: Path) -> None:
    world.fail_status(503, side="catalogue")
    [pk] = queue(tied, 2)
    work()
    assert DownloadQueueItem.objects.get(pk=pk).status == Status.PENDING
    assert files_in(library) == []


def test_a_link_of_the_owners_own_needs_no_site(
    tied: AnimeSeries, friend: MediaServer, world: SampleWorld, library: Path
) -> None:
    world.fail_status(503, side="catalogue")
    set_link(tied, 1, 2, link=f"{friend.url('')}/v/1.mp4", language="English Dub")
    [pk] = queue(tied, 2)
    work()
    told = _completed(pk, library)
    assert (told["provider"], told["language"], told["attempts"]) == ("@own", "English Dub", [])
    assert not [one for one in world.log() if one["path"].endswith("episode-2")]
