"""Running the real commands, measured."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.product import PROJECT

LONG_AGO = 1_700_000_000

# A library that knows these series: a root, and how many. Django needs its settings first.
SEED = """
import django, sys
django.setup()
from library.models import AnimeSeries, LibraryRoot
root = LibraryRoot.objects.create(path=sys.argv[1])
series = [
    AnimeSeries(key=f"series-{n}", site="aniworld", site_key=f"series-{n}", root=root,
                name=f"Some Series {n:04}", folder=f"Some Series {n:04} (2013)")
    for n in range(int(sys.argv[2]))
]
for one in series:
    one.index_words()
AnimeSeries.objects.bulk_create(series)
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One process: seconds on the clock, seconds of the processor, largest memory in MB."""

    wall: float
    cpu: float
    memory: float


def run(command: Sequence[str | Path], environment: dict[str, str] | None = None) -> Run:
    """Run a command to its end and measure it, with its modules compiled as on any machine."""
    compiled = dict(os.environ if environment is None else environment)
    compiled.pop("PYTHONDONTWRITEBYTECODE", None)
    started = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=PROJECT, env=compiled, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, _, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
