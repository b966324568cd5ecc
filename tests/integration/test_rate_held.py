"""The rate of a site holds over page, scan and download at once, as it is seen at the site."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.integration.sites_stage import Stage, stage
from tests.product import wait_until

PER_SECOND = 4
WINDOW = 5.0  # seconds
# Who has had to wait for a processor sends late, and the next one at its time.
LATE = 3
KEYS = ("mondlaterne", "kupferfuchs")
EPISODES = [{"season": 1, "episode": number} for number in (1, 2, 3)]


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Stage]:
    with stage(tmp_path) as built:
        built.choose_site()
        for key in KEYS:
            built.product.api("POST", "v1/anime", {"site": "aniworld", "key": key}, expect=201)
        settings = {"downloads": {"retry_base_seconds": 1, "min_free_mb": 0}}
        built.product.api("PUT", "config", settings, expect=200)
        built.choose_site(requests_per_second=PER_SECOND)
        yield built


def test_the_rate_holds_over_page_scan_and_download_at_once(here: Stage) -> None:
    product, world = here.product, here.world
    for number in range(6):
        folder = here.library / f"Elsewhere {number}"
        folder.mkdir()
        (folder / "S01E01.mkv").write_bytes(b"x" * 1000)
    for key in KEYS:
        folder_name = product.api("GET", f"v1/anime/{key}", expect=200)["folder"]
        body = {"serie_id": key, "serie_folder": folder_name, "episodes": EPISODES}
        assert here.api("POST", "queue/add", body)[0] in (200, 201)
    world.clear_log()
    product.start_worker()
    product.api("POST", "queue/start", expect=200)
    product.api("POST", "v1/anime/rescan", {"full": True}, expect=202)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda number: _refresh(here, KEYS[number % 2]), range(8)))
    assert set(answers) <= {200, 502, 503}  # whoever would have to wait for too long is told
    wait_until(lambda: not _is_scanning(here), seconds=180, what="the scan")
    wait_until(lambda: _kinds(here) >= {"redirect", "anime"}, seconds=180, what="a download")
    times = [one["at"] for one in world.log() if one["side"] == "catalogue"]
    assert len(times) > PER_SECOND * WINDOW
    most = max(sum(at <= other < at + WINDOW for other in times) for at in times)
    assert most <= PER_SECOND * WINDOW + LATE


def _refresh(here: Stage, key: str) -> int:
    address = f"{here.product.address}/api/v1/anime/{key}/refresh"
    return here.product.session.post(address, timeout=120).status_code


def _is_scanning(here: Stage) -> bool:
    return bool(here.api("GET", "v1/anime/rescan/status")[1]["state"] == "RUNNING")


def _kinds(here: Stage) -> set[str]:
    """The first words of the paths that were asked for."""
    seen = (one["path"] for one in here.world.log() if one["side"] == "catalogue")
    return {path.split("/")[1] for path in seen}
