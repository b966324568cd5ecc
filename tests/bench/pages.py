"""What pages and lists cost the server in a very large library: ``tests.bench.large``.

Each is asked for in the process that answers it, with nothing between, in turn with the others;
what counts are seconds of the processor, of which other programs take none, as medians of the
rounds, and their ratio to a page that has the frame of all pages and nothing else. Bytes are those
before compression. On PostgreSQL the database's own work is in the clock's time alone.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.asking import Cost
from tests.product import PROJECT
from tests.prove.databases import KINDS

FRAME = "/login/help"
MOST_MS, MOST_QUERIES, MOST_KB = 50, 9, 150  # of the pages with a goal
GOALS = ("/", "/queue")
ADDRESSES = (
    FRAME,
    "/",
    "/?page=9",
    "/?q=harbour&genre=drama&sort=missing",
    "/?view=table&columns=year,status,size,next",
    "/queue",
    "/queue?page=9",
    "/queue/history",
    "/queue/history?q=harbour&state=FAILED",
    "/missing",
    "/missing?q=harbour&language=German+Sub&season=1",
    "/missing?view=day",
    "/files",
    "/files?q=harbour",
    "/files?show=duplicates&sort=largest",
    "/files?show=problems",
    "/series/show-7",
    "/series/show-9998?open=1",
    "/series/show-9999",
    "/calendar",
    "/calendar?view=month",
    "/statistics",
    "/statistics?period=year",
    "/statistics?period=all",
    "/catalogue",
    "/unmatched",
    "/following",
    "/system",
    "/api/v1/anime",
    "/api/queue/status",
    "/api/queue/items",
    "/api/missing",
    "/api/missing/episodes",
    "/api/missing/episodes?ordering=aired",
    "/api/calendar",
)


def main() -> None:
    for name, prepared in KINDS.items():
        with tempfile.TemporaryDirectory(prefix="aniworld-tests.bench-") as folder:
            data = Path(folder)
            (data / "library").mkdir()
            with prepared(data) as database:
                _print(name, _costs(data, database.url))


def _costs(data: Path, url: str) -> dict[str, Cost]:
    environment = {
        **os.environ,
        "DATA_DIR": str(data),
        "ANIME_DIRECTORY": str(data / "library"),
        "DATABASE_URL": url,
        "LOG_LEVEL": "ERROR",
    }
    for command in (
        ["manage.py", "migrate", "--verbosity", "0"],
        ["-m", "tests.bench.large"],
        ["-m", "tests.bench.asking", *ADDRESSES],
    ):
        done = subprocess.run(
            [sys.executable, *command],
            cwd=PROJECT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    return {address: Cost(*cost) for address, cost in json.loads(done.stdout).items()}


def _print(name: str, costs: dict[str, Cost]) -> None:
    print(f"{name:52} {'queries':>8} {'CPU ms':>8} {'clock ms':>9} {'÷ frame':>8} {'kB':>6}")
    frame = costs[FRAME].cpu
    for address, cost in costs.items():
        print(
            f"{address:52} {cost.queries:8} {cost.cpu * 1000:8.1f} {cost.wall * 1000:9.1f} "
            f"{cost.cpu / frame:8.1f} {cost.size / 1000:6.0f}{_goal(address, cost)}"
        )
    print(
        f"Goal of {' and '.join(GOALS)}: at most {MOST_MS} ms, {MOST_QUERIES} queries and "
        f"{MOST_KB} kB; of the others: {MOST_MS} ms."
    )


def _goal(address: str, cost: Cost) -> str:
    missed = cost.wall * 1000 > MOST_MS
    if address.partition("?")[0] in GOALS:
        missed |= cost.queries > MOST_QUERIES or cost.size > MOST_KB * 1000
    return "  missed" if missed else ""


if __name__ == "__main__":
    main()
