"""A pool that spreads its series over disks, one of which is away; and somebody who tidies up."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from aniworld.config import store
from aniworld.events.models import OutboxEvent
from aniworld.web.texts import text, text_of
from downloads import services as queue
from library.models import AnimeSeries, Episode, LostEpisode, ScanOperation
from library.pages.library import ScanPanel
from library.services import refresh_series
from library.services.losses import awaits_word, losses_of
from tests.unit.library.conftest import Put, how_many, rescan, result, settle_times, states
from tests.unit.library.fakes import FakeSite

pytestmark = pytest.mark.django_db(transaction=True)

EPISODES = 12
Spread = Callable[[int, int], int]  # a file's place in the library, its episode: which disk

# What pools do: in turn over everything, by chance, by the episode, in the order they were filled.
SPREADS: dict[str, Spread] = {
    "in turn": lambda place, _: place,
    "at random": lambda place, _: zlib.crc32(b"%d" % place),
    "by episode": lambda _, episode: episode,
}


def name_of(number: int) -> str:
    return f"Show {chr(65 + number)}"


def fill(site: FakeSite, put: Put, *, series: int = 8, episodes: int = EPISODES) -> list[str]:
    """Series with all their episodes on disk. Returns the files, in order."""
    files = []
    for number in range(series):
        site.add(name_of(number).lower().replace(" ", "-"), name_of(number), {1: episodes})
        files += [f"{name_of(number)}/Season 1/S01E{n:02}.mkv" for n in range(1, episodes + 1)]
    put(*files)
    assert rescan().state == "COMPLETED"
    return files


def take(library: Path, files: Iterable[str]) -> list[str]:
    taken = []
    for name in files:
        target = library.with_name("away") / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (library / name).rename(target)
        taken.append(name)
    return taken


def bring_back(library: Path, files: Iterable[str]) -> None:
    for name in files:
        (library.with_name("away") / name).rename(library / name)
    settle_times(library)


def on_disk(files: list[str], disks: int, spread: str, disk: int = 1) -> list[str]:
    return [
        name
        for place, name in enumerate(files)
        if SPREADS[spread](place, int(name[-6:-4])) % disks == disk % disks
    ]


# Real pools of all these sizes: tests/prove/test_pools.py.
@pytest.mark.parametrize(
    ("disks", "spread"),
    [
        *[(2, "in turn"), (2, "at random"), (3, "by episode"), (4, "at random")],
        *[(8, "in turn"), (8, "at random")],
    ],
)
def test_disk_of_a_pool_that_is_away_loses_nothing(
    site: FakeSite, put: Put, library: Path, disks: int, spread: str
) -> None:
    files = fill(site, put)
    gone = take(library, on_disk(files, disks, spread))
    for _ in range(2):
        operation = rescan()
        assert (operation.state, operation.error_code) == ("FAILED", "mass_removal")
        assert (how_many("MISSING"), how_many("UNAVAILABLE")) == (0, len(gone))
    assert OutboxEvent.objects.filter(type="error_notification").count() == 1
    assert "Show A (show-a): " in text_of(operation.error)
    assert "as where a disk of a pool is away" in text_of(operation.error)
    assert ScanPanel(operation).signs == [text("losses_of_a_pool")]
    assert {loss.name for root in losses_of(operation) for loss in root.series} == {
        name.partition("/")[0] for name in gone
    }
    assert awaits_word(operation)
    bring_back(library, gone)
    assert rescan().state == "COMPLETED"
    assert how_many("PRESENT") == len(files)
    assert not AnimeSeries.objects.filter(removal_held=True).exists()


def test_nothing_of_a_disk_that_is_away_is_queued(site: FakeSite, put: Put, library: Path) -> None:
    files = fill(site, put)
    gone = take(library, on_disk(files, 3, "in turn"))
    rescan()
    series = AnimeSeries.objects.get(key="show-a")
    refresh_series(series)  # whoever asks the site settles the series anew
    assert how_many("MISSING") == 0
    assert queue.enqueue_missing(series_key="show-a").ids == []
    everything = [queue.EpisodeRef(1, n) for n in range(1, EPISODES + 1)]
    added = queue.enqueue(series_key="show-a", episodes=everything)
    assert added.ids == []
    away = [skipped for skipped in added.skipped if skipped.reason == "unavailable"]
    assert len(away) == sum(1 for name in gone if name.startswith("Show A/"))


def test_owner_may_say_that_a_disk_is_gone_for_good(
    site: FakeSite, put: Put, library: Path
) -> None:
    files = fill(site, put)
    gone = take(library, on_disk(files, 3, "in turn"))
    rescan()
    operation = rescan(accept_removals=True)
    assert (operation.state, result(operation)["gone"]) == ("COMPLETED", len(gone))
    assert (how_many("MISSING"), how_many("UNAVAILABLE")) == (len(gone), 0)
    assert rescan().state == "COMPLETED"


@pytest.mark.parametrize("disks", [2, 3, 4])
def test_disk_of_a_pool_over_two_roots(
    site: FakeSite, put: Put, library: Path, tmp_path: Path, disks: int
) -> None:
    other = tmp_path / "films"
    other.mkdir()
    store.update(lambda data: data["library"].update(directories=[str(library), str(other)]))
    files = fill(site, put, series=2)
    for number in range(2, 4):
        site.add(f"show-{number}", name_of(number), {1: EPISODES})
        put(*(f"{name_of(number)}/S01E{n:02}.mkv" for n in range(1, EPISODES + 1)), root=other)
    rescan()
    taken = on_disk(files, disks, "in turn")
    take(library, taken)
    beyond = sorted(path for path in other.rglob("*.mkv"))[1::disks]
    for path in beyond:
        path.unlink()
    operation = rescan()
    assert operation.error_code == "mass_removal"
    assert len(operation.error_params["roots"]) == 2
    assert (how_many("MISSING"), how_many("UNAVAILABLE")) == (0, len(taken) + len(beyond))


@pytest.mark.parametrize(("sizes", "disks"), [((120, 3, 3, 2, 1, 1), 4), ((60, 40, 24), 8)])
def test_long_series_beside_short_ones(
    site: FakeSite, put: Put, library: Path, sizes: tuple[int, ...], disks: int
) -> None:
    files = []
    for number, episodes in enumerate(sizes):
        site.add(f"show-{number}", name_of(number), {1: episodes})
        files += [f"{name_of(number)}/{name_of(number)} - {n}.mkv" for n in range(1, episodes + 1)]
    put(*files)
    rescan()
    for disk in (0, 1):
        gone = take(library, files[disk::disks])
        assert rescan().error_code == "mass_removal"
        assert how_many("MISSING") == 0
        bring_back(library, gone)
        assert rescan(full=True).state == "COMPLETED"


def test_only_series_of_a_pool(site: FakeSite, put: Put, library: Path) -> None:
    files = fill(site, put, series=1)
    take(library, files[1::3])
    assert rescan().error_code == "mass_removal"
    assert how_many("MISSING") == 0


@pytest.mark.parametrize("watched", [range(1, 2), range(1, 4)])
@pytest.mark.parametrize("series", [1, 3, 5])
def test_somebody_who_tidies_up_is_believed(
    site: FakeSite, put: Put, library: Path, watched: range, series: int
) -> None:
    fill(site, put, series=12)
    names = [f"{name_of(s)}/Season 1/S01E{n:02}.mkv" for s in range(series) for n in watched]
    take(library, names)
    assert rescan().state == "COMPLETED"
    assert (how_many("MISSING"), how_many("UNAVAILABLE")) == (len(names), 0)
    assert not OutboxEvent.objects.filter(type="error_notification").exists()


def test_few_odd_files_of_a_large_library_are_believed(
    site: FakeSite, put: Put, library: Path
) -> None:
    """Broken episodes of some series, deleted on one evening."""
    fill(site, put, series=20)
    take(library, [f"{name_of(number)}/Season 1/S01E05.mkv" for number in range(4)])
    assert rescan().state == "COMPLETED"
    assert how_many("MISSING") == 4


def test_who_watches_and_deletes_night_after_night_is_never_asked(
    site: FakeSite, put: Put, library: Path
) -> None:
    fill(site, put, series=6)
    for night in range(1, 7):
        shows = [name_of(number) for number in range(night % 3, 6, 3)]
        for show in shows:
            left = sorted((library / show / "Season 1").iterdir())
            for path in left[:2] if len(left) > 8 else left[:1]:
                path.unlink()
        assert rescan().state == "COMPLETED", night
    assert how_many("UNAVAILABLE") == 0


# --- a whole season


def seasons(site: FakeSite, put: Put) -> None:
    site.add("long", "Long", {1: 12, 2: 12, 3: 12})
    put(*(f"Long/Season {s}/S{s:02}E{n:02}.mkv" for s in (1, 2, 3) for n in range(1, 13)))
    assert rescan().state == "COMPLETED"


def test_whole_season_that_vanished_is_asked_about(site: FakeSite, put: Put, library: Path) -> None:
    seasons(site, put)
    (library / "Long/Season 2").rename(library.with_name("aside"))
    operation = rescan()
    assert operation.error_code == "mass_removal"
    assert "Long (long): 12 of 36" in text_of(operation.error)
    assert (how_many("MISSING"), how_many("UNAVAILABLE")) == (0, 12)
    library.with_name("aside").rename(library / "Long/Season 2")
    assert rescan().state == "COMPLETED"
    assert how_many("PRESENT") == 36


def test_season_of_two_episodes_may_have_been_watched(
    site: FakeSite, put: Put, library: Path
) -> None:
    site.add("long", "Long", {0: 1, 1: 12, 2: 12})
    put(*(f"Long/Season 1/S01E{n:02}.mkv" for n in range(1, 13)))
    put("Long/Season 2/S02E01.mkv", "Long/Season 2/S02E02.mkv", "Long/Specials/S00E01.mkv")
    rescan()
    take(library, ["Long/Season 2/S02E01.mkv", "Long/Season 2/S02E02.mkv"])
    take(library, ["Long/Specials/S00E01.mkv"])
    assert rescan().state == "COMPLETED"
    assert how_many("UNAVAILABLE") == 0


# --- a scan of one series


@pytest.mark.parametrize("known", [True, False], ids=["after a scan of all", "first"])
def test_scan_of_one_series_while_the_pool_is_degraded(
    site: FakeSite, put: Put, library: Path, known: bool
) -> None:
    files = fill(site, put)
    gone = take(library, on_disk(files, 3, "in turn"))
    if known:
        rescan()
        gone += take(library, ["Show B/Season 1/S01E01.mkv"])  # a little more
    operation = rescan(series="show-b")
    assert operation.error_code == "mass_removal"
    assert how_many("MISSING") == 0
    bring_back(library, gone)
    assert rescan().state == "COMPLETED"
    assert how_many("PRESENT") == len(files)


def test_scan_of_one_series_that_was_tidied_is_believed(
    site: FakeSite, put: Put, library: Path
) -> None:
    fill(site, put)
    take(library, ["Show B/Season 1/S01E01.mkv", "Show B/Season 1/S01E07.mkv"])
    assert rescan(series="show-b").state == "COMPLETED"
    assert how_many("MISSING") == 2


def test_series_after_series_is_not_lost_by_scans_of_one(
    site: FakeSite, put: Put, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where no neighbour is looked at: what was believed before is remembered."""
    monkeypatch.setattr("library.scanner.neighbours.SERIES_ASKED", 0)
    files = fill(site, put)
    take(library, on_disk(files, 3, "in turn"))
    for number in range(8):
        rescan(series=name_of(number).lower().replace(" ", "-"))
    assert how_many("MISSING") <= 12  # of 32
    assert AnimeSeries.objects.filter(removal_held=True).count() >= 5


# --- slice by slice


@pytest.mark.parametrize("accepted", [False, True])
def test_disk_that_dies_slowly_is_noticed(
    site: FakeSite, put: Put, library: Path, accepted: bool
) -> None:
    files = fill(site, put, series=10)
    dying = on_disk(files, 3, "at random")
    order = sorted(dying, key=lambda name: zlib.crc32(name.encode()))
    states_seen = []
    for start in range(0, len(order), 4):  # about 3 % of the library a scan
        take(library, order[start : start + 4])
        states_seen.append(rescan().state)
        if states_seen[-1] == "FAILED":
            break
    assert states_seen[-1] == "FAILED"
    error = ScanOperation.objects.current().error  # type: ignore[union-attr]
    assert "as where a disk is dying" in text_of(error)
    assert len(states_seen) <= 5
    lost = how_many("MISSING")
    assert 0 < lost <= 16
    take(library, order[start + 4 : start + 8])
    rescan()
    assert how_many("MISSING") == lost
    if accepted:
        assert rescan(accept_removals=True).state == "COMPLETED"
        assert not LostEpisode.objects.exists()
        return
    bring_back(library, order[: start + 8])
    assert rescan().state == "COMPLETED"
    assert Episode.objects.exclude(state="PRESENT").count() == 0
    assert all(
        state == "PRESENT" for s in AnimeSeries.objects.all() for state in states(s).values()
    )
