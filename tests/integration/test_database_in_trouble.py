"""A database that is damaged, lost, full or held: what the owner sees in shell, page and API."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests

from tests.integration.harms import change_behind_an_index
from tests.product import PROJECT, Product, free_port, wait_until

PASSWORD = "a lantern in the fog"
POSTGRESQL = "host=127.0.0.1 port=5432 user=postgres connect_timeout=3"
BROWSER = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A DATA_DIR in which the setup was done; nothing runs on it."""
    data = tmp_path_factory.mktemp("furnished") / "data"
    (data.parent / "library").mkdir()
    data.mkdir()
    with Product(data) as product:
        product.migrate()
        product.start_web()
        set_up(product)
    return data


@pytest.fixture
def data(furnished: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "data"
    shutil.copytree(furnished, copy)
    return copy


def set_up(product: Product) -> None:
    product.api("POST", "auth/setup", {"master_password": PASSWORD}, expect=201)


def get(address: str, **options: Any) -> requests.Response:
    return requests.get(address, timeout=60, **options)


def truncate(database: Path) -> None:
    content = database.read_bytes()
    database.write_bytes(content[: len(content) // 2])


def overwrite(database: Path) -> None:
    middle = database.stat().st_size // 2
    with database.open("r+b") as file:
        file.seek(middle)
        file.write(b"\xa5" * 16_384)


def empty(database: Path) -> None:
    database.write_bytes(b"")


def remove(database: Path) -> None:
    database.unlink()


def link_to_itself(database: Path) -> None:
    database.unlink()
    database.symlink_to(database.name)


def block_writing(database: Path) -> None:
    database.with_name("aniworld.db-shm").mkdir()


def run_in(database: Path, statement: str) -> None:
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as opened:
        opened.execute("PRAGMA foreign_keys=OFF")
        opened.execute(statement)


def lose_a_table(database: Path) -> None:
    run_in(database, "DROP TABLE downloads_queuestate")


def forget_migrations(database: Path) -> None:
    run_in(database, "DROP TABLE django_migrations")


ALL = ("-m", "aniworld")
WEB = ("-m", "aniworld.server")
WORKER = ("manage.py", "runqueue")
MIGRATE = ("manage.py", "migrate")


def fault_of(product: Product, *command: str) -> str:
    """The one line with which a start ends."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=PROJECT,
        env=product.environment | {"PORT": str(free_port())},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1, (done.returncode, done.stdout, done.stderr)
    (line,) = done.stderr.splitlines()
    assert line.startswith("aniworld: DATABASE_URL: "), line
    return line


@pytest.mark.parametrize(
    ("command", "harm", "said"),
    [
        (ALL, truncate, "is damaged"),
        (ALL, remove, "was set up before"),
        (WEB, overwrite, "is damaged"),
        (WEB, remove, "was set up before"),
        (WORKER, overwrite, "is damaged"),
        (WORKER, empty, "was set up before"),
        (ALL, block_writing, "cannot be written"),
        (ALL, forget_migrations, "are not those that Aniworld has made"),
        (WEB, lose_a_table, "are not those that Aniworld has made"),
        (WORKER, link_to_itself, "cannot be opened"),
        (MIGRATE, overwrite, "is damaged"),
        (MIGRATE, remove, "was set up before"),
        (("manage.py", "rescan"), remove, "was set up before"),
        (("manage.py", "setpassword"), empty, "was set up before"),
        (("manage.py", "setpassword"), remove, "was set up before"),
        (("manage.py", "readmedia"), remove, "was set up before"),
        (("manage.py", "backup", "copy.db"), remove, "was set up before"),
        (("manage.py", "backup", "copy.db"), empty, "was set up before"),
    ],
)
def test_nothing_starts_on_a_damaged_or_lost_database(
    data: Path, command: tuple[str, ...], harm: Callable[[Path], None], said: str
) -> None:
    database = data / "aniworld.db"
    harm(database)
    assert said in fault_of(Product(data), *command)
    # Whoever restores it finds nothing new in its way.
    assert os.path.lexists(database) == (harm is not remove)
    if harm is empty:  # asking it would have written its first page
        assert database.stat().st_size == 0


def test_a_database_whose_log_is_gone_is_no_new_beginning(tmp_path: Path) -> None:
    """All that was written since the start may still lie in the log alone."""
    data = tmp_path / "data"
    data.mkdir()
    with Product(data) as product:
        product.migrate()
        with contextlib.closing(sqlite3.connect(data / "aniworld.db")) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT COUNT(*) FROM auth_user").fetchone()  # nothing is moved past it
            product.start_web()
            set_up(product)
            product.stop("web", by=signal.SIGKILL)
            assert (data / "aniworld.db-wal").stat().st_size > 0
            without_log = tmp_path / "without_log"
            without_log.mkdir()
            for name in ("aniworld.db", "set_up"):
                shutil.copy(data / name, without_log)
    assert "was set up before" in fault_of(Product(without_log), *WEB)


_THREADS = """
import threading
import aniworld.asgi
print(sorted(thread.name for thread in threading.enumerate()))
"""


def test_nothing_is_asked_of_the_database_before_it_was_examined(tmp_path: Path) -> None:
    """The look that goes on by itself would make the file of a lost one, and tell what it found."""
    done = subprocess.run(
        [sys.executable, "-c", _THREADS],
        cwd=PROJECT,
        env=Product(tmp_path).environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert done.stdout == "['MainThread', 'session-activity']\n"  # which sleeps until one is used
    assert not (tmp_path / "aniworld.db").exists()


def test_the_file_beside_it_lets_the_owner_begin_anew(data: Path) -> None:
    (data / "aniworld.db").unlink()
    (data / "set_up").unlink()
    with Product(data) as product:
        product.migrate()
        product.start_web()
        set_up(product)
    assert (data / "set_up").exists()


def test_an_installation_from_before_gets_its_mark(data: Path) -> None:
    (data / "set_up").unlink()
    with Product(data) as product:
        product.start_web()
    assert (data / "set_up").stat().st_mode & 0o777 == 0o600
    (data / "aniworld.db").unlink()
    assert "was set up before" in fault_of(Product(data), "-m", "aniworld")


def test_an_installation_from_before_gets_its_mark_by_migrate_alone(data: Path) -> None:
    (data / "set_up").unlink()
    Product(data).migrate()
    assert (data / "set_up").exists()


def test_a_database_that_goes_away_under_the_web_server(data: Path) -> None:
    with Product(data) as product:
        product.start_web()
        for name in ("aniworld.db", "aniworld.db-wal", "aniworld.db-shm"):
            (data / name).unlink(missing_ok=True)
        # More at once than there are threads that still hold the file.
        seen = [get(f"{product.address}/setup", headers=BROWSER) for _ in range(3)]
        assert all(page.status_code != 500 for page in seen)
        ready = get(f"{product.address}/health/ready")
        assert ready.status_code == 503
        assert "was set up before" in ready.json()["checks"]["database"]["detail"]
        tried = product.api("POST", "auth/setup", {"master_password": "another owner, by luck"})
        assert tried["code"] in {"database_unusable", "already_configured"}
        assert "Traceback" not in product.log("web")


def test_a_database_that_is_damaged_under_the_web_server(data: Path) -> None:
    with Product(data) as product:
        product.start_web()
        database = data / "aniworld.db"
        size = database.stat().st_size
        with database.open("r+b") as file:
            file.seek(4096)  # all but the head: every table
            file.write(b"\xa5" * (size - 4096))
        page = get(f"{product.address}/login", headers=BROWSER)
        assert page.status_code == 503
        assert "is damaged" in page.text
        assert page.headers["Retry-After"]
        answer = get(f"{product.address}/api/auth/status")
        assert (answer.status_code, answer.json()["code"]) == (503, "database_unusable")
        assert "is damaged" in answer.json()["detail"]
        ready = get(f"{product.address}/health/ready").json()
        assert "is damaged" in ready["checks"]["database"]["detail"]
        ping = get(f"{product.address}/ping", cookies={"aniworld_session": "x"})
        assert ping.status_code in {200, 503}
        assert "Traceback" not in product.log("web")


_LOOKING_OFTEN = """
import aniworld.asgi
from aniworld.database import examination
from aniworld.server.__main__ import main
examination.LOOK_EVERY = 3.0
main()
"""


class LookingOften(Product):
    """Reads the database's file through every three seconds, not every five minutes."""

    def _start(self, name: str, *command: str) -> None:
        assert command[:2] == WEB
        super()._start(name, "-c", _LOOKING_OFTEN, *command[2:])


def test_readiness_finds_what_is_damaged_where_nobody_has_asked(data: Path) -> None:
    """One table alone, which neither readiness nor a login asks for anything."""
    database = data / "aniworld.db"
    place = "SELECT rootpage, (SELECT page_size FROM pragma_page_size) FROM sqlite_master "
    with contextlib.closing(sqlite3.connect(database)) as opened:
        page, size = opened.execute(f"{place} WHERE name = 'library_mediafile'").fetchone()
    with LookingOften(data) as product:
        product.start_web()
        with database.open("r+b") as file:
            file.seek((page - 1) * size)
            file.write(b"\xa5" * size)

        def said() -> str:
            ready = get(f"{product.address}/health/ready")
            found = str(ready.json()["checks"]["database"].get("detail", ""))
            assert ready.status_code == 503 or not found
            return found

        found = wait_until(said, seconds=60, what="the next time that the file is read through")
        assert "is damaged" in found
        assert said() == found, "it is forgotten until the file is read through again"


@pytest.fixture
def empty_postgresql() -> Iterator[str]:
    name = f"aniworld_lost_{uuid.uuid4().hex[:8]}"
    try:
        server = psycopg.connect(POSTGRESQL, dbname="postgres", autocommit=True)
    except psycopg.OperationalError:
        pytest.skip("no PostgreSQL at 127.0.0.1:5432")
    with server:
        server.execute(f"CREATE DATABASE {name}")
        yield f"postgres://postgres@127.0.0.1:5432/{name}"
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.parametrize("command", [ALL, WEB])
def test_an_empty_postgresql_beside_it_is_no_new_beginning(
    data: Path, empty_postgresql: str, command: tuple[str, ...]
) -> None:
    product = Product(data, DATABASE_URL=empty_postgresql)
    assert "was set up before" in fault_of(product, *command)


@contextlib.contextmanager
def cutting(name: str) -> Iterator[None]:
    """Cut every connection to a database, again and again, also in the middle of a statement."""
    is_over = threading.Event()
    end_all = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"

    def cut() -> None:
        with psycopg.connect(POSTGRESQL, dbname="postgres", autocommit=True) as server:
            while not is_over.wait(0.005):
                server.execute(end_all, [name])

    cutter = threading.Thread(target=cut)
    cutter.start()
    try:
        yield
    finally:
        is_over.set()
        cutter.join()


def test_a_table_that_another_program_holds_is_told_of(data: Path, empty_postgresql: str) -> None:
    (data / "set_up").unlink()
    name = empty_postgresql.rpartition("/")[2]
    with Product(data, DATABASE_URL=empty_postgresql) as product:
        product.migrate()
        product.start_web()
        set_up(product)
        product.log_in(PASSWORD)
        with psycopg.connect(POSTGRESQL, dbname=name) as holder:
            holder.execute("LOCK TABLE auth_user, downloads_queuestate IN ACCESS EXCLUSIVE MODE")
            page = get(f"{product.address}/login", headers=BROWSER)
            assert page.status_code == 503
            assert "Another process holds the database" in page.text
            ready = get(f"{product.address}/health/ready")
            assert ready.status_code == 503
            assert "Another process holds" in ready.json()["checks"]["database"]["detail"]
        product.api("POST", "queue/pause", expect=200)
        assert "Traceback" not in product.log("web")


def test_connections_that_are_cut_are_no_fault_of_ours(data: Path, empty_postgresql: str) -> None:
    (data / "set_up").unlink()
    name = empty_postgresql.rpartition("/")[2]
    with Product(data, DATABASE_URL=empty_postgresql) as product:
        product.migrate()
        product.start_web()
        set_up(product)
        product.log_in(PASSWORD)
        seen = set()
        with cutting(name):
            for _ in range(150):
                answer = product.session.post(f"{product.address}/api/queue/pause", timeout=60)
                seen.add(answer.status_code)
        assert 503 in seen, "no connection was cut in the middle of a request"
        assert seen <= {200, 503}, seen
        wait_until(
            lambda: product.session.post(f"{product.address}/api/queue/pause").status_code == 200,
            seconds=20,
            what="the queue to answer again",
        )
        assert "Traceback" not in product.log("web")


def test_a_backup_ends_however_much_is_written_meanwhile(data: Path, tmp_path: Path) -> None:
    database, is_over = data / "aniworld.db", threading.Event()
    run_in(database, "CREATE TABLE large AS SELECT zeroblob(40000000) AS content")

    def write() -> None:
        while not is_over.wait(0.001):
            run_in(database, "UPDATE downloads_queuestate SET is_running = is_running")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        done = Product(data).manage("backup", str(tmp_path / "copy.db"), timeout=60)
    finally:
        is_over.set()
        writer.join()
    assert done.returncode == 0, done.stderr


def lose_free_pages(database: Path) -> None:
    """The list of unused pages goes astray; every row can still be read, and copied."""
    run_in(database, "CREATE TABLE large AS SELECT zeroblob(100000) AS content")
    run_in(database, "DROP TABLE large")
    run_in(database, "PRAGMA wal_checkpoint(TRUNCATE)")
    with database.open("r+b") as file:
        file.seek(32)  # where the file says which is the first unused page
        file.write((3).to_bytes(4, "big"))


def overwrite_a_table(database: Path) -> None:
    """One that no command looks into before it begins."""
    with contextlib.closing(sqlite3.connect(database)) as asked:
        (size,) = asked.execute("PRAGMA page_size").fetchone()
        (page,) = asked.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'library_binnedfile'"
        ).fetchone()
    with database.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xa5" * size)


def lose_an_entry_of_an_index(database: Path) -> None:
    """No page is damaged, but an index has another value than its table."""
    change_behind_an_index(
        database,
        "entry_by_time",
        "UPDATE journal_entry SET at = '2001-01-01 00:00:00'",
    )


@pytest.mark.parametrize("harm", [overwrite_a_table, lose_free_pages, lose_an_entry_of_an_index])
def test_no_backup_is_made_of_a_damaged_database(
    data: Path, tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    harm(data / "aniworld.db")
    done = Product(data).manage("backup", str(tmp_path / "copy.db"))
    assert done.returncode == 1
    assert "a backup of it would be, too" in done.stderr
    assert not [file for file in tmp_path.iterdir() if "copy" in file.name]
