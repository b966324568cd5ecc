"""A backup taken while everything goes on, restored into an empty installation, of the same kind of
database and of the other one; and what was tampered with or cut short, refused.

What is compared are rows: of the backup, of where it was made, and of where it was restored.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from downloads.worker.workspace import WORK_FOLDER
from tests.integration.downloads_support import files_in
from tests.product import Product, wait_until
from tests.prove import databases
from tests.prove.conftest import Prove
from tests.prove.databases import Database
from tests.prove.house import PASSWORD, SHOW, House, house, wait_for_rest
from tests.prove.restoring import contents, rows_of

EPISODES = 6
ITEMS = "downloads_downloadqueueitem"
# What is at rest after a restore, and where that and the restore itself are written down.
MOVED = {ITEMS, "downloads_queuestate", "library_scanoperation", "events_operation"}
GROWN = {"journal_entry", "journal_auditmark"}
# Of this moment: in no backup. And what the tables themselves are made with, with ids of its own.
MOMENTARY = {
    *("accounts_usersession", "accounts_logintries"),
    *("events_outboxevent", "events_outboxmark", "events_outboxcursor"),
    *("sites_siteslot", "sites_servicestate", "sites_callcount"),
    *("notifications_inboxmessage", "notifications_delivery"),
    *("notifications_targetstate", "notifications_senderlease", "notifications_knownrepair"),
    *("schedule_jobstate", "schedule_jobrun", "schedule_schedulermark"),
}
STRUCTURE = {"django_content_type", "auth_permission", "django_migrations"}
NEVER_TOUCHED = ("auth_user", "accounts_apikey", "accounts_grantedright")
PAIRS = (
    ("SQLite", "SQLite"),
    ("PostgreSQL", "PostgreSQL"),
    ("SQLite", "PostgreSQL"),
    ("PostgreSQL", "SQLite"),
)

pytestmark = pytest.mark.timeout(3600)


@contextmanager
def empty(work: Path, kind: str, library: Path) -> Iterator[tuple[Database, Product]]:
    """Another machine with the same library, on which nothing is set up."""
    data = work / "data"
    data.mkdir(parents=True)
    with (
        databases.KINDS[kind](data) as database,
        Product(data, library, DATABASE_URL=database.url) as product,
    ):
        yield database, product


def put_to_use(house: House) -> str:
    """An episode is there, another waits by hand, settings differ from the usual ones; returns an
    API key."""
    first = house.first
    items = house.queue(range(1, EPISODES + 1))
    first.api("POST", "queue/hold", {"item_ids": [str(items[-1])]}, expect=200)
    first.api("POST", "config/section/downloads", {"connections": 3}, expect=200)
    made = first.api("POST", "auth/keys", {"name": "a program", "scope": "READ"}, expect=201)
    first.start_worker()
    first.api("POST", "queue/start", {"limit": 1}, expect=200)
    done = f"SELECT count(*) FROM {ITEMS} WHERE status = 'COMPLETED'"  # noqa: S608 - a table of ours
    wait_until(lambda: house.database.value(done) == 1, seconds=300, what="an episode")
    return str(made["key"])


def download_and_scan(house: House) -> None:
    """Both are in the middle of it, and stay there until the world is mended."""
    house.world.hold(0.5)
    house.first.api("POST", "queue/start", {}, expect=200)
    wait_until(lambda: any(map(_has_begun, active(house))), seconds=300, what="the download")
    house.world.delay(100, side="catalogue")
    house.first.api("POST", "v1/anime/rescan", {"full": True, "series": SHOW}, expect=202)
    wait_until(lambda: is_scanning(house), seconds=120, what="the scan")


def active(house: House) -> list[Any]:
    status = house.first.api("GET", "queue/status", expect=200)["status"]
    return list(status["active_downloads"])


def _has_begun(item: Any) -> bool:
    return bool(item["progress"]["downloaded_mb"])


def is_scanning(house: House) -> bool:
    status = house.first.api("GET", "v1/anime/rescan/status", expect=200)
    return bool(status["state"] == "RUNNING")


@pytest.mark.parametrize(("kind", "into"), PAIRS)
def test_everything_is_there_again(kind: str, into: str, tmp_path: Path, proved: Prove) -> None:
    backup = tmp_path / "everything.zip"
    with house(tmp_path / "one", kind, episodes=EPISODES, doors=1) as used:
        key = put_to_use(used)
        download_and_scan(used)
        made = used.first.manage("backup", str(backup))
        assert made.returncode == 0, made.stderr
        assert is_scanning(used)
        assert active(used), "the download has gone on"
        used.world.mend_all()
        used.first.stop("worker")
        columns, before = contents(backup, tmp_path / "before")
        look_at_the_source(used.database, columns, before)
        events = used.database.value("SELECT max(id) FROM events_outboxevent")
        settings = settings_of(used.database)

        with empty(tmp_path / "other", into, used.library) as (database, product):
            refuse_what_was_harmed(product, backup, tmp_path)
            done = product.manage("restore", str(backup), "--yes")
            assert done.returncode == 0, done.stderr
            assert "Nothing was here." in done.stdout
            after = rows_of(database, columns)
            look_at_what_is_restored(before, after)
            assert settings_of(database) == settings
            product.start_web()
            look_at_who_may_enter(product, used.token, key)
            assert database.value("SELECT max(id) FROM events_outboxevent") > events
            go_on(House(database, used.library, used.world, [product], ""))
            assert "Traceback" not in product.log("web") + product.log("worker")
    rows = sum(map(len, before.values()))
    proved(f"backups, {kind} to {into}: {rows} rows of {len(before)} tables, the queue goes on")


def settings_of(database: Database) -> Any:
    found = json.loads((database.data / "config.json").read_text())
    del found["version"]
    return found


def look_at_the_source(database: Database, columns: Any, backup: Any) -> None:
    """What is in the backup is what was there: of that which nothing has changed since, all."""
    source = rows_of(database, columns)
    for table in NEVER_TOUCHED:
        assert backup[table] == source[table], table
    assert set(backup["journal_entry"]) <= set(source["journal_entry"])
    assert [row for row in backup["library_scanoperation"] if "RUNNING" in row]
    assert [row for row in backup[ITEMS] if "DOWNLOADING" in row]
    assert not any(backup[table] for table in MOMENTARY)


def look_at_what_is_restored(before: Any, after: Any) -> None:
    for table in before.keys() - MOVED - GROWN - MOMENTARY - STRUCTURE:
        assert after[table] == before[table], table
    assert set(before["journal_entry"]) < set(after["journal_entry"])
    assert len(after[ITEMS]) == len(before[ITEMS])
    assert not [row for row in after[ITEMS] if "DOWNLOADING" in row]
    assert not [row for row in after["library_scanoperation"] if "RUNNING" in row]


def look_at_who_may_enter(product: Product, old_token: str, key: str) -> None:
    """Sessions are of where they were opened, keys and passwords are restored."""
    address = f"{product.address}/api/queue/status"
    of_then = requests.get(address, headers={"Authorization": f"Bearer {old_token}"}, timeout=60)
    assert of_then.status_code == 401
    assert requests.get(address, headers={"X-Api-Key": key}, timeout=60).status_code == 200
    product.log_in(PASSWORD)
    chained = json.loads(product.manage("checkjournal", "--json").stdout)
    assert chained["faults"] == []


def go_on(house: House) -> None:
    """The page is served, and the worker goes on with the queue as soon as it is asked to."""
    assert requests.get(f"{house.first.address}/login", timeout=60).status_code == 200
    house.first.start_worker()
    held = house.database.value(f"SELECT max(id) FROM {ITEMS}")  # noqa: S608 - a table of ours
    house.first.api("POST", "queue/release", {"item_ids": [str(held)]}, expect=200)
    house.first.api("POST", "queue/start", {}, expect=200)
    wait_for_rest(house, seconds=900)
    states = house.database.rows(f"SELECT DISTINCT status FROM {ITEMS}")  # noqa: S608 - a table of ours
    assert states == [("COMPLETED",)]
    placed = [name for name in files_in(house.library) if not name.startswith(WORK_FOLDER)]
    assert len(placed) == EPISODES


def refuse_what_was_harmed(product: Product, backup: Path, work: Path) -> None:
    whole, chance = backup.read_bytes(), random.Random(9)
    place = chance.randrange(len(whole) // 10, len(whole) // 2)  # within the database
    harms = {
        "ends too early": whole[: chance.randrange(100, len(whole))],
        "is not as it was written": whole[:place] + bytes([whole[place] ^ 16]) + whole[place + 1 :],
    }
    for said, content in harms.items():
        harmed = work / "harmed.zip"
        harmed.write_bytes(content)
        done = product.manage("restore", str(harmed), "--yes")
        assert (done.returncode, said in done.stderr) == (1, True), done.stderr
        assert not (product.data_dir / "set_up").exists()
