"""Files come back from the recycle bin: to where they were, as they counted, over nobody."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from aniworld.journal import services as journal
from aniworld.journal.actors import Actor, acting_as
from aniworld.journal.errors import AlreadyUndone, ChangedSince
from aniworld.journal.models import Entry
from library import services
from library.errors import NotInBin, RecyclingRunning
from library.models import AnimeSeries, BinnedFile, Episode, MediaFile, ScanOperation
from library.recycling.emptying import delete_for_good
from library.recycling.operation import Outcome
from library.recycling.restore import Taken, begin, carry_out, restore
from tests.unit.library.conftest import rescan, result, states
from tests.unit.library.recycling.conftest import (
    FIRST,
    FIRST_FILES,
    HOME,
    SECOND,
    delete,
    facts,
    in_bin,
    in_library,
    only,
)
from tests.unit.library.renaming.conftest import on_disk, write

pytestmark = pytest.mark.django_db


def bring_back(taken: Taken = Taken.STAYS) -> Outcome:
    return restore(list(BinnedFile.objects.values_list("pk", flat=True)), taken=taken)


def reasons(outcome: Outcome) -> list[str]:
    return [error.params["why"] for _, error in outcome.left]


def test_all_is_as_it_was(home: Path) -> None:
    before, known = on_disk(home), facts(f"{FIRST}.mkv")
    delete()
    outcome = bring_back()
    assert (outcome.videos, outcome.left) == (1, [])
    assert on_disk(home) == before
    assert facts(f"{FIRST}.mkv") == known
    assert states(AnimeSeries.objects.get())[1, 1] == "PRESENT"
    assert not Episode.objects.get(season=1, episode_number=1).unwanted
    assert not BinnedFile.objects.exists()
    found = rescan(full=True)
    assert [result(found)[name] for name in ("new", "changed", "gone")] == [0, 0, 0]


def test_a_bin_with_nothing_in_it_goes_when_it_is_emptied(home: Path) -> None:
    delete()
    delete_for_good([only().pk])
    assert not (home / ".aniworld").exists()


def test_the_folders_are_made_again(home: Path) -> None:
    before = in_library(home) - {f"{HOME}/readme.md", "Show (2013)/poster.jpg"}
    (home / f"{HOME}/readme.md").unlink()
    (home / "Show (2013)/poster.jpg").unlink()
    delete(season=None, episodes=None)
    (home / "Show (2013)").rmdir()
    assert bring_back().videos == 2
    assert in_library(home) == before


def test_a_place_that_is_taken_is_not_written_over(home: Path) -> None:
    delete()
    write(home, f"{FIRST}.mkv")
    (home / f"{FIRST}.mkv").write_text("another")
    outcome = bring_back()
    assert (outcome.videos, reasons(outcome)) == (0, ["taken"])
    assert (home / f"{FIRST}.mkv").read_text() == "another"
    assert (in_bin(home), only().state) == (FIRST_FILES, "BINNED")


def test_then_it_can_have_a_name_with_a_number(home: Path) -> None:
    delete()
    write(home, f"{FIRST}.mkv", f"{FIRST} (2).mkv")
    rescan()
    outcome = bring_back(Taken.NUMBERED)
    assert outcome.videos == 1
    assert {f"{FIRST} (3){end}" for end in (".mkv", ".nfo", ".de.srt")} <= in_library(home)
    assert states(AnimeSeries.objects.get())[1, 1] == "PRESENT"
    found = rescan(full=True)
    assert [result(found)[name] for name in ("new", "changed", "gone")] == [0, 0, 0]


def test_what_lies_beside_it_stays_in_the_bin_where_its_place_is_taken(home: Path) -> None:
    delete()
    (home / f"{FIRST}.nfo").write_text("newer")
    assert bring_back().videos == 1
    assert (home / f"{FIRST}.nfo").read_text() == "newer"
    assert in_bin(home) == {f"{FIRST}.nfo"}


def test_a_number_that_makes_the_name_too_long_is_none(home: Path) -> None:
    name = f"{HOME}/S01E03 " + "x" * 244 + ".mkv"
    write(home, name)
    rescan()
    delete(episodes=(3,))
    (home / name).write_text("another")
    assert reasons(bring_back(Taken.NUMBERED)) == ["no_name"]
    assert in_bin(home) == {name}


def test_a_link_laid_in_the_bin_does_not_come_out(home: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    delete()
    there = home / only().moves[0]["new"]
    there.unlink()
    there.symlink_to(secret)
    assert reasons(bring_back()) == ["gone_from_bin"]
    assert f"{FIRST}.mkv" not in in_library(home)
    assert secret.read_text() == "secret"


def test_a_folder_of_the_bin_that_is_a_link_is_not_followed(home: Path, tmp_path: Path) -> None:
    delete()
    elsewhere = tmp_path / "elsewhere"
    (home / ".aniworld/bin").rename(elsewhere)
    (home / ".aniworld/bin").symlink_to(elsewhere)
    row = only()
    assert reasons(bring_back()) == ["no_bin"]
    delete_for_good([row.pk])
    assert (elsewhere / row.folder).is_dir(), "it was deleted behind a link"


def test_a_file_that_was_changed_in_the_bin_comes_back_as_it_is(home: Path) -> None:
    delete()
    (home / only().moves[0]["new"]).write_text("changed")
    assert bring_back().videos == 1
    assert (home / f"{FIRST}.mkv").read_text() == "changed"
    file = MediaFile.objects.get(path=f"{FIRST}.mkv")
    assert (file.size, file.probed_at) == (7, None)


def test_what_somebody_has_deleted_by_hand_is_in_the_bin_no_more(home: Path) -> None:
    delete()
    (home / only().moves[0]["new"]).unlink()
    assert reasons(bring_back()) == ["gone_from_bin"]
    assert not BinnedFile.objects.exists()


def test_a_file_of_a_series_that_is_no_more_comes_back(home: Path) -> None:
    delete()
    AnimeSeries.objects.get().delete()
    assert only().series_name == "Show"
    assert bring_back().videos == 1
    assert MediaFile.objects.get(path=f"{FIRST}.mkv").series is None


def test_a_removed_series_gets_its_files_back(home: Path) -> None:
    delete(season=None, episodes=None)
    services.remove_series(AnimeSeries.objects.get())
    assert bring_back().videos == 2
    services.restore_series(AnimeSeries.objects.get())
    assert AnimeSeries.objects.get().downloaded_count == 2


def test_of_two_who_restore_one_does(home: Path) -> None:
    delete()
    ids = [only().pk]
    first = begin(ids)
    with pytest.raises(RecyclingRunning):
        restore(ids)
    with pytest.raises(NotInBin):
        delete_for_good(ids)
    assert carry_out(first).videos == 1
    with pytest.raises(NotInBin):
        restore(ids)
    assert not ScanOperation.objects.running().exists()


def test_what_a_dead_process_was_restoring_can_be_restored(home: Path) -> None:
    before = on_disk(home)
    delete()
    operation = begin([only().pk])
    nobody = {"pid": 4194305, "host": f"{os.uname().nodename} 7"}
    ScanOperation.objects.filter(pk=operation.pk).update(**nobody)
    assert bring_back().videos == 1
    assert on_disk(home) == before


def undo(action: str, commits: DjangoCaptureOnCommitCallbacks) -> None:
    entry = Entry.objects.filter(action=action).latest("pk")
    with acting_as(Actor.command("test")), commits(execute=True):
        journal.undo(entry_id=entry.pk)


def test_undo_brings_all_of_an_act_back(
    home: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    before = on_disk(home)
    delete(season=None, episodes=None)
    undo("series.files_deleted", django_capture_on_commit_callbacks)
    assert on_disk(home) == before
    with pytest.raises(AlreadyUndone):
        undo("series.files_deleted", django_capture_on_commit_callbacks)


def test_what_was_deleted_for_good_cannot_be_undone(
    home: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    delete()
    delete_for_good([only().pk])
    assert in_library(home) == {f"{SECOND}.mp4", f"{HOME}/readme.md", "Show (2013)/poster.jpg"}
    with pytest.raises(ChangedSince):
        undo("series.files_deleted", django_capture_on_commit_callbacks)
    assert Entry.objects.get(action="bin.deleted").before["count"] == 1
    assert not (home / ".aniworld").exists()


def test_a_root_that_is_away_keeps_what_is_in_its_bin(home: Path) -> None:
    delete()
    row = only()
    home.rename(home.with_name("away"))
    assert reasons(bring_back()) == ["root_away"]
    assert only().state == "BINNED"
    assert reasons(delete_for_good([row.pk])) == ["root_away"]
    home.with_name("away").rename(home)
    assert os.path.lexists(home / row.moves[0]["new"])
    assert only().state == "DELETING", "its owner has said so"
