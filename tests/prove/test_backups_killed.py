"""Backups and restores killed at steps that chance has chosen, and on a disk that fills up at one:
there is the old or the new, a half backup never counts, and nothing is left lying about."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import signal
import subprocess
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.product import Product, wait_until
from tests.prove import at_step, databases, share
from tests.prove.conftest import Prove
from tests.prove.databases import Database
from tests.prove.house import PASSWORD
from tests.prove.mounting import needs_root, small
from tests.prove.restoring import look_as_a_web_server

KILLS = 40
FILLS = 12
MEGABYTES = 160
LAST = 80  # steps, about as many as there are after the rows have been exchanged
NAME = "UPDATE auth_user SET first_name = ?"
STAYS = {".lock"}

pytestmark = pytest.mark.timeout(5400)
Done = subprocess.CompletedProcess[str]


@dataclass
class Stage:
    """An installation with a state in its rows and the same one in its settings."""

    database: Database
    product: Product
    chance: random.Random = field(default_factory=lambda: random.Random(11))

    @property
    def data(self) -> Path:
        return self.database.data

    @property
    def shelf(self) -> Path:
        return self.data / "backups"

    def backup(self, target: Path) -> None:
        done = self.product.manage("backup", str(target))
        assert done.returncode == 0, done.stderr

    def become(self, number: int) -> None:
        """Be in that state."""
        self.database.rows(NAME, str(number))
        # It logs in more often than an address may in a minute, on a fast machine.
        self.database.rows("DELETE FROM accounts_logintries")
        self.product.start_web()
        self.product.log_in(PASSWORD)
        body = {"keep_databases": number}
        self.product.api("POST", "config/section/backup", body, expect=200)
        self.product.stop("web")

    def state(self) -> tuple[int, int]:
        """That of the rows, and that of the settings."""
        name = self.database.value("SELECT first_name FROM auth_user")
        settings = json.loads((self.data / "config.json").read_text())
        return int(name), int(settings["backup"]["keep_databases"])

    def steps(self, *command: str) -> int:
        done = self.at(0, "kill", *command)
        assert done.returncode == 0, done.stderr
        return int(done.stdout.rsplit(maxsplit=1)[-1])

    def at(self, step: int, what: str, *command: str) -> Done:
        return self.product.python("-m", "tests.prove.at_step", str(step), what, *command)

    def some_step(self, steps: int) -> int:
        """Most of them near the end, where what is done becomes what counts."""
        first = self.chance.choice((1, steps * 9 // 10, steps - LAST))
        return self.chance.randint(max(1, first), steps)

    def failures(self) -> str:
        kept = self.data / "last_backup.json"
        return str(json.loads(kept.read_text())["failure"]) if kept.exists() else ""

    def journalled(self, action: str) -> int:
        count = "SELECT count(*) FROM journal_entry WHERE action = ?"
        return int(self.database.value(count, action))


@contextmanager
def stage(data: Path, kind: str) -> Iterator[Stage]:
    data.mkdir(parents=True, exist_ok=True)
    with (
        databases.KINDS[kind](data) as database,
        Product(data, DATABASE_URL=database.url, LOG_LEVEL="WARNING") as product,
    ):
        product.migrate()
        product.start_web()
        product.api("POST", "auth/setup", {"master_password": PASSWORD}, expect=201)
        product.stop("web")
        (data / "config.json").write_text(json.dumps({"backup": {"every_days": 0}}))
        yield Stage(database, product)


def whole_ones(folder: Path) -> set[str]:
    """The backups that lie there; each of them is whole, by its own word and by its sums."""
    found = [path for path in folder.glob("*.zip") if not path.name.startswith(".")]
    for path in found:
        with zipfile.ZipFile(path) as packed:
            manifest = json.loads(packed.read("manifest.json"))
            for name, part in manifest["parts"].items():
                content = packed.read(name)
                assert len(content) == part["bytes"]
                assert hashlib.sha256(content).hexdigest() == part["sha256"]
    return {path.name for path in found}


def left_over(folder: Path) -> set[str]:
    names = {path.name for path in folder.iterdir()}
    return {name for name in names if name.startswith(".")} - STAYS


def tidied(one: Stage, *folders: Path) -> None:
    """A web server looks until nothing is left: a check that was going on ends by itself."""

    def is_tidy() -> bool:
        look_as_a_web_server(one.product)
        return not any(map(left_over, (one.shelf, *folders)))

    wait_until(is_tidy, seconds=120, what="nothing to be left")


@pytest.mark.parametrize("kind", sorted(databases.KINDS))
def test_a_backup_that_is_killed_is_none_or_whole(kind: str, tmp_path: Path, proved: Prove) -> None:
    kills, ends = share.of(KILLS), Counter[str]()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with stage(tmp_path / "data", kind) as one:
        steps = one.steps("backup")
        for number in range(kills):
            target = [str(elsewhere / f"{number}.zip")] if number % 2 else []
            folder = elsewhere if target else one.shelf
            before, told = whole_ones(folder), one.journalled("backup.interrupted")
            (one.data / "last_backup.json").unlink(missing_ok=True)
            killed = one.at(one.some_step(steps), "kill", "backup", *target)
            assert killed.returncode in {0, -signal.SIGKILL}, killed.stderr
            tidied(one, elsewhere)
            has_one = bool(whole_ones(folder) - before)
            assert has_one or killed.returncode
            ends["whole" if has_one else "none"] += 1
            if has_one:
                assert not one.failures()
            elif one.failures():
                assert one.journalled("backup.interrupted") == told + 1
        one.backup(tmp_path / "at-last.zip")
        assert not one.failures()
    said = ", ".join(f"{count} {end}" for end, count in sorted(ends.items()))
    proved(f"backups killed, {kind}: {kills} at {steps} steps: {said}; nothing left over")


@pytest.mark.parametrize("kind", sorted(databases.KINDS))
def test_a_restore_that_is_killed_leaves_the_old_or_the_new(
    kind: str, tmp_path: Path, proved: Prove
) -> None:
    kills, ends = share.of(KILLS), Counter[str]()
    with stage(tmp_path / "data", kind) as one:
        backups = {number: tmp_path / f"{number}.zip" for number in (3, 5)}
        for number, file in backups.items():
            one.become(number)
            one.backup(file)
        now = 5
        steps = one.steps("restore", str(backups[3]), "--yes")
        now = 3
        for _ in range(kills):
            other = 8 - now
            step = one.some_step(steps)
            killed = one.at(step, "kill", "restore", str(backups[other]), "--yes")
            assert killed.returncode in {0, -signal.SIGKILL}, killed.stderr
            tidied(one)
            rows, settings = one.state()
            assert rows == settings, f"half of it, killed at {step} of {steps}"
            ends["new" if rows == other else "old"] += 1
            assert rows == other or killed.returncode
            now = rows
            whole_ones(one.shelf)
        chained = json.loads(one.product.manage("checkjournal", "--json").stdout)
        assert chained["faults"] == []
        one.product.start_web()
        one.product.log_in(PASSWORD)
    said = ", ".join(f"{count} {end}" for end, count in sorted(ends.items()))
    proved(f"restores killed, {kind}: {kills} at {steps} steps: {said}; none in between")


@needs_root
@pytest.mark.parametrize("what", ["backup", "restore"])
def test_a_disk_that_fills_up_is_told_of_and_changes_nothing(
    what: str, tmp_path: Path, proved: Prove
) -> None:
    fills, ends = share.of(FILLS), Counter[str]()
    disk = tmp_path / "disk"
    with small(disk, MEGABYTES), stage(disk / "data", "SQLite") as one:
        one.become(3)
        file = tmp_path / "three.zip"
        one.backup(file)
        one.become(5)
        command = ("restore", str(file), "--yes") if what == "restore" else ("backup",)
        steps = one.steps(*command)
        one.become(5)
        for _ in range(fills):
            before = whole_ones(one.shelf)
            filled = one.at(one.some_step(steps), "fill", *command)
            (one.data / at_step.FILLER).unlink(missing_ok=True)
            assert "Traceback" not in filled.stderr, filled.stderr
            tidied(one)
            after = whole_ones(one.shelf)
            rows, settings = one.state()
            assert rows == settings
            if what == "backup":
                assert bool(after - before) == (filled.returncode == 0)
            else:
                assert (rows == 3) == (filled.returncode == 0)
            ends["done" if filled.returncode == 0 else "refused"] += 1
            if rows == 3:
                one.become(5)
            shutil.rmtree(one.shelf)
    said = ", ".join(f"{count} {end}" for end, count in sorted(ends.items()))
    proved(f"disk full within a {what}: {fills} at {steps} steps: {said}; nothing half done")
