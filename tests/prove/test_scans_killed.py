"""Scans killed at any point: the next one makes the database what a scan left alone makes it."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import time
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.product import wait_until
from tests.prove import share
from tests.prove.conftest import Prove
from tests.prove.owner import Owner, on_disk, put, settle

POINTS = 20  # half of them in a first scan, half in one that meets changes
SHOWS, EPISODES = 120, 12
QUICK = {"PYTHONDONTWRITEBYTECODE": ""}

# What a scan has found out; rows' numbers and times are no part of it.
FOUND = (
    "SELECT path, size, season, episodes FROM library_mediafile WHERE state = 'PRESENT'",
    "SELECT s.key, e.season, e.episode_number, e.state, e.file_path FROM library_episode e"
    " JOIN library_animeseries s ON s.id = e.series_id",
    "SELECT key, folder, missing_count FROM library_animeseries",
    "SELECT folder FROM library_unmatchedfolder",
)

pytestmark = pytest.mark.timeout(2400)


def furnish(library: Path) -> None:
    for show in range(SHOWS):
        for number in range(1, EPISODES + 1):
            put(library / f"Show {show}/Season 1/S01E{number:02}.mkv")
        (library / f"Show {show}/key").write_text(f"show-{show}")
    put(library / "Nobody knows/S01E01.mkv")
    settle(library)


def change(library: Path, turn: int) -> None:
    """A few files go, come, are renamed and grow, elsewhere each time."""
    season = library / f"Show {turn}/Season 1"
    (season / "S01E01.mkv").unlink()
    (season / "S01E02.mkv").rename(season / "S01E20.mkv")
    put(season / "S01E21.mkv")
    put(library / f"Show {turn}/Season 2/S02E01.mkv")
    for number in (3, 4):
        (library / f"Show {turn + 40}/Season 1/S01E{number:02}.mkv").unlink()
    put(library / f"Show {turn + 60}/Season 3/S03E01.mkv", size=2000)


def found_by(owner: Owner) -> list[list[tuple[Any, ...]]]:
    return [sorted(owner.rows(question), key=repr) for question in FOUND]


def phase_of(owner: Owner) -> str:
    """Where the scan that runs is; empty before it has claimed its run."""
    question = "SELECT message_code FROM library_scanoperation WHERE state = 'RUNNING'"
    with (
        suppress(sqlite3.OperationalError),
        closing(sqlite3.connect(owner.data / "aniworld.db")) as db,
    ):
        row = db.execute(question).fetchone()
        return str(row[0]).lower() if row else ""
    return ""


def claimed(owner: Owner, scan: subprocess.Popen[bytes]) -> None:
    wait_until(
        lambda: phase_of(owner) or scan.poll() is not None, seconds=120, what="a scan's beginning"
    )


def seconds_of_a_scan(owner: Owner) -> float:
    """From its claim to its end."""
    scan = owner.begin_scan()
    claimed(owner, scan)
    begun = time.monotonic()
    assert scan.wait(300) == 0
    return time.monotonic() - begun


def kill_a_scan(owner: Owner, after: float) -> str:
    """Kill one so many seconds after its claim; where it was."""
    scan = owner.begin_scan()
    claimed(owner, scan)
    time.sleep(after)
    phase = "over already" if scan.poll() is not None else phase_of(owner)
    scan.kill()
    scan.wait()
    return phase


def copy_of(owner: Owner, data: Path) -> Owner:
    shutil.copytree(owner.data, data)
    return Owner(data, owner.roots, environment=QUICK)


def test_next_scan_is_right_wherever_one_was_killed(tmp_path: Path, proved: Prove) -> None:
    library = tmp_path / "library"
    furnish(library)
    points = max(1, share.of(POINTS) // 2)
    fresh = Owner(tmp_path / "fresh", (library,), environment=QUICK)
    alone = copy_of(fresh, tmp_path / "alone")
    seconds = seconds_of_a_scan(alone)
    phases = Counter[str]()
    for point in range(points):
        owner = copy_of(fresh, tmp_path / f"first{point}")
        phases[kill_a_scan(owner, seconds * point / points)] += 1
        assert owner.rescan().code == 0
        assert found_by(owner) == found_by(alone), f"first scan, killed at point {point}"
    for point in range(points):
        change(library, point)
        phases[kill_a_scan(alone, seconds * point / points / 4)] += 1
        assert alone.rescan().code == 0
        assert alone.files() == on_disk(library).keys()
    anew = copy_of(fresh, tmp_path / "anew")
    assert anew.rescan().code == 0
    assert present(alone) == present(anew)
    assert phases["over already"] <= points, "they were killed too late"
    where = ", ".join(f"{count} {phase or 'claimed'}" for phase, count in sorted(phases.items()))
    proved(f"scans killed: {2 * points} ({where}); each next scan right, as one left alone")


def present(owner: Owner) -> list[list[tuple[Any, ...]]]:
    """What is on the disk: of episodes that have gone an old database knows more than a new one."""
    files, episodes, *_ = found_by(owner)
    return [files, [row for row in episodes if row[3] == "PRESENT"]]
