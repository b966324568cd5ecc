"""``python -m tests.bench.bare_reading ADDRESS FILE``: what is the least that reading pages takes:
requests for each path of the list, and BeautifulSoup with lxml for each page."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

import requests
from bs4 import BeautifulSoup


def main(address: str, listed: Path) -> None:
    paths = json.loads(listed.read_text())
    session = requests.Session()
    session.trust_env = False
    began, cpu = time.perf_counter(), time.process_time()
    early = rows = 0.0
    for number, path in enumerate(paths, 1):
        answer = session.get(address + path, timeout=60)
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            soup = BeautifulSoup(answer.text, "lxml")
            rows += len(soup.select("table.seasonEpisodesList tbody tr"))
        if number == len(paths) // 10:
            early = _memory()
    told = {
        "wall": time.perf_counter() - began,
        "cpu": time.process_time() - cpu,
        "pages": len(paths),
        "memory": _memory(),
        "memory_early": early,
        "rows": rows,
    }
    print(json.dumps(told))


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
