"""Reading the catalogues of 1,000 series, beside requests and BeautifulSoup that ask for the same
pages and parse them, in one run against one local site.

The rate is as good as none on both sides: what is measured is what we add to asking and parsing.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.product import PROJECT
from tests.site.world import SampleWorld

SERIES = 1_000
ROUNDS = 3
GOAL, GOAL_AGAIN = 2.5, 0.3


def main() -> None:
    with (
        tempfile.TemporaryDirectory(prefix="aniworld-tests.bench-") as folder,
        SampleWorld(filler=SERIES, filler_seasons=2) as world,
    ):
        rounds = [_round(Path(folder), world) for _ in range(ROUNDS)]
    _print(rounds)


def _round(work: Path, world: SampleWorld) -> dict[str, dict[str, Any]]:
    shutil.rmtree(work / "data", ignore_errors=True)
    (work / "data").mkdir()
    _child(work, "manage.py", "migrate", "--verbosity", "0")
    world.clear_log()
    first = _child(work, "-m", "tests.bench.refreshing", world.catalogue_url, str(SERIES))
    pages = [one["path"] for one in world.log() if one["side"] == "catalogue"]
    again = _child(work, "-m", "tests.bench.refreshing", world.catalogue_url, "0")
    listed = work / "pages.json"
    listed.write_text(json.dumps(pages))
    bare = _child(work, "-m", "tests.bench.bare_reading", world.catalogue_url, str(listed))
    return {"ours": first, "ours again": again, "requests + BeautifulSoup": bare}


def _child(work: Path, *arguments: str) -> dict[str, Any]:
    environment = {
        **os.environ,
        "DATA_DIR": str(work / "data"),
        "ANIME_DIRECTORY": str(work),
        "ALLOW_PRIVATE_HOSTS": "127.0.0.0/8",
        "DJANGO_SETTINGS_MODULE": "aniworld.settings",
        "LOG_LEVEL": "WARNING",
    }
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        check=True,
    )
    return _said(done.stdout)


def _said(output: bytes) -> dict[str, Any]:
    """The JSON of the last line; of a command that says none nothing."""
    lines = output.splitlines()
    said: dict[str, Any] = json.loads(lines[-1]) if lines and lines[-1].startswith(b"{") else {}
    return said


def _print(rounds: Sequence[dict[str, dict[str, Any]]]) -> None:
    print(f"{'':26} {'wall s':>8} {'CPU s':>8} {'pages':>7} {'MB':>6} {'MB at a tenth':>14}")
    for name in rounds[0]:
        runs = [one[name] for one in rounds]
        wall, cpu, pages, most, early = (
            statistics.median(run[fact] for run in runs)
            for fact in ("wall", "cpu", "pages", "memory", "memory_early")
        )
        print(f"{name:26} {wall:8.2f} {cpu:8.2f} {pages:7.0f} {most:6.0f} {early:14.0f}")
    ratios = [one["ours"]["wall"] / one["requests + BeautifulSoup"]["wall"] for one in rounds]
    again = [one["ours again"]["wall"] / one["ours"]["wall"] for one in rounds]
    print(f"ours ÷ requests + BeautifulSoup: {_told(ratios)} (goal: {GOAL})")
    print(f"again ÷ first: {_told(again)} (goal: {GOAL_AGAIN})")


def _told(ratios: Sequence[float]) -> str:
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
