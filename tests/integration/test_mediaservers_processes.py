"""Media servers are told of what a worker has fetched: web, worker and servers are processes and
sockets of their own."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.downloads_support import files_in
from tests.product import Product, free_port, wait_until
from tests.site.world import SampleWorld
from tests.telling_server import KEY as TOKEN
from tests.telling_server import MediaServer, media_server

KEY, PASSWORD = "mondlaterne", "lantern-otter-velvet"
LONG = 180.0  # seconds


@pytest.fixture
def product(running_world: SampleWorld, tmp_path: Path) -> Iterator[Product]:
    """Set up as an owner does, with one series; the worker does not run yet."""
    running_world.reset()
    data, library = tmp_path / "data", tmp_path / "library"
    data.mkdir()
    library.mkdir()
    with Product(data) as found:
        found.migrate()
        found.start_web()
        setup = {"master_password": PASSWORD, "anime_directory": str(library)}
        found.api("POST", "setup", setup, expect=201)
        found.log_in(PASSWORD)
        site = {
            "enabled": True,
            "base_url": running_world.catalogue_url,
            "requests_per_second": 100,
        }
        settings = {
            "providers": {"sites": {"aniworld": site}},
            "downloads": {"min_free_mb": 0},
            "media_servers": {"wait_seconds": 1},
        }
        found.api("PUT", "config", settings, expect=200)
        found.api("POST", "v1/anime", {"site": "aniworld", "key": KEY}, expect=201)
        yield found


def _add(product: Product, kind: str, address: str, library: Path) -> None:
    server = {
        **{"kind": kind, "name": kind.lower(), "address": address, "token": TOKEN},
        "paths": [f"{library}=/media/anime"],
    }
    product.api("POST", "media-servers", server, expect=201)


def _queue(product: Product, *episodes: int) -> None:
    wanted = {"episodes": [{"season": 1, "episode": number} for number in episodes]}
    product.api("POST", f"v1/anime/{KEY}/download", wanted, expect=201)


def _completed(product: Product) -> int:
    return int(product.api("GET", "queue/items?status=COMPLETED", expect=200)["count"])


def _folder(library: Path) -> str:
    """The folder of the only season, as the server calls it."""
    files = [name for name in files_in(library) if name.endswith((".mp4", ".mkv"))]
    files = [name for name in files if not name.startswith(".aniworld/")]
    [folder] = {name.rpartition("/")[0] for name in files}
    return f"/media/anime/{folder}"


def _told(server: MediaServer) -> list[Any]:
    return list(dict.fromkeys(server.told()))


def test_a_worker_fetches_on_while_one_server_hangs_and_another_is_told(
    product: Product, tmp_path: Path
) -> None:
    library = tmp_path / "library"
    with media_server("JELLYFIN") as well, media_server("PLEX") as hangs:
        hangs.mood = "hang"
        _add(product, "JELLYFIN", well.address, library)
        _add(product, "PLEX", hangs.address, library)
        _queue(product, 1)
        product.start_worker()
        product.api("POST", "queue/start", expect=200)
        wait_until(lambda: hangs.asked, seconds=LONG, what="the call that hangs")
        _queue(product, 2)
        product.api("POST", "queue/start", expect=200)
        wait_until(lambda: _completed(product) == 2, seconds=LONG, what="both downloads")
        folder = _folder(library)
        wait_until(well.told, seconds=LONG, what="the server that is well")
        assert _told(well) == [("Created", folder)]

        season = f"v1/anime/{KEY}/files?season=1"
        wait_until(lambda: product.api("GET", season)["files"], seconds=LONG, what="the files")
        product.api("DELETE", season, {}, expect=200)
        wait_until(lambda: len(_told(well)) > 1, seconds=LONG, what="the deletion")
        # Together with the second arrival, where that was not told before.
        assert _told(well)[-1] in {("Deleted", folder), ("Modified", folder)}
        hangs.released.set()


def test_what_could_not_be_told_outlives_a_kill_and_is_told_when_the_server_is_back(
    product: Product, tmp_path: Path
) -> None:
    library, port = tmp_path / "library", free_port()
    _add(product, "JELLYFIN", f"http://127.0.0.1:{port}", library)
    _queue(product, 1)
    product.start_worker()
    product.api("POST", "queue/start", expect=200)
    wait_until(lambda: _completed(product) == 1, seconds=LONG, what="the download")
    off = wait_until(lambda: _failing(product), seconds=LONG, what="the server that is off")
    assert off["error"]["params"]["errno"] == "ECONNREFUSED"
    product.stop("worker", by=signal.SIGKILL)
    with media_server("JELLYFIN", port) as server:
        product.start_worker()
        wait_until(server.told, seconds=LONG, what="what waited")
        assert server.told() == [("Created", _folder(library))]
    wait_until(
        lambda: not _failing(product), seconds=LONG, what="the state of a server that is well"
    )


def test_a_worker_that_ends_by_itself_tells_what_there_is(product: Product, tmp_path: Path) -> None:
    library = tmp_path / "library"
    waits = {"media_servers": {"wait_seconds": 3600, "nfo": "WRITE", "poster": "WRITE"}}
    product.api("PUT", "config", waits, expect=200)
    with media_server("JELLYFIN") as server:
        _add(product, "JELLYFIN", server.address, library)
        _queue(product, 1, 2)
        done = product.manage("runqueue", "--once", "--json")
        assert done.returncode == 0, done.stderr
        folder, show = _folder(library), _folder(library).rpartition("/")[0]
        assert sorted(server.told()) == [("Modified", show), ("Modified", folder)]
        described = {path.with_suffix("") for path in library.rglob("*.nfo")}
        videos = {library / name for name in files_in(library) if name.endswith((".mp4", ".mkv"))}
        [home] = {path.parent.parent for path in videos}
        assert described == {path.with_suffix("") for path in videos} | {home / "tvshow"}
        assert TOKEN not in json.dumps([done.stdout, done.stderr])


def _failing(product: Product) -> Any:
    one = product.api("GET", "media-servers/jellyfin", expect=200)
    return one if one["failing_since"] else None
