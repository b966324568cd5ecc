"""Reading a feed in our own JSON. The format: ``docs/providers/manifest.md``, section 2, and
``schema.json`` beside this module, which a test holds to it.

An entry that lacks what it needs is left out, another value that is wrong is left out alone; each
is told with its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources

from providers.addresses import absolute
from providers.base import Caption, EpisodeKind, SeriesInfo
from providers.errors import FeedInvalid
from providers.languages import short
from providers.sites.manifest.feed import (
    HIGHEST_NUMBER,
    HIGHEST_SEASON,
    MOST_CAPTIONS,
    MOST_EPISODES,
    MOST_LINKS,
    MOST_SERIES,
    Episode,
    Faults,
    Feed,
    Link,
    Series,
)
from providers.sites.manifest.fields import Fields
from providers.sites.spoken import LONGEST as LONGEST_LANGUAGE
from providers.sites.spoken import UNKNOWN, language_of

VERSION = 1
LONGEST_TITLE, LONGEST_TEXT, LONGEST_WORD = 500, 10_000, 64
FIRST_YEAR, LAST_YEAR = 1800, 9999
MOST_NAMES = 100
LONGEST_KIND = 20  # characters of what an id is of
STATUSES = ("ongoing", "completed")
KINDS = tuple(kind.lower() for kind in EpisodeKind)

OF_FEED = ("version", "title", "base", "series")
OF_SERIES = (
    *("key", "title", "other_titles", "description", "year", "end_year", "status", "cover"),
    *("genres", "ids", "link", "language", "episodes"),
)
OF_EPISODE = ("season", "number", "title", "original_title", "kind", "air_date", "sources")
OF_SOURCE = ("url", "language", "captions")
OF_CAPTION = ("url", "language", "label")


def schema_text() -> str:
    """The JSON Schema of the format, as it is published."""
    return resources.files(__package__).joinpath("schema.json").read_text(encoding="utf-8")


def read_document(value: object, address: str, faults: Faults) -> Feed:
    """The feed in a JSON value.

    Args:
        address: where it came from; relative addresses are relative to it.

    Raises:
        FeedInvalid: nothing of it can be read.
    """
    feed = Fields.of(value, "#", faults)
    if feed is None:
        raise FeedInvalid(why="not_object", place="#")
    version = feed.value("version")
    if version is None:
        raise FeedInvalid(why="missing", place="#", name="version")
    if isinstance(version, bool) or version != VERSION:
        raise FeedInvalid(why="version", place="#/version", known=VERSION)
    if feed.value("series") is None:
        raise FeedInvalid(why="missing", place="#", name="series")
    feed.refuse_unknown(OF_FEED)
    feed.text("title", most=LONGEST_TITLE)
    base = feed.address("base", address) or address
    found: dict[str, Series] = {}
    for entry in feed.objects("series", most=MOST_SERIES):
        series = _series(entry, base)
        if series is None:
            continue
        if series.info.key in found:
            faults.add(FeedInvalid(why="repeated", place=entry.place("key")))
            continue
        found[series.info.key] = series
    if not found:
        raise FeedInvalid(why="no_series")
    return Feed("JSON", found)


def _series(entry: Fields, base: str) -> Series | None:
    entry.refuse_unknown(OF_SERIES)
    key = entry.key("key")
    name = entry.text("title", most=LONGEST_TITLE, is_needed=True)
    language = _language(entry) or UNKNOWN
    episodes = list(_episodes(entry, base, language))
    info = SeriesInfo(
        key=key,
        name=name,
        link=entry.address("link", base) or _own_link(base, key),
        alternative_names=entry.texts("other_titles", entries=MOST_NAMES, most=LONGEST_TITLE),
        description=entry.text("description", most=LONGEST_TEXT),
        year=entry.number("year", FIRST_YEAR, LAST_YEAR),
        end_year=entry.number("end_year", FIRST_YEAR, LAST_YEAR),
        status=entry.one_of("status", STATUSES),
        cover_url=entry.address("cover", base),
        genres=entry.texts("genres", entries=MOST_NAMES, most=LONGEST_WORD),
        ids=_ids(entry),
    )
    if not (key and name):
        return None
    return Series(info, tuple(sorted(episodes, key=lambda one: (one.season, one.number))))


def _episodes(series: Fields, base: str, language: str) -> Iterator[Episode]:
    taken: set[tuple[int, int]] = set()
    for entry in series.objects("episodes", most=MOST_EPISODES, is_needed=True):
        one = _episode(entry, base, language)
        if one is None:
            continue
        if (one.season, one.number) in taken:
            entry.faults.add(FeedInvalid(why="repeated", place=entry.place("number")))
            continue
        taken.add((one.season, one.number))
        yield one


def _episode(entry: Fields, base: str, language: str) -> Episode | None:
    entry.refuse_unknown(OF_EPISODE)
    season = entry.number("season", 0, HIGHEST_SEASON, is_needed=True)
    number = entry.number("number", 0, HIGHEST_NUMBER, is_needed=True)
    kind = entry.one_of("kind", KINDS)
    day, at = entry.day("air_date")
    title = entry.text("title", most=LONGEST_TITLE)
    original_title = entry.text("original_title", most=LONGEST_TITLE)
    links = tuple(_links(entry, base, language))
    if season is None or number is None:
        return None
    return Episode(
        season,
        number,
        title,
        original_title,
        EpisodeKind(kind.upper()) if kind else EpisodeKind.EPISODE,
        day,
        at,
        links,
    )


def _links(episode: Fields, base: str, language: str) -> Iterator[Link]:
    for entry in episode.objects("sources", most=MOST_LINKS):
        entry.refuse_unknown(OF_SOURCE)
        address = entry.address("url", base, is_needed=True)
        spoken = _language(entry) or language
        captions = tuple(_captions(entry, base))
        if address:
            yield Link(address, spoken, captions)


def _captions(source: Fields, base: str) -> Iterator[Caption]:
    for entry in source.objects("captions", most=MOST_CAPTIONS):
        entry.refuse_unknown(OF_CAPTION)
        address = entry.address("url", base, is_needed=True)
        label = entry.text("label", most=100)
        said = entry.text("language", most=LONGEST_LANGUAGE)
        if said and not short(said):
            entry.faults.add(FeedInvalid(why="language", place=entry.place("language")))
        if address:
            yield Caption(address, short(said), label)


def _language(entry: Fields) -> str:
    """The language of sources; empty where it is not said, or is none."""
    said = entry.text("language", most=LONGEST_LANGUAGE)
    found = language_of(said) if said else ""
    if said and not found:
        entry.faults.add(FeedInvalid(why="language", place=entry.place("language")))
    return found


def _ids(series: Fields) -> dict[str, str]:
    """What the series is called elsewhere: ``{"imdb": "tt0409591"}``."""
    if series.value("ids") is None:
        return {}
    entry = Fields.of(series.value("ids"), series.place("ids"), series.faults)
    if entry is None:
        return {}
    if len(entry.values) > MOST_NAMES:
        entry.faults.add(FeedInvalid(why="too_many", place=entry.at, most=MOST_NAMES))
    found = {}
    for name in list(entry.values)[:MOST_NAMES]:
        if not name or len(name) > LONGEST_KIND:
            place = entry.place(name[:LONGEST_KIND])
            entry.faults.add(FeedInvalid(why="too_long", place=place, most=LONGEST_KIND))
        elif text := entry.text(name, most=LONGEST_WORD):
            found[name] = text
    return found


def _own_link(base: str, key: str) -> str:
    """The feed's address with the key behind a "#"; empty where the feed is a file."""
    return absolute(base, f"#{key}") if base.startswith(("http://", "https://")) else ""
