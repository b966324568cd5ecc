"""What a folder says about its series: its name, side files, .nfo."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from aniworld.web.texts import text_of
from library.borders import Borders
from library.matching.clues import Clues, clues_of, from_name
from tests.unit.library.conftest import NFO


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


def read_of(folder: Path, side_files: Sequence[str]) -> Clues:
    """What a folder says whose library it lies in."""
    return clues_of(folder, side_files, Borders((str(folder.parent),)))


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
    found = read_of(folder, ["key", "data", "tvshow.nfo"])
    assert (found.key, found.site, found.title) == ("the-key", "aniworld.to", "Data Title")
    assert (found.year, found.ids) == (2011, {"imdb": "tt0000001", "tvdb": "77"})
    assert found.sources == ("tvshow.nfo", "data file", "key file")


def test_whole_link_in_a_key_file_is_its_key(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("https://aniworld.to/anime/stream/show-name/\n")
    assert read_of(tmp_path, ["key"]).key == "show-name"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_marks_of_an_encoding_belong_to_no_key(folder: Path, encoding: str) -> None:
    (folder / "key").write_bytes("show-name\r\n".encode(encoding))
    assert read_of(folder, ["key"]).key == "show-name"
    (folder / "data").write_bytes('{"key": "from-data"}'.encode(encoding))
    assert read_of(folder, ["data"]).key == "from-data"


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
    assert [text_of(said) for said in read_of(folder, [name]).unread] == [told]


def test_data_file_need_not_name_a_key(folder: Path) -> None:
    (folder / "data").write_bytes(b'{"name": "Show"}')
    found = read_of(folder, ["data"])
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
    found = read_of(folder, [name])
    assert (found.key, found.ids, found.title) == ("", {}, "Show")


def test_names_of_side_files_are_made_storable(tmp_path: Path) -> None:
    folder = tmp_path / "Show"
    folder.mkdir()
    (folder / "data").write_bytes(b'{"name": "A\\u0000B\\ud800", "key": "a"}')
    found = read_of(folder, ["data"])
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
    assert read_of(folder, [nfo.name]).ids == ids
    nfo.write_text(f"<tvshow><title>Real Title</title></tvshow>\n{address}\n")
    found = read_of(folder, [nfo.name])
    assert (found.title, found.ids) == ("Real Title", ids)


def test_addresses_without_end_do_not_stall_the_scan(folder: Path) -> None:
    (folder / "tvshow.nfo").write_text("thetvdb.com/" * 80_000)
    assert read_of(folder, ["tvshow.nfo"]).ids == {}


def test_addresses_of_pictures_and_of_single_files_are_no_ids(folder: Path) -> None:
    address = "https://www.imdb.com/title/tt9000013/"
    (folder / "tvshow.nfo").write_text(f"<tvshow><thumb>{address}</thumb></tvshow>")
    (folder / "Show S01E01.nfo").write_text(address)
    assert read_of(folder, ["Show S01E01.nfo", "tvshow.nfo"]).ids == {}


@pytest.mark.parametrize(
    "document_type",
    ["<!DOCTYPE tvshow>", '<!DOCTYPE tvshow SYSTEM "file:///etc/passwd">', "<!DOCTYPE tvshow []>"],
)
def test_harmless_document_type_is_no_obstacle(folder: Path, document_type: str) -> None:
    (folder / "tvshow.nfo").write_text(f"{document_type}\n{NFO.partition('?>')[2]}")
    found = read_of(folder, ["tvshow.nfo"])
    assert (found.title, found.ids) == ("Real Title", {"imdb": "tt0000001", "tvdb": "77"})


BOMB = (
    '<!DOCTYPE t [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {name} "{f"&{of};" * 50}">' for of, name in pairwise("abcdef"))
    + ']><tvshow><title>&f;</title><tvdbid>1</tvdbid><uniqueid type="&f;">2</uniqueid></tvshow>'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_nfo_that_declares_entities_says_nothing(folder: Path, encoding: str) -> None:
    (folder / "tvshow.nfo").write_bytes(f"{BOMB}\nhttps://imdb.com/title/tt1".encode(encoding))
    found = read_of(folder, ["tvshow.nfo"])
    assert (found.title, found.ids) == ("Show", {})
    # Without a mark and a declaration it is not even XML.
    told = [] if encoding == "utf-16-le" else ["The file tvshow.nfo declares entities."]
    assert [text_of(said) for said in found.unread] == told


def test_entities_of_an_nfo_are_never_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("tt0000009")
    text = f'<!DOCTYPE t [<!ENTITY s SYSTEM "{secret}">]><tvshow><imdbid>&s;</imdbid></tvshow>'
    (tmp_path / "tvshow.nfo").write_text(text)
    assert read_of(tmp_path, ["tvshow.nfo"]).ids == {}


SIDE_FILES = ["key", "data", "tvshow.nfo"]


@pytest.mark.parametrize("name", SIDE_FILES)
def test_nothing_is_read_behind_a_link_out_of_the_library(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "library/Show"
    folder.mkdir(parents=True)
    secret = tmp_path / "elsewhere/secret"
    secret.parent.mkdir()
    secret.write_text("hunter-two")
    (folder / name).symlink_to(secret)
    found = read_of(folder, [name])
    assert (found.key, found.sources) == ("", ())
    (told,) = map(text_of, found.unread)
    assert "hunter" not in told
    assert f'"link_targets": ["{secret.parent}"]' in told
    allowed = Borders((str(tmp_path / "library"), str(secret.parent)))
    assert clues_of(folder, [name], allowed).unread != found.unread


def test_folder_behind_a_link_is_no_way_out_either(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "key").write_text("hunter-two")
    library = tmp_path / "library"
    library.mkdir()
    (library / "Show").symlink_to(elsewhere)
    assert read_of(library / "Show", ["key"]).key == ""
    (library / "More").mkdir()
    (library / "More/key").symlink_to("../Other/key")  # inside it may lead where it will
    (library / "Other").mkdir()
    (library / "Other/key").write_text("other")
    assert read_of(library / "More", ["key"]).key == "other"


@pytest.mark.parametrize("name", SIDE_FILES)
@pytest.mark.parametrize("kind", ["pipe", "device", "link to a device", "folder"])
def test_what_is_no_plain_file_is_neither_read_nor_waited_for(
    folder: Path, name: str, kind: str
) -> None:
    if kind == "pipe":
        os.mkfifo(folder / name)
    elif kind == "folder":
        (folder / name).mkdir()
    elif kind == "device":
        try:
            os.mknod(folder / name, 0o20666, os.makedev(1, 5))  # as /dev/zero
        except PermissionError:
            pytest.skip("only root makes devices")
    else:
        (folder / name).symlink_to("/dev/zero")
    found = read_of(folder, [name])
    assert found.sources == ()
    assert len(found.unread) == 1
