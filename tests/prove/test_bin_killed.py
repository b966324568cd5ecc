"""The recycle bin, killed at any step: each file is there once, in its place or in the bin, and the
database says where; of what is replaced one good file counts at every moment."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import closing
from pathlib import Path
from sqlite3 import connect
from typing import Any

import pytest

from tests.product import PROJECT
from tests.prove import share
from tests.prove.bin_at_step import NEW, SEASON
from tests.prove.conftest import Prove
from tests.prove.databases import KINDS, Database
from tests.prove.owner import LONG_AGO, Owner, settle

POINTS = 20  # of each act, spread over all its steps
EPISODES = 4
BESIDE = (".de.srt", ".nfo")

pytestmark = pytest.mark.timeout(2400)


def furnish(library: Path) -> None:
    """Every file says which it is."""
    season = library / "Show 0/Season 01"
    season.mkdir(parents=True)
    (library / "Show 0/key").write_text("show-0")
    for number in range(1, EPISODES + 1):
        for end in (".mkv", *BESIDE):
            (season / f"S01E{number:02}{end}").write_text(f"{number} {end} {'x' * number * 10}")
    settle(library)
    for path in library.rglob("*"):
        if path.is_file():
            os.utime(path, (LONG_AGO, LONG_AGO))


def contents(library: Path) -> dict[str, str]:
    """What each file says, by its path, wherever it lies."""
    files = (path for path in library.rglob("*") if path.is_file())
    names = {"key", ".ignore", ".nomedia"}
    return {str(p.relative_to(library)): p.read_text() for p in files if p.name not in names}


def run(owner: Owner, act: str, step: int) -> tuple[int, int]:
    """How it ended, and how many steps it had where it did by itself."""
    done = subprocess.run(
        [owner.python, "-m", "tests.prove.bin_at_step", str(step), act],
        cwd=PROJECT,
        env=owner.surroundings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr
    return done.returncode, int(done.stdout.split()[-1]) if done.returncode == 0 else 0


def rows(owner: Owner, question: str) -> list[tuple[Any, ...]]:
    with closing(connect(owner.data / "aniworld.db")) as db:
        return db.execute(question).fetchall()


def counting(database: Database, library: Path) -> list[str]:
    """What the files say that stand for episodes, as the database has it now."""
    found = database.rows("SELECT file_path FROM library_episode WHERE state = 'PRESENT'")
    return sorted((library / path).read_text() for (path,) in found)


def in_bin(owner: Owner) -> list[str]:
    """The places of all that is said to be in the bin."""
    found = rows(
        owner,
        "SELECT json_extract(value, '$.new') FROM library_binnedfile, json_each(moves)"
        " WHERE state = 'BINNED'",
    )
    return sorted(place for (place,) in found)


def check(owner: Owner, library: Path, said: list[str], where: str) -> None:
    """What must be so when somebody has come by after a kill."""
    there = contents(library)
    assert sorted(there.values()) == said, f"{where}: a file is lost, or there twice"
    scanned = owner.rescan()
    assert scanned.code == 0, f"{where}: {scanned.said}"
    assert scanned.counts == (0, 0, 0), f"{where}: the scan had to find files anew"
    hidden = {path for path in there if path.startswith(".aniworld/bin/")}
    assert sorted(hidden) == in_bin(owner), f"{where}: the rows do not fit the bin"
    videos = {path for path in there if path.endswith(".mkv") and not path.startswith(".aniworld")}
    assert owner.files() == videos, f"{where}: the database does not fit the library"
    for video in videos:
        for end in BESIDE:
            assert video.removesuffix(".mkv") + end in there, f"{where}: something was left behind"
    left = "SELECT count(*) FROM library_binnedfile WHERE state <> 'BINNED'"
    assert rows(owner, left) == [(0,)], f"{where}: something is still under way"


def points(owner: Owner, act: str) -> list[int]:
    """The steps of an act at which it is killed; it is done once for that."""
    code, seen = run(owner, act, 0)
    assert code == 0
    most = share.of(POINTS)
    return [1 + number * (seen - 1) // most for number in range(most)]


def test_no_file_is_lost_wherever_the_bin_is_killed(tmp_path: Path, proved: Prove) -> None:
    library = tmp_path / "library"
    furnish(library)
    owner = Owner(tmp_path / "data", (library,), environment={"PYTHONDONTWRITEBYTECODE": ""})
    assert owner.rescan().code == 0
    said = sorted(contents(library).values())
    steps = {act: points(owner, act) for act in ("delete", "restore")}
    kills = 0
    for step in steps["delete"]:
        kills += run(owner, "delete", step)[0] != 0
        run(owner, "recover", 0)
        check(owner, library, said, f"delete {step}")
        if in_bin(owner):
            assert run(owner, "restore", 0)[0] == 0
    for step in steps["restore"]:
        assert run(owner, "delete", 0)[0] == 0
        kills += run(owner, "restore", step)[0] != 0
        run(owner, "recover", 0)
        check(owner, library, said, f"restore {step}")
        if in_bin(owner):
            assert run(owner, "restore", 0)[0] == 0
    assert len(owner.files()) == EPISODES
    proved(f"bin killed while deleting and restoring: {kills} times, each file there once")


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("end", ["", "-other"], ids=["same name", "other name"])
def test_one_good_file_counts_wherever_a_replacement_is_killed(
    tmp_path: Path, proved: Prove, kind: str, end: str
) -> None:
    library, data = tmp_path / "library", tmp_path / "data"
    furnish(library)
    with KINDS[kind](data) as database:
        environment = {"PYTHONDONTWRITEBYTECODE": "", "DATABASE_URL": database.url}
        owner = Owner(data, (library,), environment=environment)
        assert owner.rescan().code == 0
        old = counting(database, library)
        new = sorted([NEW, *old[1:]])
        said = sorted([*contents(library).values(), NEW])
        kills = 0
        for act in (f"replace{end}", f"undo{end}"):
            for step in points(owner, act):
                kills += run(owner, act, step)[0] != 0
                assert counting(database, library) in (old, new), f"{act} {step}: at the kill"
                assert first_of(library) <= {old[0], NEW}, f"{act} {step}: at the kill"
                run(owner, "recover", 0)
                assert counting(database, library) in (old, new), f"{act} {step}"
                assert len(first_of(library)) == 1, f"{act} {step}: two of one episode"
                everything = sorted(contents(library).values())
                assert everything == said, f"{act} {step}: a file is lost, or there twice"
    proved(
        f"replacing and taking back killed on {kind}, {'other' if end else 'same'} name: "
        f"{kills} times, one good file counts each time"
    )


def first_of(library: Path) -> set[str]:
    """What the files of the first episode say that anybody can see."""
    return {path.read_text() for path in (library / SEASON).glob("S01E01*.mkv")}
