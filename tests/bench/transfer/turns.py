"""Contenders that take turns, and what is printed of them."""

from __future__ import annotations

import shutil
import statistics
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.bench.running import Run

ROUNDS = 5

# Fetches an address into a folder that is there.
Contender = Callable[[str, Path], Run]
Runs = Mapping[str, list[Run]]


def in_turns(
    contenders: Mapping[str, Contender], url: str, work: Path, *, warm_up: str, least: int
) -> Runs:
    """All rounds; who begins changes from one to the next.

    Args:
        warm_up: who fetches once before: memory that nobody has used yet is slow.
        least: bytes of the largest file; what is not there in full was not fetched fast, but not
            at all.
    """
    listed = list(contenders.items())
    runs: dict[str, list[Run]] = {name: [] for name in contenders}
    _fetched(contenders[warm_up], url, work, least)
    for number in range(ROUNDS):
        turn = number % len(listed)
        for name, contender in listed[turn:] + listed[:turn]:
            runs[name].append(_fetched(contender, url, work, least))
    return runs


def medians(runs: Runs) -> dict[str, float]:
    """Seconds by the clock."""
    return {who: statistics.median(one.wall for one in of) for who, of in runs.items()}


def print_rows(title: str, runs: Runs) -> None:
    print(f"{title:34} {'wall s':>8} {'least':>7} {'most':>7} {'cpu s':>7} {'MB':>5}")
    for who, of in runs.items():
        spread = [one.wall for one in of]
        cpu = statistics.median(one.cpu for one in of)
        memory = max(one.memory for one in of)
        print(
            f"{who:34} {statistics.median(spread):8.2f} {min(spread):7.2f} {max(spread):7.2f}"
            f" {cpu:7.2f} {memory:5.0f}"
        )


def _fetched(contender: Contender, url: str, work: Path, least: int) -> Run:
    to = work / "to"
    to.mkdir()
    measured = contender(url, to)
    sizes = (file.stat().st_size for file in to.rglob("*") if file.is_file())
    largest = max(sizes, default=0)
    if largest < least:
        raise RuntimeError(f"{largest} bytes of {least}")
    shutil.rmtree(to)
    return measured
