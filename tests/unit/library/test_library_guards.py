"""The brake against mass disappearance, on real directory trees."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aniworld.config import store
from aniworld.events.models import OutboxEvent
from library.models import (
    AnimeSeries,
    Episode,
    LibraryRoot,
    MediaFile,
    ScanOperation,
    UnmatchedFolder,
)
from library.scanner.write import Writer
from library.services import match_folder, unmatch_series
from tests.unit.library.conftest import LONG_AGO, Put, rescan, result, settle_times, states
from tests.unit.library.fakes import FakeSite

pytestmark = pytest.mark.django_db(transaction=True)

SHOWS = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta")


@pytest.fixture
def shelf(site: FakeSite, put: Put, library: Path) -> Path:
    """Six series with ten episodes each, all on disk."""
    for name in SHOWS:
        site.add(name, name.title(), {1: 10})
        put(*(f"{name.title()}/Season 1/S01E{n:02}.mkv" for n in range(1, 11)))
    assert rescan().state == "COMPLETED"
    return library


def snapshot() -> tuple[object, ...]:
    """Everything a stopped scan must leave as it is."""
    return (
        list(MediaFile.objects.order_by("pk").values()),
        list(Episode.objects.order_by("pk").values()),
        list(AnimeSeries.objects.order_by("pk").values()),
        list(LibraryRoot.objects.values("path", "identity", "file_count", "last_scanned_at")),
    )


def refuses(code: str, *, frozen: str = "") -> str:
    """A scan fails with ``code`` and changes nothing. Returns what it says."""
    before = snapshot()
    operation = rescan()
    assert (operation.state, operation.error_code) == ("FAILED", code)
    assert snapshot() == before
    root = LibraryRoot.objects.get()
    assert (root.frozen_reason, root.error) == (frozen or code, operation.error)
    return operation.error


def count(state: str) -> int:
    return Episode.objects.filter(state=state).count()


def test_missing_root_changes_nothing(shelf: Path) -> None:
    shelf.rename(shelf.with_name("elsewhere"))
    assert str(shelf) in refuses("root_unavailable")
    shelf.with_name("elsewhere").rename(shelf)
    assert rescan().state == "COMPLETED"
    assert LibraryRoot.objects.get().error == ""


def test_root_that_is_a_file_changes_nothing(shelf: Path) -> None:
    shutil.rmtree(shelf)
    shelf.write_text("not a folder")
    assert "not a folder" in refuses("root_unavailable")


def test_empty_mount_point_changes_nothing_however_often(shelf: Path) -> None:
    shelf.rename(shelf.with_name("elsewhere"))
    shelf.mkdir()
    refuses("root_unavailable", frozen="root_changed")
    refuses("root_unavailable", frozen="root_changed")


def test_stray_file_in_the_mount_point_does_not_deceive(shelf: Path) -> None:
    shelf.rename(shelf.with_name("elsewhere"))
    shelf.mkdir()
    (shelf / "readme.txt").write_text("the disk goes here")
    (shelf / "Alpha").mkdir()
    (shelf / "stray.mkv").write_bytes(b"video")
    identity = LibraryRoot.objects.get().identity
    for _ in range(2):
        operation = rescan()
        assert (operation.state, operation.error_code) == ("FAILED", "mass_removal")
        assert "not the disk it was" in operation.error
        assert (count("UNAVAILABLE"), count("MISSING")) == (60, 0)
        assert LibraryRoot.objects.get().identity == identity
    assert OutboxEvent.objects.filter(type="error_notification").count() == 1
    shutil.rmtree(shelf)
    shelf.with_name("elsewhere").rename(shelf)
    assert rescan().state == "COMPLETED"
    assert count("PRESENT") == 60


def test_new_disk_with_everything_on_it_is_taken(shelf: Path) -> None:
    before = LibraryRoot.objects.get().identity
    shutil.copytree(shelf, shelf.with_name("copy"), copy_function=shutil.copy2)
    shelf.rename(shelf.with_name("old"))
    shelf.with_name("copy").rename(shelf)
    assert rescan().state == "COMPLETED"
    assert LibraryRoot.objects.get().identity != before
    assert count("PRESENT") == 60


def test_other_disk_is_not_believed_by_the_times_of_its_folders(shelf: Path) -> None:
    """A clone of the folders alone: each has the mtime it had, and no file in it."""
    shelf.rename(shelf.with_name("old"))
    for folder in (shelf, *(shelf / name.title() / "Season 1" for name in SHOWS)):
        folder.mkdir(parents=True)
    for folder in (shelf / name.title() / part for name in SHOWS for part in ("Season 1", "")):
        times = shelf.with_name("old").joinpath(folder.relative_to(shelf)).stat()
        os.utime(folder, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert rescan().error_code == "mass_removal"
    assert count("UNAVAILABLE") == 60


def test_second_root_that_is_gone_stops_the_scan_of_the_first(
    shelf: Path, put: Put, tmp_path: Path
) -> None:
    store.update(
        lambda data: data["library"].update(directories=[str(shelf), str(tmp_path / "gone")])
    )
    put("Alpha/Season 1/S01E11.mkv")
    operation = rescan()
    assert operation.error_code == "root_unavailable"
    assert MediaFile.objects.count() == 60


def empty(shelf: Path) -> None:
    for folder in shelf.iterdir():
        shutil.rmtree(folder)


def exchange(shelf: Path) -> None:
    shelf.rename(shelf.with_name("elsewhere"))
    shelf.mkdir()
    (shelf / "readme.txt").write_text("the disk goes here")


def lose_a_series(shelf: Path) -> None:
    shutil.rmtree(shelf / "Alpha")


@pytest.mark.parametrize("lose", [empty, exchange, lose_a_series])
def test_what_waits_for_the_owner_says_how_to_confirm_it(
    shelf: Path, lose: Callable[[Path], None]
) -> None:
    lose(shelf)
    error = rescan().error
    assert "manage.py rescan --accept-removals" in error
    assert 'press "They were removed on purpose" on the library page' in error


def test_truly_emptied_root_can_be_confirmed(shelf: Path) -> None:
    for folder in shelf.iterdir():
        shutil.rmtree(folder)
    refuses("root_unavailable", frozen="root_changed")
    operation = rescan(accept_removals=True)
    assert (operation.state, result(operation)["gone"]) == ("COMPLETED", 60)
    assert (count("MISSING"), MediaFile.objects.count()) == (60, 0)
    assert rescan().state == "COMPLETED"


def test_missing_root_cannot_be_confirmed(shelf: Path) -> None:
    shelf.rename(shelf.with_name("elsewhere"))
    before = snapshot()
    operation = rescan(accept_removals=True)
    assert (operation.error_code, snapshot()) == ("root_unavailable", before)


def test_most_of_one_series_gone_is_held_until_the_owner_says_so(shelf: Path) -> None:
    for number in range(1, 7):
        (shelf / f"Beta/Season 1/S01E{number:02}.mkv").unlink()
    (shelf / "Alpha/Season 1/S01E01.mkv").unlink()
    operation = rescan()
    assert (operation.state, operation.error_code) == ("FAILED", "mass_removal")
    assert "Beta (beta): 6 of 10" in operation.error
    beta, alpha = AnimeSeries.objects.get(key="beta"), AnimeSeries.objects.get(key="alpha")
    assert (beta.unavailable_count, beta.missing_count, beta.removal_held) == (6, 0, True)
    assert (alpha.unavailable_count, alpha.missing_count) == (0, 1)  # tidied up, as usual

    before = snapshot()[:2]
    again = rescan(full=True)
    assert (again.error_code, snapshot()[:2]) == ("mass_removal", before)
    alerts = OutboxEvent.objects.filter(type="error_notification")
    assert [alert.data["code"] for alert in alerts] == ["mass_removal"]

    accepted = rescan(accept_removals=True)
    assert accepted.state == "COMPLETED"
    beta.refresh_from_db()
    assert (beta.unavailable_count, beta.missing_count, beta.removal_held) == (0, 6, False)


def test_held_files_that_return_are_present_again(shelf: Path) -> None:
    (shelf / "Beta").rename(shelf.with_name("Beta"))
    assert rescan().error_code == "mass_removal"
    assert count("UNAVAILABLE") == 10
    shelf.with_name("Beta").rename(shelf / "Beta")
    settle_times(shelf)
    assert rescan().state == "COMPLETED"
    assert (count("PRESENT"), count("UNAVAILABLE")) == (60, 0)
    assert not AnimeSeries.objects.filter(removal_held=True).exists()


def test_part_of_the_held_files_returns_and_the_rest_stays_held(shelf: Path) -> None:
    aside = shelf.with_name("aside")
    aside.mkdir()
    for number in range(1, 8):
        (shelf / f"Beta/Season 1/S01E{number:02}.mkv").rename(aside / f"S01E{number:02}.mkv")
    rescan()
    for number in range(1, 5):
        (aside / f"S01E{number:02}.mkv").rename(shelf / f"Beta/Season 1/S01E{number:02}.mkv")
    operation = rescan()
    beta = AnimeSeries.objects.get(key="beta")
    assert operation.state == "COMPLETED"
    assert (beta.downloaded_count, beta.unavailable_count, beta.missing_count) == (7, 3, 0)
    assert rescan(accept_removals=True).state == "COMPLETED"
    beta.refresh_from_db()
    assert (beta.unavailable_count, beta.missing_count) == (0, 3)


def test_emptied_series_folder_is_held(shelf: Path) -> None:
    shutil.rmtree(shelf / "Gamma/Season 1")
    assert rescan().error_code == "mass_removal"
    assert set(states(AnimeSeries.objects.get(key="gamma")).values()) == {"UNAVAILABLE"}


def test_pooled_disk_that_lost_a_member_loses_nothing(shelf: Path) -> None:
    """Half of the series vanish, and a few files of another one that was spread over disks."""
    for name in ("Alpha", "Beta", "Gamma"):
        shutil.rmtree(shelf / name)
    (shelf / "Delta/Season 1/S01E01.mkv").unlink()
    operation = rescan()
    assert operation.error_code == "mass_removal"
    assert (count("UNAVAILABLE"), count("MISSING")) == (31, 0)


def test_most_of_the_root_gone_is_held_even_if_no_series_lost_most(
    site: FakeSite, put: Put, library: Path
) -> None:
    store.update(lambda data: data["library"].update(mass_removal_share=0.3))
    for name in SHOWS:
        site.add(name, name.title(), {1: 10})
        put(*(f"{name.title()}/S01E{n:02}.mkv" for n in range(1, 11)))
    rescan()
    for name in SHOWS:
        for number in range(1, 5):
            (library / f"{name.title()}/S01E{number:02}.mkv").unlink()
    operation = rescan()
    assert operation.error_code == "mass_removal"
    assert (count("UNAVAILABLE"), count("MISSING")) == (24, 0)


def test_exactly_the_share_is_still_believed(shelf: Path) -> None:
    for number in range(1, 6):
        (shelf / f"Beta/Season 1/S01E{number:02}.mkv").unlink()
    assert rescan().state == "COMPLETED"
    assert count("MISSING") == 5


def test_renamed_files_are_not_gone(shelf: Path) -> None:
    for path in (shelf / "Beta/Season 1").iterdir():
        path.rename(path.with_name(f"Beta - {path.name}"))
    operation = rescan()
    assert (operation.state, result(operation)["new"]) == ("COMPLETED", 10)
    assert count("PRESENT") == 60


def test_files_replaced_by_better_ones_are_not_gone(shelf: Path, put: Put) -> None:
    for path in (shelf / "Beta/Season 1").iterdir():
        path.unlink()
    put(*(f"Beta/Season 1/Beta S01E{n:02} 1080p.mkv" for n in range(1, 11)), size=5000)
    assert rescan().state == "COMPLETED"
    assert count("PRESENT") == 60


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


def test_folder_that_is_away_keeps_what_was_decided_of_it(shelf: Path) -> None:
    unmatch_series(AnimeSeries.objects.get(key="beta"))
    shelf.rename(shelf.with_name("elsewhere"))
    shelf.mkdir()
    (shelf / "readme.txt").write_text("the disk goes here")
    assert rescan().error_code == "mass_removal"
    shelf.joinpath("readme.txt").unlink()
    shelf.rmdir()
    shelf.with_name("elsewhere").rename(shelf)
    assert rescan(full=True).state == "COMPLETED"
    assert UnmatchedFolder.objects.get().reason == "WRONG_SERIES"
    assert AnimeSeries.objects.get(key="beta").is_deleted
    shutil.rmtree(shelf / "Beta")
    assert rescan(accept_removals=True).state == "COMPLETED"
    assert not UnmatchedFolder.objects.exists()


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
    assert (count("UNAVAILABLE"), count("MISSING")) == (30, 0)


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


def test_scan_of_one_series_holds_too(shelf: Path) -> None:
    shutil.rmtree(shelf / "Beta")
    operation = rescan(series="beta")
    assert operation.error_code == "mass_removal"
    assert count("UNAVAILABLE") == 10


@pytest.mark.parametrize("folder", ["Beta", "Beta/Season 1"])
@pytest.mark.parametrize("options", [{}, {"series": "beta"}], ids=["all", "one"])
@pytest.mark.parametrize("accepted", [False, True])
def test_what_was_away_for_a_scan_of_one_series_is_found_again(
    shelf: Path, folder: str, options: dict[str, str], accepted: bool
) -> None:
    (shelf / folder).rename(shelf.with_name("aside"))
    rescan(series="beta", accept_removals=accepted)
    assert count("MISSING" if accepted else "UNAVAILABLE") == 10
    assert LibraryRoot.objects.get().frozen_reason == ("" if accepted else "mass_removal")
    shelf.with_name("aside").rename(shelf / folder)
    settle_times(shelf)
    assert rescan(**options).state == "COMPLETED"
    assert count("PRESENT") == 60
    assert LibraryRoot.objects.get().frozen_reason == ""


def test_disk_below_a_series_that_returns_as_it_was_is_read(shelf: Path) -> None:
    """A season that is a mount point: away and back, its directory has the mtime it had."""
    season = shelf / "Beta/Season 1"
    times = [path.stat() for path in (season, season.parent)]
    season.rename(shelf.with_name("aside"))
    season.mkdir()
    rescan()
    season.rmdir()
    shelf.with_name("aside").rename(season)
    for path, status in zip((season, season.parent), times, strict=True):
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert rescan().state == "COMPLETED"
    assert count("PRESENT") == 60


def test_scan_of_one_series_knows_an_empty_root_and_forgets_no_disk(shelf: Path) -> None:
    AnimeSeries.objects.filter(key="alpha").update(folder="Nothing there")
    shelf.rename(shelf.with_name("elsewhere"))
    shelf.mkdir()
    assert rescan(series="beta").error_code == "root_unavailable"
    (shelf / "stray.mkv").write_bytes(b"video")
    identity = LibraryRoot.objects.get().identity
    assert rescan(series="alpha").state == "COMPLETED"
    assert LibraryRoot.objects.get().identity == identity
    assert "not the disk it was" in rescan().error


def test_files_of_a_removed_series_may_vanish(shelf: Path) -> None:
    AnimeSeries.objects.get(key="beta").soft_delete()
    shutil.rmtree(shelf / "Beta")
    assert rescan().state == "COMPLETED"
    assert MediaFile.objects.count() == 50


def test_empty_library_without_a_past_is_no_error(library: Path, site: FakeSite) -> None:
    operation = rescan()
    assert (operation.state, result(operation)["folders"]) == ("COMPLETED", 0)


@pytest.mark.parametrize("kind", ["nothing", "file"])
def test_first_scan_of_no_folder_says_what_is_wrong(library: Path, kind: str) -> None:
    library.rmdir()
    if kind == "file":
        library.write_text("x")
    operation = rescan()
    assert operation.error_code == "root_unavailable"
    assert str(library) in operation.error
    assert LibraryRoot.objects.get().error == operation.error


def test_no_configured_root_is_said() -> None:
    assert rescan().error_code == "no_library_root"


def take_away(shelf: Path, numbers: range) -> None:
    for number in numbers:
        (shelf / f"Beta/Season 1/S01E{number:02}.mkv").unlink()


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
    assert count("UNAVAILABLE") == MediaFile.objects.filter(state="UNAVAILABLE").count() == 0


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
    assert "10 of 60" in operation.error
    assert (count("UNAVAILABLE"), count("MISSING")) == (10, 0)
    (shelf / "Alpha/Beta").rename(shelf / "Beta")
    assert rescan().state == "COMPLETED"
    assert count("PRESENT") == 60


def test_renamed_folder_is_known_by_names_where_all_files_are_alike(shelf: Path) -> None:
    """In size and time: as copies of one file are."""
    for path in shelf.rglob("*.mkv"):
        os.utime(path, (LONG_AGO, LONG_AGO))
    rescan(full=True)
    (shelf / "Beta").rename(shelf / "Quite another name")
    assert rescan().state == "COMPLETED"
    assert AnimeSeries.objects.get(key="beta").folder == "Quite another name"
    assert count("PRESENT") == 60
