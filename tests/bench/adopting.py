"""What it costs to adopt a folder by its ``key`` file: 1,000 folders of two files each.

Each is scanned in turn with an empty library, where every folder becomes a series, and with one
that knows all of them: the difference is what adopting costs. No site is asked.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.running import LONG_AGO, SEED, Run, run
from tests.product import PROJECT

FOLDERS, ROUNDS = 1000, 3


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="aniworld-tests.bench-") as folder:
        work = Path(folder)
        _build(work / "library")
        rounds = [(_scan(work, is_known=False), _scan(work, is_known=True)) for _ in range(ROUNDS)]
    wall, cpu = (
        statistics.median(getattr(new, what) - getattr(known, what) for new, known in rounds)
        for what in ("wall", "cpu")
    )
    print(
        f"adopting a folder by its key file: {cpu / FOLDERS * 1e3:.2f} ms of the processor, "
        f"{wall / FOLDERS * 1e3:.2f} ms by the clock (goal: at most 2)"
    )


def _build(root: Path) -> None:
    for number in range(FOLDERS):
        series = root / f"Some Series {number:04} (2013)"
        season = series / "Season 01"
        season.mkdir(parents=True)
        for episode in (1, 2):
            (season / f"Some Series - S01E{episode:02}.mkv").write_bytes(b"x")
        (series / "key").write_text(f"series-{number}")
        for path in (*season.iterdir(), season, series / "key", series):
            os.utime(path, (LONG_AGO, LONG_AGO))


def _scan(work: Path, *, is_known: bool) -> Run:
    environment = {
        **os.environ,
        "DATA_DIR": str(work / "data"),
        "ANIME_DIRECTORY": str(work / "library"),
        "DJANGO_SETTINGS_MODULE": "aniworld.settings",
    }
    shutil.rmtree(work / "data", ignore_errors=True)
    migrate = [sys.executable, "manage.py", "migrate", "--skip-checks", "--verbosity", "0"]
    run(migrate, environment)
    if is_known:
        seed = [sys.executable, "-c", SEED, str(work / "library"), str(FOLDERS)]
        subprocess.run(seed, cwd=PROJECT, env=environment, check=True)
    return run([sys.executable, "manage.py", "rescan", "--no-provider"], environment)
