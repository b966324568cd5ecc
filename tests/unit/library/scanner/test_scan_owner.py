"""What the owner does while a scan goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from library.errors import NothingToUnmatch
from library.models import AnimeSeries, MediaFile, UnmatchedFolder
from library.scanner.progress import Progress
from library.services import (
    add_series,
    change_series,
    match_folder,
    restore_series,
    unmatch_series,
)
from providers.coded import Coded
from tests.unit.library.conftest import (
    Put,
    only_series,
    rescan,
    result,
    settle_times,
    states,
)
from tests.unit.library.fakes import FakeSite

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("both_ways")]


@contextmanager
def meanwhile(do: Callable[[], object], *, folder: str) -> Iterator[None]:
    """Let the owner do something when a scan comes to a folder."""
    step = Progress.step
    done: list[object] = []

    def stepping(progress: Progress, message: Coded, **place: Any) -> None:
        if place.get("folder") == folder and not done:
            done.append(do())
        step(progress, message, **place)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Progress, "step", stepping)
        yield
    assert done


def test_folder_picked_while_the_scan_goes_on_has_its_files(show: FakeSite, put: Put) -> None:
    put("Other name/S01E01.mkv", "Zzz/S01E01.mkv")

    def pick() -> None:
        row = UnmatchedFolder.objects.get(folder="Other name")
        match_folder(row.pk, site=show.name, key="show")

    with meanwhile(pick, folder="Zzz"):
        rescan(use_provider=False)
    assert states(only_series())[1, 1] == "PRESENT"
    assert [row.folder for row in UnmatchedFolder.objects.all()] == ["Zzz"]


def test_series_added_for_a_folder_that_is_yet_to_come_has_its_files(
    show: FakeSite, put: Put
) -> None:
    put("Aaa/S01E01.mkv", "Show/S01E01.mkv")
    rescan(use_provider=False)
    put("Aaa/S01E02.mkv", "Show/S01E02.mkv")
    with meanwhile(lambda: add_series(site=show.name, key="show", folder="Show"), folder="Aaa"):
        rescan(use_provider=False)
    series = only_series()
    assert (states(series)[1, 1], states(series)[1, 2]) == ("PRESENT", "PRESENT")
    assert [row.folder for row in UnmatchedFolder.objects.all()] == ["Aaa"]


def test_series_that_loses_its_folder_or_itself_meanwhile_stops_nothing(
    show: FakeSite, put: Put
) -> None:
    put("Aaa/S01E01.mkv", "Show/S01E01.mkv")
    series, _ = add_series(site=show.name, key="show", folder="Show")
    with meanwhile(lambda: change_series(series, {"folder": "Elsewhere"}), folder="Show"):
        assert rescan(use_provider=False).state == "COMPLETED"
    assert states(series)[1, 1] == "MISSING"
    assert {row.folder for row in UnmatchedFolder.objects.all()} == {"Aaa", "Show"}
    change_series(series, {"folder": "Show"})
    put("Show/S01E02.mkv")
    with meanwhile(series.delete, folder="Show"):
        assert rescan(use_provider=False).state == "COMPLETED"
    assert set(MediaFile.objects.values_list("series", flat=True)) == {None}


def test_series_deleted_while_its_files_change_stops_nothing(show: FakeSite, put: Put) -> None:
    put("Aaa/S01E01.mkv", "Show/S01E01.mkv")
    series, _ = add_series(site=show.name, key="show", folder="Show")
    rescan(use_provider=False)
    put("Show/S01E01.mkv", size=2000)
    with meanwhile(series.delete, folder="Show"):
        assert rescan(use_provider=False, full=True).state == "COMPLETED"
    file = MediaFile.objects.get(folder="Show")
    assert (file.series, file.size) == (None, 2000)
    assert {row.folder for row in UnmatchedFolder.objects.all()} == {"Aaa", "Show"}


def test_folder_taken_from_a_wrong_series_is_left_to_its_owner(show: FakeSite, put: Put) -> None:
    show.add("other", "The other one", {1: 3})
    put("Show/S01E01.mkv")
    rescan()
    wrong = only_series()
    row = unmatch_series(wrong)
    assert (row.folder, row.reason, row.candidates) == ("Show", "WRONG_SERIES", [])
    put("Show/S01E02.mkv")
    for full in (False, True):  # what had led to the wrong series is still there
        assert result(rescan(full=full))["unmatched"] == 1
    assert [series.is_deleted for series in AnimeSeries.objects.all()] == [True]
    right = match_folder(row.pk, site=show.name, key="other")
    assert [states(right)[1, number] for number in (1, 2, 3)] == ["PRESENT", "PRESENT", "MISSING"]
    back = restore_series(AnimeSeries.objects.get(pk=wrong.pk))
    assert back.folder == "Show (2013)"
    rescan(full=True)
    assert states(back)[1, 1] == "MISSING"
    assert states(right)[1, 1] == "PRESENT"


def test_what_was_decided_outlives_a_link_whose_disk_is_away(
    show: FakeSite, put: Put, library: Path, tmp_path: Path
) -> None:
    put("S01E01.mkv", root=tmp_path / "elsewhere")
    (library / "Show").mkdir()
    (library / "Show/Season 1").symlink_to(tmp_path / "elsewhere")
    settle_times(library)
    rescan()
    unmatch_series(only_series())
    (tmp_path / "elsewhere").rename(tmp_path / "away")
    rescan()
    (tmp_path / "away").rename(tmp_path / "elsewhere")
    rescan(full=True)
    assert UnmatchedFolder.objects.get().reason == "WRONG_SERIES"
    assert only_series().is_deleted


def test_series_can_have_the_folder_back_that_was_taken_from_it(show: FakeSite, put: Put) -> None:
    show.add("other", "The other one", {1: 3})
    put("Show (2013)/S01E01.mkv")
    rescan()
    series = only_series()
    row = unmatch_series(series)
    assert AnimeSeries.objects.get().folder == ""
    match_folder(row.pk, site=show.name, key="show")
    series = only_series()
    assert (series.folder, series.is_deleted) == ("Show (2013)", False)
    assert states(series)[1, 1] == "PRESENT"
    with pytest.raises(NothingToUnmatch):
        unmatch_series(add_series(site=show.name, key="other")[0])


def test_folder_taken_from_its_series_during_a_scan(show: FakeSite, put: Put) -> None:
    put("Aaa/S01E01.mkv", "Show/S01E01.mkv")
    series, _ = add_series(site=show.name, key="show", folder="Show")
    rescan(use_provider=False)
    put("Show/S01E01.mkv", "Show/S01E02.mkv", size=2000)
    with meanwhile(lambda: unmatch_series(series), folder="Show"):
        assert rescan(use_provider=False, full=True).state == "COMPLETED"
    files = MediaFile.objects.filter(folder="Show")
    assert {(file.series, file.size) for file in files} == {(None, 2000)}
    assert UnmatchedFolder.objects.get(folder="Show").reason == "WRONG_SERIES"


def test_files_count_before_a_site_is_asked_for_the_next_folder(show: FakeSite, put: Put) -> None:
    show.add("zzz", "Zzz", {1: 1})
    put("Show/S01E01.mkv", "Zzz/S01E01.mkv")
    seen: list[dict[tuple[int, int], str]] = []
    with meanwhile(lambda: seen.append(states(only_series())), folder="Zzz"):
        rescan()
    assert seen[0][1, 1] == "PRESENT"
