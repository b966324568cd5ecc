"""What vanishes and comes back: what the owner has decided is as it was."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from aniworld.config import store
from library.api.shapes import series_details
from library.choices import EpisodeState
from library.models import AnimeSeries, Episode, MediaFile, RefusedFolder, UnmatchedFolder
from library.services import (
    add_series,
    change_series,
    match_folder,
    remove_series,
    restore_series,
    set_mapping,
    set_monitored,
    unmatch_series,
)
from tests.unit.library.conftest import Put, how_many, rescan, settle_times, states
from tests.unit.library.fakes import FakeSite

pytestmark = pytest.mark.django_db(transaction=True)


def beta() -> AnimeSeries:
    return AnimeSeries.objects.get(key="beta")


def aside(shelf: Path, *numbers: int, folder: str = "Beta") -> Path:
    """Take files of a folder to a disk that is away; returns the folder there."""
    disk = shelf.with_name("disk")
    (disk / "Season 1").mkdir(parents=True, exist_ok=True)
    for number in numbers:
        path = shelf / folder / f"Season 1/S01E{number:02}.mkv"
        path.rename(disk / "Season 1" / path.name)
    return disk


# --- a folder that is renamed while a part of it is away


@pytest.mark.parametrize("new", ["Beta (2010)", "A beta", "Quite another"])
@pytest.mark.parametrize("away", [range(1, 5), range(1, 8)], ids=["few", "most"])
@pytest.mark.parametrize("full", [False, True])
def test_part_that_returns_under_the_old_name_counts(
    shelf: Path, new: str, away: range, full: bool
) -> None:
    for name in ("Gamma", "Delta"):  # so that it looks like a pool
        aside(shelf, *range(3, 9), folder=name)
    disk = shelf.with_name("disk of beta")
    shelf.with_name("disk").rename(shelf.with_name("disk of others"))
    aside(shelf, *away).rename(disk)
    assert rescan().error_code == "mass_removal"
    assert beta().unavailable_count == len(away)
    (shelf / "Beta").rename(shelf / new)
    rescan()
    assert (beta().folder, beta().unavailable_count, beta().missing_count) == (new, len(away), 0)
    disk.rename(shelf / "Beta")
    settle_times(shelf)
    for _ in range(2):
        rescan(full=full)
        assert set(states(beta()).values()) == {EpisodeState.PRESENT}
        assert not UnmatchedFolder.objects.exists()
        assert beta().folder == new
        assert AnimeSeries.objects.count() == 6
    # What is new there is the series' too, and what goes goes.
    rescan(accept_removals=True)  # of the other disk
    (shelf / "Beta/Season 1/S01E01.mkv").unlink()
    (shelf / "Beta/Season 1/S01E11.mkv").write_bytes(b"x" * 2000)
    settle_times(shelf)
    rescan()
    assert (states(beta())[1, 1], states(beta())[1, 11]) == ("MISSING", "PRESENT")


def test_part_that_returns_in_a_folder_that_another_series_has_now(
    shelf: Path, site: FakeSite
) -> None:
    site.add("other", "The other one", {1: 10})
    disk = aside(shelf, *range(1, 8))
    rescan()
    (shelf / "Beta").rename(shelf / "Beta (2010)")
    rescan()
    add_series(site=site.name, key="other", folder="Beta")
    disk.rename(shelf / "Beta")
    settle_times(shelf)
    rescan()
    assert AnimeSeries.objects.get(key="other").downloaded_count == 7
    assert (beta().folder, beta().downloaded_count) == ("Beta (2010)", 3)


def test_part_returns_under_the_new_name_with_the_rest(shelf: Path) -> None:
    disk = aside(shelf, *range(1, 8))
    rescan()
    (shelf / "Beta").rename(shelf / "Beta (2010)")
    rescan()
    for path in (disk / "Season 1").iterdir():
        path.rename(shelf / "Beta (2010)/Season 1" / path.name)
    settle_times(shelf)
    assert rescan().state == "COMPLETED"
    assert how_many("PRESENT") == 60
    assert MediaFile.objects.count() == 60


def test_part_that_returns_after_the_series_moved_to_another_root(
    shelf: Path, tmp_path: Path, put: Put
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    store.update(lambda data: data["library"].update(directories=[str(shelf), str(other)]))
    disk = aside(shelf, *range(1, 8))
    rescan()
    (shelf / "Beta").rename(other / "Beta")
    rescan()
    assert (beta().unavailable_count, beta().missing_count) == (7, 0)
    disk.rename(shelf / "Beta")
    settle_times(shelf)
    assert rescan().state == "COMPLETED"
    assert how_many("PRESENT") == 60
    assert not UnmatchedFolder.objects.exists()
    paths = [episode["file_path"] for episode in series_details(beta())["episodes"]]
    assert all(path and Path(path).is_file() for path in paths)


# --- a folder that was taken from a series


@pytest.mark.parametrize("files", [range(1, 3), range(1, 11)], ids=["small", "large"])
@pytest.mark.parametrize("accepted", [False, True])
@pytest.mark.parametrize("full", [False, True])
def test_folder_that_is_not_that_series_is_so_when_it_comes_back(
    shelf: Path, files: range, accepted: bool, full: bool
) -> None:
    for path in (shelf / "Beta/Season 1").iterdir():
        if int(path.stem[-2:]) not in files:
            path.unlink()
    rescan(accept_removals=True)
    unmatch_series(beta())
    (shelf / "Beta").rename(shelf.with_name("aside"))
    rescan(accept_removals=accepted)
    rescan(full=True)
    assert not UnmatchedFolder.objects.exists()  # it is not there, and so not asked about
    shelf.with_name("aside").rename(shelf / "Beta")
    settle_times(shelf)
    rescan(full=full)
    assert beta().is_deleted
    row = UnmatchedFolder.objects.get()
    assert (row.folder, row.reason, row.detail["params"]) == (  # type: ignore[index]
        *("Beta", "WRONG_SERIES"),
        {"name": "Beta"},
    )
    assert not MediaFile.objects.filter(folder="Beta").exclude(series=None).exists()


def test_folder_that_is_not_that_series_is_so_under_another_name(shelf: Path) -> None:
    unmatch_series(beta())
    (shelf / "Beta").rename(shelf / "Beta (2010)")
    for full in (False, True):
        assert rescan(full=full).state == "COMPLETED"
        row = UnmatchedFolder.objects.get()
        assert (row.folder, row.reason) == ("Beta (2010)", "WRONG_SERIES")
        assert beta().is_deleted


def test_owner_who_says_what_a_folder_is_has_the_last_word(shelf: Path, site: FakeSite) -> None:
    site.add("other", "The other one", {1: 10})
    row = unmatch_series(beta())
    match_folder(row.pk, site=site.name, key="other")
    assert not RefusedFolder.objects.exists()
    (shelf / "Beta").rename(shelf.with_name("aside"))
    rescan()
    shelf.with_name("aside").rename(shelf / "Beta")
    settle_times(shelf)
    rescan()
    other = AnimeSeries.objects.get(key="other")
    assert (other.folder, other.downloaded_count) == ("Beta", 10)


# --- what else is decided


@pytest.mark.parametrize("accepted", [False, True])
def test_picked_folder_that_vanishes_and_returns_is_the_pick(
    shelf: Path, site: FakeSite, put: Put, accepted: bool
) -> None:
    site.add("odd", "Quite another title", {1: 10})
    put(*(f"B/Season 1/S01E{n:02}.mkv" for n in range(1, 11)), size=3000)
    rescan()
    match_folder(UnmatchedFolder.objects.get().pk, site=site.name, key="odd")
    (shelf / "B").rename(shelf.with_name("aside"))
    rescan(accept_removals=accepted)
    odd = AnimeSeries.objects.get(key="odd")
    assert (odd.unavailable_count, odd.missing_count) == ((0, 10) if accepted else (10, 0))
    shelf.with_name("aside").rename(shelf / "B")
    settle_times(shelf)
    assert rescan().state == "COMPLETED"
    odd.refresh_from_db()
    assert (odd.folder, odd.downloaded_count) == ("B", 10)


@pytest.mark.parametrize("accepted", [False, True])
def test_what_the_owner_has_set_stays(shelf: Path, accepted: bool) -> None:
    set_monitored(beta(), False)
    ranges = [
        {
            "library_season": 1,
            "library_first": 1,
            "library_last": 10,
            "provider_season": 1,
            "provider_first": 1,
        }
    ]
    set_mapping(beta(), ranges)
    change_series(beta(), {"languages": ["German Sub"]})
    (shelf / "Beta").rename(shelf.with_name("aside"))
    rescan(accept_removals=accepted)
    assert beta().missing_count == 0
    shelf.with_name("aside").rename(shelf / "Beta")
    settle_times(shelf)
    assert rescan().state == "COMPLETED"
    found = beta()
    assert (found.monitored, found.mapping, found.languages) == (False, ranges, ["German Sub"])
    assert found.downloaded_count == 10


def test_removed_series_whose_files_vanish_and_return_stays_removed(shelf: Path) -> None:
    remove_series(beta())
    (shelf / "Beta").rename(shelf.with_name("aside"))
    rescan()
    shelf.with_name("aside").rename(shelf / "Beta")
    settle_times(shelf)
    rescan(full=True)
    assert beta().is_deleted
    assert restore_series(beta()).downloaded_count == 10


def test_part_that_is_away_is_not_missing_because_another_folder_was_picked(
    shelf: Path, site: FakeSite, put: Put
) -> None:
    """The owner says that a folder is a series all of whose files are away."""
    (shelf / "Beta").rename(shelf.with_name("aside"))
    rescan()
    put("Bee/Season 1/S01E01.mkv", size=7000)
    rescan()
    match_folder(UnmatchedFolder.objects.get().pk, site=site.name, key="beta")
    found = beta()
    assert (found.folder, found.downloaded_count) == ("Bee", 1)
    assert (found.unavailable_count, found.missing_count) == (9, 0)
    shelf.with_name("aside").rename(shelf / "Beta")
    settle_times(shelf)
    rescan()
    assert (beta().downloaded_count, beta().folder) == (10, "Bee")


def test_files_deleted_and_brought_back_are_present(shelf: Path) -> None:
    """Believed, since they were few; and again, so often as it happens."""
    for _ in range(3):
        disk = aside(shelf, 1, 2, 3)
        assert rescan().state == "COMPLETED"
        assert how_many("MISSING") == 3
        for path in (disk / "Season 1").iterdir():
            path.rename(shelf / "Beta/Season 1" / path.name)
        settle_times(shelf)
        assert rescan().state == "COMPLETED"
        assert how_many("PRESENT") == 60
    assert Episode.objects.count() == 60
    shutil.rmtree(shelf / "Beta")
    assert rescan().error_code == "mass_removal"


# --- found by the lives of tests/prove/test_library_model.py


@pytest.mark.parametrize("accepted", [False, True])
def test_disk_that_returns_under_the_old_name_while_the_rest_moves(
    shelf: Path, tmp_path: Path, accepted: bool
) -> None:
    """Between two scans: what is back in the old folder does not make the move another thing."""
    other = tmp_path / "other"
    other.mkdir()
    store.update(lambda data: data["library"].update(directories=[str(shelf), str(other)]))
    disk = aside(shelf, *range(1, 7))
    rescan()
    (shelf / "Beta").rename(other / "Beta")
    disk.rename(shelf / "Beta")
    settle_times(shelf)
    settle_times(other)
    assert rescan(accept_removals=accepted).state == "COMPLETED"
    found = beta()
    assert found.root is not None
    assert (found.root.path, found.downloaded_count) == (str(other), 10)
    assert not UnmatchedFolder.objects.exists()


def test_folder_in_the_list_stays_in_it_while_only_its_outside_changes(
    shelf: Path, put: Put
) -> None:
    put("Odd/Season 1/S01E01.mkv")
    rescan()
    row = UnmatchedFolder.objects.get()
    (shelf / "Odd/poster.jpg").write_bytes(b"x")
    settle_times(shelf)
    rescan(use_provider=False)
    assert UnmatchedFolder.objects.get().pk == row.pk


def test_folder_that_is_not_that_series_is_so_under_both_names(shelf: Path) -> None:
    """It was renamed while a part of it was away, and that came back under the old name."""
    for name in ("Gamma", "Delta"):
        shutil.rmtree(shelf / name)  # something the owner has to be asked about
    unmatch_series(beta())
    disk = aside(shelf, *range(4, 10))
    assert rescan().error_code == "mass_removal"
    (shelf / "Beta").rename(shelf / "Beta (2010)")
    rescan()
    disk.rename(shelf / "Beta")
    settle_times(shelf)
    rescan(full=True)
    rows = UnmatchedFolder.objects.order_by("folder").values_list("folder", "reason")
    assert list(rows) == [("Beta", "WRONG_SERIES"), ("Beta (2010)", "WRONG_SERIES")]
    assert beta().is_deleted
