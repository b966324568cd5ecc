"""The brake against mass disappearance, on real directory trees."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from aniworld.config import store
from aniworld.events.models import OutboxEvent
from aniworld.web.texts import text_of
from library.models import (
    AnimeSeries,
    LibraryRoot,
    MediaFile,
    UnmatchedFolder,
)
from library.services import remove_series, restore_series, unmatch_series
from library.services.losses import waiting
from tests.unit.library.conftest import SHOWS, Put, how_many, rescan, result, settle_times, states
from tests.unit.library.fakes import FakeSite
from tests.unit.library.refused import refuses, snapshot

pytestmark = pytest.mark.django_db(transaction=True)


def test_missing_root_changes_nothing(shelf: Path) -> None:
    shelf.rename(shelf.with_name("elsewhere"))
    assert str(shelf) in refuses("root_unavailable")
    shelf.with_name("elsewhere").rename(shelf)
    assert rescan().state == "COMPLETED"
    assert LibraryRoot.objects.get().error is None


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
        assert "not the disk it was" in text_of(operation.error)
        assert (how_many("UNAVAILABLE"), how_many("MISSING")) == (60, 0)
        assert LibraryRoot.objects.get().identity == identity
    assert OutboxEvent.objects.filter(type="error_notification").count() == 1
    shutil.rmtree(shelf)
    shelf.with_name("elsewhere").rename(shelf)
    assert rescan().state == "COMPLETED"
    assert how_many("PRESENT") == 60


def test_new_disk_with_everything_on_it_is_taken(shelf: Path) -> None:
    before = LibraryRoot.objects.get().identity
    shutil.copytree(shelf, shelf.with_name("copy"), copy_function=shutil.copy2)
    shelf.rename(shelf.with_name("old"))
    shelf.with_name("copy").rename(shelf)
    assert rescan().state == "COMPLETED"
    assert LibraryRoot.objects.get().identity != before
    assert how_many("PRESENT") == 60


def test_other_disk_is_not_believed_by_the_times_of_its_folders(shelf: Path) -> None:
    """A clone of the folders alone: each has the mtime it had, and no file in it."""
    shelf.rename(shelf.with_name("old"))
    for folder in (shelf, *(shelf / name.title() / "Season 1" for name in SHOWS)):
        folder.mkdir(parents=True)
    for folder in (shelf / name.title() / part for name in SHOWS for part in ("Season 1", "")):
        times = shelf.with_name("old").joinpath(folder.relative_to(shelf)).stat()
        os.utime(folder, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert rescan().error_code == "mass_removal"
    assert how_many("UNAVAILABLE") == 60


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


def test_most_of_one_series_gone_is_held_until_the_owner_says_so(shelf: Path) -> None:
    for number in range(1, 7):
        (shelf / f"Beta/Season 1/S01E{number:02}.mkv").unlink()
    (shelf / "Alpha/Season 1/S01E01.mkv").unlink()
    operation = rescan()
    assert (operation.state, operation.error_code) == ("FAILED", "mass_removal")
    assert "Beta (beta): 6 of 10" in text_of(operation.error)
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
    assert how_many("UNAVAILABLE") == 10
    shelf.with_name("Beta").rename(shelf / "Beta")
    settle_times(shelf)
    assert rescan().state == "COMPLETED"
    assert (how_many("PRESENT"), how_many("UNAVAILABLE")) == (60, 0)
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
    assert (how_many("UNAVAILABLE"), how_many("MISSING")) == (31, 0)


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
    assert (how_many("UNAVAILABLE"), how_many("MISSING")) == (24, 0)


def test_exactly_the_share_is_still_believed(shelf: Path) -> None:
    for number in range(1, 6):
        (shelf / f"Beta/Season 1/S01E{number:02}.mkv").unlink()
    assert rescan().state == "COMPLETED"
    assert how_many("MISSING") == 5


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


def test_scan_of_one_series_holds_too(shelf: Path) -> None:
    shutil.rmtree(shelf / "Beta")
    operation = rescan(series="beta")
    assert operation.error_code == "mass_removal"
    assert how_many("UNAVAILABLE") == 10


@pytest.mark.parametrize("folder", ["Beta", "Beta/Season 1"])
@pytest.mark.parametrize("options", [{}, {"series": "beta"}], ids=["all", "one"])
@pytest.mark.parametrize("accepted", [False, True])
def test_what_was_away_for_a_scan_of_one_series_is_found_again(
    shelf: Path, folder: str, options: dict[str, str], accepted: bool
) -> None:
    (shelf / folder).rename(shelf.with_name("aside"))
    rescan(series="beta", accept_removals=accepted)
    assert how_many("MISSING" if accepted else "UNAVAILABLE") == 10
    assert LibraryRoot.objects.get().frozen_reason == ("" if accepted else "mass_removal")
    shelf.with_name("aside").rename(shelf / folder)
    settle_times(shelf)
    assert rescan(**options).state == "COMPLETED"
    assert how_many("PRESENT") == 60
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
    assert how_many("PRESENT") == 60


def test_scan_of_one_series_knows_an_empty_root_and_forgets_no_disk(shelf: Path) -> None:
    AnimeSeries.objects.filter(key="alpha").update(folder="Nothing there")
    shelf.rename(shelf.with_name("elsewhere"))
    shelf.mkdir()
    assert rescan(series="beta").error_code == "root_unavailable"
    (shelf / "stray.mkv").write_bytes(b"video")
    identity = LibraryRoot.objects.get().identity
    assert rescan(series="alpha").state == "COMPLETED"
    assert LibraryRoot.objects.get().identity == identity
    assert "not the disk it was" in text_of(rescan().error)


def test_files_of_a_removed_series_are_held_as_those_of_any_other(shelf: Path) -> None:
    """Its disk may be away. It can be restored, and must not be fetched again then."""
    beta = AnimeSeries.objects.get(key="beta")
    remove_series(beta)
    (shelf / "Beta").rename(shelf.with_name("aside"))
    for _ in range(2):
        operation = rescan()
        assert (operation.state, operation.error_code) == ("FAILED", "mass_removal")
        assert "Beta" in text_of(operation.error)
        assert (how_many("UNAVAILABLE"), MediaFile.objects.count()) == (10, 60)
    assert waiting()
    restore_series(beta)
    assert set(states(beta).values()) == {"UNAVAILABLE"}
    shelf.with_name("aside").rename(shelf / "Beta")
    assert rescan().state == "COMPLETED"
    assert (how_many("PRESENT"), waiting()) == (60, [])


def test_files_of_a_removed_series_are_forgotten_with_the_owners_word(shelf: Path) -> None:
    remove_series(AnimeSeries.objects.get(key="beta"))
    shutil.rmtree(shelf / "Beta")
    assert rescan().state == "FAILED"
    assert rescan(accept_removals=True).state == "COMPLETED"
    assert (MediaFile.objects.count(), waiting(), rescan().state) == (50, [], "COMPLETED")


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
    assert str(library) in text_of(operation.error)
    assert LibraryRoot.objects.get().error == operation.error


def test_no_configured_root_is_said() -> None:
    assert rescan().error_code == "no_library_root"


@pytest.mark.parametrize("error", ["ENOTCONN", "EIO", "ESTALE", "ENODEV", "ETIMEDOUT", "EHOSTDOWN"])
def test_disk_below_a_root_that_answers_with_an_error_is_away(
    shelf: Path, monkeypatch: pytest.MonkeyPatch, error: str
) -> None:
    """With real mounts: ``tests/prove/test_disks.py``."""
    opened = os.open

    def fail(path: str, *arguments: Any) -> int:
        if str(path).endswith(("Alpha", "Beta/Season 1")):
            raise OSError(getattr(errno, error), "the disk is gone")
        return opened(path, *arguments)

    alerts = OutboxEvent.objects.filter(type="error_notification").count()
    with monkeypatch.context() as patch:
        patch.setattr(os, "open", fail)
        for _ in range(2):
            operation = rescan(full=True)
            assert (operation.state, operation.error_code) == ("FAILED", "mass_removal")
            told = {problem["path"]: problem["code"] for problem in operation.problems}
            assert told == dict.fromkeys(["Alpha", "Beta/Season 1"], "unreadable_folder")
            assert (how_many("UNAVAILABLE"), how_many("MISSING")) == (20, 0)
        assert OutboxEvent.objects.filter(type="error_notification").count() == alerts + 1
    assert rescan().state == "COMPLETED"
    assert how_many("PRESENT") == 60
