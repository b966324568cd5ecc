"""The brake as the owner meets it: the real command, also as a user whom permissions hold."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.product import PROJECT, Product, wait_until

NOBODY = 65534
LONG_AGO = 1_600_000_000
PASSWORD = "correct horse battery"


@dataclass
class Owner:
    """Somebody without special rights, with a library of one series matched by its key file."""

    work: Path
    python: str
    user: dict[str, Any]

    @property
    def library(self) -> Path:
        return self.work / "library"

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": sysconfig.get_path("purelib"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "DATA_DIR": str(self.work / "data"),
            "ANIME_DIRECTORY": str(self.library),
        }
        return subprocess.run(
            [self.python, "manage.py", *arguments],
            cwd=PROJECT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            **self.user,
        )

    def rescan(self) -> tuple[int, dict[str, Any], str]:
        """Exit code, last line and everything else it said."""
        done = self.manage("rescan", "--no-provider", "--json")
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout.splitlines()[-1]), done.stderr

    def rows(self, columns: str, table: str) -> list[tuple[Any, ...]]:
        database = sqlite3.connect(self.work / "data" / "aniworld.db")
        try:
            question = f"SELECT {columns} FROM {table} ORDER BY id"  # noqa: S608 - the test's own
            return database.execute(question).fetchall()
        finally:
            database.close()

    def known(self) -> tuple[object, ...]:
        return (
            self.rows("path, state, size, season, episodes", "library_mediafile"),
            self.rows("season, episode_number, state, file_path", "library_episode"),
            self.rows("key, downloaded_count, missing_count", "library_animeseries"),
        )


def put(root: Path, *names: str) -> None:
    """Files that have been there for long."""
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(path.parent.name.lower() if path.name == "key" else "x" * 1000)
    age(root)


def age(root: Path) -> None:
    for path in [*root.rglob("*"), root]:
        os.utime(path, (LONG_AGO, LONG_AGO))


def python_for(user: dict[str, Any]) -> str:
    """A Python that this user may run: root's own lies where others may not look."""
    for python in (sys.executable, "/usr/bin/python3"):
        probe = [python, "-c", "import django, lxml.etree"]
        environment = {"PYTHONPATH": sysconfig.get_path("purelib")}
        try:
            done = subprocess.run(probe, env=environment, capture_output=True, check=False, **user)
        except PermissionError:
            continue
        if done.returncode == 0:
            return python
    pytest.skip("no Python here that another user may run")


@pytest.fixture
def owner() -> Iterator[Owner]:
    user = (
        {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.getuid() == 0 else {}
    )  # whoever runs the tests is held by permissions, unless it is root
    python = python_for(user)
    with tempfile.TemporaryDirectory(prefix="aniworld-guards-") as folder:
        work = Path(folder)
        put(work / "library", "Show/key", "Show/Season 1/S01E01.mkv", "Show/Season 2/S02E01.mkv")
        (work / "data").mkdir()
        if user:
            for path in [work, *work.rglob("*")]:
                os.chown(path, NOBODY, NOBODY)
        found = Owner(work, python, user)
        assert (done := found.manage("migrate", "--skip-checks", "-v", "0")).returncode == 0, (
            done.stderr
        )
        yield found
        for path in (found.library, found.library / "Show/Season 2"):
            path.chmod(0o755)  # or it could not be removed


def test_unreadable_folder_is_told_and_nothing_of_it_is_lost(owner: Owner) -> None:
    assert owner.rescan()[:2][0] == 0
    before = owner.known()
    locked = owner.library / "Show/Season 2"
    locked.chmod(0)
    os.utime(locked, (LONG_AGO + 5, LONG_AGO + 5))
    code, answer, _ = owner.rescan()
    assert (code, answer["state"], answer["result"]["gone"]) == (0, "COMPLETED", 0)
    assert owner.known() == before
    told = owner.manage("rescan", "--no-provider", "--full")
    assert "Show/Season 2: cannot be read: Permission denied" in told.stdout
    assert owner.known() == before
    locked.chmod(0o755)
    assert owner.rescan()[1]["result"]["errors"] == 0
    assert owner.known() == before


def test_folder_that_shows_no_more_than_its_names_loses_nothing(owner: Owner) -> None:
    """It may be listed and not entered: the status of no file in it can be asked."""
    assert owner.rescan()[0] == 0
    before = owner.known()
    locked = owner.library / "Show/Season 2"
    locked.chmod(0o444)
    for options in ((), ("--full",)):
        os.utime(locked, (LONG_AGO + 5, LONG_AGO + 5))
        done = owner.manage("rescan", "--no-provider", *options)
        assert (done.returncode, owner.known()) == (0, before)
        assert "Show/Season 2/S02E01.mkv: cannot be read: Permission denied" in done.stdout
    locked.chmod(0o755)
    assert owner.rescan()[1]["result"]["errors"] == 0
    assert owner.known() == before


def test_unreadable_folder_of_a_series_keeps_the_whole_series(owner: Owner) -> None:
    owner.rescan()
    before = owner.known()
    (owner.library / "Show").chmod(0)
    try:
        code, answer, _ = owner.rescan()
        assert (code, answer["result"]["gone"]) == (0, 0)
        assert answer["result"]["errors"] == 2  # its seasons, which are known, cannot be reached
        assert owner.known() == before
    finally:
        (owner.library / "Show").chmod(0o755)


@pytest.mark.parametrize("mode", [0o000, 0o300])
def test_unreadable_root_changes_nothing_whatever_the_owner_says(owner: Owner, mode: int) -> None:
    owner.rescan()
    before = owner.known()
    owner.library.chmod(mode)
    code, answer, said = owner.rescan()
    assert (code, answer["state"]) == (1, "FAILED")
    assert str(owner.library) in answer["error"]["text"]
    assert "Traceback" not in said
    accepted = owner.manage("rescan", "--no-provider", "--accept-removals")
    assert accepted.returncode == 1
    assert str(owner.library) in accepted.stderr
    assert owner.known() == before
    assert owner.rows("frozen_reason", "library_libraryroot") == [("root_unavailable",)]
    owner.library.chmod(0o755)
    assert owner.rescan()[0] == 0
    assert owner.known() == before


def test_unreadable_key_file_leaves_the_folder_to_the_owner(owner: Owner) -> None:
    (owner.library / "Show/key").chmod(0)
    code, answer, _ = owner.rescan()
    assert (code, answer["result"]["unmatched"]) == (0, 1)


# --- the owner's word, by each of its ways


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Product]:
    """Four series of ten episodes, known by their key files; no site is asked."""
    (tmp_path / "data").mkdir()
    library = tmp_path / "library"
    for name in ("Alpha", "Beta", "Gamma", "Delta"):
        put(library, f"{name}/key", *(f"{name}/S01E{n:02}.mkv" for n in range(1, 11)))
    with Product(tmp_path / "data", library) as running:
        running.migrate()
        assert running.manage("rescan", "--no-provider").returncode == 0
        yield running


def lose(product: Product, name: str) -> None:
    folder = Path(product.environment["ANIME_DIRECTORY"], name)
    shutil.rmtree(folder)


def counts(product: Product, key: str) -> tuple[int, int]:
    answer = product.api("GET", f"v1/anime/{key}", expect=200)
    return answer["downloaded_count"], answer["unavailable_count"]


def end_of(product: Product) -> dict[str, Any]:
    def ended() -> Any:
        now = product.api("GET", "v1/anime/rescan/status", expect=200)
        return now["state"] != "RUNNING" and now

    return dict(wait_until(ended, seconds=60, what="the end of the scan"))


def test_removals_are_confirmed_by_command_by_api_and_by_button(product: Product) -> None:
    product.start_web()
    product.api("POST", "auth/setup", {"master_password": PASSWORD}, expect=201)
    product.log_in(PASSWORD)

    lose(product, "Alpha")
    refused = product.manage("rescan", "--no-provider")
    assert refused.returncode == 1
    assert "Alpha (alpha): 10 of 10" in refused.stderr
    assert counts(product, "alpha") == (0, 10)
    assert product.manage("rescan", "--no-provider").returncode == 1  # as often as it is asked
    assert counts(product, "alpha") == (0, 10)
    assert product.manage("rescan", "--no-provider", "--accept-removals").returncode == 0
    assert counts(product, "alpha") == (0, 0)

    lose(product, "Beta")
    product.api("POST", "v1/anime/rescan", {}, expect=202)
    assert end_of(product)["error"]["code"] == "mass_removal"
    assert counts(product, "beta") == (0, 10)
    product.api("POST", "v1/anime/rescan", {"accept_removals": True}, expect=202)
    assert end_of(product)["state"] == "COMPLETED"
    assert counts(product, "beta") == (0, 0)

    lose(product, "Gamma")
    product.api("POST", "v1/anime/rescan", {}, expect=202)
    assert end_of(product)["state"] == "FAILED"
    press(product, "/library/scan/removals", "files")
    assert end_of(product)["state"] == "COMPLETED"
    assert counts(product, "gamma") == (0, 0)
    assert counts(product, "delta") == (10, 0)


def press(product: Product, path: str, name: str) -> None:
    """Press a button of a page as a browser without script does."""
    page = product.session.get(f"{product.address}{path}", timeout=30).text
    form = r'<form[^>]*action="([^"]*)"[^>]*>(?:(?!</form>).)*name="{}"[^>]*value="([^"]*)"'
    button = re.search(form.format(name), page, re.S)
    assert button, page
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]*)"', button[0])
    assert token
    answer = product.session.post(
        f"{product.address}{button[1]}",
        data={"csrfmiddlewaretoken": token[1], name: button[2]},
        headers={"Referer": f"{product.address}/", "Origin": product.address},
        timeout=30,
    )
    assert answer.status_code == 200, answer.text
