"""Requests a second of the list pages, beside an empty Django view on the same server.

1,000 series × 26 episodes and 1,000 queue items. All contenders are served by Daphne, each by one
process, and asked in turn; the ratio of the medians is what counts, not the absolute figures.
"""

from __future__ import annotations

import http.client
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from tests.product import PROJECT, Product, free_port, wait_until

CONNECTIONS = 8
SECONDS = 2.0
ROUNDS = 5
PASSWORD = "a tests.bench password"


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="aniworld-tests.bench-") as folder:
        data = Path(folder)
        (data / "library").mkdir()
        with Product(data, data / "library", LOG_LEVEL="ERROR") as product:
            _seed(product)
            product.start_web()
            product.api("POST", "auth/setup", {"master_password": PASSWORD}, expect=201)
            token = product.log_in(PASSWORD)
            empty_port = free_port()
            empty = _start_empty(empty_port, product.environment)
            try:
                _compare(product.port, empty_port, token)
            finally:
                empty.terminate()
                empty.wait()


def _compare(port: int, empty_port: int, token: str) -> None:
    contenders = {
        "Django's empty view": (empty_port, "/"),
        "GET /api/v1/anime": (port, "/api/v1/anime"),
        "GET /api/queue/status": (port, "/api/queue/status"),
    }
    rates: dict[str, list[float]] = {name: [] for name in contenders}
    for round_number in range(ROUNDS + 1):
        for name, (where, path) in contenders.items():
            rate = _requests_per_second(where, path, token)
            if round_number:  # the first round warms up
                rates[name].append(rate)
    floor = statistics.median(rates["Django's empty view"])
    print(f"{'contender':24} {'req/s':>8} {'÷ empty view':>13}")
    for name, values in rates.items():
        median = statistics.median(values)
        print(f"{name:24} {median:8.0f} {median / floor:13.2f}")


def _requests_per_second(port: int, path: str, token: str) -> float:
    counts = [0] * CONNECTIONS
    stop_at = time.perf_counter() + SECONDS

    def ask(slot: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while time.perf_counter() < stop_at:
            connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{path} answered {answer.status}")
            counts[slot] += 1
        connection.close()

    threads = [threading.Thread(target=ask, args=(slot,)) for slot in range(CONNECTIONS)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if not all(counts):
        raise RuntimeError(f"{path}: a connection got no answer")
    return sum(counts) / (time.perf_counter() - started)


def _start_empty(port: int, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    server = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "daphne",
            "-v",
            "0",
            "-b",
            "127.0.0.1",
            "-p",
            str(port),
            "tests.bench.empty:application",
        ],
        cwd=PROJECT,
        env=environment,
    )
    wait_until(lambda: _answers(port), seconds=30, what="the empty server")
    return server


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/")
    except ConnectionRefusedError:
        return False
    return connection.getresponse().status == 200


def _seed(product: Product) -> None:
    product.migrate()
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.seed"],
        cwd=PROJECT,
        env={**os.environ, **product.environment},
        check=False,
    )
    if done.returncode:
        raise RuntimeError("the sample database could not be filled")
