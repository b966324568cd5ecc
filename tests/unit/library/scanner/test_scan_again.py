"""What a later scan opens again, what it reads again, and what it leaves alone."""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from library.models import (
    Episode,
    LibraryRoot,
    MediaFile,
    ScannedDirectory,
)
from library.naming import videos
from library.scanner import columns, look
from library.scanner.found import OPEN_AGAIN
from library.services.settle import settle
from tests.unit.library.conftest import (
    LONG_AGO,
    Put,
    only_series,
    rescan,
    result,
    settle_times,
    states,
)
from tests.unit.library.fakes import FakeSite

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("both_ways")]
SOON = time.time() + 3600  # fresh however long a scan takes to come to it


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


def test_files_that_count_only_now_are_found_in_folders_that_did_not_change(
    show: FakeSite, put: Put, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    put("Show/Season 1/S01E01.mkv", "Show/Season 1/S01E02.mkv")
    rescan()
    MediaFile.objects.filter(path__contains="E02").delete()  # an older one took it for an extra
    assert result(rescan())["new"] == 0
    older = tmp_path / "videos.py"
    older.write_text("")
    with monkeypatch.context() as patch:
        patch.setattr(columns, "_COUNTING", older)
        LibraryRoot.objects.update(grammar=columns.grammar.__wrapped__())
    assert result(rescan())["new"] == 1
    assert states(only_series())[1, 2] == "PRESENT"


def test_videos_that_only_a_newer_version_knows_are_found_without_a_full_scan(
    show: FakeSite, put: Put, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    put("Show/Season 1/S01E01.mkv")
    rescan()
    put("Show/Season 1/S01E02.RMVB", "Show/Season 2/S02E01.mpg")
    older = tmp_path / "videos.py"
    older.write_text("")
    with monkeypatch.context() as patch:
        patch.setattr(videos, "VIDEO_EXTENSIONS", {"mkv"})
        patch.setattr(columns, "_COUNTING", older)
        patch.setattr(columns, "grammar", columns.grammar.__wrapped__)
        patch.setattr(look, "grammar", columns.grammar)
        assert [result(rescan())["new"] for _ in range(2)] == [0, 0]
    assert [result(rescan())["new"] for _ in range(2)] == [2, 0]
    assert (states(only_series())[1, 2], states(only_series())[2, 1]) == ("PRESENT", "PRESENT")


def test_fresh_directories_are_not_trusted(show: FakeSite, put: Put, library: Path) -> None:
    put("Show/Season 1/S01E01.mkv")
    os.utime(library / "Show/Season 1", (SOON, SOON))
    rescan()
    remembered = dict(ScannedDirectory.objects.values_list("path", "mtime_ns"))
    assert remembered.keys() == {"Show", "Show/Season 1"}
    assert remembered["Show/Season 1"] == OPEN_AGAIN
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


@pytest.mark.parametrize("seen_by", ["its own link", "the folder it is in"])
def test_files_behind_a_link_that_leads_nowhere_now_are_unavailable(
    show: FakeSite, put: Put, library: Path, tmp_path: Path, seen_by: str
) -> None:
    put(*(f"Show/Season 1/S01E0{number}.mkv" for number in (1, 2, 3)))
    put("S02E01.mkv", root=tmp_path / "elsewhere")
    (library / "Show/Season 2").symlink_to(tmp_path / "elsewhere")
    settle_times(library)
    assert result(rescan())["files"] == 4
    (tmp_path / "elsewhere").rename(tmp_path / "away")
    if seen_by == "the folder it is in":
        put("Show/readme.txt")
    for _ in range(2):
        operation = rescan()
        assert (operation.state, result(operation)["gone"]) == ("COMPLETED", 0)
        assert [problem["code"] for problem in operation.problems] == ["broken_link"]
        assert states(only_series())[2, 1] == "UNAVAILABLE"
    (tmp_path / "away").rename(tmp_path / "elsewhere")
    assert result(rescan())["new"] == 0
    assert states(only_series())[2, 1] == "PRESENT"
    (tmp_path / "elsewhere").rename(tmp_path / "away")
    rescan()
    (library / "Show/Season 2").unlink()
    rescan()
    assert states(only_series())[2, 1] == "UNAVAILABLE"  # until the owner says so
    assert rescan(accept_removals=True).state == "COMPLETED"
    assert states(only_series())[2, 1] == "MISSING"


def test_linked_file_whose_disk_is_away_is_unavailable(
    show: FakeSite, put: Put, library: Path, tmp_path: Path
) -> None:
    put(*(f"Show/Season 1/S01E0{number}.mkv" for number in (1, 2)))
    put("S01E03.mkv", root=tmp_path / "elsewhere")
    (library / "Show/Season 1/S01E03.mkv").symlink_to(tmp_path / "elsewhere/S01E03.mkv")
    settle_times(library)
    assert result(rescan())["files"] == 3
    (tmp_path / "elsewhere").rename(tmp_path / "away")
    assert rescan(full=True).state == "COMPLETED"
    assert states(only_series())[1, 3] == "UNAVAILABLE"
    (tmp_path / "away").rename(tmp_path / "elsewhere")
    rescan()
    assert states(only_series())[1, 3] == "PRESENT"
