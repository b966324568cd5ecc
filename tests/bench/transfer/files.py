"""A plain file of 1 GiB: our engine beside curl and aria2, with start and imports of each.

Once as fast as it goes, and once from a server that gives each connection 20 MB a second, as
hosters do. Ours is the engine with its journal and checksums, as the product runs it.
"""

from __future__ import annotations

import random
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from downloads.transfer.ranges import RangesEngine
from downloads.transfer.wire import HostPauses, Limiter, MediaClient
from providers.base import Media, MediaKind
from providers.guard import AddressGuard
from providers.rates import MemoryRateStore
from tests.bench.running import Run, run
from tests.bench.transfer.server import serving

SIZE = 1 << 30
CAPPED = 20_000_000  # bytes a second of each connection
CONNECTIONS = 8
ROUNDS = 5

# The command that fetches an address into a folder.
Contender = Callable[[str, Path], list[str]]


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="aniworld-tests.bench-") as folder:
        work = Path(folder)
        film = work / "film"
        _write_film(film)
        for name, rate in (("as fast as it goes", 0), ("20 MB/s a connection", CAPPED)):
            with serving(film, rate=rate) as url:
                _print(name, _measured(url, work))


def _contenders() -> dict[str, Contender]:
    found: dict[str, Contender] = {"ours": _ours}
    if shutil.which("curl"):
        found["curl"] = lambda url, to: ["curl", "-s", "-o", str(to / "film"), url]
    if shutil.which("aria2c"):
        found["aria2c -x8"] = _aria2
    return found


def _ours(url: str, to: Path) -> list[str]:
    return [sys.executable, "-m", __name__, url, str(to)]


def _aria2(url: str, to: Path) -> list[str]:
    options = ["-q", "-x8", "-s8", "-k1M", "--file-allocation=falloc", "--no-conf"]
    return ["aria2c", *options, "-d", str(to), "-o", "film", url]


def _measured(url: str, work: Path) -> dict[str, list[Run]]:
    """All rounds; who begins changes from one to the next. The first fetch of all warms up what
    they share: memory that nobody has used yet is slow."""
    contenders = list(_contenders().items())
    runs: dict[str, list[Run]] = {name: [] for name, _ in contenders}
    _fetched(contenders[-1][1], url, work)
    for number in range(ROUNDS):
        turn = number % len(contenders)
        for name, contender in contenders[turn:] + contenders[:turn]:
            runs[name].append(_fetched(contender, url, work))
    return runs


def _fetched(contender: Contender, url: str, work: Path) -> Run:
    to = work / "to"
    to.mkdir()
    measured = run(contender(url, to))
    _check(to)
    shutil.rmtree(to)
    return measured


def _check(folder: Path) -> None:
    """What is not there in full was not fetched fast, but not at all."""
    fetched = max(file.stat().st_size for file in folder.iterdir())
    if fetched != SIZE:
        raise RuntimeError(f"{fetched} bytes of {SIZE}")


def _print(name: str, runs: dict[str, list[Run]]) -> None:
    print(f"{f'1 GiB, {name}':34} {'wall s':>8} {'least':>7} {'most':>7} {'cpu s':>7} {'MB':>5}")
    walls = {who: statistics.median(one.wall for one in of) for who, of in runs.items()}
    for who, of in runs.items():
        spread = [one.wall for one in of]
        cpu = statistics.median(one.cpu for one in of)
        memory = max(one.memory for one in of)
        print(
            f"{who:34} {walls[who]:8.2f} {min(spread):7.2f} {max(spread):7.2f} {cpu:7.2f}"
            f" {memory:5.0f}"
        )
    for who in walls.keys() - {"ours"}:
        print(f"{f'ours ÷ {who}':34} {walls['ours'] / walls[who]:8.2f}")


def _write_film(path: Path) -> None:
    """Bytes that begin as a film does."""
    block = random.Random(1).randbytes(1 << 20)
    with path.open("wb") as file:
        file.write(b"\0\0\0\x18ftypisom" + block[12:])
        for _ in range((SIZE >> 20) - 1):
            file.write(block)


def fetch(url: str, folder: str) -> None:
    """What ``ours`` runs."""
    engine = RangesEngine(_connect, CONNECTIONS)
    engine.fetch(Media(url, MediaKind.FILE), Path(folder), lambda _reading: None)


def _connect(media: Media) -> MediaClient:
    return MediaClient(
        guard=AddressGuard(["127.0.0.1"]),
        headers=media.headers,
        connections=CONNECTIONS,
        limiter=Limiter(),
        pauses=HostPauses(MemoryRateStore()),
    )


if __name__ == "__main__":
    fetch(*sys.argv[1:])
