"""Two library folders that are exchanged for each other: nothing is lost, and all comes back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from aniworld.config import store
from library.models import AnimeSeries, LibraryRoot, MediaFile, UnmatchedFolder
from tests.unit.library.conftest import how_many, rescan, settle_times
from tests.unit.library.fakes import FakeSite

pytestmark = pytest.mark.django_db(transaction=True)
SHOWS = {"one": ("alpha", "beta"), "two": ("gamma", "delta")}
EPISODES = 4


@pytest.fixture
def shelves(site: FakeSite, tmp_path: Path) -> list[Path]:
    """Two folders with two series each, scanned."""
    roots = [tmp_path / name for name in SHOWS]
    for root in roots:
        for show in SHOWS[root.name]:
            site.add(show, show.title(), {1: EPISODES})
            put(root, show.title(), range(1, EPISODES + 1), size=1000 * len(show) + ord(show[0]))
    store.update(lambda data: data["library"].update(directories=[str(r) for r in roots]))
    assert rescan().state == "COMPLETED"
    return roots


def put(root: Path, folder: str, numbers: range, *, size: int) -> None:
    for number in numbers:
        file = root / folder / f"Season 1/S01E{number:02}.mkv"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"x" * (size + number))
    settle_times(root)


def swap(one: Path, two: Path) -> None:
    one.rename(one.with_name("between"))
    two.rename(one)
    one.with_name("between").rename(two)


def known() -> tuple[Any, ...]:
    counted = ("root__path", "key", "folder", "downloaded_count", "missing_count")
    return (
        sorted(AnimeSeries.objects.values_list(*counted, "unavailable_count")),
        sorted(MediaFile.objects.values_list("root__path", "path", "series__key", "state")),
        sorted(UnmatchedFolder.objects.values_list("root__path", "folder", "reason")),
        sorted(LibraryRoot.objects.values_list("path", "error_code", "frozen_reason")),
    )


def test_what_was_exchanged_is_found_in_its_new_place_and_in_the_old_one(
    shelves: list[Path],
) -> None:
    before = known()
    swap(*shelves)
    assert rescan().state == "COMPLETED"
    assert how_many("PRESENT") == 4 * EPISODES
    one, two = map(str, shelves)
    homes = dict(AnimeSeries.objects.values_list("key", "root__path"))
    assert homes == {"alpha": two, "beta": two, "gamma": one, "delta": one}
    swap(*shelves)
    assert rescan().state == "COMPLETED"
    assert known() == before


def test_a_scan_of_one_series_asks_before_it_believes_an_exchange(shelves: list[Path]) -> None:
    swap(*shelves)
    assert rescan(series="alpha").error_code == "mass_removal"
    assert (how_many("MISSING"), how_many("UNAVAILABLE")) == (0, EPISODES)
    swap(*shelves)
    assert rescan().state == "COMPLETED"
    assert how_many("PRESENT") == 4 * EPISODES


def test_a_series_of_which_either_holds_a_folder_loses_nothing(shelves: list[Path]) -> None:
    put(shelves[1], "Alpha", range(1, 2), size=9000)
    assert rescan().state == "COMPLETED"
    before = known()
    swap(*shelves)
    assert rescan().error_code == "mass_removal"  # of the one folder most is not in the other
    assert how_many("MISSING") == 0
    swap(*shelves)
    assert rescan().state == "COMPLETED"
    assert known() == before
