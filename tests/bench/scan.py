"""A scan of 100,000 files in 1,000 series, beside ``find`` with sizes and times on the same tree.

First scan: every name read, known folders matched, everything written; the clock's time is the
whole process, the processor's includes that of the process that walks ahead. Unchanged scan:
processor time beyond the start-up of the same command, where directories' times are believed and
where they are not. All take turns, each figure is the median
of its rounds; the ratio is that of a first scan to the ``find`` just before and just after it, for
a machine is not as fast in one second as in the next. All write their output to nowhere.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.bench import adopting
from tests.bench.answers import print_answers
from tests.bench.running import LONG_AGO, SEED, Run, run
from tests.product import PROJECT

SERIES, SEASONS, EPISODES = 1000, 4, 25
ROUNDS = 5


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="aniworld-tests.bench-") as folder:
        work = Path(folder)
        files = build_tree(work / "library")
        run(_find(work / "library"))  # the first one warms the cache
        rounds = [_round(work) for _ in range(ROUNDS)]
        _print(files, rounds)
        _fresh_database(work)
        print_answers(work / "data", work / "library")
    adopting.main()


def build_tree(root: Path) -> int:
    """Write the tree; every time lies long ago. Returns the number of files."""
    for number in range(SERIES):
        series = root / f"Some Series {number:04} (2013)"
        for season in range(1, SEASONS + 1):
            folder = series / f"Season {season:02}"
            folder.mkdir(parents=True)
            for episode in range(1, EPISODES + 1):
                name = f"Some Series {number:04} - S{season:02}E{episode:02} - Title.mkv"
                (folder / name).write_bytes(b"x")
                os.utime(folder / name, (LONG_AGO, LONG_AGO))
            os.utime(folder, (LONG_AGO, LONG_AGO))
        os.utime(series, (LONG_AGO, LONG_AGO))
    return SERIES * SEASONS * EPISODES


def _round(work: Path) -> dict[str, Run]:
    _fresh_database(work)
    return {
        "start-up": _manage(work, "rescan", "--operation", "none"),
        "find with sizes": run(_find(work / "library")),
        "first scan": _manage(work, "rescan", "--no-provider"),
        "find again": run(_find(work / "library")),
        "unchanged scan": _manage(work, "rescan", "--no-provider"),
        "the same, names read": _reading_names(work),
        "full scan, unchanged": _manage(work, "rescan", "--no-provider", "--full"),
    }


def _reading_names(work: Path) -> Run:
    """An unchanged scan of a disk whose directories' times are not believed: it has lied once."""
    with sqlite3.connect(work / "data" / "aniworld.db") as database:
        (told,) = database.execute("SELECT mounts FROM library_libraryroot").fetchone()
        (mount,) = json.loads(told)
        lied = json.dumps([mount | {"lied": f"{mount['point']}/Show"}])
        database.execute("UPDATE library_libraryroot SET mounts = ?", [lied])
    database.close()
    return _manage(work, "rescan", "--no-provider")


def _fresh_database(work: Path) -> None:
    shutil.rmtree(work / "data", ignore_errors=True)
    _manage(work, "migrate", "--skip-checks", "--verbosity", "0")
    command = [sys.executable, "-c", SEED, str(work / "library"), str(SERIES)]
    subprocess.run(command, cwd=PROJECT, env=_environment(work), check=True)


def _manage(work: Path, *arguments: str) -> Run:
    return run([sys.executable, "manage.py", *arguments], _environment(work))


def _environment(work: Path) -> dict[str, str]:
    return {
        **os.environ,
        "DATA_DIR": str(work / "data"),
        "ANIME_DIRECTORY": str(work / "library"),
        "DJANGO_SETTINGS_MODULE": "aniworld.settings",
    }


def _find(root: Path) -> list[str | Path]:
    return ["find", root, "-type", "f", "-printf", "%s %T@ %p\n"]


def _median(runs: Sequence[Run]) -> Run:
    def middle(value: Callable[[Run], float]) -> float:
        return statistics.median(map(value, runs))

    return Run(middle(lambda r: r.wall), middle(lambda r: r.cpu), middle(lambda r: r.memory))


def _print(files: int, rounds: Sequence[dict[str, Run]]) -> None:
    runs = {name: _median([one[name] for one in rounds]) for name in rounds[0]}
    find, first = runs["find with sizes"], runs["first scan"]
    ratios = [
        2 * one["first scan"].wall / (one["find with sizes"].wall + one["find again"].wall)
        for one in rounds
    ]
    print(f"{files:,} files in {SERIES:,} series")
    print(f"{'':24} {'wall s':>8} {'CPU s':>8} {'÷ find':>8} {'µs/file':>8} {'MB':>6}")
    for name, one in runs.items():
        print(
            f"{name:24} {one.wall:8.3f} {one.cpu:8.3f} {one.wall / find.wall:8.2f} "
            f"{one.wall / files * 1e6:8.1f} {one.memory:6.0f}"
        )
    beyond = runs["unchanged scan"].cpu - runs["start-up"].cpu
    print(
        f"first scan ÷ find: {statistics.median(ratios):.1f} ({min(ratios):.1f} to "
        f"{max(ratios):.1f}; goal: at most 12), {first.wall / files * 1e6:.1f} µs a file (goal: at "
        "most 60)"
    )
    print(f"unchanged scan beyond start-up: {beyond:.2f} s of the processor (goal: at most 0.4)")
    beyond = runs["the same, names read"].cpu - runs["start-up"].cpu
    print(
        f"where directories' times are not believed: {beyond:.2f} s of the processor (goal: at "
        "most 1.5)"
    )
    most = max(one.memory for one in runs.values())
    print(f"peak memory: {most:.0f} MB (goal: at most 200)")
