"""The configuration file: atomic, shared, backed up, and never silently forgotten."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from aniworld.config import backups, migrations, store
from aniworld.config.directories import directory_problem, library_directories
from aniworld.config.errors import (
    ConfigBroken,
    ConfigInvalid,
    ConfigNotWritten,
    ConfigStale,
    ConfigTooNew,
)
from aniworld.config.schema import Config


def retries(number: int) -> Any:
    def change(data: dict[str, Any]) -> None:
        data["downloads"]["max_retries"] = number

    return change


def test_without_a_file_the_defaults_count_and_nothing_is_written(data_dir: Path) -> None:
    assert store.load() == Config()
    assert list(data_dir.iterdir()) == []


def test_a_change_is_written_readable_and_private(data_dir: Path) -> None:
    config = store.update(retries(5))

    assert config.version == 1
    assert store.load() == config
    assert json.loads((data_dir / "config.json").read_text())["downloads"]["max_retries"] == 5
    assert (data_dir / "config.json").stat().st_mode & 0o777 == 0o600
    assert {path.name for path in data_dir.iterdir()} == {"config.json", "config.lock"}


def test_a_change_that_changes_nothing_writes_nothing(data_dir: Path) -> None:
    assert store.update(retries(3)).version == 0
    assert not (data_dir / "config.json").exists()


def test_an_invalid_change_leaves_the_file_alone(data_dir: Path) -> None:
    store.update(retries(5))
    before = (data_dir / "config.json").read_bytes()

    with pytest.raises(ConfigInvalid):
        store.update(retries(-1))

    assert (data_dir / "config.json").read_bytes() == before


def test_the_version_is_not_the_callers_to_set() -> None:
    store.update(retries(5))

    def change(data: dict[str, Any]) -> None:
        data["version"] = 99
        data["downloads"]["max_retries"] = 6

    assert store.update(change).version == 2


def test_a_stale_writer_is_refused() -> None:
    store.update(retries(5))

    with pytest.raises(ConfigStale):
        store.update(retries(6), expected_version=0)
    assert store.update(retries(6), expected_version=1).downloads.max_retries == 6


def test_replace_resets_what_it_leaves_out() -> None:
    store.update(retries(5))
    config = store.replace({"schema": 1, "library": {"directories": ["/anime"]}})

    assert config.downloads.max_retries == 3
    assert config.library.directories == ("/anime",)
    assert config.version == 2


def test_each_change_keeps_a_backup_and_only_so_many(data_dir: Path) -> None:
    def few(data: dict[str, Any]) -> None:
        data["backup"]["keep"] = 3

    store.update(few)
    for number in range(4, 11):
        store.update(retries(number))

    kept = [
        json.loads(file.read_text())["downloads"]["max_retries"]
        for file in sorted((data_dir / "config_backups").iterdir())
    ]
    assert kept == [7, 8, 9]


def test_a_change_by_another_process_is_seen_at_once(data_dir: Path) -> None:
    store.update(retries(5))
    assert store.load().downloads.max_retries == 5

    subprocess.run(
        [
            sys.executable,
            "-c",
            "import django; django.setup()\n"
            "from aniworld.config import store\n"
            "store.update(lambda data: data['downloads'].update(max_retries=6))",
        ],
        env=os.environ | {"DATA_DIR": str(data_dir), "DJANGO_SETTINGS_MODULE": "aniworld.settings"},
        check=True,
    )

    assert store.load().downloads.max_retries == 6


def test_an_unchanged_file_is_read_once(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store.update(retries(5))
    file = data_dir / "config.json"
    os.utime(file, ns=(1_000_000_000, 1_000_000_000))
    first = store.load()

    assert store.load() is first


def test_no_update_of_many_writers_is_lost(data_dir: Path) -> None:
    def writer(name: str) -> None:
        for number in range(5):
            store.update(
                lambda data: data["providers"]["sites"].update({f"{name}-{number}": {}})  # noqa: B023
            )

    threads = [threading.Thread(target=writer, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(store.load().providers.sites) == 20
    assert store.load().version == 20


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"",
        b"[]",
        b"\xff\xfe",
        b"[" * 200_000,
        b'{"downloads": {"max_retries": "many"}}',
        b'{"schema": "one"}',
    ],
)
def test_a_broken_file_is_set_aside_and_the_newest_backup_counts(
    data_dir: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    store.update(retries(5))
    store.update(retries(6))
    store.update(retries(7))
    (data_dir / "config.json").write_bytes(content)

    config = store.load()

    assert config.downloads.max_retries == 6
    assert config.version == 4
    assert [path.read_bytes() for path in store.set_aside()] == [content]
    assert "config broken" in caplog.text
    assert store.load() == config


@pytest.mark.parametrize("begun", [0, 20])
def test_a_file_that_somebody_is_writing_is_no_broken_one(
    data_dir: Path, begun: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An editor and ``cp`` empty the file first; what they write then is what counts."""
    monkeypatch.setattr(store, "QUIET_SECONDS", 5.0)  # however slow the machine is
    content = b'{"downloads": {"max_retries": 9}}'
    with (data_dir / "config.json").open("wb", buffering=0) as file:
        file.write(content[:begun])
        rest = threading.Timer(0.2, file.write, [content[begun:]])
        rest.start()
        config = store.load()
        rest.join()

    assert config.downloads.max_retries == 9
    assert store.set_aside() == []


def test_one_that_is_written_without_end_is_not_waited_for(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "QUIET_SECONDS", 60.0)
    monkeypatch.setattr(store, "LONGEST_WRITE_SECONDS", 0.3)
    path, over = data_dir / "config.json", threading.Event()
    path.write_text("{")

    def write() -> None:
        while path.exists() and not over.wait(0.02):
            with path.open("a") as file:
                file.write("{")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        with pytest.raises(ConfigBroken, match="set aside as"):
            store.load()
    finally:
        over.set()
        writer.join()


def test_without_a_good_backup_the_defaults_never_step_in(data_dir: Path) -> None:
    (data_dir / "config.json").write_text("{")

    for _ in range(2):
        with pytest.raises(ConfigBroken, match="set aside as"):
            store.load()
    with pytest.raises(ConfigBroken):
        store.update(retries(5))

    store.set_aside()[0].unlink()
    assert store.load() == Config()


def test_a_bad_backup_is_passed_over(data_dir: Path) -> None:
    store.update(retries(5))
    store.update(retries(6))
    (data_dir / "config_backups" / "config-99990101T000000Z.json").write_text("{")
    (data_dir / "config.json").write_text("{")

    assert store.load().downloads.max_retries == 5


def test_a_file_from_a_later_version_is_left_alone(data_dir: Path) -> None:
    (data_dir / "config.json").write_text('{"schema": 999}')

    with pytest.raises(ConfigTooNew):
        store.load()
    with pytest.raises(ConfigTooNew):
        store.update(retries(5))
    assert (data_dir / "config.json").read_text() == '{"schema": 999}'


def test_an_older_schema_is_migrated_on_reading(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def renamed(data: dict[str, Any]) -> dict[str, Any]:
        return {"downloads": {"max_retries": data["tries"]}}

    monkeypatch.setattr(migrations, "STEPS", [renamed])
    (data_dir / "config.json").write_text('{"schema": 1, "tries": 8}')

    assert store.load().downloads.max_retries == 8
    store.update(retries(9))
    assert json.loads((data_dir / "config.json").read_text())["schema"] == 2


def test_a_disk_that_takes_no_change_is_reported(data_dir: Path) -> None:
    store.update(retries(5))
    (data_dir / "config_backups").write_text("in the way")

    with pytest.raises(ConfigNotWritten):
        store.update(retries(6))
    assert store.load().downloads.max_retries == 5


def test_the_environment_names_the_first_root_where_the_file_has_none(
    settings: Settings,
) -> None:
    settings.ANIME_DIRECTORY = "/from/environment"
    assert library_directories(store.load()) == ("/from/environment",)

    config = store.update(lambda data: data["library"].update(directories=["/from/file"]))
    assert library_directories(config) == ("/from/file",)

    settings.ANIME_DIRECTORY = ""
    assert library_directories(Config()) == ()


def test_what_is_wrong_with_a_directory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    assert directory_problem(str(tmp_path)) is None
    assert "does not exist" in str(directory_problem(str(tmp_path / "none")))
    assert "not a folder" in str(directory_problem(str(tmp_path / "file")))
    assert "full path" in str(directory_problem("relative"))
    assert "full path" in str(directory_problem("/a\0b"))
    assert directory_problem("/" + "x" * 5000) is not None


def test_a_backup_is_kept_after_the_clock_was_set_back(data_dir: Path) -> None:
    """By their names those of the hour that comes again would be the newer ones."""
    kept = Config().backup.keep
    store.update(retries(1))
    (data_dir / "config_backups").mkdir()
    for number in range(kept):
        ahead = data_dir / "config_backups" / f"config-20990101T0000{number:02}000000Z.json"
        ahead.write_text((data_dir / "config.json").read_text())

    for number in (5, 6):
        store.update(retries(number))

    assert len(list((data_dir / "config_backups").iterdir())) == kept
    newest = json.loads(backups.newest_first()[0].read_text())
    assert newest["downloads"]["max_retries"] == 5


def test_a_file_of_the_owner_beside_the_backups_is_none_of_them(data_dir: Path) -> None:
    (data_dir / "config_backups").mkdir()
    own = data_dir / "config_backups" / "config-before-the-move.json"
    own.write_text("{}")
    for number in range(1, Config().backup.keep + 3):
        store.update(retries(number))

    assert own.exists()
    assert own not in backups.newest_first()


def _pipe(file: Path) -> None:
    os.mkfifo(file)


def _device(file: Path) -> None:
    file.symlink_to("/dev/zero")


def _dangling(file: Path) -> None:
    file.symlink_to(file.parent / "away" / "config.json")


def _loop(file: Path) -> None:
    file.symlink_to(file.name)


@pytest.mark.parametrize("make", [_pipe, _device, _dangling, _loop])
def test_what_is_no_file_is_neither_read_nor_replaced(
    data_dir: Path, make: Callable[[Path], None]
) -> None:
    make(data_dir / "config.json")

    with pytest.raises(ConfigBroken):
        store.load()
    with pytest.raises(ConfigBroken):
        store.update(retries(5))

    assert not (data_dir / "config.json").is_file()
    assert not store.set_aside()


def test_a_backup_that_is_a_pipe_holds_nothing_up(data_dir: Path) -> None:
    store.update(retries(1))
    store.update(retries(2))
    os.mkfifo(data_dir / "config_backups" / "config-20990101T000000000000Z.json")
    (data_dir / "config.json").write_text("{")

    assert store.load().downloads.max_retries == 1


def test_where_nothing_can_be_written_it_is_said_of_what(data_dir: Path) -> None:
    (data_dir / "config.lock").mkdir()
    with pytest.raises(ConfigNotWritten):
        store.update(retries(5))

    (data_dir / "config.json").write_text("{")
    with pytest.raises(ConfigBroken):
        store.load()


def test_a_file_in_another_encoding_can_be_changed(data_dir: Path) -> None:
    (data_dir / "config.json").write_text("{}", encoding="utf-16")

    assert store.update(retries(5)).downloads.max_retries == 5
