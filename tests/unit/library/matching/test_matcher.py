"""Folders find their series: scores, and what is left to the owner."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from aniworld.web.texts import text_of
from library.matching.clues import Clues
from library.matching.scores import SURE, Candidate, shown, unambiguous, with_ids
from library.models import AnimeSeries, MediaFile, UnmatchedFolder
from library.naming.titles import plain_title
from library.services import add_series, restore_series, unmatch_series
from providers.coded import coded
from providers.errors import SiteDown
from tests.unit.library.conftest import NFO, Put, rescan, settle_times, states
from tests.unit.library.fakes import FakeSite


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Fate/Zero", "fate zero"),
        ("Rè:Zero", "RE ZERO"),
        ("It's Show!", "Its Show"),
        ("Frieren – Ende", "frieren ende"),
    ],
)
def test_spellings_of_a_title_are_the_same(one: str, other: str) -> None:
    assert plain_title(one) == plain_title(other)


def test_marks_of_kana_are_not_accents() -> None:
    assert plain_title("がく") != plain_title("かく")


def test_two_equals_are_ambiguous() -> None:
    one = Candidate("a", "A", "s", None, 1.0)
    assert unambiguous([one, Candidate("b", "A", "s", None, 0.95)]) is None
    assert unambiguous([Candidate("b", "B", "s", None, 0.6), one]) is one
    assert unambiguous([]) is None


scans = pytest.mark.django_db(transaction=True)


@scans
def test_year_tells_two_series_of_one_title_apart(site: FakeSite, put: Put) -> None:
    site.add("hunter-1999", "Hunter", {1: 2}, year=1999)
    site.add("hunter-2011", "Hunter", {1: 2}, year=2011)
    put("Hunter (2011)/S01E01.mkv", "Hunter/S01E01.mkv")
    rescan()
    assert AnimeSeries.objects.get().key == "hunter-2011"
    row = UnmatchedFolder.objects.get()
    assert (row.folder, row.reason) == ("Hunter", "AMBIGUOUS")
    assert {candidate["key"] for candidate in row.candidates} == {"hunter-1999", "hunter-2011"}
    assert set(row.candidates[0]) == {"key", "name", "site", "year", "score", "reasons"}


@scans
def test_id_in_the_folder_name_decides(site: FakeSite, put: Put) -> None:
    site.add("one", "Same", {1: 2}, ids={"imdb": "tt1"})
    site.add("two", "Same", {1: 2}, ids={"imdb": "tt2"})
    put("Same [imdbid-tt2]/S01E01.mkv")
    rescan()
    assert AnimeSeries.objects.get().key == "two"


@scans
def test_other_id_forbids_the_match(site: FakeSite, put: Put) -> None:
    site.add("one", "Same", {1: 2}, ids={"imdb": "tt1"})
    put("Same [imdbid-tt2]/S01E01.mkv")
    rescan()
    assert not AnimeSeries.objects.exists()
    (candidate,) = UnmatchedFolder.objects.get().candidates
    reasons = [coded("same_title"), coded("another_id", kind="imdb")]
    assert (candidate["key"], candidate["reasons"]) == ("one", reasons)
    assert UnmatchedFolder.objects.get().reason == "UNSURE"


@scans
def test_one_candidate_of_another_year_is_not_several(site: FakeSite, put: Put) -> None:
    site.add("hunter-1999", "Hunter", {1: 2}, year=1999)
    put("Hunter (2011)/S01E01.mkv")
    rescan()
    row = UnmatchedFolder.objects.get()
    assert (row.reason, [one["key"] for one in row.candidates]) == ("UNSURE", ["hunter-1999"])
    assert text_of(row.candidates[0]["reasons"][-1]).startswith("another year: 1999")


@pytest.mark.parametrize(
    ("ids", "is_sure", "reasons"),
    [
        ({"imdb": "tt1"}, True, ["same imdb id"]),
        ({"imdb": "tt2"}, False, ["another imdb id"]),
        ({"tmdb": "1"}, False, []),
        ({"imdb": "tt1", "tvdb": "9"}, False, ["same imdb id", "another tvdb id"]),
    ],
)
def test_ids_that_disagree_are_never_sure(
    ids: dict[str, str], is_sure: bool, reasons: list[str]
) -> None:
    similar = Candidate("a", "A", "s", None, 0.8, (coded("similar_title"),))
    found = with_ids(similar, Clues(ids={"imdb": "tt1", "tvdb": "1"}), ids)
    assert found.score >= SURE if is_sure else found.score < SURE
    assert [text_of(reason) for reason in found.reasons] == ["similar title", *reasons]
    assert shown([found])


@scans
def test_similar_titles_are_left_to_the_owner(site: FakeSite, put: Put) -> None:
    site.add("show-2", "Great Show 2", {1: 2})
    put("Great Show/S01E01.mkv")
    rescan()
    row = UnmatchedFolder.objects.get()
    assert row.candidates[0]["reasons"] == [coded("similar_title")]


@scans
def test_other_title_of_a_series_is_its_title(site: FakeSite, put: Put) -> None:
    site.add("aot", "Shingeki no Titan", {1: 2}, others=("Attack on Titan",))
    put("Attack on Titan/S01E01.mkv")
    rescan()
    assert AnimeSeries.objects.get().key == "aot"


@scans
def test_key_file_wins_over_the_name(site: FakeSite, put: Put, library: Path) -> None:
    site.add("right", "Something Else", {1: 2})
    site.add("wrong", "Show", {1: 2})
    put("Show/S01E01.mkv")
    (library / "Show/key").write_text("right")
    data = {"key": "right", "site": site.name}
    (library / "Show/data").write_text(json.dumps(data))
    settle_times(library)
    rescan()
    series = AnimeSeries.objects.get()
    assert (series.key, states(series)) == ("right", {(1, 1): "PRESENT", (1, 2): "MISSING"})
    assert (library / "Show/key").read_text() == "right"


@scans
def test_key_no_site_knows_leaves_the_choice_to_the_owner(
    site: FakeSite, put: Put, library: Path
) -> None:
    site.add("show", "Show", {1: 2})
    site.add("show-2", "Show 2", {1: 2})
    put("Show/S01E01.mkv")
    (library / "Show/data").write_text(json.dumps({"key": "gone", "site": site.name}))
    settle_times(library)
    rescan()
    assert not AnimeSeries.objects.exists()
    row = UnmatchedFolder.objects.get()
    assert row.reason == "AMBIGUOUS"
    assert text_of(row.detail) == f"The key file names gone: {site.name} has no gone"
    assert (row.candidates[0]["key"], row.candidates[0]["score"]) == ("show", 1.0)


@scans
def test_key_no_site_knows_takes_no_series_that_was_added_by_hand(
    site: FakeSite, put: Put, library: Path
) -> None:
    site.add("own-key", "Show", {1: 2})
    series, _ = add_series(site=site.name, key="own-key", folder="Renamed since")
    site.failures[""] = SiteDown(why="as_told", text="no search")
    put("Show/S01E01.mkv")
    (library / "Show/data").write_text(json.dumps({"key": "gone", "site": site.name}))
    settle_times(library)
    rescan()
    series.refresh_from_db()
    assert series.folder == "Renamed since"
    row = UnmatchedFolder.objects.get()
    assert [one["key"] for one in row.candidates] == ["own-key"]
    assert text_of(row.detail) == f"The key file names gone: {site.name} has no gone no search"


@scans
def test_unreadable_side_file_is_told_to_the_owner(site: FakeSite, put: Put, library: Path) -> None:
    site.add("show", "Show", {1: 2})
    put("Show/S01E01.mkv", "Nobody/S01E01.mkv")
    for folder in ("Show", "Nobody"):
        (library / folder / "data").write_text('{"key": ')
    settle_times(library)
    operation = rescan()
    told = coded("unreadable_side_file", name="data", why="no_json")
    assert text_of(told) == "The file data is no JSON that can be read."
    assert AnimeSeries.objects.get().key == "show"
    assert UnmatchedFolder.objects.get().detail == {**told, "text": text_of(told)}
    assert operation.problems == [{"path": "Nobody", **told}, {"path": "Show", **told}]


@scans
def test_nfo_is_found_however_its_name_is_written(site: FakeSite, put: Put, library: Path) -> None:
    site.add("show", "Real Title", {1: 2}, year=2011)
    put("Something/S01E01.mkv")
    (library / "Something/TVSHOW.NFO").write_text(NFO)
    settle_times(library)
    rescan()
    assert AnimeSeries.objects.get().key == "show"


@scans
def test_folder_with_a_key_and_no_file_yet_is_a_series(
    site: FakeSite, put: Put, library: Path
) -> None:
    site.add("show", "Show", {1: 2})
    put("Show/readme.txt", "Empty/readme.txt")
    (library / "Show/data").write_text(json.dumps({"key": "show", "site": site.name}))
    settle_times(library)
    rescan()
    assert AnimeSeries.objects.get().missing_count == 2
    assert not UnmatchedFolder.objects.exists()


@scans
def test_second_folder_of_a_series_is_left_to_the_owner(site: FakeSite, put: Put) -> None:
    site.add("show", "Show", {1: 2})
    put("Show/S01E01.mkv", "Show [BD]/S01E02.mkv")
    rescan()
    row = UnmatchedFolder.objects.get()
    assert (AnimeSeries.objects.get().folder, row.folder) == ("Show", "Show [BD]")
    assert "Show" in text_of(row.detail)


@scans
def test_unmatched_folder_goes_when_it_is_deleted(site: FakeSite, put: Put, library: Path) -> None:
    put("Nobody/S01E01.mkv")
    rescan()
    assert UnmatchedFolder.objects.count() == 1
    (library / "Nobody/S01E01.mkv").unlink()
    (library / "Nobody").rmdir()
    rescan(accept_removals=True)
    assert not UnmatchedFolder.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("Die Baeckerei am Ende der Welt", "Die Bäckerei am Ende der Welt"),
        ("Gruene Huegel", "Grüne Hügel"),
        ("Die Backerei", "Die Bäckerei"),
        ("Die Bäckerei", "Die Baeckerei"),
        ("Neue Wege", "Neue Wege"),
    ],
)
def test_umlauts_may_be_written_out(site: FakeSite, put: Put, folder: str, name: str) -> None:
    site.add("show", name, {1: 1})
    site.add("other", "Etwas ganz anderes", {1: 1})
    put(f"{folder}/S01E01.mkv")
    rescan()
    assert AnimeSeries.objects.get().name == name
    assert AnimeSeries.objects.matching("backerei").count() == ("Bäck" in name)
    assert AnimeSeries.objects.matching(name).count() == 1


@scans
def test_series_taken_from_a_folder_takes_no_other_one(
    site: FakeSite, put: Put, library: Path
) -> None:
    """Where it would go by its name lies what the owner has said nothing about."""
    site.add("odd", "Odd", {1: 3})
    put("A folder/S01E01.mkv", "A folder/data", "Odd/S01E01.mkv")
    (library / "A folder/data").write_text(f'{{"key": "odd", "site": "{site.name}"}}')
    rescan()
    odd = AnimeSeries.objects.get()
    assert odd.folder == "A folder"
    unmatch_series(odd)
    put("Odd/S01E02.mkv")
    rescan(full=True)
    assert not MediaFile.objects.exclude(series=None).exists()
    assert set(UnmatchedFolder.objects.values_list("folder", flat=True)) == {"A folder", "Odd"}
    assert restore_series(AnimeSeries.objects.get()).folder == "Odd - odd"
