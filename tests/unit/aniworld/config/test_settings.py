"""The environment: what may be set, and how a wrong value ends the start."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from aniworld.environment import require_free

PROJECT = Path(__file__).resolve().parents[4]
SHOW = """
import json, sys
from aniworld import settings
print(json.dumps({name: getattr(settings, name) for name in sys.argv[1:]}, default=str))
"""


def start(data_dir: Path, *shown: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Read the settings in a process of their own."""
    return subprocess.run(
        [sys.executable, "-c", SHOW, *shown],
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(data_dir)} | environment,
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )


def settings_of(data_dir: Path, *shown: str, **environment: str) -> dict[str, Any]:
    done = start(data_dir, *shown, **environment)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DATA_DIR", "/proc/nowhere"),
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_URL", "oracle9://x"),
        ("REDIS_URL", "http://nas"),
        ("JWT_SECRET_KEY", "short"),
        ("SESSION_TIMEOUT_HOURS", "a day"),
        ("SESSION_TIMEOUT_HOURS", "0"),
        ("PORT", "web"),
        ("PORT", "70000"),
        ("BASE_PATH", "http://nas/anime"),
        ("CSRF_TRUSTED_ORIGINS", "tv.example"),
        ("TRUSTED_PROXIES", "my proxy"),
        ("HTTPS_ONLY", "perhaps"),
        ("LOG_LEVEL", "LOUD"),
        ("TZ", "Mars/Olympus"),
        ("ALLOW_PRIVATE_HOSTS", "10.0.0.0/99"),
        ("MANIFEST_ROOTS", "feeds"),
        ("MANIFEST_ROOTS", "/srv/../etc"),
        ("MANIFEST_ROOTS", "/none/such"),
        ("SECRET_KEY_FILE", "/does/not/exist"),
        ("ANIME_DIRECTORY", "/does/not/exist"),
        ("ANIME_DIRECTORY", "/etc/hostname"),
        ("ANIME_DIRECTORY", "/etc/hostname/below"),
        ("ALLOWED_HOSTS", "http://tv.example"),
        ("ALLOWED_HOSTS", "tv.example:8000"),
        ("ALLOWED_HOSTS", "tv.example,two words"),
        ("ALLOWED_HOSTS", "[::x]"),
        ("HOST", "http://0.0.0.0"),
        ("HOST", "0.0.0.0:8000"),
        ("SESSION_TIMEOUT_HOURS", "99999999999"),
        ("CSRF_TRUSTED_ORIGINS", "https://tv.example/path"),
        ("CSRF_TRUSTED_ORIGINS", "ftp://tv.example"),
        ("REDIS_URL", "redis://nas:port"),
        ("DATABASE_URL", "postgres://user@nas:port/name"),
        ("DATA_DIR", "/etc/hostname"),
    ],
)
def test_a_wrong_value_ends_the_start_with_one_line(
    data_dir: Path, variable: str, value: str
) -> None:
    done = start(data_dir, **{variable: value})

    assert done.returncode != 0
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert done.stderr.startswith(f"aniworld: {variable.removesuffix('_FILE')}: ")


def test_each_value_can_stand_in_a_file(data_dir: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("a secret that is long enough to be one\n")
    level = tmp_path / "level"
    level.write_text("debug")

    shown = settings_of(
        data_dir,
        "JWT_SECRET_KEY",
        "LOG_LEVEL",
        JWT_SECRET_KEY_FILE=str(secret),
        LOG_LEVEL_FILE=str(level),
    )

    assert shown["JWT_SECRET_KEY"] == "a secret that is long enough to be one"
    assert shown["LOG_LEVEL"] == "DEBUG"


def test_secrets_are_made_once_and_kept_private(data_dir: Path) -> None:
    names = ("SECRET_KEY", "JWT_SECRET_KEY")
    first, second = settings_of(data_dir, *names), settings_of(data_dir, *names)

    assert first == second
    assert first["SECRET_KEY"] != first["JWT_SECRET_KEY"]
    assert all(len(secret) >= 50 for secret in first.values())
    for name in ("secret_key", "jwt_secret_key"):
        assert (data_dir / name).stat().st_mode & 0o777 == 0o600
    assert {path.name for path in data_dir.iterdir()} == {"secret_key", "jwt_secret_key"}


def test_processes_that_start_together_agree_on_the_secrets(data_dir: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from aniworld.environment import generated_secret\n"
        "sys.stdin.readline()\n"
        "print(generated_secret(Path(sys.argv[1]), 'secret_key'))"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(data_dir)],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(6)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("now\n")
        process.stdin.flush()
    secrets = {process.communicate()[0] for process in processes}

    assert len(secrets) == 1
    assert secrets != {""}
    assert [path.name for path in data_dir.iterdir()] == ["secret_key"]


def test_an_empty_secret_is_not_used(data_dir: Path) -> None:
    (data_dir / "secret_key").write_text("")
    done = start(data_dir)

    assert done.stderr.startswith("aniworld: SECRET_KEY: ")


def test_https_only_secures_all_there_is(data_dir: Path) -> None:
    shown = settings_of(
        data_dir,
        "SECURE_SSL_REDIRECT",
        "SECURE_HSTS_SECONDS",
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        HTTPS_ONLY="true",
    )

    assert all(shown.values())


def test_a_base_path_reaches_addresses_static_files_and_cookies(data_dir: Path) -> None:
    names = ("FORCE_SCRIPT_NAME", "STATIC_URL", "CSRF_COOKIE_PATH")

    assert list(settings_of(data_dir, *names, BASE_PATH="anime/").values()) == [
        "/anime",
        "/anime/static/",
        "/anime",
    ]
    assert list(settings_of(data_dir, *names).values()) == [None, "/static/", "/"]


def test_sqlite_is_set_up_for_several_writers(data_dir: Path) -> None:
    database = settings_of(data_dir, "DATABASES")["DATABASES"]["default"]

    assert database["NAME"] == str(data_dir / "aniworld.db")
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in database["OPTIONS"]["init_command"]


def test_an_address_that_cannot_be_had_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit, match=rf"aniworld: PORT: {port} is in use already"):
            require_free("127.0.0.1", port)
    require_free("127.0.0.1", port)
    with pytest.raises(SystemExit, match=r"aniworld: HOST: 192\.0\.2\.1 is not an address"):
        require_free("192.0.2.1", port)


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_other_users_of_the_machine_read_nothing(data_dir: Path) -> None:
    start(data_dir)
    data_dir.chmod(0o755)
    (data_dir / "covers").mkdir(mode=0o755)
    for name in ("aniworld.db", "aniworld.db-wal", "config.json"):
        (data_dir / name).touch(mode=0o644)
    (data_dir / "secret_key").chmod(0o644)
    (data_dir / "notes.txt").touch(mode=0o644)
    start(data_dir)

    assert _mode(data_dir) == _mode(data_dir / "covers") == 0o700
    for name in ("aniworld.db", "aniworld.db-wal", "config.json", "secret_key"):
        assert _mode(data_dir / name) == 0o600
    assert _mode(data_dir / "notes.txt") == 0o644  # not ours


def test_a_database_elsewhere_is_private_too(data_dir: Path, tmp_path: Path) -> None:
    database = tmp_path / "elsewhere.db"
    database.touch(mode=0o644)
    start(data_dir, DATABASE_URL=f"sqlite:///{database}")

    assert _mode(database) == 0o600


def test_a_library_inside_stays_within_reach_of_media_servers(data_dir: Path) -> None:
    library = data_dir / "anime"
    library.mkdir(parents=True)
    data_dir.chmod(0o755)
    start(data_dir, ANIME_DIRECTORY=str(library))

    assert _mode(data_dir) == 0o755


def test_what_a_link_leads_to_keeps_its_rights_where_it_is_no_file(
    data_dir: Path, tmp_path: Path
) -> None:
    """As root a link to /dev/null would have closed it to the whole machine."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    pipe.chmod(0o666)
    (data_dir / "aniworld.db").symlink_to(pipe)
    (data_dir / "config.json").symlink_to("config.json")
    assert start(data_dir, "DEBUG").stderr == ""
    assert _mode(pipe) == 0o666
