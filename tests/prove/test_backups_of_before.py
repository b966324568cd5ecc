"""Backups by themselves, and backups that were made by tables of earlier versions."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import zipfile
from collections.abc import Mapping
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.product import Product, wait_until
from tests.prove import databases
from tests.prove.conftest import Prove
from tests.prove.house import PASSWORD, SHOW, house

EPISODES = 5
# From one to the next further back; what each app had then.
VERSIONS: tuple[Mapping[str, str], ...] = (
    {"downloads": "0008", "library": "0015"},
    {"downloads": "0006", "library": "0012", "accounts": "0002", "journal": "0001"},
    {"downloads": "0004", "library": "0009", "events": "0003", "sites": "0001"},
)
COUNTED = ("library_animeseries", "library_episode", "downloads_downloadqueueitem", "auth_user")

pytestmark = pytest.mark.timeout(3600)


def packed(data: Path, into: Path) -> Path:
    """The database and settings of ``data`` as another installation's backup."""
    with closing(sqlite3.connect(data / "aniworld.db")) as opened:
        opened.execute("PRAGMA journal_mode=DELETE")
    contents = {name: (data / name).read_bytes() for name in ("aniworld.db", "config.json")}
    manifest: dict[str, Any] = {
        **{"format": 1, "version": "0.0.9", "kind": "made", "database": "sqlite"},
        **{"made_at": datetime.now(UTC).isoformat(), "newest_event": 1000, "counts": {}},
        **{"installation": "another", "signature": ""},
        "parts": {
            name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in contents.items()
        },
    }
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in contents.items():
            file.writestr(name, content)
        file.writestr("manifest.json", json.dumps(manifest))
    return into


@pytest.mark.parametrize("kind", sorted(databases.KINDS))
def test_backups_of_earlier_versions_restore(kind: str, tmp_path: Path, proved: Prove) -> None:
    old = tmp_path / "old"
    with house(tmp_path / "one", "SQLite", episodes=EPISODES, doors=1) as used:
        used.queue(range(1, EPISODES))
        used.first.stop("web")
        counts = [used.database.value(f"SELECT count(*) FROM {name}") for name in COUNTED]  # noqa: S608 - a table of ours
        shutil.copytree(used.database.data, old, ignore=shutil.ignore_patterns("run"))
    for number, version in enumerate(VERSIONS):
        with Product(old) as earlier:
            for app, migration in version.items():
                back = earlier.manage("migrate", app, migration, "--verbosity", "0")
                assert back.returncode == 0, back.stderr
        backup = packed(old, tmp_path / f"{number}.zip")
        data = tmp_path / f"new{number}"
        data.mkdir()
        with (
            databases.KINDS[kind](data) as database,
            Product(data, DATABASE_URL=database.url) as new,
        ):
            done = new.manage("restore", str(backup), "--yes")
            assert done.returncode == 0, done.stderr
            assert [database.value(f"SELECT count(*) FROM {name}") for name in COUNTED] == counts  # noqa: S608 - a table of ours
            assert json.loads(new.manage("checkjournal", "--json").stdout)["faults"] == []
            new.start_web()
            new.log_in(PASSWORD)
            new.api("GET", f"v1/anime/{SHOW}", expect=200)
    proved(f"backups of {len(VERSIONS)} earlier versions restore into {kind}")


@pytest.mark.parametrize("kind", sorted(databases.KINDS))
def test_what_was_missed_is_made_up_by_one_of_two_workers(
    kind: str, tmp_path: Path, proved: Prove
) -> None:
    with ExitStack() as stack:
        database = stack.enter_context(databases.KINDS[kind](tmp_path))
        first, second = (
            stack.enter_context(Product(tmp_path, DATABASE_URL=database.url)) for _ in range(2)
        )
        first.migrate()
        first.start_web()
        first.api("POST", "auth/setup", {"master_password": PASSWORD}, expect=201)
        assert not list((tmp_path / "backups").glob("*.zip"))
        then = datetime.now(UTC) - timedelta(days=3)
        database.rows("UPDATE auth_user SET date_joined = ?", str(then.replace(tzinfo=None)))
        first.start_worker()
        second.start_worker()
        made = "SELECT count(*) FROM journal_entry WHERE action = 'backup.created'"
        wait_until(lambda: database.value(made), seconds=300, what="a backup")
        running = "SELECT count(*) FROM schedule_jobrun WHERE ended_at IS NULL"
        wait_until(lambda: not database.value(running), seconds=300, what="the end of all jobs")
        first.log_in(PASSWORD)
        (backup,) = first.api("GET", "backups", expect=200)
        assert backup["kind"] == "made"
        assert database.value(made) == 1
    proved(f"backups by themselves, {kind}: one of two workers makes what was missed")
