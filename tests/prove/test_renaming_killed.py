"""Renamings killed at any moment: each file is there once, and what comes next puts all right."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import time
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests.product import PROJECT, wait_until
from tests.prove import share
from tests.prove.conftest import Prove
from tests.prove.owner import LONG_AGO, Owner, settle

KILLS = 40
SHOWS, EPISODES = 12, 6
BESIDE = (".de.srt", ".nfo", "-thumb.jpg")
TEMPLATES = (
    "{name}/Season {season:02}/{name} - S{season:02}E{episode:02}",
    "{name}/Season {season:02}/{name} {season}x{episode:02}",
    "{name}/Season {season:02}/S{season:02}E{episode:02} - {name}",
)

pytestmark = pytest.mark.timeout(2400)


def furnish(library: Path) -> None:
    """Every file says which it is."""
    for show in range(SHOWS):
        folder = library / f"Show {show}"
        season = folder / "Season 01"
        season.mkdir(parents=True)
        (folder / "key").write_text(f"show-{show}")
        for number in range(1, EPISODES + 1):
            for end in (".mkv", *BESIDE):
                file = season / f"s01e{number:02}{end}"
                file.write_text(f"{show} {number} {end} {'x' * (show * 10 + number)}")
    settle(library)
    for path in library.rglob("*"):
        if path.is_file():
            os.utime(path, (LONG_AGO, LONG_AGO))


def contents(library: Path) -> dict[str, str]:
    """What each file says, by its path."""
    files = (path for path in library.rglob("*") if path.is_file() and path.name != "key")
    return {str(path.relative_to(library)): path.read_text() for path in files}


def choose(owner: Owner, template: str) -> None:
    config = {"schema": 1, "downloads": {"naming_template": template}}
    (owner.data / "config.json").write_text(json.dumps(config), encoding="utf-8")


def begin(owner: Owner) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [owner.python, "manage.py", "renamefiles", "--json"],
        cwd=PROJECT,
        env=owner.surroundings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def count(owner: Owner, question: str) -> int:
    with (
        suppress(sqlite3.OperationalError),
        closing(sqlite3.connect(owner.data / "aniworld.db")) as db,
    ):
        return int(db.execute(question).fetchone()[0])
    return 0


def under_way(owner: Owner, running: subprocess.Popen[bytes]) -> None:
    question = (
        "SELECT count(*) FROM library_renamestep s JOIN library_scanoperation o"
        " ON o.id = s.operation_id WHERE o.state = 'RUNNING'"
    )
    wait_until(
        lambda: count(owner, question) or running.poll() is not None,
        seconds=120,
        what="the first step of a renaming",
    )


def kill(owner: Owner, after: float) -> str:
    running = begin(owner)
    under_way(owner, running)
    time.sleep(after)  # the moment of the kill is drawn by chance
    was = "over already" if running.poll() is not None else "killed"
    running.kill()
    running.wait()
    return was


def is_whole(library: Path) -> bool:
    """Whether each video has what belongs to it beside it."""
    found = contents(library)
    return all(
        path.removesuffix(".mkv") + end in found
        for path in found
        if path.endswith(".mkv")
        for end in BESIDE
    )


def test_no_file_is_lost_wherever_a_renaming_is_killed(tmp_path: Path, proved: Prove) -> None:
    library = tmp_path / "library"
    furnish(library)
    owner = Owner(tmp_path / "data", (library,), environment={"PYTHONDONTWRITEBYTECODE": ""})
    assert owner.rescan().code == 0
    said = sorted(contents(library).values())
    episodes = owner.rows("SELECT series_id, season, episode_number, state FROM library_episode")
    kills, chance, ends = share.of(KILLS), random.Random(7), Counter[str]()
    for turn in range(kills):
        before = set(contents(library))
        choose(owner, TEMPLATES[turn % len(TEMPLATES)])
        ends[kill(owner, chance.uniform(0, 0.25))] += 1
        there = contents(library)
        assert sorted(there.values()) == said, f"kill {turn}: a file is lost, or there twice"
        strange = set(there) - before - names(TEMPLATES[turn % len(TEMPLATES)])
        assert not strange, f"kill {turn}: neither old nor new names: {strange}"
        scanned = owner.rescan()
        assert scanned.code == 0, scanned.said
        assert scanned.counts == (0, 0, 0), f"kill {turn}: the scan had to find files anew"
        assert is_whole(library), f"kill {turn}: something was left behind"
        assert owner.files() == {path for path in contents(library) if path.endswith(".mkv")}
        assert episodes == owner.rows(
            "SELECT series_id, season, episode_number, state FROM library_episode"
        )
        assert not count(owner, "SELECT count(*) FROM library_renamestep WHERE state = 'PLANNED'")
    done = owner.manage("renamefiles", "--json")
    assert done.returncode == 0, done.stderr
    assert set(contents(library)) == names(TEMPLATES[(kills - 1) % len(TEMPLATES)])
    proved(
        f"renamings killed: {ends['killed']} of {kills} ({ends['over already']} were over); each "
        f"of {len(said)} files there once, under its old or its new name, its scan right"
    )


def names(template: str) -> set[str]:
    """What all files are called by a template."""
    return {
        template.format(name=f"Show {show}", season=1, episode=number) + end
        for show in range(SHOWS)
        for number in range(1, EPISODES + 1)
        for end in (".mkv", *BESIDE)
    }
