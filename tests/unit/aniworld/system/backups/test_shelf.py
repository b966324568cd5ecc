"""The folder of the backups: what counts as one, what goes, and what a dead process leaves."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.test import Client

from aniworld.system.backups import shelf
from aniworld.system.backups.errors import BackupNotFound
from aniworld.system.backups.shelf import Kind
from tests.unit.aniworld.system.backups.made import name_of, put
from tests.unit.reading import get


def names() -> list[str]:
    return [found.name for found in shelf.newest_first()]


def test_what_is_no_backup_takes_no_place_of_one_and_stays(tmp_path: Path) -> None:
    good = [put(name_of(number)).name for number in range(3)]
    half, folder, link = (shelf.directory() / name_of(number) for number in (7, 8, 9))
    half.write_bytes(b"PK\3\4 the first part")
    folder.mkdir()
    link.symlink_to(tmp_path / "elsewhere")
    shelf.forget(Kind.MADE, keep=2)
    assert names() == [link.name, folder.name, half.name, good[2], good[1]]


def test_one_that_was_just_made_stays_whatever_the_clock_said_before() -> None:
    before = [put(name_of(number)).name for number in range(5, 8)]
    made = put(name_of(1)).name  # the clock was set back
    shelf.forget(Kind.MADE, keep=1, spare={made})
    assert names() == [before[2], made]


@pytest.mark.parametrize(
    "name",
    [
        "aniworld-20261399T999999999999Z-made.zip",  # no such moment
        "aniworld-00010101T000000000000Z-made.zip",
        "aniworld-99991231T235959999999Z-made.zip",
        "aniworld-20260301T040000000000Z-made.zip\n",
        "../aniworld-20260301T040000000000Z-made.zip",
    ],
)
def test_no_other_name_is_looked_for(visitor: Client, name: str) -> None:
    if "/" not in name:
        put(name)
    assert names() == []
    with pytest.raises(BackupNotFound):
        shelf.path_of(name)
    assert get(visitor, "/system/backups")


@pytest.mark.parametrize("counts", [{}, {"episodes": 1}])
def test_one_of_a_stranger_that_counts_other_things_is_shown(
    visitor: Client, counts: dict[str, int]
) -> None:
    name = put(name_of(1), counts=counts).name
    assert name in str(get(visitor, "/system/backups"))


def test_what_a_dead_process_left_is_removed_also_where_it_was_to_lie(tmp_path: Path) -> None:
    outside = tmp_path / ".today.zip.1234"
    outside.write_bytes(b"half")
    shelf.prepare()
    dead = shelf.directory() / ".work-dead"
    dead.mkdir()
    shelf.claim(dead, outside)
    os.mkfifo(shelf.directory() / ".work-pipe")  # is waited for by nobody
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (shelf.directory() / ".work-link").symlink_to(elsewhere)
    with shelf.workplace() as alive:
        assert shelf.has_leftovers()
        with shelf.alone():
            assert alive.is_dir()
        assert not dead.exists()
        assert not outside.exists()
        assert elsewhere.is_dir()
