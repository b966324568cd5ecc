"""A library as its owner has it: scanned by the real command, seen in the real database."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from tests.product import PROJECT

LONG_AGO = 1_600_000_000


class Scanned(NamedTuple):
    """How a scan ended, and what else it said."""

    code: int
    answer: dict[str, Any]
    said: str

    @property
    def counts(self) -> tuple[int, int, int]:
        """New, changed and gone."""
        result = self.answer["result"]
        return result["new"], result["changed"], result["gone"]


@dataclass
class Owner:
    """Somebody with these library folders; ``user`` runs the scans as another user."""

    data: Path
    roots: tuple[Path, ...]
    python: str = sys.executable
    user: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for directory in (self.data, *self.roots):
            directory.mkdir(parents=True, exist_ok=True)
        if self.user:
            os.chown(self.data, self.user["user"], self.user["group"])
        done = self.manage("migrate", "--skip-checks", "--verbosity", "0")
        assert done.returncode == 0, done.stderr

    def allow_links_to(self, *targets: Path) -> None:
        """Let side files be read behind links that lead there."""
        library = {"link_targets": [str(target) for target in targets]}
        config = {"schema": 1, "library": library}
        (self.data / "config.json").write_text(json.dumps(config), encoding="utf-8")

    @property
    def surroundings(self) -> dict[str, str]:
        """The environment of everything that is run."""
        return {
            **os.environ,
            "DATA_DIR": str(self.data),
            "ANIME_DIRECTORY": str(self.roots[0]),
            "PYTHONDONTWRITEBYTECODE": "1",
            **self.environment,
        }

    def begin_scan(self) -> subprocess.Popen[bytes]:
        """Start a scan, for whoever does not wait for its end."""
        return subprocess.Popen(
            [self.python, "manage.py", "rescan", "--no-provider", "--json"],
            cwd=PROJECT,
            env=self.surroundings,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **self.user,
        )

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.python, "manage.py", *arguments],
            cwd=PROJECT,
            env=self.surroundings,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            **self.user,
        )

    def rescan(self, *options: str) -> Scanned:
        done = self.manage("rescan", "--no-provider", "--json", *options)
        assert done.stdout, done.stderr
        return Scanned(done.returncode, json.loads(done.stdout.splitlines()[-1]), done.stderr)

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        database = sqlite3.connect(self.data / "aniworld.db")
        try:
            return database.execute(question).fetchall()
        finally:
            database.close()

    def files(self, state: str = "PRESENT") -> set[str]:
        """The paths of the known files in a state."""
        rows = self.rows(f"SELECT path FROM library_mediafile WHERE state = '{state}'")  # noqa: S608
        return {path for (path,) in rows}

    def sizes(self) -> dict[str, int]:
        return dict(self.rows("SELECT path, size FROM library_mediafile"))

    def episodes(self, state: str) -> int:
        ((count,),) = self.rows(
            f"SELECT count(*) FROM library_episode WHERE state = '{state}'"  # noqa: S608
        )
        return int(count)

    def mounts(self) -> list[dict[str, Any]]:
        rows = self.rows("SELECT mounts FROM library_libraryroot ORDER BY position")
        return [mount for (mounts,) in rows for mount in json.loads(mounts)]


def on_disk(root: Path) -> dict[str, int]:
    """The videos that are there, with their sizes: the simple model that scans are held to."""
    found = {}
    for folder, _, names in os.walk(root, followlinks=True):
        for name in names:
            path = Path(folder, name)
            if name.endswith(".mkv") and path.exists():
                found[str(path.relative_to(root))] = path.stat().st_size
    return found


def put(path: Path, size: int = 1000) -> None:
    """A video that has been there for long."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)
    os.utime(path, (LONG_AGO, LONG_AGO))


def settle(*roots: Path) -> None:
    """Let every directory be old, so that its time could be believed."""
    for root in roots:
        for folder, _, _ in os.walk(root):
            if os.stat(folder).st_mtime > LONG_AGO + 1_000_000:  # noqa: PTH116
                os.utime(folder, (LONG_AGO, LONG_AGO))
