"""What the container's image begins with: a real process that becomes another user."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.product import PROJECT

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
# Says who it has become at the moment it would go on as ``aniworld``, whose interpreter may lie
# where that user does not get through to.
DRIVER = """
import json, os, sys
from aniworld import container
def go_on(program, words):
    told = {"ids": [os.getuid(), os.getgid(), os.getgroups()], "umask": os.umask(0)}
    told |= {"words": words[1:], "home": os.environ["HOME"], "data": os.environ["DATA_DIR"]}
    print(json.dumps(told))
os.execv = go_on
container.main()
"""


def begin(data: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", DRIVER, *words],
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(data), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def become(data: Path, *words: str, **environment: str) -> dict[str, Any]:
    done = begin(data, *words, **environment)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.fixture
def data() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="aniworld-container-"))
    yield folder / "config"
    shutil.rmtree(folder)


def owner_of(path: Path) -> tuple[int, int]:
    found = path.lstat()
    return found.st_uid, found.st_gid


@AS_ROOT
def test_it_becomes_the_user_that_is_named_and_gives_it_its_data(data: Path) -> None:
    told = become(data, "worker", PUID="12345", PGID="23456", UMASK="027")
    assert told["ids"] == [12345, 23456, [23456]]
    assert told["umask"] == 0o027
    assert told["words"] == ["-m", "aniworld", "worker"]
    assert (told["home"], told["data"]) == (str(data), str(data))
    assert owner_of(data) == (12345, 23456)


@AS_ROOT
def test_without_names_it_is_the_first_user(data: Path) -> None:
    told = become(data, "run", PUID="", PGID=" ")
    assert told["ids"] == [1000, 1000, [1000]]
    assert told["umask"] == 0o022


@AS_ROOT
def test_only_what_is_ours_is_given_away_and_links_are_not_followed(data: Path) -> None:
    """A library that lies below, or a file elsewhere that a link leads to, keeps its owner."""
    (data / "covers" / "12").mkdir(parents=True)
    (data / "covers" / "12" / "a.webp").touch()
    (data / "aniworld.db").touch()
    (data / "library").mkdir()
    (data / "library" / "film.mkv").touch()
    elsewhere = data.parent / "elsewhere"
    (elsewhere / "deep").mkdir(parents=True)
    (data / "backups").symlink_to(elsewhere)
    (data / "covers" / "link").symlink_to(elsewhere)
    become(data, PUID="1001", PGID="1001")
    given = [data, *(data / name for name in ("covers", "covers/12", "covers/12/a.webp"))]
    given += [data / "aniworld.db", data / "covers" / "link"]
    assert {owner_of(path) for path in given} == {(1001, 1001)}
    kept = [data / "library", data / "library" / "film.mkv", elsewhere, elsewhere / "deep"]
    assert {owner_of(path) for path in kept} == {(0, 0)}


@AS_ROOT
def test_root_stays_root_where_that_is_asked_for(data: Path) -> None:
    assert become(data, PUID="0", PGID="0")["ids"][:2] == [0, 0]


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("PUID", "-1", "the number of a user"),
        ("PUID", "me", "the number of a user"),
        ("PUID", "4294967295", "the number of a user"),
        ("PUID", "²", "the number of a user"),
        ("PGID", "1" * 5000, "the number of a user"),
        ("UMASK", "9", "an octal number"),
        ("UMASK", "1777", "an octal number"),
    ],
)
@AS_ROOT
def test_what_is_no_number_is_refused_in_one_line(
    data: Path, name: str, value: str, kind: str
) -> None:
    done = begin(data, **{name: value})
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith(f"aniworld: {name}: ")
    assert kind in done.stderr
    assert done.stderr.count("\n") == 1
    assert len(done.stderr) < 200


@AS_ROOT
@pytest.mark.skipif(not shutil.which("setpriv"), reason="takes setpriv of util-linux")
def test_without_the_capabilities_it_says_what_it_takes(data: Path) -> None:
    done = subprocess.run(
        ["setpriv", "--bounding-set=-setuid,-setgid", sys.executable, "-c", DRIVER],
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(data)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1
    assert "--user" in done.stderr
    assert done.stderr.count("\n") == 1


@AS_ROOT
def test_given_a_user_it_stays_that(data: Path) -> None:
    """Its modules are read before: the interpreter of the tests may lie where nobody else looks."""
    lines = DRIVER.replace(
        "os.execv = go_on", "os.setgroups([]); os.setgid(4321); os.setuid(4321)\nos.execv = go_on"
    )
    done = subprocess.run(
        [sys.executable, "-c", lines, "web"],
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(data), "PUID": "77"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["ids"] == [4321, 4321, []]
    assert not data.exists()
