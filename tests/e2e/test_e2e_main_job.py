"""The main job through HTTP and WebSocket, on three separate processes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from downloads.worker.placed import NOTES
from tests.e2e.conftest import Stage
from tests.e2e.media import assert_playable
from tests.product import Live

pytestmark = pytest.mark.e2e

ROOMS = ("downloads", "download_progress", "scan_progress", "system_progress", "error_progress")
KEY = "mondlaterne"
WANTED = [(2, 5), (3, 1)]  # one in a season that is there, one in a season that is new
CLIP_SECONDS = 20.0


def test_from_setup_to_playable_files(stage: Stage) -> None:
    token = stage.set_up()
    stage.product.start_worker()
    with stage.product.live(token, *ROOMS) as live:
        _scan(stage, live)
        assert _missing(stage) == stage.truth.all_missing()
        _unmatched_are_listed(stage)

        folder = _queue(stage, WANTED)
        stage.product.api("POST", "queue/start", expect=200)
        live.wait_for("queue_stopped", seconds=120)
        _progress_was_told(live)

    files = _arrived(stage, folder)
    for path in files:
        assert_playable(path, at_least=CLIP_SECONDS)
    expected = stage.truth.all_missing()
    for season, number in WANTED:
        expected[KEY][season].remove(number)
    assert _missing(stage) == {key: _filled(seasons) for key, seasons in expected.items()}

    with stage.product.live(token, *ROOMS) as live:
        result = _scan(stage, live)
        assert result["gone"] == 0
        assert result["new"] == 0
    assert _missing(stage) == {key: _filled(seasons) for key, seasons in expected.items()}
    leftovers = [path for path in (stage.truth.root / ".aniworld").rglob("*") if path.is_file()]
    assert [path.name for path in leftovers] == [NOTES]


def test_a_hoster_that_fails_is_followed_by_the_next(stage: Stage) -> None:
    """The first hoster's file is gone, the second's stream lacks a fragment: the third delivers."""
    token = stage.set_up()
    stage.world.fail("file_gone", side="hoster", hoster="VOE")
    stage.world.fail_fragment(1, hoster="Vidmoly")
    stage.product.start_worker()
    with stage.product.live(token, *ROOMS) as live:
        _scan(stage, live)
        _queue(stage, [(3, 1), (3, 2)])
        stage.product.api("POST", "queue/start", {"limit": 1}, expect=200)
        done = live.wait_for("download_complete", seconds=120)
    assert (done["data"]["key"], done["data"]["season"], done["data"]["episode"]) == (KEY, 3, 1)
    items = stage.product.api("GET", "queue/items?status=COMPLETED", expect=200)["results"]
    assert len(items) == 1, "the limit of one was kept"
    assert {attempt["hoster"] for attempt in items[0]["attempts"]} >= {"voe", "vidmoly"}
    assert Path(items[0]["file_destination"]).is_file()


def _scan(stage: Stage, live: Live) -> dict[str, Any]:
    started = stage.product.api("POST", "v1/anime/rescan", {}, expect=202)
    operation = started["operation_id"]
    done = live.wait_for(
        "scan_complete", lambda data: data["operation_id"] == operation, seconds=120
    )
    assert live.of_type("scan_progress"), "a scan tells how far it is"
    status = stage.product.api("GET", "v1/anime/rescan/status", expect=200)
    assert (status["state"], status["operation_id"]) == ("COMPLETED", operation)
    return dict(done["data"]["result"])


def _missing(stage: Stage) -> dict[str, dict[int, list[int]]]:
    page = stage.product.api("GET", "v1/anime?page_size=100", expect=200)
    assert page["next"] is None
    return {
        series["key"]: {int(season): n for season, n in series["missing_episodes"].items()}
        for series in page["results"]
    }


def _filled(seasons: dict[int, list[int]]) -> dict[int, list[int]]:
    return {season: numbers for season, numbers in seasons.items() if numbers}


def _unmatched_are_listed(stage: Stage) -> None:
    listed = stage.product.api("GET", "v1/anime/unmatched", expect=200)["results"]
    by_folder = {row["folder"]: row for row in listed}
    for truth in stage.truth.unmatched:
        keys = {candidate["key"] for candidate in by_folder[truth.folder]["candidates"]}
        assert set(truth.candidates) <= keys
    assert set(by_folder) == {truth.folder for truth in stage.truth.unmatched}


def _queue(stage: Stage, wanted: list[tuple[int, int]]) -> str:
    series = stage.product.api("GET", f"v1/anime/{KEY}", expect=200)
    episodes = [{"season": season, "episode": number} for season, number in wanted]
    body = {"serie_id": KEY, "serie_folder": series["folder"], "episodes": episodes}
    added = stage.product.api("POST", "queue/add", body, expect=201)
    assert len(added["added_items"]) == len(wanted)
    again = stage.product.api("POST", "queue/add", body, expect=201)
    assert (again["added_items"], len(again["skipped"])) == ([], len(wanted))
    status = stage.product.api("GET", "queue/status", expect=200)
    assert status["status"]["is_running"] is False, "nothing starts by itself"
    assert status["statistics"]["pending_count"] == len(wanted)
    return str(series["folder"])


def _progress_was_told(live: Live) -> None:
    complete = [message["data"] for message in live.of_type("download_complete")]
    assert [(data["season"], data["episode"]) for data in complete] == WANTED
    progress = [message["data"] for message in live.of_type("download_progress")]
    for download in {data["download_id"] for data in complete}:
        mine = [data for data in progress if data["download_id"] == download]
        assert mine[-1]["status"] == "completed"
        percents = [data["progress"]["percent"] for data in mine]
        assert percents == sorted(percents)
    ids = [message["id"] for message in live.messages if message["id"] is not None]
    assert ids == sorted(set(ids))


def _arrived(stage: Stage, folder: str) -> list[Path]:
    found = []
    for season, number in WANTED:
        directory = stage.truth.root / folder / f"Season {season:02}"
        matches = list(directory.glob(f"*S{season:02}E{number:02}*.mp4"))
        assert len(matches) == 1, f"{directory}: {sorted(directory.iterdir())}"
        found += matches
    return found
