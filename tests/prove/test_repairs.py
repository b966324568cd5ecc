"""Faults planted in a running installation are told within thirty seconds, with no page open, and
are gone within thirty of being mended."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.product import Live, Product, wait_until

PASSWORD = "lantern-otter-velvet-river"
SECONDS = 30


class Stage:
    def __init__(self, product: Product, library: Path, live: Live) -> None:
        self.product, self.library, self.live = product, library, live

    def told(self, codes: list[str]) -> None:
        """Wait until just these are told; what came before does not count."""
        self.live.messages.clear()
        self.live.wait_for("repairs_changed", lambda data: data["codes"] == codes, seconds=SECONDS)

    def configure(self, **changes: Any) -> None:
        self.product.api("POST", "config/section/downloads", changes, expect=200)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    work = tmp_path_factory.mktemp("repairs")
    data, library = work / "data", work / "anime"
    data.mkdir()
    library.mkdir()
    with Product(data) as product:
        product.migrate()
        product.start_web()
        product.start_worker()
        body = {
            "master_password": PASSWORD,
            "anime_directory": str(library),
            "providers": ["aniworld"],
        }
        product.api("POST", "auth/setup", body, expect=201)
        token = product.log_in(PASSWORD)
        with product.live(token, "system_progress") as live:
            stage = Stage(product, library, live)
            stage.configure(min_free_mb=0)
            wait_until(
                lambda: product.api("GET", "system/repairs")["healthy"],
                seconds=120,
                what="an installation that is well",
            )
            yield stage


Act = Callable[[Stage], object]


def _break_the_configuration(stage: Stage) -> None:
    path = stage.product.data_dir / "config.json"
    shutil.copy(path, stage.product.data_dir / "kept.json")
    shutil.rmtree(stage.product.data_dir / "config_backups", ignore_errors=True)
    path.write_text("{")


def _mend_the_configuration(stage: Stage) -> None:
    data = stage.product.data_dir
    for aside in data.glob("config.json.broken-*"):
        aside.unlink()
    shutil.copy(data / "kept.json", data / "config.json")


def _lay_open(stage: Stage) -> None:
    stage.product.data_dir.chmod(0o755)
    (stage.product.data_dir / "secret_key").chmod(0o644)


def _start_the_worker(stage: Stage) -> None:
    """Its time counts from when it is there."""
    begun = stage.product.log("worker").count("serves the queue")
    stage.product.start_worker()
    wait_until(
        lambda: stage.product.log("worker").count("serves the queue") > begun,
        seconds=120,
        what="the worker",
    )


FAULTS: dict[str, tuple[Act, Act]] = {
    "root_missing": (lambda s: s.library.rmdir(), lambda s: s.library.mkdir()),
    "root_full": (
        lambda s: s.configure(min_free_mb=100_000_000),
        lambda s: s.configure(min_free_mb=0),
    ),
    "worker_dead": (
        lambda s: s.product.stop("worker", by=signal.SIGKILL),
        _start_the_worker,
    ),
    "data_dir_open": (_lay_open, lambda s: s.product.data_dir.chmod(0o700)),
    "set_up_missing": (
        lambda s: (s.product.data_dir / "set_up").rename(s.product.data_dir / "away"),
        lambda s: (s.product.data_dir / "away").rename(s.product.data_dir / "set_up"),
    ),
    "config_unusable": (_break_the_configuration, _mend_the_configuration),
}


@pytest.mark.parametrize("code", FAULTS)
def test_a_fault_is_told_and_gone_in_time(stage: Stage, code: str) -> None:
    plant, mend = FAULTS[code]
    plant(stage)
    stage.told([code])
    mend(stage)
    stage.told([])
