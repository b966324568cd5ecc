"""A backup's file, cut short and changed at every place: what is not as it was written is refused,
and nothing is ever written but the parts of one."""

from __future__ import annotations

import errno
import io
import os
import sqlite3
import stat
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from aniworld.system.backups import archive, services
from aniworld.system.backups.errors import BackupRefused
from tests.unit.aniworld.system.backups.made import manifest


@pytest.fixture
def whole(tmp_path: Path) -> bytes:
    folder = tmp_path / "parts"
    folder.mkdir()
    with closing(sqlite3.connect(folder / archive.DATABASE)) as database:
        database.execute("CREATE TABLE library_animeseries (name)")
    (folder / archive.SETTINGS).write_text("{}")
    target = tmp_path / "whole.zip"
    archive.write(target, folder=folder, facts=manifest())
    return target.read_bytes()


@pytest.fixture
def unpacked(tmp_path: Path) -> Callable[[bytes], dict[str, bytes]]:
    """Unpacks it, and gives the parts."""
    tries = iter(range(100_000))

    def unpack(content: bytes) -> dict[str, bytes]:
        file, folder = tmp_path / "tried.zip", tmp_path / f"into{next(tries)}"
        folder.mkdir()
        file.write_bytes(content)
        archive.unpack(file, folder)
        return {path.name: path.read_bytes() for path in folder.iterdir()}

    return unpack


def test_one_that_ends_anywhere_else_is_refused(
    whole: bytes, unpacked: Callable[[bytes], dict[str, bytes]]
) -> None:
    for length in range(0, len(whole), 7):
        with pytest.raises(BackupRefused):
            unpacked(whole[:length])


def test_one_with_a_changed_byte_is_refused_or_says_the_same(
    whole: bytes, unpacked: Callable[[bytes], dict[str, bytes]]
) -> None:
    """A few bytes of a ZIP say nothing: times, and who made it."""
    parts, same, refused = unpacked(whole), 0, 0
    for place in range(0, len(whole), 3):
        changed = bytearray(whole)
        changed[place] ^= 0x55
        try:
            assert unpacked(bytes(changed)) == parts, place
            same += 1
        except BackupRefused:
            refused += 1
    assert refused > same


@pytest.mark.parametrize("name", ["../aniworld.db", "/etc/passwd", "more", "aniworld.db/"])
def test_no_other_entry_is_ever_written(
    whole: bytes, unpacked: Callable[[bytes], dict[str, bytes]], name: str
) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as packed, zipfile.ZipFile(made, "w") as other:
        for entry in packed.namelist():
            called = name if entry == archive.SETTINGS else entry
            other.writestr(called, packed.read(entry), zipfile.ZIP_DEFLATED)
    with pytest.raises(BackupRefused, match="no backup"):
        unpacked(made.getvalue())


def test_a_bomb_goes_off_at_its_own_word(
    whole: bytes, unpacked: Callable[[bytes], dict[str, bytes]], tmp_path: Path
) -> None:
    """No more is unpacked than the list of contents says, however much comes."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as packed, zipfile.ZipFile(made, "w") as other:
        for entry in packed.namelist():
            content = packed.read(entry)
            bomb = content + bytes(20_000_000) if entry == archive.DATABASE else content
            other.writestr(entry, bomb, zipfile.ZIP_DEFLATED)
    with pytest.raises(BackupRefused, match="not as it was written"):
        unpacked(made.getvalue())
    (folder,) = tmp_path.glob("into*")
    assert (folder / archive.DATABASE).stat().st_size < 2_000_000


def test_a_share_that_writes_no_folder_to_its_disk_takes_backups(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    true = os.fsync

    def refuse(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        true(descriptor)

    work = tmp_path / "work"
    work.mkdir()
    draft, target = work / "draft.zip", tmp_path / "today.zip"
    draft.write_bytes(b"whole")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", refuse)
        services._name(draft, target)
    assert target.read_bytes() == b"whole"
    assert not list(tmp_path.glob(".*"))
