"""The brake against mass disappearance, on real directory trees."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from aniworld.config import store
from aniworld.events.models import OutboxEvent
from library.models import AnimeSeries, Episode, LibraryRoot, MediaFile
from tests.unit.library.conftest import Put, rescan, result, settle_times, states
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
    assert "not the disk it was" in refuses("root_unavailable", frozen="root_changed")


def test_new_disk_with_everything_on_it_is_taken(shelf: Path) -> None:
    before = LibraryRoot.objects.get().identity
    shutil.copytree(shelf, shelf.with_name("copy"), copy_function=shutil.copy2)
    shelf.rename(shelf.with_name("old"))
    shelf.with_name("copy").rename(shelf)
    assert rescan().state == "COMPLETED"
    assert LibraryRoot.objects.get().identity != before
    assert count("PRESENT") == 60


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


def test_scan_of_one_series_holds_too(shelf: Path) -> None:
    shutil.rmtree(shelf / "Beta")
    operation = rescan(series="beta")
    assert operation.error_code == "mass_removal"
    assert count("UNAVAILABLE") == 10


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
