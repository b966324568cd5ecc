"""``make demo``: one command to a product that is set up, and nothing left behind after it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.product import PROJECT, START_SECONDS, STOP_SECONDS, free_port
from tests.site.demo import PASSWORD, _password

pytestmark = pytest.mark.e2e


def command(folder: Path) -> list[str]:
    return [sys.executable, "-m", "tests.site.demo", "--dir", str(folder)]


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The running demo and its address."""
    port = free_port()
    process = subprocess.Popen(
        command(tmp_path / "demo"),
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


def answers(address: str) -> bool:
    return requests.get(f"{address}/ping", timeout=30).status_code == 200


def refused(folder: Path, port: int) -> str:
    """Why a demo does not start."""
    done = subprocess.run(
        command(folder),
        cwd=PROJECT,
        env={**os.environ, "PORT": str(port)},
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
    )
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    return done.stderr


def test_demo_lets_the_owner_in_and_leaves_nothing_running(
    demo: tuple[subprocess.Popen[str], str], tmp_path: Path
) -> None:
    process, address = demo
    told = read_until(process, "Ready:")
    password = re.search(r"Password +(\S+)", told)
    site = re.search(r"Sample site +(http://[\d.:]+)/", told)
    assert password
    assert password[1] == PASSWORD
    assert site
    steps = re.findall(r"^  (.+) … \d+\.\d s$", told, re.MULTILINE)
    assert len(steps) == 4
    assert told.index(steps[-1]) < told.index("Password")
    assert f"Ready: {address}/" in told
    assert answers(address)

    entered = requests.post(f"{address}/api/auth/login", json={"password": password[1]}, timeout=30)
    assert entered.status_code == 200, entered.text
    headers = {"Authorization": f"Bearer {entered.json()['access_token']}"}
    providers = requests.get(f"{address}/api/providers", headers=headers, timeout=30).json()
    ours = next(entry for entry in providers if entry["name"] == "aniworld")
    assert (ours["enabled"], ours["base_url"]) == (True, site[1])
    assert requests.get(f"{site[1]}/animes-alphabet", timeout=60).status_code == 200

    port = int(address.rpartition(":")[2])
    assert f"PORT: {port} is in use already" in refused(tmp_path / "other", port)
    assert "another demo is running" in refused(tmp_path / "demo", free_port())

    process.send_signal(signal.SIGTERM)
    assert process.wait(STOP_SECONDS) == 0
    for gone in (address, site[1]):
        with pytest.raises(requests.ConnectionError):
            requests.get(gone, timeout=5)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.8.8.8"])
def test_the_password_of_a_demo_for_oneself_is_always_the_same(host: str) -> None:
    assert _password(host) == PASSWORD


@pytest.mark.parametrize("host", ["192.168.1.2", "::", "0.0.0.0", "nas.local"])  # noqa: S104
def test_a_demo_that_others_reach_has_a_password_of_its_own(host: str) -> None:
    assert _password(host) not in (PASSWORD, _password(host))
