"""The folders of the server, as whoever picks one sees them."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from pytest_django import Settings

from aniworld.config import folders, reach
from aniworld.config.errors import FolderRefused
from aniworld.config.mounts import Mounts


@pytest.fixture(autouse=True)
def _data_elsewhere(settings: Settings, data_dir: Path) -> None:
    settings.DATA_DIR = data_dir / "data"
    settings.DATA_DIR.mkdir()


def test_folders_are_listed_with_what_matters(data_dir: Path) -> None:
    shelf = data_dir / "shelf"
    for name in ("B", "a", ".hidden"):
        (shelf / name).mkdir(parents=True)
    (shelf / "film.mkv").touch()
    found = folders.look(str(shelf))

    assert [folder.name for folder in found.inner] == ["a", "B"]
    assert found.parent == str(data_dir)
    assert found.more == 0
    inner = found.inner[0]
    assert (inner.path, inner.readable, inner.problem) == (str(shelf / "a"), True, None)
    assert inner.writable == os.access(shelf / "a", os.W_OK)
    assert inner.owner == folders._owner(os.getuid())
    assert 0 < (inner.free or 0) <= (inner.total or 0)
    assert inner.kind == found.folder.kind != ""


def test_who_may_not_write_is_told(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (data_dir / "shelf" / "kept").mkdir(parents=True)
    real = os.access

    def access(path: Any, mode: int) -> bool:
        return real(path, mode) and not (str(path).endswith("kept") and mode & os.W_OK)

    monkeypatch.setattr(os, "access", access)
    inner = folders.look(str(data_dir / "shelf")).inner[0]
    assert (inner.readable, inner.writable) == (True, False)


@pytest.mark.parametrize(
    "path",
    ["/proc", "/etc", "/usr/share", "/dev/pts", "//etc", "/./proc/1", "/srv/../etc", "/run"],
)
def test_the_system_is_not_looked_into(path: str) -> None:
    with pytest.raises(FolderRefused, match="belongs to the system"):
        folders.look(path)


def test_our_own_data_is_not_looked_into(settings: Settings, data_dir: Path) -> None:
    with pytest.raises(FolderRefused, match="own data"):
        folders.look(str(settings.DATA_DIR))
    assert "data" not in [folder.name for folder in folders.look(str(data_dir)).inner]


def test_no_link_leads_there(data_dir: Path) -> None:
    shelf = data_dir / "shelf"
    shelf.mkdir()
    (shelf / "system").symlink_to("/etc")
    (shelf / "lost").symlink_to(shelf / "nowhere")
    (shelf / "circle").symlink_to(shelf / "circle")
    (data_dir / "other").mkdir()
    (shelf / "other").symlink_to(data_dir / "other")
    with pytest.raises(FolderRefused, match="belongs to the system"):
        folders.look(str(shelf / "system"))
    found = {folder.name: folder.problem for folder in folders.look(str(shelf)).inner}
    assert set(found) == {"lost", "circle", "other"}
    assert found["other"] is None
    assert "does not exist" in str(found["lost"])
    assert "cannot be read" in str(found["circle"])


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("shelf", "full path"),
        ("", "full path"),
        ("/a\0b", "full path"),
        ("/\udcff", "full path"),
        ("/nothing/here", "does not exist"),
        ("/" + "x" * 5000, "cannot be read"),
    ],
)
def test_what_is_no_folder_is_said(path: str, words: str) -> None:
    with pytest.raises(FolderRefused, match=words):
        folders.look(path)


def test_a_file_is_none(data_dir: Path) -> None:
    (data_dir / "film.mkv").touch()
    with pytest.raises(FolderRefused, match="is not a folder"):
        folders.look(str(data_dir / "film.mkv"))


def test_many_are_cut_and_counted(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "MOST_FOLDERS", 2)
    for number in range(5):
        (data_dir / "shelf" / f"{number}").mkdir(parents=True)
    found = folders.look(str(data_dir / "shelf"))
    assert ([folder.name for folder in found.inner], found.more) == (["0", "1"], 3)


def test_a_disk_that_hangs_takes_no_other_folder_with_it(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = data_dir / "shelf"
    for name in ("a", "dead", "z"):
        (shelf / name).mkdir(parents=True)
    monkeypatch.setattr(folders, "PATIENCE", 0.6)
    monkeypatch.setattr(Mounts, "points", lambda _: ["/", str(shelf / "dead")])
    real, answers = folders._folder, Event()

    def silent(path: str, mounts: Any) -> Any:
        if path.endswith("dead"):
            answers.wait(60)
        return real(path, mounts)

    monkeypatch.setattr(folders, "_folder", silent)
    found = {folder.name: folder.problem for folder in folders.look(str(shelf)).inner}
    assert found["a"] is None
    assert "does not answer" in str(found.pop("dead"))
    assert found == {"a": None, "z": None}
    answers.set()
    reach.ask(str(shelf / "dead"), lambda: None)  # has its turn once the other is over


def test_a_folder_whose_own_disk_hangs_is_said(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(directory: str, *_: Any, **__: Any) -> Any:
        raise reach.NoAnswer(directory)

    monkeypatch.setattr(reach, "ask", silent)
    with pytest.raises(FolderRefused, match="does not answer"):
        folders.look(str(data_dir))


def test_one_begins_at_the_root_and_at_what_is_mounted(monkeypatch: pytest.MonkeyPatch) -> None:
    points = ["/", "/proc", "/etc/hosts", "/mnt/nas", "/run/media/me/disk"]
    monkeypatch.setattr(Mounts, "points", lambda _: points)
    assert folders.starts() == ["/", "/mnt/nas", "/run/media/me/disk"]
