"""Anything may happen between two scans: random changes on real file systems, against a model.

The model is the disk itself: what a scan has left in the database as present is what is there, and
nothing that is there is missing. What goes may be held for the owner's word, never more.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.prove.mounting import KINDS, Disk, needs_root, tmpfs
from tests.prove.owner import Owner, on_disk, put, settle

pytestmark = needs_root

SEEDS, SCANS, CHANGES = 200, 3, 6
# Not every machine can make the first; the seeds are for what every one has.
_OTHERS = {"exFAT image", "VFAT image"}
_KINDS = [kind for kind in KINDS if kind not in _OTHERS]
LIVES = [
    *((_KINDS[seed % len(_KINDS)], seed) for seed in range(SEEDS)),
    *((kind, seed) for kind in sorted(_OTHERS) for seed in range(5)),
]


class Hands:
    """Whoever changes the library between two scans."""

    def __init__(self, seed: int, disk: Disk, store: Path) -> None:
        self.chance = random.Random(seed)
        self.disk = disk
        self.store = store
        self.number = 0

    def change(self) -> None:
        """Do something; perhaps the directory keeps its time."""
        ways: list[Callable[[], None]] = [
            *(self.add, self.add, self.remove, self.rename, self.move, self.add_season),
            *(self.remove_season, self.link_file, self.link_folder, self.kill, self.rewrite),
        ]
        keeps = self.chance.random() < 0.5
        before = self._times() if keeps else {}
        self.chance.choice(ways)()
        for directory, time_ns in before.items():
            if directory.is_dir() and not directory.is_symlink():
                os.utime(directory, ns=(time_ns, time_ns))

    def add(self) -> None:
        self.number += 1
        put(self._part() / f"{self._season()}/S01E{self.number + 20:02}.mkv", self._size())

    def add_season(self) -> None:
        self.number += 1
        season = self._part() / f"Show {self.chance.randrange(4)}/Season {self.number + 1}"
        put(season / f"S{self.number + 1:02}E01.mkv")

    def remove(self) -> None:
        if files := self._files():
            self.chance.choice(files).unlink()

    def rename(self) -> None:
        if files := self._files():
            self.number += 1
            file = self.chance.choice(files)
            file.rename(file.with_name(f"S01E{self.number + 60:02}.mkv"))

    def move(self) -> None:
        if files := self._files():
            file = self.chance.choice(files)
            part = next(part for part in self.disk.parts if file.is_relative_to(part))
            target = part / self._season() / file.name
            target.parent.mkdir(parents=True, exist_ok=True)
            if not os.path.lexists(target):
                file.rename(target)

    def remove_season(self) -> None:
        seasons = [file.parent for file in self._files() if file.parent.name != "Season 1"]
        if seasons:
            shutil.rmtree(self.chance.choice(seasons))

    def link_file(self) -> None:
        self.number += 1
        target = self.store / f"{self.number}.mkv"
        put(target, self._size())
        self._link(f"{self._season()}/S03E{self.number:02}.mkv", target)

    def link_folder(self) -> None:
        self.number += 1
        target = self.store / f"folder {self.number}"
        put(target / f"S04E{self.number:02}.mkv")
        self._link(f"Show {self.chance.randrange(4)}/Linked {self.number}", target)

    def kill(self) -> None:
        """What a link leads to goes."""
        if targets := sorted(self.store.iterdir()):
            target = self.chance.choice(targets)
            shutil.rmtree(target) if target.is_dir() else target.unlink()

    def rewrite(self) -> None:
        if files := self._files():
            put(self.chance.choice(files), self._size())

    def _link(self, name: str, target: Path) -> None:
        link = self._part() / name
        link.parent.mkdir(parents=True, exist_ok=True)
        if not os.path.lexists(link):
            link.symlink_to(target)

    def _part(self) -> Path:
        return self.chance.choice(self.disk.parts)

    def _season(self) -> str:
        return f"Show {self.chance.randrange(4)}/Season 1"

    def _size(self) -> int:
        return self.chance.randrange(1, 5000)

    def _files(self) -> list[Path]:
        return sorted(
            path
            for part in self.disk.parts
            for path in part.rglob("*.mkv")
            if not path.is_symlink() and not path.is_dir()
        )

    def _times(self) -> dict[Path, int]:
        folders = (path for part in self.disk.parts for path in part.rglob("*"))
        return {path: path.stat().st_mtime_ns for path in folders if path.is_dir()}


@pytest.mark.parametrize(("kind", "seed"), LIVES)
def test_what_is_present_is_what_is_there(kind: str, seed: int, tmp_path: Path) -> None:
    with KINDS[kind](tmp_path) as disk, tmpfs(tmp_path / "other") as other:
        hands = Hands(seed, disk, other.root)
        for show in range(4):
            (disk.parts[0] / f"Show {show}").mkdir()
            (disk.parts[0] / f"Show {show}/key").write_text(f"show-{show}")
            for number in range(1, 9):
                put(hands._part() / f"Show {show}/Season 1/S01E{number:02}.mkv")
        settle(*disk.parts)
        owner = Owner(tmp_path / "data", (disk.root,))
        owner.rescan()
        for _ in range(SCANS):
            known = owner.files() | owner.files("UNAVAILABLE")
            for _ in range(hands.chance.randrange(CHANGES)):
                hands.change()
            scanned = owner.rescan()
            assert owner.files() == on_disk(disk.root).keys()
            assert owner.files("UNAVAILABLE") <= known
            if scanned.code:
                assert scanned.answer["error"]["code"] == "mass_removal"
        assert owner.rescan("--full", "--accept-removals").code == 0
        assert owner.sizes() == on_disk(disk.root)
