"""Whole scans of real directory trees, with a catalogue in memory."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from aniworld.config import store
from aniworld.events.models import OutboxEvent
from library.models import (
    AnimeSeries,
    Episode,
    LibraryRoot,
    MediaFile,
    ScannedDirectory,
    UnmatchedFolder,
)
from library.paths import to_stored
from library.scanner import scout, walk
from library.scanner.progress import Progress
from library.services import add_series, change_series, match_folder, series_directory
from library.settle import settle
from providers.errors import MarkupChanged, SiteDown
from tests.unit.library.conftest import LONG_AGO, Put, rescan, result, settle_times, states
from tests.unit.library.fakes import FakeSite

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=["walked before", "walked along"], autouse=True)
def _way_of_a_first_scan(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a root without known files is walked by a process of its own: nothing may differ."""
    if request.param == "walked along":
        monkeypatch.setattr(scout, "WORTH_A_PROCESS", 0)
        monkeypatch.setattr(scout, "has_a_processor_free", lambda: True)


@pytest.fixture
def show(site: FakeSite) -> FakeSite:
    site.add("show", "Show", {0: 1, 1: 3, 2: 3}, announced=((2, 3),), year=2013)
    return site


def only_series() -> AnimeSeries:
    return AnimeSeries.objects.get()


def test_scan_matches_counts_and_says_what_is_missing(show: FakeSite, put: Put) -> None:
    put("Show (2013)/Season 01/Show - S01E01.mkv", "Show (2013)/Season 01/Show - S01E03.mkv")
    operation = rescan()

    series = only_series()
    assert (operation.state, series.key, series.folder) == ("COMPLETED", "show", "Show (2013)")
    assert states(series) == {
        (0, 1): "MISSING",
        (1, 1): "PRESENT",
        (1, 2): "MISSING",
        (1, 3): "PRESENT",
        (2, 1): "MISSING",
        (2, 2): "MISSING",
        (2, 3): "ANNOUNCED",
    }
    counts = (series.total_episodes, series.downloaded_count, series.missing_count)
    assert counts == (7, 2, 4)
    expected = {"folders": 1, "files": 2, "new": 2, "changed": 0, "gone": 0, "errors": 0}
    assert expected.items() <= result(operation).items()
    assert result(operation)["unmatched"] == result(operation)["unreadable"] == 0
    assert not show.asked_in_transaction


def test_unchanged_library_costs_no_parsing_and_no_writes(show: FakeSite, put: Put) -> None:
    put("Show/S01E01.mkv")
    rescan()
    before = list(MediaFile.objects.values()), list(Episode.objects.values())
    show.asked.clear()
    operation = rescan()
    assert (list(MediaFile.objects.values()), list(Episode.objects.values())) == before
    assert (result(operation)["new"], result(operation)["files"]) == (0, 1)
    assert show.asked == []  # nothing is due


def test_changed_directory_is_read_again(show: FakeSite, put: Put) -> None:
    put("Show/Season 1/S01E01.mkv")
    rescan()
    (path,) = put("Show/Season 1/S01E02.mkv")
    assert result(rescan())["new"] == 1
    path.write_bytes(b"longer" * 1000)
    os.utime(path, (LONG_AGO, LONG_AGO))
    os.utime(path.parent, (LONG_AGO, LONG_AGO))
    assert result(rescan())["changed"] == 1
    assert Episode.objects.get(season=1, episode_number=2).file_size == 6000


def test_file_rewritten_in_place_is_seen_by_a_full_scan(show: FakeSite, put: Put) -> None:
    (path,) = put("Show/S01E01.mkv")
    rescan()
    path.write_bytes(b"x" * 5)
    os.utime(path, (LONG_AGO, LONG_AGO))
    assert result(rescan())["changed"] == 0
    assert result(rescan(full=True))["changed"] == 1


def test_names_are_read_again_once_by_another_name_reader(show: FakeSite, put: Put) -> None:
    put("Show/Season 1/S01E01.mkv", "Show/Season 1/S01E02.mkv")
    rescan()
    read = list(MediaFile.objects.order_by("path").values("season", "episodes", "rule"))
    as_an_older_one_read: dict[str, Any] = {"episodes": [3], "rule": "an older one"}
    MediaFile.objects.filter(path__contains="E02").update(**as_an_older_one_read)
    assert result(rescan())["changed"] == 0
    LibraryRoot.objects.update(grammar="an older one")
    assert result(rescan(series="show"))["changed"] == 1  # it looks into one folder: only that
    MediaFile.objects.filter(path__contains="E02").update(**as_an_older_one_read)
    show.asked.clear()
    assert result(rescan())["changed"] == 1
    assert show.asked == []  # no site is asked for it
    assert list(MediaFile.objects.order_by("path").values("season", "episodes", "rule")) == read
    assert (states(only_series())[1, 2], states(only_series())[1, 3]) == ("PRESENT", "MISSING")
    MediaFile.objects.filter(path__contains="E02").update(**as_an_older_one_read)
    assert result(rescan())["changed"] == 0


def test_episodes_follow_names_that_are_read_in_another_way(show: FakeSite, put: Put) -> None:
    put("Show/Season 1/S01E01.mkv", "Show/Season 1/S01E02.mkv")
    rescan()
    with transaction.atomic():  # as an older name reader would have left it
        MediaFile.objects.filter(path__contains="E02").update(episodes=[3])
        settle([only_series().pk])
    assert states(only_series())[1, 2] == "MISSING"
    LibraryRoot.objects.update(grammar="an older one")
    assert result(rescan())["changed"] == 1
    assert (states(only_series())[1, 2], states(only_series())[1, 3]) == ("PRESENT", "MISSING")


def test_names_that_could_not_be_read_again_are_read_when_they_can(
    show: FakeSite, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("Show/Season 1/S01E01.mkv", "Show/Season 1/S01E02.mkv", "Show/Season 2/S02E01.mkv")
    rescan()
    MediaFile.objects.filter(path__contains="E02").update(state="UNAVAILABLE", episodes=[7])
    MediaFile.objects.filter(path__contains="S02E01").update(episodes=[7])
    LibraryRoot.objects.update(grammar="an older one")
    opened = os.open

    def refuse(path: str, *arguments: Any) -> int:
        if path.endswith("Season 2"):
            raise PermissionError(errno.EACCES, "Permission denied")
        return opened(path, *arguments)

    with monkeypatch.context() as patch:  # for whoever may read everything, as root may
        patch.setattr(os, "open", refuse)
        assert [problem["code"] for problem in rescan().problems] == ["unreadable_folder"]
    assert LibraryRoot.objects.get().grammar == "an older one"
    assert MediaFile.objects.get(path__contains="E02").episodes == [2]  # it has returned
    rescan()
    assert LibraryRoot.objects.get().grammar != "an older one"
    assert MediaFile.objects.get(path__contains="S02E01").episodes == [1]


def test_fresh_directories_are_not_trusted(show: FakeSite, put: Put, library: Path) -> None:
    put("Show/Season 1/S01E01.mkv")
    os.utime(library / "Show/Season 1")
    rescan()
    remembered = dict(ScannedDirectory.objects.values_list("path", "mtime_ns"))
    assert remembered.keys() == {"Show", "Show/Season 1"}
    assert remembered["Show/Season 1"] == walk.OPEN_AGAIN
    (library / "Show/Season 1/S01E02.mkv").write_bytes(b"x")
    settle_times(library / "Show/Season 1")
    assert result(rescan())["new"] == 1


@pytest.mark.parametrize("why", ["odd", "fresh"])
def test_directory_that_is_opened_again_is_found_again(
    show: FakeSite, put: Put, library: Path, why: str
) -> None:
    put("Show/Season 1/S01E01.mkv", "Show/Season 1/S01E02.mkv", "Show/Season 1/S01E03.mkv")
    put("Show/Season 2/S02E01.mkv")
    if why == "odd":
        (library / "Show/Season 1/S01E04.mkv").touch()
        settle_times(library)
    elif why == "fresh":
        os.utime(library / "Show/Season 1")
    rescan()
    seen = [problem["code"] for problem in rescan().problems]
    assert seen == (["empty_file"] if why == "odd" else [])
    put("Show/Season 2/S02E02.mkv")
    operation = rescan()
    assert (operation.state, result(operation)["gone"], result(operation)["new"]) == (
        "COMPLETED",
        0,
        1,
    )
    assert states(only_series())[1, 3] == "PRESENT"


def test_link_below_a_series_that_leads_nowhere_now_takes_its_files_along(
    show: FakeSite, put: Put, library: Path, tmp_path: Path
) -> None:
    put(*(f"Show/Season 1/S01E0{number}.mkv" for number in (1, 2, 3)))
    put("S02E01.mkv", root=tmp_path / "elsewhere")
    (library / "Show/Season 2").symlink_to(tmp_path / "elsewhere")
    settle_times(library)
    assert result(rescan())["files"] == 4
    (tmp_path / "elsewhere").rename(tmp_path / "away")
    assert result(rescan())["gone"] == 1
    assert states(only_series())[2, 1] == "MISSING"
    (tmp_path / "away").rename(tmp_path / "elsewhere")
    assert result(rescan())["new"] == 1
    assert states(only_series())[2, 1] == "PRESENT"


def test_one_removed_file_of_many_is_missing_again(show: FakeSite, put: Put) -> None:
    files = put("Show/S01E01.mkv", "Show/S01E02.mkv", "Show/S01E03.mkv")
    rescan()
    files[1].unlink()
    operation = rescan()
    assert (operation.state, result(operation)["gone"]) == ("COMPLETED", 1)
    assert states(only_series())[1, 2] == "MISSING"
    assert only_series().missing_count == 4


def test_multi_episode_files_and_the_better_of_two(show: FakeSite, put: Put) -> None:
    put("Show/Show S01E01E02.mkv", size=900)
    put("Show/Show S01E02 720p.mkv", size=500)
    put("Show/Show - S01E03.mkv", size=500)
    put("Show/Show - S01E03v2.mkv", size=400)
    rescan()
    paths = {
        episode.episode_number: episode.file_path for episode in Episode.objects.filter(season=1)
    }
    assert paths == {
        1: "Show/Show S01E01E02.mkv",
        2: "Show/Show S01E01E02.mkv",
        3: "Show/Show - S01E03v2.mkv",
    }


def test_absolute_numbers_follow_the_catalogue(show: FakeSite, put: Put) -> None:
    put("Show/[Group] Show - 04 [1080p].mkv", "Show/[Group] Show - 99.mkv")
    rescan()
    assert states(only_series())[2, 1] == "PRESENT"
    assert Episode.objects.on_disk().count() == 1


def test_file_of_an_unlisted_episode_is_there_all_the_same(show: FakeSite, put: Put) -> None:
    (path,) = put("Show/S01E09.mkv")
    put("Show/S01E01.mkv")
    rescan()
    assert states(only_series())[1, 9] == "PRESENT"
    path.unlink()
    rescan()
    assert (1, 9) not in states(only_series())


def test_names_that_cannot_be_read_are_counted_and_told(show: FakeSite, put: Put) -> None:
    put("Show/S01E01.mkv", "Show/Holiday.mkv")
    operation = rescan()
    assert result(operation)["unreadable"] == 1
    assert MediaFile.objects.unread().get().problem


def test_odd_files_are_reported_and_stop_nothing(show: FakeSite, put: Put, library: Path) -> None:
    put("Show/S01E01.mkv", "Show/Sample/S01E02.mkv", "Show/S01E03.mkv.part", "Show/.S01E02.mkv")
    (library / "Show/S01E02.mkv").touch()
    (library / "Show/loop").symlink_to(library)
    (library / "Show/again").symlink_to(library / "Show")
    (library / "Show/outside").symlink_to("/")  # and back in again, by another way
    (library / "Show/nowhere.mkv").symlink_to(library / "nothing.mkv")
    os.mkfifo(library / "Show/S01E03.mkv")
    bad = os.fsencode(library / "Show") + b"/caf\xe9 - S02E01.mkv"
    Path(os.fsdecode(bad)).write_bytes(b"x")
    settle_times(library)
    for scans in (rescan(), rescan()):
        codes = sorted(problem["code"] for problem in scans.problems)
        assert codes == [
            "empty_file",
            "link_loop",
            "link_loop",
            "link_loop",
            "not_a_file",
            "unreadable_file",
        ]
        assert (scans.state, result(scans)["files"]) == ("COMPLETED", 2)
    stored = to_stored(os.fsdecode(b"Show/caf\xe9 - S02E01.mkv"))
    file = MediaFile.objects.get(path=stored)
    assert os.fsencode(file.location) == bad
    assert states(only_series())[2, 1] == "PRESENT"


def test_folder_names_that_are_no_utf8_are_listed_and_can_be_picked(
    show: FakeSite, library: Path
) -> None:
    folder = Path(os.fsdecode(os.fsencode(library) + b"/caf\xe9"))
    folder.mkdir()
    (folder / "S01E01.mkv").write_bytes(b"x")
    settle_times(library)
    assert rescan().state == "COMPLETED"
    row = UnmatchedFolder.objects.get()
    assert row.folder == "caf\\xe9"
    series = match_folder(row.pk, site=show.name, key="show")
    assert series_directory(series) == folder
    assert states(series)[1, 1] == "PRESENT"
    assert rescan(full=True).state == "COMPLETED"
    assert only_series().folder == "caf\\xe9"


def test_link_to_a_folder_elsewhere_is_followed(
    show: FakeSite, put: Put, library: Path, tmp_path: Path
) -> None:
    put("Season 1/S01E01.mkv", root=tmp_path / "elsewhere")
    (library / "Show").symlink_to(tmp_path / "elsewhere")
    assert result(rescan())["files"] == 1
    assert result(rescan())["files"] == 1


def test_link_to_a_folder_that_is_read_anyway_counts_no_file_twice(
    show: FakeSite, put: Put, library: Path
) -> None:
    put("Show/Season 1/S01E01.mkv", ".store/Hidden/S01E01.mkv")
    (library / "Another").symlink_to(library / "Show")  # before it, in the order of names
    (library / "Show/A link").symlink_to(library / "Show/Season 1")
    (library / "Hidden").symlink_to(library / ".store/Hidden")  # nothing else leads there
    settle_times(library)
    operation = rescan()
    assert sorted(MediaFile.objects.values_list("path", flat=True)) == [
        "Hidden/S01E01.mkv",
        "Show/Season 1/S01E01.mkv",
    ]
    assert [problem["code"] for problem in operation.problems] == ["link_loop", "link_loop"]


WRITER = """
import sys, time
with open(sys.argv[1], "ab", buffering=0) as file:
    file.write(b"x")
    print("writing", flush=True)
    while True:
        file.write(b"x")
        time.sleep(0.005)
"""


def test_file_being_written_waits_for_the_next_scan(
    show: FakeSite, put: Put, library: Path
) -> None:
    put("Show/S01E01.mkv")
    path = library / "Show/S01E02.mkv"
    command = [sys.executable, "-c", WRITER, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline()
        try:
            operation = rescan()
        finally:
            writer.kill()
    assert [problem["code"] for problem in operation.problems] == ["being_written"]
    assert states(only_series())[1, 2] == "MISSING"
    os.utime(path, (LONG_AGO, LONG_AGO))
    rescan()
    assert states(only_series())[1, 2] == "PRESENT"


def test_finished_fresh_file_counts_at_once(show: FakeSite, put: Put, library: Path) -> None:
    put("Show/S01E01.mkv")
    (library / "Show/S01E02.mkv").write_bytes(b"x" * 10)
    assert result(rescan())["files"] == 2


NOBODY = 65534


@pytest.mark.skipif(os.getuid() != 0, reason="becomes another user")
def test_unreadable_folders_are_told_and_nothing_of_them_is_lost(
    show: FakeSite, put: Put, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("Show/Season 1/S01E01.mkv", "Show/Season 2/S02E01.mkv", "Show/Season 2/S02E02.mkv")
    rescan()
    locked = library / "Show/Season 2"
    locked.chmod(0)
    os.utime(locked, (LONG_AGO + 5, LONG_AGO + 5))
    for parent in [library, *library.parents[:4]]:
        parent.chmod(0o755)
    child = os.fork()
    if child == 0:  # the scan as another user, whom permissions hold
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        tree = walk.Walk(library, {}).run()
        told = [problem.path for problem in tree.problems if problem.code == "unreadable_folder"]
        os._exit(0 if told == ["Show/Season 2"] and len(tree.folders["Show"].files) == 1 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0

    scandir = os.scandir

    def refusing(path: str) -> object:
        if str(path).endswith("Season 2"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr("library.scanner.walk.os.scandir", refusing)
    operation = rescan(full=True)
    assert (operation.state, result(operation)["gone"]) == ("COMPLETED", 0)
    assert states(only_series())[2, 1] == "PRESENT"


def test_loose_files_are_listed(show: FakeSite, put: Put) -> None:
    put("Some Film.mkv")
    rescan()
    row = UnmatchedFolder.objects.get()
    assert (row.folder, row.reason) == ("", "LOOSE_FILES")


def test_site_that_fails_leaves_the_list_and_tells_why(show: FakeSite, put: Put) -> None:
    put("Show/S01E01.mkv")
    put("Other/S01E01.mkv")
    show.add("other", "Other", {1: 2})
    rescan()
    before = {series.key: states(series) for series in AnimeSeries.objects.all()}
    show.asked.clear()
    show.failure = SiteDown("The site does not answer.")
    operation = rescan(full=True)
    assert (operation.state, result(operation)["errors"] > 0) == ("COMPLETED", True)
    assert {series.key: states(series) for series in AnimeSeries.objects.all()} == before
    errors = set(AnimeSeries.objects.values_list("error_code", "error"))
    assert errors == {("site_down", "The site does not answer.")}
    assert len(show.asked) == 1  # what is down is asked once
    show.failure = None
    rescan(full=True)
    assert set(AnimeSeries.objects.values_list("error", flat=True)) == {""}


def test_one_broken_page_does_not_stop_the_others(show: FakeSite, put: Put) -> None:
    put("Show/S01E01.mkv", "Other/S01E01.mkv")
    show.add("other", "Other", {1: 2})
    rescan()
    changed = MarkupChanged("series", "the season list")
    changed.whole_site = False
    show.failures["other"] = changed
    show.add("show", "Show", {1: 5})
    rescan(full=True)
    assert AnimeSeries.objects.get(key="other").error_code == "markup_changed"
    assert AnimeSeries.objects.get(key="show").total_episodes == 5


def test_site_down_at_the_first_scan_lists_the_folder(show: FakeSite, put: Put) -> None:
    put("Show/S01E01.mkv")
    show.failure = SiteDown("down")
    operation = rescan()
    row = UnmatchedFolder.objects.get()
    assert (operation.state, row.reason) == ("COMPLETED", "PROVIDER_FAILED")
    show.failure = None
    rescan()
    assert states(only_series())[1, 1] == "PRESENT"
    assert not UnmatchedFolder.objects.exists()


def test_no_provider_asks_nobody_and_scans_side_files(show: FakeSite, put: Put) -> None:
    put("Show/S01E01.mkv", "Other/S01E01.mkv")
    (put("Show/x.txt")[0].parent / "key").write_text("show\n")
    rescan(use_provider=False)
    assert show.asked == []
    assert states(only_series()) == {(1, 1): "PRESENT"}
    row = UnmatchedFolder.objects.get()
    assert (row.folder, row.reason) == ("Other", "NOT_ASKED")


def test_scan_of_one_series_leaves_the_rest_alone(show: FakeSite, put: Put) -> None:
    put("Show/S01E01.mkv", "Other/S01E01.mkv")
    show.add("other", "Other", {1: 2})
    rescan()
    put("Show/S01E02.mkv", "Other/S01E02.mkv")
    show.asked.clear()
    operation = rescan(series="show")
    assert result(operation)["new"] == 1
    assert set(show.asked) == {"series show", "episodes show"}
    assert states(AnimeSeries.objects.get(key="other"))[1, 2] == "MISSING"


def test_two_roots_each_keep_their_series(
    show: FakeSite, put: Put, library: Path, tmp_path: Path
) -> None:
    second = tmp_path / "second"
    show.add("other", "Other", {1: 2})
    put("Show/S01E01.mkv")
    put("Other/S01E01.mkv", root=second)
    store.update(lambda data: data["library"].update(directories=[str(library), str(second)]))
    rescan()
    homes = dict(AnimeSeries.objects.values_list("key", "root__path"))
    assert homes == {"show": str(library), "other": str(second)}
    store.update(lambda data: data["library"].update(directories=[str(library)]))
    assert rescan().state == "COMPLETED"
    assert Episode.objects.on_disk().count() == 2  # a root taken out loses nothing
    assert not LibraryRoot.objects.get(path=str(second)).is_active


def test_removed_series_is_neither_asked_nor_unmatched(show: FakeSite, put: Put) -> None:
    put("Show/S01E01.mkv")
    rescan()
    only_series().soft_delete()
    show.asked.clear()
    put("Show/S01E02.mkv")
    rescan(full=True)
    assert (show.asked, UnmatchedFolder.objects.count()) == ([], 0)
    assert AnimeSeries.objects.count() == 1


def test_events_tell_the_scan_and_its_end(show: FakeSite, put: Put) -> None:
    put("Show/S01E01.mkv")
    operation = rescan()
    events = {event.type: event.data for event in OutboxEvent.objects.all()}
    assert events["scan_complete"] == {
        "operation_id": str(operation.operation_id),
        "result": operation.result,
    }
    assert events["scan_progress"]["status"] == "completed"
    assert events["scan_progress"]["files"] == 1


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


def test_files_count_before_a_site_is_asked_for_the_next_folder(show: FakeSite, put: Put) -> None:
    show.add("zzz", "Zzz", {1: 1})
    put("Show/S01E01.mkv", "Zzz/S01E01.mkv")
    seen: list[dict[tuple[int, int], str]] = []
    with meanwhile(lambda: seen.append(states(only_series())), folder="Zzz"):
        rescan()
    assert seen[0][1, 1] == "PRESENT"


def test_same_folder_in_two_roots_leaves_the_series_where_it_is(
    show: FakeSite, put: Put, library: Path, tmp_path: Path
) -> None:
    second = tmp_path / "second"
    put("Show/S01E01.mkv")
    put("Show/S01E02.mkv", root=second)
    for root in (library, second):
        (root / "Show/key").write_text("show")
    store.update(lambda data: data["library"].update(directories=[str(library), str(second)]))
    rescan()
    put("Show/S01E03.mkv", root=second)
    rescan()
    assert str(only_series().root) == str(library)
    assert states(only_series()) == {(1, 1): "PRESENT"}  # of the site that wrote key files
    row = UnmatchedFolder.objects.get()
    assert (row.root.path, row.reason) == (str(second), "AMBIGUOUS")


def test_scan_without_sites_keeps_what_they_said_of_a_folder(show: FakeSite, put: Put) -> None:
    show.add("show-two", "Show", {1: 1}, year=2020)
    put("Show/S01E01.mkv")
    rescan()
    shown = {row["key"]: row["year"] for row in UnmatchedFolder.objects.get().candidates}
    assert shown == {"show": 2013, "show-two": 2020}  # what tells them apart
    asked = list(UnmatchedFolder.objects.values("reason", "candidates"))
    assert len(asked[0]["candidates"]) == 2
    rescan(full=True, use_provider=False)
    assert list(UnmatchedFolder.objects.values("reason", "candidates")) == asked


def test_huge_series_is_written_in_portions(show: FakeSite, put: Put) -> None:
    put(*(f"Show/Show - S01E{number:04}.mkv" for number in range(1, 1203)), size=1)
    assert result(rescan())["new"] == 1202
    assert only_series().downloaded_count == 1202
