"""Files of a series go into the recycle bin: together, by their names alone, and with the reason
where one does not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from aniworld.config import store
from aniworld.events.models import OutboxEvent
from aniworld.journal.models import Entry
from library.errors import BinIsOff, NotBinned, NothingToDelete, RecyclingRunning, ScanRunning
from library.models import AnimeSeries, BinnedFile, Episode, MediaFile, ScanOperation
from library.recycling import folder
from library.recycling.delete import delete_files
from library.recycling.look import chosen, look
from library.recycling.operation import begin
from library.services import operations
from library.services.operations import ScanOptions
from tests.unit.library.conftest import rescan, result, states
from tests.unit.library.recycling.conftest import (
    BESIDE,
    FIRST,
    FIRST_FILES,
    HOME,
    SECOND,
    delete,
    in_bin,
    in_library,
    only,
)
from tests.unit.library.renaming.conftest import on_disk, write

pytestmark = pytest.mark.django_db
REST = {f"{SECOND}.mp4", f"{HOME}/readme.md", "Show (2013)/poster.jpg"}


def names(directory: Path) -> list[str]:
    return [one.name for one in directory.iterdir()]


def why(error: pytest.ExceptionInfo[NotBinned]) -> str:
    return str(error.value.params["why"])


def test_a_video_goes_with_what_lies_beside_it(home: Path) -> None:
    inode = (home / f"{FIRST}.mkv").stat().st_ino
    outcome = delete()
    assert in_library(home) == REST
    assert in_bin(home) == FIRST_FILES
    row = only()
    assert (outcome.videos, outcome.left) == (1, [])
    assert outcome.bytes == row.size == sum(len(name) for name in FIRST_FILES)
    assert (home / row.moves[0]["new"]).stat().st_ino == inode, "it was copied"
    assert (row.state, row.reason, row.path) == ("BINNED", "DELETED", f"{FIRST}.mkv")
    assert (row.series_name, row.episodes) == ("Show", [[1, 1]])
    assert (row.kept_until - row.binned_at).days == 14
    assert row.folder in row.moves[0]["new"]


def test_the_episode_is_missing_and_not_wanted(home: Path) -> None:
    series = AnimeSeries.objects.get()
    assert (series.downloaded_count, missing := series.missing_count)[0] == 2
    delete()
    series.refresh_from_db()
    assert states(series)[1, 1] == "MISSING"
    assert (series.downloaded_count, series.missing_count) == (1, missing)
    assert Episode.objects.get(season=1, episode_number=1).unwanted
    assert (1, 1) not in {(e.season, e.episode_number) for e in Episode.objects.missing()}


def test_the_next_scan_finds_nothing_new(home: Path) -> None:
    delete()
    before = states(AnimeSeries.objects.get())
    for full in (False, True):
        found = rescan(full=full)
        assert found.state == "COMPLETED"
        assert [result(found)[name] for name in ("new", "changed", "gone")] == [0, 0, 0]
    assert states(AnimeSeries.objects.get()) == before
    assert Episode.objects.get(season=1, episode_number=1).unwanted


def test_a_whole_series_goes_without_a_word_about_lost_files(home: Path) -> None:
    outcome = delete(season=None, episodes=None)
    assert outcome.videos == 2
    assert in_library(home) == {f"{HOME}/readme.md", "Show (2013)/poster.jpg"}
    assert not MediaFile.objects.exists()
    assert rescan().state == "COMPLETED"
    assert AnimeSeries.objects.get().downloaded_count == 0


def test_a_season_folder_that_is_empty_goes_and_that_of_the_series_stays(home: Path) -> None:
    (home / f"{HOME}/readme.md").unlink()
    (home / "Show (2013)/poster.jpg").unlink()
    delete(season=1, episodes=None)
    assert not (home / HOME).exists()
    assert (home / "Show (2013)").is_dir()


def test_a_file_that_comes_by_another_way_is_wanted_again(home: Path) -> None:
    delete()
    write(home, f"{FIRST}.mkv")
    rescan()
    assert not Episode.objects.get(season=1, episode_number=1).unwanted


def test_the_bin_is_hidden_from_media_servers(home: Path) -> None:
    delete()
    assert {".ignore", ".nomedia"} <= {one.name for one in (home / ".aniworld/bin").iterdir()}


def test_what_lies_beside_two_videos_stays_with_the_one_that_stays(home: Path) -> None:
    write(home, f"{FIRST}.mp4")
    rescan()
    series = AnimeSeries.objects.get()
    delete_files(series, list(series.files.filter(path=f"{FIRST}.mkv")))
    assert in_bin(home) == {f"{FIRST}.mkv"}
    assert in_library(home) == REST | {f"{FIRST}{end}" for end in (".mp4", *BESIDE)}
    assert states(series)[1, 1] == "PRESENT"


def test_the_journal_says_what_went_and_how_it_comes_back(home: Path) -> None:
    outcome = delete()
    entry = Entry.objects.get(action="series.files_deleted")
    assert entry.before["files"] == [f"{FIRST}.mkv"]
    way_back = {"act": outcome.act, "series": "show"}
    assert entry.undo == {"name": "bin.restore", "arguments": way_back}
    assert entry.undo_until is not None
    assert OutboxEvent.objects.filter(type="bin_changed").latest("pk").data == {"series": ["show"]}


def test_a_scan_and_a_deletion_wait_for_each_other(home: Path) -> None:
    scan = operations.begin(ScanOptions().as_json())
    with pytest.raises(ScanRunning):
        delete()
    scan.delete()
    moving = begin({})
    with pytest.raises(RecyclingRunning):
        operations.begin(ScanOptions().as_json())
    with pytest.raises(RecyclingRunning):
        delete()
    moving.delete()
    assert delete().videos == 1
    assert not ScanOperation.objects.running().exists()


@pytest.mark.parametrize("link", [".aniworld", ".aniworld/bin"])
def test_a_bin_that_leads_elsewhere_is_refused_before_anything_is_touched(
    home: Path, tmp_path: Path, link: str
) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "bin").mkdir(parents=True)
    (home / link).parent.mkdir(exist_ok=True)
    (home / link).symlink_to(elsewhere)
    before = on_disk(home)
    with pytest.raises(NotBinned) as refused:
        delete()
    assert why(refused) == "no_bin"
    assert (on_disk(home), names(elsewhere)) == (before, ["bin"])
    assert not BinnedFile.objects.exists()
    assert MediaFile.objects.count() == 2
    assert not Entry.objects.filter(action="series.files_deleted").exists()


def test_a_file_behind_a_link_out_of_the_library_stays(home: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (home / HOME).rename(elsewhere)
    (home / HOME).symlink_to(elsewhere)
    with pytest.raises(NotBinned) as refused:
        delete()
    assert why(refused) == "outside"
    assert (elsewhere / "Show - S01E01.mkv").exists()


def test_a_file_on_another_disk_stays(home: Path) -> None:
    there = Path("/dev/shm")  # noqa: S108 - a disk of its own, and a folder of ours in it
    if there.stat().st_dev == (home / HOME).stat().st_dev:
        pytest.skip("there is no other disk here")
    store.update(lambda data: data["library"].update(link_targets=[str(there)]))
    other = there / f"aniworld-{os.getpid()}"
    other.mkdir()
    try:
        write(other, "Show - S01E03.mkv")
        (home / "Show (2013)/Season 01").symlink_to(other)
        rescan()
        with pytest.raises(NotBinned) as refused:
            delete(episodes=(3,))
        assert why(refused) == "other_disk"
        assert names(other) == ["Show - S01E03.mkv"]
    finally:
        for file in other.iterdir():
            file.unlink()
        other.rmdir()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_refused(home: Path) -> None:
    home.chmod(0o555)
    try:
        with pytest.raises(NotBinned) as refused:
            delete()
    finally:
        home.chmod(0o755)
    assert refused.value.params == {"why": "refused", "errno": "EACCES"}


def test_of_many_those_go_that_can(home: Path) -> None:
    (home / f"{SECOND}.mp4").unlink()
    (home / f"{SECOND}.mp4").mkdir()
    outcome = delete(episodes=(1, 2))
    assert outcome.videos == 1
    assert [(path, error.params["why"]) for path, error in outcome.left] == [
        (f"{SECOND}.mp4", "no_file")
    ]
    assert in_bin(home) == FIRST_FILES


def test_nothing_goes_twice(home: Path) -> None:
    delete()
    with pytest.raises(NothingToDelete):
        delete()


def test_a_bin_that_is_off_wants_a_word(home: Path) -> None:
    store.update(lambda data: data["library"].update(bin_days=0))
    series = AnimeSeries.objects.get()
    files = chosen(series, season=1, episodes=(1,))
    with pytest.raises(BinIsOff):
        delete_files(series, files)
    assert in_library(home) >= FIRST_FILES
    assert delete_files(series, files, for_good=True).videos == 1
    assert Entry.objects.get(action="series.files_deleted").undo is None
    assert not BinnedFile.objects.exists()
    assert not (home / ".aniworld").exists()


def test_a_look_says_what_would_go(home: Path) -> None:
    series = AnimeSeries.objects.get()
    going = look(series, chosen(series, season=1, episodes=(1,)))
    (unit,) = going.units
    assert unit.beside == [Path(f"{FIRST}{end}").name for end in sorted(BESIDE)]
    assert (going.lost(), going.size) == ([(1, 1)], sum(len(name) for name in FIRST_FILES))
    assert in_library(home) == REST | FIRST_FILES


def test_a_path_that_would_be_too_long_in_the_bin_gets_a_short_name(home: Path) -> None:
    deep = "/".join(["d" * 200] * 40)
    assert folder.place_in(f"{deep}/a.mkv", 0, home) == "0.mkv"
    assert folder.place_in(f"{deep}/a.de.srt", 1, home) == "1.srt"
    assert folder.place_in("Show/a.mkv", 0, home) == "Show/a.mkv"


def test_names_of_255_bytes_and_without_meaning_go_and_come(home: Path) -> None:
    name = f"{HOME}/S01E03 " + "ü" * 122 + ".mkv"
    assert len(os.fsencode(Path(name).name)) == 255
    write(home, name)
    (home / os.fsdecode(b"Show (2013)/S01E02 \xff.mkv")).write_text("x")
    rescan()
    outcome = delete(season=1, episodes=None)
    assert outcome.videos == 4
    assert name in in_bin(home)
