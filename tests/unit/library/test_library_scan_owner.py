"""What the owner does while a scan goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from library.models import (
    MediaFile,
    UnmatchedFolder,
)
from library.scanner.progress import Progress
from library.services import add_series, change_series, match_folder
from tests.unit.library.conftest import (
    Put,
    only_series,
    rescan,
    states,
)
from tests.unit.library.fakes import FakeSite

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("both_ways")]


@contextmanager
def meanwhile(do: Callable[[], object], *, folder: str) -> Iterator[None]:
    """Let the owner do something when a scan comes to a folder."""
    step = Progress.step
    done: list[object] = []

    def stepping(progress: Progress, message: str, **place: Any) -> None:
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


def test_files_count_before_a_site_is_asked_for_the_next_folder(show: FakeSite, put: Put) -> None:
    show.add("zzz", "Zzz", {1: 1})
    put("Show/S01E01.mkv", "Zzz/S01E01.mkv")
    seen: list[dict[tuple[int, int], str]] = []
    with meanwhile(lambda: seen.append(states(only_series())), folder="Zzz"):
        rescan()
    assert seen[0][1, 1] == "PRESENT"
