"""Processes that are killed while they fetch: what is on disk afterwards is gone on with."""

from __future__ import annotations

import random
import signal
import subprocess
import time

import pytest

from tests.media_server import File, MediaServer
from tests.product import PROJECT
from tests.unit.downloads.transfer.ranges.conftest import Fetches, film

SIZE = 24_000_001
KILLS = 5


@pytest.mark.parametrize("etag", ['"one"', ""], ids=["parts", "one by one"])
def test_a_killed_process_costs_little_and_the_file_is_right(
    server: MediaServer, fetch: Fetches, etag: str
) -> None:
    file = File(film(SIZE), etag=etag, rate=12_000_000 if not etag else 3_000_000)
    moments = random.Random(etag)
    for kill in range(KILLS):
        url = server.url(f"/{kill}", file)
        before = server.sent
        process = subprocess.Popen(fetch.command(url), cwd=PROJECT)
        _wait_for(server, process, before + moments.randrange(SIZE // (KILLS + 1)))
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert fetch(server.url("/last", file)) == file.data
    assert server.sent <= 1.3 * SIZE


def _wait_for(server: MediaServer, process: subprocess.Popen[bytes], sent: int) -> None:
    while server.sent < sent and process.poll() is None:
        time.sleep(0.001)


def test_a_process_that_is_let_be_ends_well(server: MediaServer, fetch: Fetches) -> None:
    file = File(film(SIZE))
    subprocess.run(fetch.command(server.url("/film", file)), cwd=PROJECT, check=True)
    server.asked.clear()
    assert fetch(server.url("/film")) == file.data
    assert not server.asked
