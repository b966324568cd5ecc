"""What is written is XML, says what is known, and is read back as that by ourselves."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

import pytest
from lxml import etree

from library.borders import Borders
from library.descriptions.marks import is_ours
from library.descriptions.nfo import Part, Show, episodes, tvshow
from library.matching.clues import clues_of

HOSTILE = (
    "Plain",
    "]]> <!-- & -- > \"quotes\" 'single'",
    "<script>alert(1)</script>",
    "nul\0bell\x07escape\x1b[31m",
    "\u202eturned\u202c \u200bzero\ufeff",
    "half \ud800 surrogate \udfff",
    "no character \ufffe \uffff",
    "進撃の巨人 👩‍👩‍👧 é",
    "&amp; &#0; &unknown; %s {title}",
    "line\r\nbreak\ttab\u2028separator",
    "https://www.imdb.com/title/tt9999999/",
    "x" * 5_000,
)
MARKS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u202a-\u202e\ufeff]")


def show(**fields: object) -> Show:
    return Show(**{"title": "Show", "site": "aniworld", "key": "show", **fields})  # type: ignore[arg-type]


def strict(content: bytes) -> etree._Element:
    return etree.fromstring(content, etree.XMLParser(resolve_entities=False, recover=False))


def test_a_series_says_all_that_is_known() -> None:
    full = show(
        names=["Another", "進撃の巨人"],
        plot="One.\n\nTwo.",
        year=2013,
        status="completed",
        genres=["Action", "Drama", "Action", ""],
        ids={"imdb": "tt1", "tvdb": "5", "unknown": "7"},
    )
    root = strict(tvshow(full))
    assert [(one.tag, one.text, dict(one.attrib)) for one in root] == [
        ("title", "Show", {}),
        ("originaltitle", "進撃の巨人", {}),
        ("plot", "One.\n\nTwo.", {}),
        ("year", "2013", {}),
        ("status", "Ended", {}),
        ("genre", "Action", {}),
        ("genre", "Drama", {}),
        ("uniqueid", "5", {"type": "tvdb", "default": "true"}),
        ("uniqueid", "tt1", {"type": "imdb"}),
        ("uniqueid", "aniworld:show", {"type": "aniworld"}),
    ]


def test_what_is_not_known_is_left_out() -> None:
    root = strict(tvshow(show()))
    assert [one.tag for one in root] == ["title", "uniqueid"]
    assert root[1].get("default") == "true"


def test_several_episodes_of_a_file_stand_one_after_the_other() -> None:
    parts = [
        Part("First", 2, 5, (1, 17), original_title="最初"),
        Part("", 2, 6, (1, 18)),
    ]
    content = episodes(show(), parts)
    assert is_ours(content)
    found = [
        strict(one) for one in re.findall(rb"<episodedetails>.*?</episodedetails>", content, re.S)
    ]
    said = [{one.tag: one.text for one in root} for root in found]
    assert said == [
        {
            **{"title": "First", "originaltitle": "最初", "showtitle": "Show"},
            **{"season": "2", "episode": "5", "uniqueid": "aniworld:show:S1E17"},
        },
        {
            **{"title": "Episode 6", "showtitle": "Show"},
            **{"season": "2", "episode": "6", "uniqueid": "aniworld:show:S1E18"},
        },
    ]


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_make_well_formed_text(words: str, tmp_path: Path) -> None:
    hostile = show(
        title=words, key=words, plot=words, names=[words], genres=[words], ids={"imdb": words}
    )
    for content in (tvshow(hostile), episodes(hostile, [Part(words, 1, 1, (1, 1), words)])):
        root = strict(content)
        assert root.findtext("title")
        assert MARKS.search("".join(str(one) for one in root.itertext())) is None
        assert is_ours(content)
        assert len(content) < 60_000


def test_random_words_make_well_formed_text() -> None:
    random = Random(23)
    for _ in range(300):
        words = "".join(
            chr(random.choice((random.randrange(0x80), random.randrange(0x110000))))
            for _ in range(30)
        )
        strict(tvshow(show(title=words, plot=words, genres=[words], ids={"tvdb": words})))


@pytest.mark.parametrize("words", HOSTILE)
def test_our_own_reader_is_not_misled(words: str, tmp_path: Path) -> None:
    """It reads title, year and the ids that are such; no address in a plot becomes an id."""
    home = tmp_path / "Some Folder"
    home.mkdir()
    ids = {"imdb": "tt0000001", "tvdb": "77"}
    written = show(title=f"Title {words}", plot=words, genres=[words], year=2011, ids=ids)
    (home / "tvshow.nfo").write_bytes(tvshow(written))
    (home / "S01E01.nfo").write_bytes(episodes(written, [Part(words, 1, 1, (1, 1))]))
    found = clues_of(home, ["tvshow.nfo", "S01E01.nfo"], Borders((str(tmp_path),)))
    assert found.title.startswith("Title")
    assert (found.year, found.ids, found.key, found.site) == (2011, ids, "", "")
    assert (found.sources, found.unread, found.doubt) == (("tvshow.nfo",), (), None)
