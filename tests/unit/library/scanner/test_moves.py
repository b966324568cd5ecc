"""What is moved or renamed on disk is not taken for deleted, on real directory trees."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from aniworld.config import store
from aniworld.web.texts import text_of
from library.models import (
    AnimeSeries,
    MediaFile,
    ScanOperation,
    UnmatchedFolder,
)
from library.scanner.write import Writer
from library.services import match_folder
from tests.unit.library.conftest import LONG_AGO, Put, how_many, rescan, result, take_away
from tests.unit.library.fakes import FakeSite

pytestmark = pytest.mark.django_db(transaction=True)


def test_renamed_files_are_not_gone(shelf: Path) -> None:
    for path in (shelf / "Beta/Season 1").iterdir():
        path.rename(path.with_name(f"Beta - {path.name}"))
    operation = rescan()
    assert (operation.state, result(operation)["changed"]) == ("COMPLETED", 10)
    assert (result(operation)["new"], result(operation)["gone"]) == (0, 0)
    assert how_many("PRESENT") == 60


def test_a_file_that_was_moved_has_changed(shelf: Path) -> None:
    before = MediaFile.objects.count()
    (shelf / "Beta/Season 1/S01E03.mkv").rename(shelf / "Beta/Season 1/Third - S01E03.mkv")
    (shelf / "Gamma/Season 1/S01E04.mkv").rename(shelf / "Gamma/S01E04.mkv")
    shutil.copy2(shelf / "Gamma/S01E04.mkv", shelf / "Gamma/Copy - S01E04.mkv")
    (shelf / "Delta/Season 1/S01E01.mkv").unlink()
    found = result(rescan())
    assert {name: found[name] for name in ("new", "changed", "gone")} == {
        "new": 1,
        "changed": 2,
        "gone": 1,
    }
    assert found["files"] == before + found["new"] - found["gone"]
    (shelf / "Epsilon").rename(shelf / "Epsilon (2011)")
    found = result(rescan())
    assert [found[name] for name in ("new", "changed", "gone")] == [0, 10, 0]


def test_files_replaced_by_better_ones_are_not_gone(shelf: Path, put: Put) -> None:
    for path in (shelf / "Beta/Season 1").iterdir():
        path.unlink()
    put(*(f"Beta/Season 1/Beta S01E{n:02} 1080p.mkv" for n in range(1, 11)), size=5000)
    assert rescan().state == "COMPLETED"
    assert how_many("PRESENT") == 60


def test_renamed_folder_is_the_same_series(shelf: Path) -> None:
    (shelf / "Beta").rename(shelf / "Beta (2010)")
    operation = rescan()
    beta = AnimeSeries.objects.get(key="beta")
    assert (operation.state, beta.folder) == ("COMPLETED", "Beta (2010)")
    assert beta.downloaded_count == 10


def test_picked_folder_that_is_renamed_stays_the_pick(
    shelf: Path, site: FakeSite, put: Put
) -> None:
    site.add("odd", "Quite another title", {1: 10})
    put(*(f"B/Season 1/S01E{n:02}.mkv" for n in range(1, 9)), size=3000)
    rescan()
    match_folder(UnmatchedFolder.objects.get().pk, site=site.name, key="odd")
    (shelf / "B").rename(shelf / "C (BD 1080p)")
    (shelf / "C (BD 1080p)/Season 1/S01E08.mkv").unlink()
    operation = rescan()
    odd = AnimeSeries.objects.get(key="odd")
    assert (operation.state, odd.folder) == ("COMPLETED", "C (BD 1080p)")
    assert (odd.downloaded_count, odd.missing_count) == (7, 3)
    assert not UnmatchedFolder.objects.exists()


def test_files_moved_to_where_no_series_has_them_are_held(
    shelf: Path, site: FakeSite, put: Put
) -> None:
    """Two folders were made of one: either may be the series' now, one of them is."""
    for number in range(1, 11):
        half = "First" if number < 5 else "Second"
        (shelf / half).mkdir(exist_ok=True)
        (shelf / f"Beta/Season 1/S01E{number:02}.mkv").rename(shelf / half / f"E{number:02}.mkv")
    shutil.rmtree(shelf / "Beta")
    assert rescan().state == "COMPLETED"
    beta = AnimeSeries.objects.get(key="beta")
    assert (beta.folder, beta.downloaded_count, beta.missing_count) == ("Second", 6, 4)
    (shelf / "Gamma/Season 1").rename(shelf / "Gamma/Folder")
    for path in (shelf / "Gamma/Folder").iterdir():
        path.rename(shelf / "First" / path.name)
    put("Gamma/Season 1/S01E01.mkv")
    assert rescan().error_code == "mass_removal"
    assert AnimeSeries.objects.get(key="gamma").unavailable_count == 9


def test_one_new_file_excuses_one_that_has_gone(shelf: Path, put: Put) -> None:
    """Files of one size and time, as copies and made ones are: the brake is not released."""
    os.utime(shelf, (LONG_AGO, LONG_AGO))
    for path in shelf.rglob("*.mkv"):
        os.utime(path, (LONG_AGO, LONG_AGO))
    assert rescan(full=True).state == "COMPLETED"
    for name in ("Alpha", "Beta", "Gamma"):
        shutil.rmtree(shelf / name)
    [new] = put("Delta/Season 1/S01E11.mkv")
    os.utime(new, (LONG_AGO, LONG_AGO))
    assert rescan().error_code == "mass_removal"
    assert (how_many("UNAVAILABLE"), how_many("MISSING")) == (30, 0)


@pytest.mark.parametrize("first", [True, False])
def test_folder_moved_to_another_root_has_not_gone(
    shelf: Path, put: Put, tmp_path: Path, first: bool
) -> None:
    other = tmp_path / "other"
    put("Aside/S01E01.mkv", root=other)
    roots = [str(other), str(shelf)] if first else [str(shelf), str(other)]
    store.update(lambda data: data["library"].update(directories=roots))
    rescan()
    (shelf / "Beta").rename(other / "Beta")
    assert rescan().state == "COMPLETED"
    beta = AnimeSeries.objects.get(key="beta")
    assert beta.root is not None
    assert (beta.root.path, beta.downloaded_count) == (str(other), 10)


@pytest.mark.parametrize("new", ["Beta (2010)", "A beta"])  # read after its old name, and before
@pytest.mark.parametrize("at_once", [True, False])
def test_folder_renamed_while_most_of_it_is_away_stays_held(
    shelf: Path, new: str, at_once: bool
) -> None:
    take_away(shelf, range(1, 8))
    if not at_once:
        rescan()
    (shelf / "Beta").rename(shelf / new)
    assert rescan().error_code == "mass_removal"
    beta = AnimeSeries.objects.get(key="beta")
    assert beta.folder == new
    assert (beta.downloaded_count, beta.unavailable_count, beta.missing_count) == (3, 7, 0)
    assert rescan(accept_removals=True).state == "COMPLETED"
    beta.refresh_from_db()
    assert (beta.unavailable_count, beta.missing_count, beta.removal_held) == (0, 7, False)


@pytest.mark.parametrize("new", ["Beta (2010)", "A beta"])
def test_nothing_is_asked_about_a_folder_that_was_only_renamed(shelf: Path, new: str) -> None:
    """Seen first by a scan of that series alone, which does not see the new folder."""
    (shelf / "Beta").rename(shelf / new)
    assert rescan(series="beta").error_code == "mass_removal"
    assert rescan().state == "COMPLETED"
    beta = AnimeSeries.objects.get(key="beta")
    assert (beta.folder, beta.downloaded_count, beta.removal_held) == (new, 10, False)
    assert how_many("UNAVAILABLE") == MediaFile.objects.filter(state="UNAVAILABLE").count() == 0


def test_folder_renamed_while_a_pool_lost_a_disk_leaves_nothing_behind(shelf: Path) -> None:
    for name in ("Alpha", "Beta", "Gamma"):
        (shelf / name).rename(shelf.with_name(name))
    (shelf / "Delta").rename(shelf / "A delta")
    assert rescan().error_code == "mass_removal"
    delta = AnimeSeries.objects.get(key="delta")
    assert (delta.downloaded_count, delta.removal_held) == (10, False)
    assert not MediaFile.objects.filter(path__startswith="Delta/").exists()


@pytest.mark.parametrize("new", ["Quite another", "A beta"])
@pytest.mark.parametrize("folders", [1, 2, 3])
def test_scan_killed_on_the_way_loses_no_renamed_folder(
    shelf: Path, monkeypatch: pytest.MonkeyPatch, new: str, folders: int
) -> None:
    (shelf / "Beta").rename(shelf / new)
    add, added = Writer.add, []

    def killed(self: Writer, *args: Any) -> None:
        add(self, *args)
        self.flush()
        added.append(args)
        if len(added) == folders:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch, contextlib.suppress(KeyboardInterrupt):
        patch.setattr(Writer, "add", killed)
        rescan()
    beta = AnimeSeries.objects.get(key="beta")
    assert beta.missing_count == 0
    ScanOperation.objects.update(state="FAILED")
    assert rescan(use_provider=False).state == "COMPLETED"
    beta.refresh_from_db()
    assert (beta.folder, beta.downloaded_count) == (new, 10)


def test_series_behind_a_link_is_at_home_while_its_disk_is_away(shelf: Path, put: Put) -> None:
    target = shelf.with_name("target")
    (shelf / "Beta").rename(target)
    (shelf / "Beta").symlink_to(target)
    rescan()
    target.rename(shelf.with_name("away"))
    put("Beta (2010)/Season 1/S01E01.mkv", size=77)
    for _ in range(2):
        rescan()
        beta = AnimeSeries.objects.get(key="beta")
        assert (beta.folder, beta.unavailable_count, beta.missing_count) == ("Beta", 10, 0)
    shelf.with_name("away").rename(target)
    rescan()
    beta.refresh_from_db()
    assert (beta.downloaded_count, beta.removal_held) == (10, False)


def test_folder_dragged_into_that_of_another_series_is_held(shelf: Path) -> None:
    (shelf / "Beta").rename(shelf / "Alpha/Beta")
    operation = rescan()
    assert operation.error_code == "mass_removal"
    assert "10 of 60" in text_of(operation.error)
    assert (how_many("UNAVAILABLE"), how_many("MISSING")) == (10, 0)
    (shelf / "Alpha/Beta").rename(shelf / "Beta")
    assert rescan().state == "COMPLETED"
    assert how_many("PRESENT") == 60


def test_renamed_folder_is_known_by_names_where_all_files_are_alike(shelf: Path) -> None:
    """In size and time: as copies of one file are."""
    for path in shelf.rglob("*.mkv"):
        os.utime(path, (LONG_AGO, LONG_AGO))
    rescan(full=True)
    (shelf / "Beta").rename(shelf / "Quite another name")
    assert rescan().state == "COMPLETED"
    assert AnimeSeries.objects.get(key="beta").folder == "Quite another name"
    assert how_many("PRESENT") == 60
