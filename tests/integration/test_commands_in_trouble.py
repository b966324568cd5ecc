"""What every command says where the database or the configuration cannot be used: one line."""

from __future__ import annotations

import ctypes
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.product import PROJECT, free_port

_PR_CAPBSET_DROP, _CAP_DAC_OVERRIDE = 24, 1
COMMANDS = [
    ("runqueue",),
    ("runqueue", "--once"),
    ("setpassword",),
    ("rescan",),
    ("readmedia",),
    ("showmigrations",),
]
WRITING = [("setpassword",), ("rescan",), ("runqueue", "--once")]


def run(data_dir: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    data_dir.mkdir(exist_ok=True)
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        preexec_fn=_obey_modes,
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(data_dir), **environment},
        input="a password that is long\n",
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def _obey_modes() -> None:
    """Take from root what makes every file writable to it."""
    ctypes.CDLL(None).prctl(_PR_CAPBSET_DROP, _CAP_DAC_OVERRIDE, 0, 0, 0)


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    """What it said of its fault; lines of the log have their own form."""
    assert done.returncode == 1, (done.returncode, done.stdout, done.stderr)
    lines = [line for line in done.stderr.splitlines() if not line[:4].isdigit()]
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    return lines[0]


@pytest.mark.parametrize("command", [c for c in COMMANDS if c != ("showmigrations",)])
def test_a_database_without_tables(tmp_path: Path, command: tuple[str, ...]) -> None:
    assert "manage.py migrate" in one_line(run(tmp_path / "data", *command))


@pytest.mark.parametrize("command", COMMANDS)
def test_a_server_that_cannot_be_reached(tmp_path: Path, command: tuple[str, ...]) -> None:
    address = f"postgres://owner:secret-word@127.0.0.1:{free_port()}/aniworld"
    said = one_line(run(tmp_path / "data", *command, DATABASE_URL=address))
    assert "refused" in said
    assert said.startswith("aniworld: ")
    assert "?." not in said
    assert "secret-word" not in said


def test_a_refusal_begins_as_every_fault_does(migrated: Path) -> None:
    done = run(migrated, "rescan", "--series", "nobody")
    (said,) = [line for line in done.stderr.splitlines() if not line[:4].isdigit()]
    assert (done.returncode, said.partition(" ")[0]) == (2, "aniworld:")
    assert "nobody" in said


@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_that_is_no_database(tmp_path: Path, command: tuple[str, ...]) -> None:
    (tmp_path / "aniworld.db").write_bytes(b"something else " * 1000)
    said = one_line(run(tmp_path, *command))
    assert "not a database" in said


@pytest.mark.parametrize("command", COMMANDS)
def test_a_folder_that_is_not_there(tmp_path: Path, command: tuple[str, ...]) -> None:
    address = f"sqlite:///{tmp_path}/nowhere/aniworld.db"
    assert "unable to open" in one_line(run(tmp_path / "data", *command, DATABASE_URL=address))


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("migrated") / "data"
    done = run(data, "migrate", "--verbosity", "0")
    assert done.returncode == 0, done.stderr
    with sqlite3.connect(data / "aniworld.db") as database:
        database.execute(
            "INSERT INTO auth_user (username, password, is_superuser, is_staff, is_active,"
            " first_name, last_name, email, date_joined) VALUES"
            " ('admin', 'x', 1, 1, 1, '', '', '', '2026-01-01')"
        )
    database.close()
    return data


@pytest.fixture
def readonly(migrated: Path) -> Iterator[Path]:
    """The database where this user may read it alone; with its neighbours in a place all see."""
    place = Path(tempfile.mkdtemp())
    shutil.copy(migrated / "aniworld.db", place)
    (place / "aniworld.db").chmod(0o444)
    (place / "data").mkdir()
    (place / "data").chmod(0o777)
    place.chmod(0o555)
    yield place
    place.chmod(0o755)
    shutil.rmtree(place)


@pytest.mark.parametrize("command", WRITING)
def test_a_database_that_cannot_be_written(readonly: Path, command: tuple[str, ...]) -> None:
    address = f"sqlite:///{readonly}/aniworld.db"
    said = one_line(run(readonly / "data", *command, DATABASE_URL=address))
    assert "readonly" in said or "unable to open" in said


def test_a_broken_configuration(migrated: Path) -> None:
    (migrated / "config.json").write_text("{ broken")
    said = one_line(run(migrated, "runqueue", "--once"))
    assert "could not be read and was set aside" in said


@pytest.mark.parametrize(
    "command",
    [
        ("-m", "aniworld"),
        ("-m", "aniworld.server"),
        ("manage.py", "rescan"),
        ("manage.py", "runqueue"),
    ],
)
def test_a_data_directory_that_cannot_be_written(
    migrated: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    data = tmp_path / "data"
    shutil.copytree(migrated, data)
    data.chmod(0o500)
    done = subprocess.run(
        [sys.executable, *command],
        preexec_fn=_obey_modes,
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(data), "PORT": str(free_port())},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert one_line(done).startswith(f"aniworld: DATA_DIR: {data} cannot be read and written")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("DELETE FROM django_migrations WHERE app = 'library' AND name LIKE '0002%'", "earlier"),
        (
            "INSERT INTO django_migrations VALUES (999, 'library', '9999_more', '2030-01-01')",
            "later",
        ),
        ("DELETE FROM django_migrations", "no tables yet"),
    ],
)
@pytest.mark.parametrize("command", [("manage.py", "rescan"), ("-m", "aniworld.server")])
def test_tables_of_another_version(
    migrated: Path, tmp_path: Path, command: tuple[str, ...], change: str, said: str
) -> None:
    data = tmp_path / "data"
    shutil.copytree(migrated, data)
    with sqlite3.connect(data / "aniworld.db") as database:
        database.execute(change)
    database.close()
    done = subprocess.run(
        [sys.executable, *command],
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(data), "PORT": str(free_port())},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert said in one_line(done)
