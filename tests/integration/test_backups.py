"""Backups and restores over real processes, on SQLite and on PostgreSQL."""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.integration.harms import change_behind_an_index
from tests.product import Product, wait_until
from tests.prove.databases import KINDS
from tests.site.world import SampleWorld

PASSWORD = "lantern-otter-velvet-river"
SHOW = "zeitlose"


@dataclass(frozen=True)
class Place:
    """A machine with Aniworld on it."""

    product: Product
    library: Path


@pytest.fixture(scope="module")
def world() -> Iterator[SampleWorld]:
    with SampleWorld() as world:
        world.put_series(SHOW, "Zeitlose", [f"Folge {n}" for n in range(1, 5)])
        yield world


@pytest.fixture(params=sorted(KINDS))
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    data, library = tmp_path / "data", tmp_path / "library"
    for folder in (data, library):
        folder.mkdir()
    with (
        KINDS[request.param](data) as database,
        Product(data, DATABASE_URL=database.url) as product,
    ):
        yield Place(product, library)


def put_to_use(place: Place, world: SampleWorld) -> str:
    """Set up, with a series whose first episode is there, and a queue. Returns the token."""
    product = place.product
    episode = place.library / "Zeitlose" / "Season 1" / "Zeitlose - S01E01.mkv"
    episode.parent.mkdir(parents=True)
    episode.write_bytes(b"x" * 1000)
    product.migrate()
    product.start_web()
    body = {
        "master_password": PASSWORD,
        "anime_directory": str(place.library),
        "providers": ["aniworld"],
    }
    product.api("POST", "auth/setup", body, expect=201)
    token = product.log_in(PASSWORD)
    site = {"base_url": world.catalogue_url, "requests_per_second": 100}
    product.api("PATCH", "providers/aniworld", site, expect=200)
    new = {"key": SHOW, "site": "aniworld", "folder": "Zeitlose"}
    product.api("POST", "v1/anime", new, expect=201)
    product.api("POST", "v1/anime/rescan", {}, expect=202)
    wait_until(lambda: scan_state(product) == "COMPLETED", seconds=60, what="the scan")
    product.api("POST", f"v1/anime/{SHOW}/download", {"episodes": "missing"}, expect=201)
    return token


def scan_state(product: Product) -> str:
    return str(product.api("GET", "v1/anime/rescan/status", expect=200)["state"])


def closing_code(browser: ClientConnection) -> int:
    """Read on until the other side ends it."""
    with contextlib.suppress(ConnectionClosed):
        while True:
            browser.recv(timeout=30)
    return browser.close_code or 0


def test_a_restore_under_running_web_server_and_worker(place: Place, world: SampleWorld) -> None:
    token = put_to_use(place, world)
    product = place.product
    product.start_worker()
    name = product.api("POST", "backups", expect=201)["name"]
    product.api("DELETE", f"v1/anime/{SHOW}", expect=204)
    found = product.api("GET", f"backups/{name}/difference", expect=200)
    assert found["series"]["back"] == {"count": 1, "first": ["Zeitlose"]}
    assert found["users"]["passwords"]["count"] == 0

    address = f"ws://127.0.0.1:{product.port}/ws/connect"
    headers = {"Authorization": f"Bearer {token}"}
    with connect(address, additional_headers=headers, proxy=None) as browser:
        last = json.loads(browser.recv())["data"]["last_event_id"]
        kept = product.api("POST", f"backups/{name}/restore", expect=200)["kept"]
        assert closing_code(browser) == 4401
    assert product.api("GET", "queue/status")["code"] == "not_authenticated"

    token = product.log_in(PASSWORD)
    with connect(
        address, additional_headers={"Authorization": f"Bearer {token}"}, proxy=None
    ) as browser:
        assert json.loads(browser.recv())["data"]["last_event_id"] > last
        browser.send(
            json.dumps({"action": "resume", "last_event_id": last, "rooms": ["downloads"]})
        )
        answers = [json.loads(browser.recv(timeout=30))["type"] for _ in range(2)]
        assert "snapshot_required" in answers
    product.api("GET", f"v1/anime/{SHOW}", expect=200)
    kinds = {one["name"]: one["kind"] for one in product.api("GET", "backups", expect=200)}
    assert kinds[kept] == "safety"
    # The worker has lost nothing but what it was about: it goes on as soon as it is asked to.
    product.api("POST", "queue/start", {"limit": 1}, expect=200)
    wait_until(
        lambda: any(
            item["status"] == "COMPLETED"
            for item in product.api("GET", "queue/items", expect=200)["results"]
        ),
        seconds=90,
        what="an episode after the restore",
    )
    assert "Traceback" not in product.log("web") + product.log("worker")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Product, Path]]:
    """An installation that nothing runs on, and its backup."""
    folder = tmp_path_factory.mktemp("sound")
    data = folder / "data"
    data.mkdir()
    with Product(data) as product:
        product.migrate()
        product.start_web()
        product.api("POST", "auth/setup", {"master_password": PASSWORD}, expect=201)
        product.stop("web")
        backup = folder / "sound.zip"
        assert product.manage("backup", str(backup)).returncode == 0
        assert product.manage("backup", str(backup)).returncode == 1  # nothing is replaced
        yield product, backup


def test_a_truncated_or_changed_backup_is_refused_with_its_reason(
    sound: tuple[Product, Path], tmp_path: Path
) -> None:
    product, backup = sound
    whole = backup.read_bytes()
    database = (product.data_dir / "aniworld.db").read_bytes()
    truncated, changed = tmp_path / "truncated.zip", tmp_path / "changed.zip"
    truncated.write_bytes(whole[: len(whole) // 2])
    middle = len(whole) // 3
    changed.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
    for file, said in ((truncated, "ends too early"), (changed, "is not as it was written")):
        done = product.manage("restore", str(file), "--yes")
        assert (done.returncode, done.stdout) == (1, "")
        assert said in done.stderr
    assert (product.data_dir / "aniworld.db").read_bytes() == database
    left = [path.name for path in (product.data_dir / "backups").iterdir()]
    assert left == [".lock"]


def test_values_that_hide_behind_an_index_are_no_backup(
    sound: tuple[Product, Path], tmp_path: Path
) -> None:
    """Whoever looks for them is answered from the index, and finds nothing; a restore would copy
    them from the table."""
    product, _ = sound
    file = tmp_path / "hiding.db"
    with (
        closing(sqlite3.connect(product.data_dir / "aniworld.db")) as here,
        closing(sqlite3.connect(file)) as copy,
    ):
        here.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
    change_behind_an_index(file, "entry_by_time", "UPDATE journal_entry SET at = 'soon'")
    with closing(sqlite3.connect(file)) as opened:
        assert opened.execute("PRAGMA quick_check").fetchall() == [("ok",)]
        hidden = "SELECT COUNT(*) FROM journal_entry {} WHERE at = 'soon'"
        assert opened.execute(hidden.format("")).fetchone() == (0,)
        assert opened.execute(hidden.format("NOT INDEXED")).fetchone() > (0,)
    done = product.manage("restore", str(file), "--yes")
    assert (done.returncode, done.stdout) == (1, "")
    assert "damaged" in done.stderr


def test_a_plain_database_of_an_earlier_version_is_restored(
    sound: tuple[Product, Path], tmp_path: Path
) -> None:
    """As ``manage.py backup`` made them before there were manifests; here with older tables."""
    product, _ = sound
    old = tmp_path / "old"
    shutil.copytree(product.data_dir, old, ignore=shutil.ignore_patterns("backups", "run"))
    with Product(old) as earlier:
        back = earlier.manage("migrate", "library", "0015", "--verbosity", "0")
        assert back.returncode == 0, back.stderr
    file = tmp_path / "aniworld-2026.db"
    with closing(sqlite3.connect(old / "aniworld.db")) as opened:
        opened.execute("PRAGMA journal_mode=DELETE")
    shutil.copy(old / "aniworld.db", file)
    data = tmp_path / "data"
    data.mkdir()
    with Product(data) as new:
        done = new.manage("restore", str(file), "--yes")
        assert done.returncode == 0, done.stderr
        new.start_web()
        new.log_in(PASSWORD)
        assert new.api("GET", "backups", expect=200) == []


def test_what_is_damaged_is_set_aside_when_the_owner_says_so(
    sound: tuple[Product, Path], tmp_path: Path
) -> None:
    product, backup = sound
    data = tmp_path / "data"
    shutil.copytree(product.data_dir, data, ignore=shutil.ignore_patterns("run"))
    database = data / "aniworld.db"
    with database.open("r+b") as file:
        file.seek(database.stat().st_size // 2)
        file.write(b"\xa5" * 16_384)
    with Product(data) as damaged:
        refused = damaged.manage("restore", str(backup), "--yes")
        assert refused.returncode == 1
        assert "--put-aside" in refused.stderr
        done = damaged.manage("restore", str(backup), "--yes", "--put-aside")
        assert done.returncode == 0, done.stderr
        assert list(data.glob("aniworld.db.damaged-*"))
        damaged.start_web()
        damaged.log_in(PASSWORD)


def test_a_lost_database_is_brought_back(sound: tuple[Product, Path], tmp_path: Path) -> None:
    product, backup = sound
    data = tmp_path / "data"
    shutil.copytree(product.data_dir, data, ignore=shutil.ignore_patterns("run", "aniworld.db*"))
    with Product(data) as lost:
        done = lost.manage("restore", str(backup), "--yes")
        assert done.returncode == 0, done.stderr
        lost.start_web()
        lost.log_in(PASSWORD)


def test_an_upload_is_taken_in_from_who_is_logged_in_alone(
    sound: tuple[Product, Path], tmp_path: Path
) -> None:
    """Larger than any other body may be; a stranger is refused before it has come."""
    product, backup = sound
    data = tmp_path / "data"
    shutil.copytree(product.data_dir, data, ignore=shutil.ignore_patterns("run"))
    large = tmp_path / "large.zip"
    with zipfile.ZipFile(backup) as packed, zipfile.ZipFile(large, "w") as stored:
        for name in packed.namelist():
            stored.writestr(name, packed.read(name))
        stored.writestr("padding", b"\0" * 2_000_000)
    with Product(data) as place:
        place.start_web()
        kind = {"Content-Type": "application/zip"}
        address = f"{place.address}/api/backups/upload"
        stranger = requests.post(address, data=large.read_bytes(), headers=kind, timeout=60)
        assert stranger.status_code == 413
        place.log_in(PASSWORD)
        sent = place.session.post(address, data=large.read_bytes(), headers=kind, timeout=60)
        assert (sent.status_code, sent.json()["code"]) == (400, "backup_refused")
        sent = place.session.post(address, data=backup.read_bytes(), headers=kind, timeout=60)
        assert sent.status_code == 201, sent.text
        assert sent.json()["kind"] == "uploaded"
        path = f"backups/{sent.json()['name']}/download"
        got = place.session.get(f"{place.address}/api/{path}", timeout=60)
        assert got.content == backup.read_bytes()
