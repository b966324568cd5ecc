"""The same from a shell: scan and queue without a web server."""

from __future__ import annotations

import json

import pytest

from tests.e2e.conftest import Stage
from tests.e2e.media import assert_playable

pytestmark = pytest.mark.e2e

KEY = "mondlaterne"


def test_rescan_and_runqueue_work_without_the_web_server(stage: Stage) -> None:
    stage.set_up()
    stage.product.stop("web")

    scan = stage.product.manage("rescan", "--json")
    assert scan.returncode == 0, scan.stderr
    report = json.loads(scan.stdout.splitlines()[-1])
    assert report["state"] == "COMPLETED"
    assert report["result"]["unmatched"] == len(stage.truth.unmatched)

    stage.product.start_web()
    folder = stage.product.api("GET", f"v1/anime/{KEY}", expect=200)["folder"]
    wanted = {
        "serie_id": KEY,
        "serie_folder": folder,
        "episodes": [{"season": 2, "episode": 5}],
    }
    stage.product.api("POST", "queue/add", wanted, expect=201)
    stage.product.stop("web")

    run = stage.product.manage("runqueue", "--once", "--json")
    assert run.returncode == 0, run.stdout + run.stderr
    files = list((stage.truth.root / folder).rglob("*S02E05*.mp4"))
    assert len(files) == 1
    assert_playable(files[0], at_least=20)

    again = stage.product.manage("rescan", "--json")
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout.splitlines()[-1])["result"]["gone"] == 0


def test_a_library_folder_that_is_gone_is_told_and_changes_nothing(stage: Stage) -> None:
    stage.set_up()
    assert stage.product.manage("rescan", "--json").returncode == 0
    before = stage.product.api("GET", "v1/anime?page_size=100", expect=200)
    away = stage.truth.root.with_name("unplugged")
    stage.truth.root.rename(away)

    scan = stage.product.manage("rescan", "--json")
    assert scan.returncode == 1
    report = json.loads(scan.stdout.splitlines()[-1])
    assert report["state"] == "FAILED"
    assert str(stage.truth.root) in scan.stdout + scan.stderr
    status = stage.product.api("GET", "v1/anime/rescan/status", expect=200)
    assert report["error"] == status["error"]
    assert status["error"]["code"] == "root_unavailable"
    after = stage.product.api("GET", "v1/anime?page_size=100", expect=200)
    counts = [
        [(row["key"], row["missing_count"], row["downloaded_count"]) for row in page["results"]]
        for page in (before, after)
    ]
    assert counts[0] == counts[1]
