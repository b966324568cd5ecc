"""A feed in our own JSON: what is read of it, and what is said of what is wrong, with its place."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import jsonschema
import pytest

from providers.base import Caption, EpisodeKind, Language
from providers.sites.manifest.document import (
    OF_CAPTION,
    OF_EPISODE,
    OF_FEED,
    OF_SERIES,
    OF_SOURCE,
    schema_text,
)
from providers.sites.manifest.feed import Episode, Feed, Link
from providers.sites.manifest.reading import Read, read_feed

ADDRESS = "https://feeds.example/anime/feed.json"
SCHEMA = json.loads(schema_text())
Validator = jsonschema.Draft202012Validator

SOURCE: dict[str, Any] = {
    "url": "crane/1.mp4",
    "language": "German Sub",
    "captions": [{"url": "/crane/1.vtt", "language": "de", "label": "Deutsch"}],
}
EPISODE: dict[str, Any] = {
    "season": 1,
    "number": 1,
    "title": "Feathers",
    "original_title": "羽",
    "kind": "episode",
    "air_date": "2026-01-31",
    "sources": [SOURCE],
}
SERIES: dict[str, Any] = {
    "key": "crane",
    "title": "The Crane",
    "other_titles": ["Der Kranich"],
    "description": "A bird.",
    "year": 2024,
    "end_year": 2026,
    "status": "ongoing",
    "cover": "crane/cover.jpg",
    "link": "https://crane.example/",
    "genres": ["Birds"],
    "ids": {"imdb": "tt0409591"},
    "language": "German Dub",
    "episodes": [EPISODE, {"season": 0, "number": 1}],
}
FEED: dict[str, Any] = {
    "version": 1,
    "title": "Feeds of a friend",
    "base": "https://media.example/v/",
    "series": [SERIES],
}
WRONG: list[Any] = [
    *(None, True, False, 0, -1, 1.5, 1.0, 10**30, 1e300, 100_000, "", " ", "x", "\ud800", "\0"),
    *("x" * 20_000, "http://", "//", "ftp://a/b", "http://[::1", "http://a b/", "javascript:x"),
    *([], [None], [[]], [{}], ["a", 1], ["x" * 600], ["a"] * 200, {}, {"a": 1}, {"url": "x"}),
]


def read(document: Any, address: str = ADDRESS) -> Read:
    text = document if isinstance(document, str) else json.dumps(document)
    return read_feed(text, address=address, key="feed")


def feed_of(document: Any, address: str = ADDRESS) -> Feed:
    feed = read(document, address).feed
    assert feed is not None
    return feed


def said(found: Read) -> list[str]:
    return [str(fault) for fault in found.faults]


def codes(found: Read) -> list[tuple[str, str]]:
    return [(fault.params["why"], fault.params.get("place", "")) for fault in found.faults]


def with_episode(**changes: Any) -> dict[str, Any]:
    return {**FEED, "series": [{**SERIES, "episodes": [{**EPISODE, **changes}]}]}


def test_a_whole_feed() -> None:
    found = read(FEED)
    assert found.faults == ()
    series = feed_of(FEED).series["crane"]
    assert (series.info.name, series.info.alternative_names) == ("The Crane", ("Der Kranich",))
    assert (series.info.year, series.info.end_year, series.info.status) == (2024, 2026, "ongoing")
    assert series.info.cover_url == "https://media.example/v/crane/cover.jpg"
    assert (series.info.link, series.info.ids) == ("https://crane.example/", {"imdb": "tt0409591"})
    caption = Caption("https://media.example/crane/1.vtt", "de", "Deutsch")
    link = Link("https://media.example/v/crane/1.mp4", Language.GERMAN_SUB, (caption,))
    assert series.episodes == (
        Episode(0, 1),
        Episode(1, 1, "Feathers", "羽", day=date(2026, 1, 31), links=(link,)),
    )


def test_the_smallest_feed() -> None:
    small = {"version": 1, "series": [{"key": "a", "title": "A", "episodes": []}]}
    assert read(small).faults == ()
    info = feed_of(small).series["a"].info
    assert (info.link, info.year, info.status) == (f"{ADDRESS}#a", None, "")


def test_the_schema_is_one_and_takes_what_is_right() -> None:
    Validator.check_schema(SCHEMA)
    Validator(SCHEMA).validate(FEED)
    extended = {**FEED, "$schema": "https://x.example/s.json", "x-note": 1}
    Validator(SCHEMA).validate(extended)
    assert read(extended).faults == ()


def test_the_schema_has_the_names_that_are_read() -> None:
    parts = SCHEMA["$defs"]
    for names, part in (
        *((OF_FEED, SCHEMA), (OF_SERIES, parts["series"]), (OF_EPISODE, parts["episode"])),
        *((OF_SOURCE, parts["source"]), (OF_CAPTION, parts["caption"])),
    ):
        assert set(names) == set(part["properties"]) - {"$schema"}


def _places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place of a document, the outermost last."""
    inner: Any = value.items() if isinstance(value, dict) else ()
    inner = enumerate(value) if isinstance(value, list) else inner
    for name, one in inner:
        yield from _places(one, (*at, name))
    yield at


def _put(document: Any, place: tuple[Any, ...], value: Any) -> Any:
    if not place:
        return value
    changed = copy.deepcopy(document)
    inner = changed
    for name in place[:-1]:
        inner = inner[name]
    inner[place[-1]] = value
    return changed


# What JSON Schema does not say of an address, a language and a day.
BEYOND = {"address", "language", "day", "repeated", "no_series", "empty"}


@pytest.mark.parametrize("place", list(_places(FEED)), ids=lambda place: "/".join(map(str, place)))
def test_every_wrong_value_in_every_place(place: tuple[Any, ...]) -> None:
    """It never stumbles, and says that something is wrong wherever the schema does."""
    for wrong in WRONG:
        document = _put(FEED, place, wrong)
        found = read(document)
        is_right = Validator(SCHEMA).is_valid(json.loads(json.dumps(document)))
        told = {why for why, _ in codes(found)}
        assert bool(told) or is_right, wrong
        assert not is_right or told <= BEYOND, (wrong, said(found))
        assert found.feed is not None or found.faults


@pytest.mark.parametrize("place", [place for place in _places(FEED) if place])
def test_every_missing_value(place: tuple[Any, ...]) -> None:
    document = copy.deepcopy(FEED)
    inner = document
    for name in place[:-1]:
        inner = inner[name]
    del inner[place[-1]]
    found = read(document)
    assert bool(found.faults) != Validator(SCHEMA).is_valid(document), said(found)


@pytest.mark.parametrize(
    ("document", "wanted"),
    [
        ([], "#: This has to be an object."),
        ({}, "#: “version” is missing."),
        ({"version": 2}, "#/version: Only version 1 of the format is read."),
        ({"version": True, "series": []}, "#/version: Only version 1 of the format is read."),
        ({"version": 1}, "#: “series” is missing."),
        ({"version": 1, "series": []}, "The feed has no series that can be read."),
        ({"version": 1, "series": [{}]}, "The feed has no series that can be read."),
        ("[1", "The feed cannot be read as JSON (line 1, column 3): Expecting ',' delimiter"),
        (
            '{"version": NaN}',
            "The feed cannot be read as JSON (line 1, column 1): NaN is no number",
        ),
        (
            '{"version": ' + "1" * 9_999 + "}",
            "The feed cannot be read as JSON (line 1, column 1): a number is too long",
        ),
        ("[" * 100_000, "The feed is too large or too deep to be read."),
        ("[" + "[]," * 700_000 + "1]", "The feed is too large or too deep to be read."),
        ("hello", "The feed cannot be read as JSON (line 1, column 1): Expecting value"),
    ],
)
def test_what_is_wholly_wrong_says_where(document: Any, wanted: str) -> None:
    found = read(document)
    assert found.feed is None
    assert said(found)[-1] == wanted


def test_one_bad_entry_does_not_stop_the_rest() -> None:
    document = {
        "version": 1,
        "series": [
            {"key": "a", "title": "A", "episodes": [{"season": 1}, {"season": 1, "number": 2}, 7]},
            {"key": "b/c", "title": "B", "episodes": []},
            "C",
            {"key": "d", "title": " ", "episodes": []},
            {"key": "a", "title": "again", "episodes": []},
            {"key": "e", "title": "E", "year": "1999", "episodes": {}},
        ],
    }
    found = read(document)
    assert codes(found) == [
        ("missing", "#/series/0/episodes/0"),
        ("not_object", "#/series/0/episodes/2"),
        ("key", "#/series/1/key"),
        ("not_object", "#/series/2"),
        ("empty", "#/series/3/title"),
        ("repeated", "#/series/4/key"),
        ("not_list", "#/series/5/episodes"),
        ("not_number", "#/series/5/year"),
    ]
    series = feed_of(document).series
    assert [(key, len(one.episodes)) for key, one in series.items()] == [("a", 1), ("e", 0)]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"season": 1000}, "#/series/0/episodes/0/season: This has to be between 0 and 999."),
        ({"number": -1}, "#/series/0/episodes/0/number: This has to be between 0 and 99999."),
        ({"number": "1"}, "#/series/0/episodes/0/number: This has to be a whole number."),
        (
            {"kind": "OVA"},
            "#/series/0/episodes/0/kind: This has to be one of: episode, film, special.",
        ),
        ({"tilte": "x"}, "#/series/0/episodes/0: The format has no “tilte”. It is passed over."),
        ({"title": "x" * 501}, "#/series/0/episodes/0/title: This has more than 500 characters."),
        (
            {"air_date": "31.01.2026"},
            "#/series/0/episodes/0/air_date: This is no day such as 2026-01-31, and no moment such "
            "as 2026-01-31T18:30:00Z.",
        ),
        (
            {"sources": [{"url": "ftp://x.example/1.mp4"}]},
            "#/series/0/episodes/0/sources/0/url: This leads to no http or https address.",
        ),
        (
            {"sources": [{"url": "1.mp4", "language": "Klingon Dub"}]},
            "#/series/0/episodes/0/sources/0/language: This is no language that is known.",
        ),
        (
            {"sources": [SOURCE] * 51},
            "#/series/0/episodes/0/sources: Only the first 50 entries are read.",
        ),
        ({"a/b~c": 1}, "#/series/0/episodes/0: The format has no “a/b~c”. It is passed over."),
    ],
)
def test_a_fault_is_told_in_plain_words(changes: dict[str, Any], fault: str) -> None:
    assert said(read(with_episode(**changes))) == [fault]


def test_a_name_that_stands_twice_is_told_and_the_last_counts() -> None:
    text = '{"version": 1, "series": [{"key": "a", "title": "A", "title": "B", "episodes": []}]}'
    found = read(text)
    assert said(found) == ["#/series/0: “title” stands there twice. The last one counts."]
    assert feed_of(text).series["a"].info.name == "B"


def test_a_second_episode_of_one_number_is_left_out() -> None:
    document = {**FEED, "series": [{**SERIES, "episodes": [EPISODE, {**EPISODE, "title": "x"}]}]}
    assert codes(read(document)) == [("repeated", "#/series/0/episodes/1/number")]
    assert [one.title for one in feed_of(document).series["crane"].episodes] == ["Feathers"]


@pytest.mark.parametrize(
    ("text", "day", "at"),
    [
        ("2026-01-31", date(2026, 1, 31), None),
        ("2026-01-31T18:30:00Z", date(2026, 1, 31), datetime(2026, 1, 31, 18, 30, tzinfo=UTC)),
        ("2026-02-01T00:30+01:00", date(2026, 1, 31), datetime(2026, 1, 31, 23, 30, tzinfo=UTC)),
        *((text, None, None) for text in ("2026-02-30", "20260131", "2026-01-31T18:30:00", "x")),
        *((text, None, None) for text in ("0001-01-01T00:00:00+23:00", "2026-W05-1")),
    ],
)
def test_days_and_moments(text: str, day: date | None, at: datetime | None) -> None:
    [episode] = feed_of(with_episode(air_date=text)).series["crane"].episodes
    assert (episode.day, episode.at) == (day, at)


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        ("German Sub", "German Sub"),
        ("german dub", "German Dub"),
        ("de-AT", "German Dub"),
        ("en", "English Dub"),
        ("Japanese", "Japanese"),
        ("fr", "unknown-fr"),
        ("Français", "unknown-fr"),
        ("unknown-7", "unknown-7"),
        (None, "English Sub"),
    ],
)
def test_languages(language: str | None, wanted: str) -> None:
    source = {"url": "1.mp4", "language": language}
    series = {**SERIES, "language": "English Sub", "episodes": [{**EPISODE, "sources": [source]}]}
    [episode] = feed_of({**FEED, "series": [series]}).series["crane"].episodes
    assert [link.language for link in episode.links] == [wanted]


def test_a_source_without_any_language_is_of_none_that_is_known() -> None:
    series = {"key": "a", "title": "A", "episodes": [{**EPISODE, "sources": [{"url": "1.mp4"}]}]}
    [episode] = feed_of({"version": 1, "series": [series]}).series["a"].episodes
    assert [link.language for link in episode.links] == ["unknown-und"]


def test_relative_addresses_of_a_file_lead_nowhere_without_a_base() -> None:
    document = with_episode(sources=[{"url": "1.mp4"}])
    place = "#/series/0/episodes/0/sources/0/url"
    assert read(document, "file:///srv/feeds/a.json").faults == ()
    del document["base"]
    found = read(document, "file:///srv/feeds/a.json")
    assert ("address", place) in codes(found)
    assert found.feed is not None
    assert found.feed.series["crane"].episodes[0].links == ()


def test_films_and_specials() -> None:
    [episode] = feed_of(with_episode(season=0, kind="film")).series["crane"].episodes
    assert (episode.season, episode.kind) == (0, EpisodeKind.FILM)


def test_a_hundred_thousand_entries() -> None:
    episodes = [{"season": 1, "number": number} for number in range(100_000)]
    document = {**FEED, "series": [{**SERIES, "episodes": episodes}]}
    assert codes(read(document)) == [("too_many", "#/series/0/episodes")]
    assert len(feed_of(document).series["crane"].episodes) == 20_000
    many = [{"key": f"k{at}", "title": "x", "episodes": []} for at in range(100_000)]
    assert len(feed_of({"version": 1, "series": many}).series) == 5_000


def test_faults_without_end_are_counted() -> None:
    document = {**FEED, "series": [SERIES, *([1] * 4_000)]}
    found = read(document)
    assert (len(found.faults), found.more) == (200, 3_800)


def test_texts_are_made_fit_to_be_shown() -> None:
    text = json.dumps(with_episode(title="a\u0007b\ud800c\n d"))
    [episode] = feed_of(text).series["crane"].episodes
    assert episode.title == "a b\N{REPLACEMENT CHARACTER}c d"
