"""A wheel of this checkout, installed where nothing of it lies: all that it needs is in it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from django.conf import settings

from aniworld import __version__
from tests.product import PROJECT, free_port, wait_until

SECONDS = 120


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = ["-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run([sys.executable, *build], cwd=PROJECT, check=True, timeout=SECONDS)
    [made] = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that a wheel was installed into; what it depends on lies in the tests' own."""
    folder = tmp_path_factory.mktemp("site-packages")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder)
    return folder


class Owner:
    """Somebody who has ``aniworld`` on the path, and calls it in a folder of no meaning."""

    def __init__(self, installed: Path, home: Path) -> None:
        self.home = home
        self.port = free_port()
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        self.environment = {
            **kept,
            "HOME": str(home),
            "PORT": str(self.port),
            "PYTHONPATH": str(installed),
            "PYTHONUNBUFFERED": "1",
        }
        # As the console script does it: no folder of the caller's on the path.
        self.command = [sys.executable, "-P", "-m", "aniworld"]

    def __call__(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.command, *words],
            cwd=self.home,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )


@pytest.fixture
def owner(installed: Path, tmp_path: Path) -> Owner:
    return Owner(installed, tmp_path)


def test_a_wheel_has_no_tests_and_no_sources_of_translations(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        names = packed.namelist()
    assert wheel.name.startswith(f"aniworld-{__version__}-py3-none-any")
    rooms = {"aniworld", "accounts", "library", "downloads", "providers"}
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == rooms
    assert not [name for name in names if name.endswith((".po", ".pyc"))]
    for language, _ in set(settings.LANGUAGES) - {("en", "English")}:
        assert f"aniworld/shipped/locale/{language}/LC_MESSAGES/django.mo" in names


def test_help_and_version_need_no_settings(owner: Owner) -> None:
    owner.environment["PORT"] = "nonsense"
    assert owner("--version").stdout == f"Aniworld {__version__}\n"
    assert "worker" in owner("--help").stdout
    refused = owner("fly")
    assert refused.returncode == 2
    assert "invalid choice: 'fly'" in refused.stderr
    assert not list(owner.home.iterdir())


def test_a_setting_that_is_wrong_is_told_in_one_line(owner: Owner) -> None:
    owner.environment["PORT"] = "nonsense"
    for words in ((), ("web",), ("worker",), ("manage", "migrate")):
        done = owner(*words)
        assert done.returncode == 1
        assert done.stderr == "aniworld: PORT: must be a whole number\n"


def test_the_doctor_of_a_wheel_answers(owner: Owner) -> None:
    assert owner("manage", "migrate", "--verbosity", "0").returncode == 0
    done = owner("manage", "doctor")
    assert "manage.py runqueue" in done.stdout + done.stderr
    assert (owner.home / ".local/share/aniworld/aniworld.db").is_file()


@pytest.fixture
def running(owner: Owner) -> Iterator[Owner]:
    """``aniworld`` alone, which runs it, until Ctrl-C."""
    process = subprocess.Popen(
        owner.command, cwd=owner.home, env=owner.environment, stdout=subprocess.PIPE, text=True
    )
    try:
        wait_until(lambda: owner("health").returncode == 0, seconds=SECONDS, what="the web server")
        yield owner
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=SECONDS)
        assert process.returncode == 0
        assert f"Ready: http://127.0.0.1:{owner.port}/" in said
    finally:
        process.kill()
        process.wait()


def test_it_runs_with_its_templates_styles_and_translations(running: Owner) -> None:
    address = f"http://127.0.0.1:{running.port}"
    page = requests.get(f"{address}/setup", headers={"Accept-Language": "de"}, timeout=SECONDS)
    assert page.status_code == 200
    assert "Bibliothek" in page.text
    sources = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
    assert any(source.endswith(".css") for source in sources)
    assert any(source.endswith(".js") for source in sources)
    for source in sources:
        assert requests.get(f"{address}{source}", timeout=SECONDS).status_code == 200, source
    assert sorted(entry.name for entry in running.home.iterdir()) == [".local"]

    def worker() -> bool:
        told = requests.get(f"{address}/health/ready", timeout=SECONDS).json()
        return bool(told["checks"]["worker"]["ok"])

    wait_until(worker, seconds=SECONDS, what="the worker")


def test_health_says_when_nobody_answers(owner: Owner) -> None:
    asked = owner("health")
    assert asked.returncode == 1
    assert "does not answer" in asked.stdout
