"""A batch that was released anew: every path is gone, and every episode is there."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from aniworld.config import store
from aniworld.events.models import OutboxEvent
from library.models import AnimeSeries, LibraryRoot, MediaFile, UnmatchedFolder
from library.services import set_mapping
from tests.unit.library.conftest import Put, how_many, rescan, result, states
from tests.unit.library.fakes import FakeSite

pytestmark = pytest.mark.django_db(transaction=True)

Namer = Callable[[int, int, int], str]  # season, episode, number over all seasons
COUNTS = {0: 2, 1: 12, 2: 12}

OLD: dict[str, Namer] = {
    "by season": lambda s, e, _: (
        f"Season {s}/Show - S{s:02}E{e:02}.mkv" if s else f"Specials/Show - S00E{e:02}.mkv"
    ),
    "flat": lambda s, e, _: f"Show.S{s:02}E{e:02}.480p.DVDRip-OLD.avi",
}
NEW: dict[str, Namer] = {
    "counted over all": lambda s, e, n: (
        f"[New] Show - {n:02} [1080p][ABCD{n:04}].mkv" if s else f"[New] Show - OVA {e} [1080p].mkv"
    ),
    "another layout": lambda s, e, _: (
        f"S{s}/{e:02} - A title.mp4" if s else f"Specials/SP{e} - A title.mp4"
    ),
    "season goes on": lambda s, e, n: (
        f"Show Season {s}/Show - {n:03}.mkv" if s else f"Season 0/Show S00E{e}.mkv"
    ),
    "other words": lambda s, e, _: (
        f"Staffel {s}/Folge {e}.mp4" if s else f"Specials/Show Special {e}.mp4"
    ),
    "1x05": lambda s, e, _: f"Show {s}x{e:02} 1080p WEB-DL-NEW.mkv",
}


def names(name: Namer, folder: str = "Show") -> Iterator[str]:
    number = 0
    for season, count in COUNTS.items():
        for episode in range(1, count + 1):
            number += bool(season)
            yield f"{folder}/{name(season, episode, number)}"


def put_all(put: Put, name: Namer, folder: str = "Show", size: int = 1000) -> None:
    for place, path in enumerate(names(name, folder)):
        put(path, size=size + place)


@pytest.fixture
def listed(site: FakeSite) -> FakeSite:
    site.add("show", "Show", COUNTS)
    return site


def nothing_is_lost(*, everything: int = 26) -> None:
    operation = rescan()
    assert (operation.state, operation.error) == ("COMPLETED", None)
    assert (how_many("PRESENT"), how_many("MISSING")) == (everything, 0)
    assert not MediaFile.objects.filter(state="UNAVAILABLE").exists()
    assert not OutboxEvent.objects.filter(type="error_notification").exists()
    assert LibraryRoot.objects.first().frozen_reason == ""  # type: ignore[union-attr]
    assert not AnimeSeries.objects.filter(removal_held=True).exists()


@pytest.mark.parametrize("new", NEW)
@pytest.mark.parametrize("old", OLD)
def test_batch_under_other_names_is_no_loss(
    listed: FakeSite, put: Put, library: Path, old: str, new: str
) -> None:
    put_all(put, OLD[old])
    nothing_is_lost()
    shutil.rmtree(library / "Show")
    put_all(put, NEW[new], size=5000)
    nothing_is_lost()


@pytest.mark.parametrize("new", ["counted over all", "another layout"])
def test_batch_under_other_names_without_a_catalogue(put: Put, library: Path, new: str) -> None:
    put_all(put, OLD["by season"])
    (library / "Show/key").write_text("show")
    assert rescan().state == "COMPLETED"
    for part in ("Season 1", "Season 2", "Specials"):
        shutil.rmtree(library / "Show" / part)
    put_all(put, NEW[new], size=5000)
    operation = rescan()
    assert (operation.state, operation.error) == ("COMPLETED", None)
    assert how_many("PRESENT") == 26


def test_batch_in_another_folder_under_other_names(
    listed: FakeSite, put: Put, library: Path
) -> None:
    put_all(put, OLD["by season"])
    nothing_is_lost()
    shutil.rmtree(library / "Show")
    put_all(put, NEW["counted over all"], "Show [BD 1080p]", size=5000)
    nothing_is_lost()
    assert AnimeSeries.objects.get().folder == "Show [BD 1080p]"


@pytest.mark.parametrize("first", [True, False])
def test_batch_in_another_root_under_other_names(
    listed: FakeSite, put: Put, library: Path, tmp_path: Path, first: bool
) -> None:
    other = tmp_path / "other"
    put("Aside/S01E01.mkv", root=other)
    roots = [str(other), str(library)] if first else [str(library), str(other)]
    store.update(lambda data: data["library"].update(directories=roots))
    put_all(put, OLD["by season"])
    put("Zzz/S01E01.mkv")
    rescan()
    shutil.rmtree(library / "Show")
    for place, path in enumerate(names(NEW["counted over all"])):
        put(path, size=5000 + place, root=other)
    operation = rescan()
    assert (operation.state, operation.error) == ("COMPLETED", None)
    assert how_many("MISSING") == how_many("UNAVAILABLE") == 0
    assert set(LibraryRoot.objects.values_list("frozen_reason", flat=True)) == {""}


def test_batch_that_counted_on_in_its_first_season(
    listed: FakeSite, put: Put, library: Path
) -> None:
    """``S01E13`` of a series whose catalogue has twelve episodes in that season."""
    put(*(f"Show/Season 1/Show S01E{n:02}.mkv" for n in range(1, 25)))
    rescan()
    shutil.rmtree(library / "Show")
    put(*(f"Show/[New] Show - {n:02} [1080p].mkv" for n in range(1, 25)), size=5000)
    assert rescan().state == "COMPLETED"
    assert states(AnimeSeries.objects.get())[2, 12] == "PRESENT"


def test_batch_by_the_series_own_numbering(listed: FakeSite, put: Put, library: Path) -> None:
    put(*(f"Show/Season 2/S02E{n:02}.mkv" for n in range(1, 13)))
    rescan()
    moved = {"library_season": 5, "library_first": 1, "library_last": 12}
    set_mapping(AnimeSeries.objects.get(), [{**moved, "provider_season": 2, "provider_first": 1}])
    shutil.rmtree(library / "Show")
    put(*(f"Show/Season 5/S05E{n:02}.mkv" for n in range(1, 13)), size=5000)
    operation = rescan()
    assert (operation.state, how_many("PRESENT")) == ("COMPLETED", 12)


@pytest.mark.parametrize("joined", [True, False])
def test_double_episodes_and_single_ones(
    listed: FakeSite, put: Put, library: Path, joined: bool
) -> None:
    one = [f"Show/Show - S01E{n:02}-E{n + 1:02}.mkv" for n in range(1, 12, 2)]
    two = [f"Show/Show - S01E{n:02}.mkv" for n in range(1, 13)]
    put(*(one if joined else two))
    rescan()
    assert how_many("PRESENT") == 12
    shutil.rmtree(library / "Show")
    put(*(two if joined else one), size=5000)
    assert rescan().state == "COMPLETED"
    assert how_many("PRESENT") == 12


def test_half_released_anew_and_half_gone(listed: FakeSite, put: Put, library: Path) -> None:
    put_all(put, OLD["by season"])
    rescan()
    shutil.rmtree(library / "Show")
    new = [path for path in names(NEW["counted over all"]) if "OVA" not in path]
    put(*new[:12], size=5000)
    operation = rescan()
    assert operation.error_code == "mass_removal"
    [told] = operation.error_params["roots"]
    assert (told["gone"], told["series"][0]["gone"]) == (14, 14)
    assert (how_many("PRESENT"), how_many("UNAVAILABLE"), how_many("MISSING")) == (12, 14, 0)
    # What was replaced is forgotten, and not asked about.
    assert MediaFile.objects.filter(state="UNAVAILABLE").count() == 14
    put(*new[12:], size=5000)
    assert rescan().error_code == ""
    assert (how_many("PRESENT"), how_many("UNAVAILABLE")) == (24, 2)
    assert rescan(accept_removals=True).state == "COMPLETED"
    assert (how_many("MISSING"), how_many("PRESENT")) == (2, 24)


def test_one_of_two_versions_may_go(listed: FakeSite, put: Put, library: Path) -> None:
    put_all(put, OLD["by season"])
    put_all(put, OLD["flat"])
    rescan()
    for season in ("Season 1", "Season 2", "Specials"):
        shutil.rmtree(library / "Show" / season)
    nothing_is_lost()


def test_files_that_name_no_episode_are_replaced_by_others(
    listed: FakeSite, put: Put, library: Path
) -> None:
    put("Show/Show S01E01.mkv", "Show/Odd one.mkv", "Show/Another.mkv", "Show/Third.mkv")
    rescan()
    for name in ("Odd one", "Another", "Third"):
        (library / f"Show/{name}.mkv").unlink()
    put("Show/Odd one 1080p.mkv", "Show/Another 1080p.mkv", size=5000)
    operation = rescan()
    assert (operation.state, result(operation)["unreadable"]) == ("COMPLETED", 2)
    shutil.rmtree(library / "Show")
    put("Show/Show 1x01.mkv", "Show/x.mkv", size=5000)
    assert rescan().state == "COMPLETED"


def test_folder_without_a_series_that_is_released_anew(
    site: FakeSite, put: Put, library: Path
) -> None:
    put(*(f"Whatever/Season 1/S01E{n:02}.mkv" for n in range(1, 13)))
    rescan()
    shutil.rmtree(library / "Whatever")
    put(*(f"Whatever/Whatever - 1x{n:02}.mp4" for n in range(1, 13)), size=5000)
    assert rescan().state == "COMPLETED"
    assert UnmatchedFolder.objects.count() == 1


def test_many_series_released_anew_at_once(site: FakeSite, put: Put, library: Path) -> None:
    for number in range(5):
        site.add(f"show-{number}", f"Show {number}x", {1: 12})
        put(*(f"Show {number}x/Season 1/S01E{n:02}.mkv" for n in range(1, 13)))
    rescan()
    for number in range(5):
        shutil.rmtree(library / f"Show {number}x")
        put(*(f"Show {number}x/[G] Show {number}x - {n:02}.mkv" for n in range(1, 13)), size=5000)
    nothing_is_lost(everything=60)
