"""A plain file of 1 GiB: our engine beside curl and aria2, with start and imports of each.

Once as fast as it goes, and once from a server that gives each connection 20 MB a second, as
hosters do. Ours is the engine with its journal and checksums, as the product runs it.
"""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
from pathlib import Path

from tests.bench.running import run
from tests.bench.transfer.server import serving
from tests.bench.transfer.turns import Contender, Runs, in_turns, medians, print_rows

SIZE = 1 << 30
CAPPED = 20_000_000  # bytes a second of each connection


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="aniworld-tests.bench-") as folder:
        work = Path(folder)
        film = work / "film"
        _write_film(film)
        for name, rate in (("as fast as it goes", 0), ("20 MB/s a connection", CAPPED)):
            with serving(film, rate=rate) as url:
                _print(name, in_turns(_contenders(), url, work, warm_up="ours", least=SIZE))


def _contenders() -> dict[str, Contender]:
    found: dict[str, Contender] = {
        "ours": lambda url, to: run([sys.executable, "-m", f"{__package__}.plain", url, str(to)])
    }
    if shutil.which("curl"):
        found["curl"] = lambda url, to: run(["curl", "-s", "-o", str(to / "film"), url])
    if shutil.which("aria2c"):
        options = ["-q", "-x8", "-s8", "-k1M", "--file-allocation=falloc", "--no-conf"]
        found["aria2c -x8"] = lambda url, to: run(
            ["aria2c", *options, "-d", str(to), "-o", "film", url]
        )
    return found


def _print(name: str, runs: Runs) -> None:
    print_rows(f"1 GiB, {name}", runs)
    walls = medians(runs)
    for who in walls.keys() - {"ours"}:
        print(f"{f'ours ÷ {who}':34} {walls['ours'] / walls[who]:8.2f}")


def _write_film(path: Path) -> None:
    """Bytes that begin as a film does."""
    block = random.Random(1).randbytes(1 << 20)
    with path.open("wb") as file:
        file.write(b"\0\0\0\x18ftypisom" + block[12:])
        for _ in range((SIZE >> 20) - 1):
            file.write(block)
