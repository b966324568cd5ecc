"""Whole scans of real directory trees, with a catalogue in memory."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

import pytest
from django.utils import timezone

from aniworld.config import store
from aniworld.events.models import OutboxEvent
from aniworld.sites import configured
from aniworld.web.texts import text_of
from library.models import (
    AnimeSeries,
    Episode,
    LibraryRoot,
    MediaFile,
    UnmatchedFolder,
)
from providers.errors import AddressRefused, MarkupChanged, PageBroken, ProviderError, SiteDown
from tests.unit.library.conftest import (
    Put,
    only_series,
    rescan,
    result,
    states,
)
from tests.unit.library.fakes import FakeSite

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("both_ways")]


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
    show.failure = SiteDown(why="as_told", text="The site does not answer.")
    operation = rescan(full=True)
    assert (operation.state, result(operation)["errors"] > 0) == ("COMPLETED", True)
    assert {series.key: states(series) for series in AnimeSeries.objects.all()} == before
    assert len(show.asked) == 1  # what is down is asked once
    key = show.asked[0].removeprefix("series ")
    assert _errors() == {key: "site_down"}  # and nothing is said of what was not asked
    assert text_of(AnimeSeries.objects.get(key=key).error) == "The site does not answer."
    show.failure = None
    rescan(full=True)
    assert _errors() == {}


def _errors() -> dict[str, str]:
    """The error codes of the series that have one."""
    return dict(AnimeSeries.objects.exclude(error_code="").values_list("key", "error_code"))


def _known(site: FakeSite, put: Put, *keys: str) -> None:
    """Series of the library, waiting for their site in this order."""
    for key in keys:
        site.add(key, key.title(), {1: 1})
        put(f"{key.title()}/S01E01.mkv")
    rescan()
    for place, key in enumerate(keys):
        long_ago = timezone.now() - timedelta(days=9 - place)
        AnimeSeries.objects.filter(key=key).update(refreshed_at=long_ago, asked_at=long_ago)
    site.asked.clear()


BROKEN = [
    PageBroken(why="as_told", text="An error (500)."),
    MarkupChanged("series", "the season list"),
]


@pytest.mark.parametrize("error", BROKEN)
def test_one_broken_page_does_not_stop_the_others(
    site: FakeSite, put: Put, error: ProviderError
) -> None:
    _known(site, put, "alpha", "beta", "gamma")
    site.failures["alpha"] = error
    site.add("beta", "Beta", {1: 5})
    operation = rescan()
    assert _errors() == {"alpha": error.code}
    assert AnimeSeries.objects.get(key="beta").total_episodes == 5
    assert site.asked[-1] == "episodes gamma"
    assert [problem["path"] for problem in operation.problems] == ["alpha"]


@pytest.mark.parametrize("error", BROKEN)
def test_broken_pages_in_a_row_end_the_asking_but_are_not_always_first(
    site: FakeSite, put: Put, error: ProviderError
) -> None:
    broken = ("alpha", "beta", "gamma", "delta")
    _known(site, put, *broken, "omega")
    site.failures.update(dict.fromkeys(broken, error))
    operation = rescan()
    assert site.asked == ["series alpha", "series beta", "series gamma"]
    assert _errors() == dict.fromkeys(["alpha", "beta", "gamma"], error.code)
    assert operation.problems[-1] == {"path": site.name, **error.as_json()}
    site.asked.clear()
    rescan()
    assert site.asked[:3] == ["series delta", "series omega", "episodes omega"]


def test_broken_search_does_not_keep_series_from_being_read(site: FakeSite, put: Put) -> None:
    _known(site, put, "alpha")
    put(*(f"New {number}/S01E01.mkv" for number in range(4)))
    site.failures[""] = PageBroken(why="as_told", text="An error (503).")
    rescan()
    assert site.asked[:3] == ["search New 0", "search New 1", "search New 2"]
    assert site.asked[3:] == ["series alpha", "episodes alpha"]
    reasons = dict(UnmatchedFolder.objects.values_list("folder", "reason"))
    assert reasons["New 2"] == "PROVIDER_FAILED"
    assert reasons["New 3"] == "NOT_ASKED"


def test_broken_page_of_a_side_file_keeps_no_folder_from_its_series(
    site: FakeSite, put: Put, library: Path
) -> None:
    site.add("other", "Other", {1: 1})
    site.add("show", "Show", {1: 1})
    put("Aaa/S01E01.mkv", "Show/S01E01.mkv")
    (library / "Aaa/data").write_text(json.dumps({"key": "other", "site": site.name}))
    site.failures["other"] = PageBroken(why="as_told", text="An error (500).")
    operation = rescan()
    assert set(AnimeSeries.objects.values_list("key", "folder")) == {
        ("other", "Aaa"),
        ("show", "Show"),
    }
    assert _errors() == {"other": "site_down"}
    assert operation.problems == [{"path": "other", **site.failures["other"].as_json()}]


def test_folders_whose_pages_are_broken_are_not_always_first(site: FakeSite, put: Put) -> None:
    broken = ("alpha", "beta", "gamma")
    for key in (*broken, "show"):
        site.add(key, key.title(), {1: 1})
        put(f"{key.title()} (2013)/S01E01.mkv")  # the year is on the series' page
    site.failures.update(dict.fromkeys(broken, PageBroken(why="as_told", text="An error (500).")))
    rescan()
    reasons = dict(UnmatchedFolder.objects.values_list("folder", "reason"))
    assert reasons.pop("Show (2013)") == "NOT_ASKED"
    assert set(reasons.values()) == {"PROVIDER_FAILED"}
    rescan()
    assert only_series().key == "show"


def test_site_down_at_the_first_scan_lists_the_folder(show: FakeSite, put: Put) -> None:
    put("Show/S01E01.mkv")
    show.failure = SiteDown(why="as_told", text="down")
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
    assert (row.root.path, row.reason) == (str(second), "HAS_FOLDER")


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


def test_site_whose_address_is_refused_stops_nothing(show: FakeSite, put: Put) -> None:
    put("Show/S01E01.mkv")
    rescan()
    put("Show/S01E02.mkv", "New/S01E01.mkv")
    error = AddressRefused(why="as_told", text="10.0.0.1 is a private address.")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(configured, "site", raising(error))
        operation = rescan(full=True)
    assert operation.state == "COMPLETED"
    assert operation.problems == [{"path": show.name, **error.as_json()}]
    assert (states(only_series())[1, 2], only_series().error) == ("PRESENT", None)
    assert UnmatchedFolder.objects.get().reason == "NOT_ASKED"


def raising(error: Exception) -> Callable[..., NoReturn]:
    def fail(*_: object) -> NoReturn:
        raise error

    return fail
