"""Folders find their series: evidence, scores, and what is left to the owner."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest

from library.models import AnimeSeries, MediaFile, UnmatchedFolder
from library.scanner.evidence import Evidence, evidence_of, from_name
from library.scanner.scores import SURE, Candidate, shown, unambiguous, with_ids
from library.services import add_series, restore_series, unmatch_series
from library.titles import plain_title
from providers.errors import SiteDown
from tests.unit.library.conftest import Put, rescan, settle_times, states
from tests.unit.library.fakes import FakeSite


@pytest.mark.parametrize(
    ("folder", "title", "year", "ids"),
    [
        ("Attack on Titan (2013)", "Attack on Titan", 2013, {}),
        (
            "Attack on Titan (2013) [imdbid-tt2560140]",
            "Attack on Titan",
            2013,
            {"imdb": "tt2560140"},
        ),
        ("Show [tvdbid-12345]", "Show", None, {"tvdb": "12345"}),
        ("Show {tvdb-12345} {tmdb-7}", "Show", None, {"tvdb": "12345", "tmdb": "7"}),
        ("Show (2012-2018) [imdbid-None]", "Show", 2012, {}),
        ("[Group] Show [1080p]", "Show", None, {}),
        ("Some.Show.2013", "Some Show", 2013, {}),
        ("Some_Show", "Some Show", None, {}),
        ("86", "86", None, {}),
        ("1984", "1984", None, {}),
        ("(2013)", "(2013)", 2013, {}),
        ("Amber.Tide.S01.German.DL.1080p.WEB.x264-GRP", "Amber Tide", None, {}),
        ("Amber.Tide.2019.S03.1080p", "Amber Tide", 2019, {}),
        ("Amber Tide Complete 1080p", "Amber Tide", None, {}),
        ("Amber Tide Staffel 3", "Amber Tide", None, {}),
        ("Amber Tide - Season 2 (2016)", "Amber Tide", 2016, {}),
        ("[Lunaris] Amber Tide S2 [1080p]", "Amber Tide", None, {}),
        ("Web of Amber", "Web of Amber", None, {}),
        ("Mob Psycho 100", "Mob Psycho 100", None, {}),
    ],
)
def test_folder_names_are_evidence(
    folder: str, title: str, year: int | None, ids: dict[str, str]
) -> None:
    found = from_name(folder)
    assert (found.title, found.year, found.ids) == (title, year, ids)


NFO = """<?xml version="1.0"?><tvshow><title>Real Title</title><year>2011</year>
<uniqueid type="imdb">tt0000001</uniqueid><tvdbid>77</tvdbid></tvshow>"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a series."""
    folder = tmp_path / "Show"
    folder.mkdir()
    return folder


def test_side_files_are_read(tmp_path: Path) -> None:
    folder = tmp_path / "Show"
    folder.mkdir()
    (folder / "tvshow.nfo").write_text(NFO)
    data = {"key": "from-data", "name": "Data Title", "site": "aniworld.to", "episodeDict": {}}
    (folder / "data").write_text(json.dumps(data))
    (folder / "key").write_text("  the-key \n")
    found = evidence_of(folder, ["key", "data", "tvshow.nfo"])
    assert (found.key, found.site, found.title) == ("the-key", "aniworld.to", "Data Title")
    assert (found.year, found.ids) == (2011, {"imdb": "tt0000001", "tvdb": "77"})
    assert found.sources == ("tvshow.nfo", "data file", "key file")


def test_whole_link_in_a_key_file_is_its_key(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("https://aniworld.to/anime/stream/show-name/\n")
    assert evidence_of(tmp_path, ["key"]).key == "show-name"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_marks_of_an_encoding_belong_to_no_key(folder: Path, encoding: str) -> None:
    (folder / "key").write_bytes("show-name\r\n".encode(encoding))
    assert evidence_of(folder, ["key"]).key == "show-name"
    (folder / "data").write_bytes('{"key": "from-data"}'.encode(encoding))
    assert evidence_of(folder, ["data"]).key == "from-data"


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("key", bytes(range(256)), "The file key holds no key."),
        ("key", b"", "The file key holds no key."),
        ("key", b"k" * 2_000_000, "The file key is larger than 1 MB."),
        ("data", b'{"key": ', "The file data is no JSON that can be read."),
        ("data", b'["key"]', "The file data is no JSON object."),
        ("data", b'{"key": "<x>"}', "The file data holds no key."),
    ],
)
def test_side_files_that_say_nothing_are_told(
    folder: Path, name: str, content: bytes, told: str
) -> None:
    (folder / name).write_bytes(content)
    assert evidence_of(folder, [name]).unread == (told,)


def test_data_file_need_not_name_a_key(folder: Path) -> None:
    (folder / "data").write_bytes(b'{"name": "Show"}')
    found = evidence_of(folder, ["data"])
    assert (found.title, found.unread) == ("Show", ())


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("key", b"../../etc/passwd\0"),
        ("key", b"\xff\xfe\x00"),
        ("key", b"k" * 2_000_000),
        ("key", b""),
        ("data", b"{" * 100_000),
        ("data", b'["key"]'),
        ("data", b'{"key": ["a"], "name": {"x": 1}}'),
        ("tvshow.nfo", b"<tvshow><title>open"[:9]),
        ("tvshow.nfo", b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><tvshow>'),
        ("tvshow.nfo", b"\x00\x01\x02"),
        ("tvshow.nfo", b"<html><title>no</title></html>"),
        ("tvshow.nfo", b""),
    ],
)
def test_hostile_side_files_say_nothing(tmp_path: Path, name: str, content: bytes) -> None:
    folder = tmp_path / "Show"
    folder.mkdir()
    (folder / name).write_bytes(content)
    found = evidence_of(folder, [name])
    assert (found.key, found.ids, found.title) == ("", {}, "Show")


def test_names_of_side_files_are_made_storable(tmp_path: Path) -> None:
    folder = tmp_path / "Show"
    folder.mkdir()
    (folder / "data").write_bytes(b'{"name": "A\\u0000B\\ud800", "key": "a"}')
    found = evidence_of(folder, ["data"])
    assert (found.title, found.key) == ("A B?", "a")


@pytest.mark.parametrize(
    ("address", "ids"),
    [
        ("https://www.imdb.com/title/tt9000013/", {"imdb": "tt9000013"}),
        ("http://m.imdb.com/de/title/tt9000013", {"imdb": "tt9000013"}),
        ("https://www.thetvdb.com/?tab=series&id=123", {"tvdb": "123"}),
        ("https://thetvdb.com/dereferrer/series/123", {"tvdb": "123"}),
        ("https://thetvdb.com/series/some-name", {}),
        ("https://www.themoviedb.org/tv/77-some-name", {"tmdb": "77"}),
        ("https://www.themoviedb.org/person/77", {}),
    ],
)
def test_address_in_an_nfo_is_an_id(folder: Path, address: str, ids: dict[str, str]) -> None:
    nfo = folder / "TVSHOW.NFO"
    nfo.write_text(f"{address}\n")
    assert evidence_of(folder, [nfo.name]).ids == ids
    nfo.write_text(f"<tvshow><title>Real Title</title></tvshow>\n{address}\n")
    found = evidence_of(folder, [nfo.name])
    assert (found.title, found.ids) == ("Real Title", ids)


def test_addresses_without_end_do_not_stall_the_scan(folder: Path) -> None:
    (folder / "tvshow.nfo").write_text("thetvdb.com/" * 80_000)
    assert evidence_of(folder, ["tvshow.nfo"]).ids == {}


def test_addresses_of_pictures_and_of_single_files_are_no_ids(folder: Path) -> None:
    address = "https://www.imdb.com/title/tt9000013/"
    (folder / "tvshow.nfo").write_text(f"<tvshow><thumb>{address}</thumb></tvshow>")
    (folder / "Show S01E01.nfo").write_text(address)
    assert evidence_of(folder, ["Show S01E01.nfo", "tvshow.nfo"]).ids == {}


@pytest.mark.parametrize(
    "document_type",
    ["<!DOCTYPE tvshow>", '<!DOCTYPE tvshow SYSTEM "file:///etc/passwd">', "<!DOCTYPE tvshow []>"],
)
def test_harmless_document_type_is_no_obstacle(folder: Path, document_type: str) -> None:
    (folder / "tvshow.nfo").write_text(f"{document_type}\n{NFO.partition('?>')[2]}")
    found = evidence_of(folder, ["tvshow.nfo"])
    assert (found.title, found.ids) == ("Real Title", {"imdb": "tt0000001", "tvdb": "77"})


BOMB = (
    '<!DOCTYPE t [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {name} "{f"&{of};" * 50}">' for of, name in pairwise("abcdef"))
    + ']><tvshow><title>&f;</title><tvdbid>1</tvdbid><uniqueid type="&f;">2</uniqueid></tvshow>'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_nfo_that_declares_entities_says_nothing(folder: Path, encoding: str) -> None:
    (folder / "tvshow.nfo").write_bytes(f"{BOMB}\nhttps://imdb.com/title/tt1".encode(encoding))
    found = evidence_of(folder, ["tvshow.nfo"])
    assert (found.title, found.ids) == ("Show", {})
    # Without a mark and a declaration it is not even XML.
    told = () if encoding == "utf-16-le" else ("The file tvshow.nfo declares entities.",)
    assert found.unread == told


def test_entities_of_an_nfo_are_never_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("tt0000009")
    text = f'<!DOCTYPE t [<!ENTITY s SYSTEM "{secret}">]><tvshow><imdbid>&s;</imdbid></tvshow>'
    (tmp_path / "tvshow.nfo").write_text(text)
    assert evidence_of(tmp_path, ["tvshow.nfo"]).ids == {}


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
    assert (candidate["key"], candidate["reasons"]) == ("one", ["same title", "another imdb id"])


@pytest.mark.parametrize(
    ("ids", "is_sure", "reasons"),
    [
        ({"imdb": "tt1"}, True, ("similar title", "same imdb id")),
        ({"imdb": "tt2"}, False, ("similar title", "another imdb id")),
        ({"tmdb": "1"}, False, ("similar title",)),
        ({"imdb": "tt1", "tvdb": "9"}, False, ("similar title", "same imdb id", "another tvdb id")),
    ],
)
def test_ids_that_disagree_are_never_sure(
    ids: dict[str, str], is_sure: bool, reasons: tuple[str, ...]
) -> None:
    similar = Candidate("a", "A", "s", None, 0.8, ("similar title",))
    found = with_ids(similar, Evidence(ids={"imdb": "tt1", "tvdb": "1"}), ids)
    assert (found.score >= SURE, found.reasons) == (is_sure, reasons)
    assert shown([found])


@scans
def test_similar_titles_are_left_to_the_owner(site: FakeSite, put: Put) -> None:
    site.add("show-2", "Great Show 2", {1: 2})
    put("Great Show/S01E01.mkv")
    rescan()
    row = UnmatchedFolder.objects.get()
    assert row.candidates[0]["reasons"] == ["similar title"]


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
    assert row.detail == f"The key file names gone: {site.name} has no gone"
    assert (row.candidates[0]["key"], row.candidates[0]["score"]) == ("show", 1.0)


@scans
def test_key_no_site_knows_takes_no_series_that_was_added_by_hand(
    site: FakeSite, put: Put, library: Path
) -> None:
    site.add("own-key", "Show", {1: 2})
    series, _ = add_series(site=site.name, key="own-key", folder="Renamed since")
    site.failures[""] = SiteDown("no search")
    put("Show/S01E01.mkv")
    (library / "Show/data").write_text(json.dumps({"key": "gone", "site": site.name}))
    settle_times(library)
    rescan()
    series.refresh_from_db()
    assert series.folder == "Renamed since"
    row = UnmatchedFolder.objects.get()
    assert [one["key"] for one in row.candidates] == ["own-key"]
    assert row.detail == f"The key file names gone: {site.name} has no gone; no search"


@scans
def test_unreadable_side_file_is_told_to_the_owner(site: FakeSite, put: Put, library: Path) -> None:
    site.add("show", "Show", {1: 2})
    put("Show/S01E01.mkv", "Nobody/S01E01.mkv")
    for folder in ("Show", "Nobody"):
        (library / folder / "data").write_text('{"key": ')
    settle_times(library)
    operation = rescan()
    told = "The file data is no JSON that can be read."
    assert AnimeSeries.objects.get().key == "show"
    assert UnmatchedFolder.objects.get().detail == told
    code = "unreadable_side_file"
    assert operation.problems == [
        {"path": "Nobody", "code": code, "reason": told},
        {"path": "Show", "code": code, "reason": told},
    ]


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
    assert "Show" in row.detail


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
