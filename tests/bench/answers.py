"""How fast the API answers alone and while a first scan writes 100,000 files."""

from __future__ import annotations

import http.client
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.product import PROJECT, Product

ADDRESS = "/api/v1/anime?missing=all"
ALONE_SECONDS = 5.0
PASSWORD = "a tests.bench password"


def print_answers(data_dir: Path, library: Path) -> None:
    """Measure on a database that knows the series and none of their files."""
    with Product(data_dir, library, LOG_LEVEL="ERROR") as product:
        product.start_web()
        product.api("POST", "auth/setup", {"master_password": PASSWORD}, expect=201)
        token = product.log_in(PASSWORD)
        stop_at = time.perf_counter() + ALONE_SECONDS
        alone = _answers(product.port, token, lambda: time.perf_counter() < stop_at)
        scan = subprocess.Popen(
            [sys.executable, "manage.py", "rescan", "--no-provider"],
            cwd=PROJECT,
            env=product.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        during = _answers(product.port, token, lambda: scan.poll() is None)
        if scan.returncode != 0:
            raise RuntimeError("the scan failed")
    print(f"{'GET ' + ADDRESS:32} {'answers':>8} {'p50 ms':>8} {'p95 ms':>8} {'max ms':>8}")
    for name, times in (("alone", alone), ("during a first scan", during)):
        p95 = statistics.quantiles(times, n=20)[-1]
        print(
            f"{name:32} {len(times):8} {statistics.median(times):8.1f} {p95:8.1f} {max(times):8.1f}"
        )


def _answers(port: int, token: str, going_on: Callable[[], bool]) -> list[float]:
    """Ask again and again over one connection; milliseconds of each answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    times = []
    while going_on():
        started = time.perf_counter()
        connection.request("GET", ADDRESS, headers={"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        answer.read()
        times.append((time.perf_counter() - started) * 1000)
        if answer.status != 200:
            raise RuntimeError(f"{ADDRESS} answered {answer.status}")
    connection.close()
    return times
