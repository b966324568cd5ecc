"""``make demo``: one command to a product that is set up, and nothing left behind after it."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from tests.product import PROJECT, START_SECONDS, STOP_SECONDS, free_port, wait_until

pytestmark = pytest.mark.e2e


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The running demo and its address."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.site.demo", "--dir", str(tmp_path / "demo")],
        cwd=PROJECT,
        env={**os.environ, "PORT": str(port), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    yield process, f"http://127.0.0.1:{port}"
    if process.poll() is None:
        process.terminate()
    process.wait(STOP_SECONDS)
    if process.stdout:
        process.stdout.close()


def read_until(process: subprocess.Popen[str], word: str) -> str:
    """What the demo says up to and including the line with ``word``."""
    told = ""
    for line in process.stdout or ():
        told += line
        if word in line:
            return told
    raise AssertionError(f"the demo ended before it said {word!r}:\n{told}")


def answers(address: str) -> Callable[[], bool]:
    def ask() -> bool:
        with contextlib.suppress(requests.ConnectionError):
            return requests.get(f"{address}/ping", timeout=5).status_code == 200
        return False

    return ask


def test_demo_lets_the_owner_in_and_leaves_nothing_running(
    demo: tuple[subprocess.Popen[str], str],
) -> None:
    process, address = demo
    told = read_until(process, "Aniworld is starting")
    password = re.search(r"Password +(\S+)", told)
    site = re.search(r"Sample site +(http://[\d.:]+)/", told)
    assert password
    assert site
    assert f"{address}/" in told
    wait_until(answers(address), seconds=START_SECONDS, what="the web server of the demo")

    entered = requests.post(f"{address}/api/auth/login", json={"password": password[1]}, timeout=30)
    assert entered.status_code == 200, entered.text
    headers = {"Authorization": f"Bearer {entered.json()['access_token']}"}
    providers = requests.get(f"{address}/api/providers", headers=headers, timeout=30).json()
    ours = next(entry for entry in providers if entry["name"] == "aniworld")
    assert (ours["enabled"], ours["base_url"]) == (True, site[1])
    assert requests.get(f"{site[1]}/animes-alphabet", timeout=10).status_code == 200

    process.send_signal(signal.SIGTERM)
    assert process.wait(STOP_SECONDS) == 0
    for gone in (address, site[1]):
        with pytest.raises(requests.ConnectionError):
            requests.get(gone, timeout=5)
