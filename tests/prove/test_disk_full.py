"""A disk that fills up at twelve moments of a download: nothing is lost, doubled or broken.

Six times it is the library's disk, six times that of the database. What waits for space goes on
once there is some again: where the library was full after the owner resumes the queue, which has
paused itself and says why; where the database's was by itself.
"""

from __future__ import annotations

import contextlib
import functools
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.product import wait_until
from tests.prove.conftest import Prove
from tests.prove.house import SHOW, House, house, wait_for_rest
from tests.prove.killing import ITEMS
from tests.prove.mounting import needs_root, small
from tests.prove.test_kills import look_at_what_is_left

LIBRARY_MEGABYTES, DATA_MEGABYTES = 128, 48
HELD = 0.6  # of an episode comes before the disk is full, where it is to be so while it comes
FULL_SECONDS = 8.0  # how long the database's disk stays full
STAGE_SECONDS = 60.0
# Of each download: its stage, and for how much of it we wait.
MOMENTS = (
    ("", 0.0),  # before it begins
    ("RESOLVING", 0.0),
    ("DOWNLOADING", 0.0),
    ("DOWNLOADING", 50.0),
    ("REMUXING", 0.0),
    ("CHECKING", 0.0),
)

pytestmark = [needs_root, pytest.mark.timeout(2400)]


@contextmanager
def full(disk: Path) -> Iterator[None]:
    """Every byte of a disk is taken by somebody else."""
    filler = disk / ".filler"
    try:
        with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
            for size in (1 << 20, 1 << 12):
                with contextlib.suppress(OSError):
                    while file.write(b"x" * size):
                        pass
        yield
    finally:
        filler.unlink(missing_ok=True)


def wait_for(house: House, item: int, stage: str, percent: float) -> None:
    """Until the item has come to this moment, or past it."""
    question = f"SELECT stage, progress_percent, status FROM {ITEMS} WHERE id = ?"  # noqa: S608
    deadline = time.monotonic() + STAGE_SECONDS
    while stage and time.monotonic() < deadline:
        now, done, status = house.database.rows(question, item)[0]
        if (now == stage and done >= percent) or status == "COMPLETED":
            return
        time.sleep(0.005)  # some stages are over in no time


def start(house: House) -> None:
    answer = house.call(house.first, "POST", "queue/start", {"limit": 1})
    assert answer.status_code == 200, answer.text


def is_at_rest(house: House, item: int) -> str:
    """How the download ended where the library's disk was full."""
    status = house.database.value(f"SELECT status FROM {ITEMS} WHERE id = ?", item)  # noqa: S608
    paused = house.database.rows(
        "SELECT pause_reason_code FROM downloads_queuestate WHERE is_paused"
    )
    return "completed" if status == "COMPLETED" else str(paused[0][0]) if paused else ""


def fill_library(house: House, item: int, stage: str, percent: float) -> str:
    begins_full = not stage
    if not begins_full:
        start(house)
        wait_for(house, item, stage, percent)
    with full(house.library):
        house.world.mend_all()
        if begins_full:
            start(house)
        end = wait_until(
            lambda: is_at_rest(house, item), seconds=120, what=f"what became of {stage}"
        )
    if end != "completed":
        house.first.api("POST", "queue/resume", expect=200)
        start(house)
    return str(end)


def fill_data(house: House, item: int, stage: str, percent: float) -> str:
    start(house)
    wait_for(house, item, stage, percent)
    with full(house.database.data):
        house.world.mend_all()
        answers = Counter[int]()
        until = time.monotonic() + FULL_SECONDS
        while time.monotonic() < until:  # the log before the database has some room left in it
            for verb in ("pause", "resume"):
                answers[house.call(house.first, "POST", f"queue/{verb}").status_code] += 1
            answers[house.call(house.first, "GET", "queue/status").status_code] += 1
    assert answers.keys() <= {200, 503}, answers
    house.insist("POST", "queue/resume")
    house.insist("POST", "queue/start", {"limit": 1})
    return ", ".join(f"{count} × {status}" for status, count in sorted(answers.items()))


def done(house: House, item: int) -> bool:
    row: tuple[Any, ...] = house.database.rows(
        f"SELECT status, retry_count FROM {ITEMS} WHERE id = ?",  # noqa: S608
        item,
    )[0]
    assert row[0] != "FAILED"
    return row == ("COMPLETED", 0)


def test_disk_is_full_at_any_moment(tmp_path: Path, proved: Prove) -> None:
    moments = [(fill, *moment) for fill in (fill_library, fill_data) for moment in MOMENTS]
    with (
        small(tmp_path / "data", DATA_MEGABYTES),
        small(tmp_path / "library", LIBRARY_MEGABYTES),
        house(tmp_path, "SQLite", episodes=len(moments), doors=1) as built,
    ):
        items = built.queue(range(1, len(moments) + 1))
        built.first.start_worker()
        ends: dict[str, list[str]] = {"fill_library": [], "fill_data": []}
        for item, (fill, stage, percent) in zip(items, moments, strict=True):
            if stage == "DOWNLOADING":
                built.world.hold(HELD)
            ends[fill.__name__].append(fill(built, item, stage, percent))
            is_done = functools.partial(done, built, item)
            wait_until(is_done, seconds=180, what=f"{stage}, {item}")
        wait_for_rest(built, seconds=60)
        built.first.stop("worker")
        look_at_what_is_left(built, items)
        assert built.database.value("PRAGMA integrity_check") == "ok"
        assert built.first.api("GET", f"v1/anime/{SHOW}", expect=200)["missing_count"] == 0
    assert "disk_full" in ends["fill_library"]
    proved(
        f"disk full: {len(moments)} moments; the library's: {', '.join(ends['fill_library'])}; "
        f"the database's: answers {' | '.join(ends['fill_data'])}; each item done once, no try lost"
    )
