"""Reading RSS 2.0 and Atom: one channel is one series, an entry with a video is an episode.

What is read of which element: ``docs/providers/manifest.md``, section 4.
"""

from __future__ import annotations

import email.utils
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from providers.base import Caption, EpisodeKind, SeriesInfo
from providers.errors import FeedInvalid
from providers.languages import short
from providers.sites.manifest.feed import (
    HIGHEST_NUMBER,
    HIGHEST_SEASON,
    MOST_CAPTIONS,
    MOST_EPISODES,
    MOST_LINKS,
    Episode,
    Faults,
    Feed,
    Link,
    Series,
)
from providers.sites.manifest.fields import own_link, web_address
from providers.sites.manifest.markup import children, name_of, text_in, whole_text
from providers.sites.numbering import Numbered, number_in, placed
from providers.sites.prose import plain, prose
from providers.sites.spoken import UNKNOWN, language_of

if TYPE_CHECKING:
    from lxml import etree

_PLAYLIST_TYPES = frozenset(
    {"application/vnd.apple.mpegurl", "application/x-mpegurl", "application/dash+xml"}
)
_VIDEO_NAMES = (".mp4", ".m4v", ".webm", ".mkv", ".m3u8", ".mpd")
_CAPTION_TYPES = frozenset({"text/vtt", "application/x-subrip", "application/srt", "text/srt"})
_LONGEST_DATE = 60
_DIGITS = re.compile(r"\s{0,9}([0-9]{1,6})\s{0,9}")
_SPECIAL = frozenset({"trailer", "bonus"})
_MOST_GENRES = 30


@dataclass(frozen=True, slots=True)
class _Item:
    """An entry with a video. ``said`` is the number its tags or its title have, None without."""

    place: str
    title: str
    said: Numbered | None
    at: datetime | None
    is_special: bool
    links: tuple[Link, ...]


def read_channel(root: etree._Element, address: str, key: str, faults: Faults) -> Feed:
    """The feed in an XML document.

    Args:
        address: where it came from; relative addresses are relative to it.
        key: what its series is called.

    Raises:
        FeedInvalid: it is neither RSS nor Atom, has no title, or none of its entries has a video.
    """
    form, channel, entries = _parts(root)
    where = "/rss/channel/item" if form == "RSS" else "/feed/entry"
    name = plain(text_in(channel, "title", "atom:title"))
    if not name:
        raise FeedInvalid(why="missing", place=where.rpartition("/")[0], name="title")
    language = language_of(_language_tag(root, channel)) or UNKNOWN
    if len(entries) > MOST_EPISODES:
        faults.add(FeedInvalid(why="too_many", place=where, most=MOST_EPISODES))
    read = (
        _item(entry, f"{where}[{at}]", address, language, faults)
        for at, entry in enumerate(entries[:MOST_EPISODES], 1)
    )
    items = [item for item in read if item is not None]
    if not items:
        raise FeedInvalid(why="no_video", count=len(entries))
    info = SeriesInfo(
        key=key,
        name=name,
        link=_link_of(channel, address),
        description=prose(
            text_in(channel, "description", "itunes:summary", "atom:subtitle", "itunes:subtitle")
        ),
        cover_url=_cover(channel, address),
        genres=tuple(_genres(channel)),
    )
    return Feed(form, {key: Series(info, tuple(sorted(_episodes(items, faults), key=_place)))})


def _place(episode: Episode) -> tuple[int, int]:
    return episode.season, episode.number


def _parts(root: etree._Element) -> tuple[str, etree._Element, list[etree._Element]]:
    name = name_of(root)
    if name == "atom:feed":
        return "Atom", root, children(root, "atom:entry")
    channels = children(root, "channel") if name == "rss" else []
    if not channels:
        raise FeedInvalid(why="kind")
    return "RSS", channels[0], children(channels[0], "item")


def _item(
    entry: etree._Element, place: str, base: str, language: str, faults: Faults
) -> _Item | None:
    """None of an entry without a video."""
    links = tuple(dict.fromkeys(_links(entry, place, base, language, faults)))[:MOST_LINKS]
    if not links:
        return None
    title = plain(text_in(entry, "itunes:title", "title", "atom:title", "media:title"))
    return _Item(
        place=place,
        title=title,
        said=_said(entry, title, place, faults),
        at=_moment(entry, place, faults),
        is_special=text_in(entry, "itunes:episodeType").casefold() in _SPECIAL,
        links=links,
    )


def _said(entry: etree._Element, title: str, place: str, faults: Faults) -> Numbered | None:
    """The number of an entry: that of its tags, else that of its title."""
    seasons, numbers = ("itunes:season", "podcast:season"), ("itunes:episode", "podcast:episode")
    season = _number(entry, seasons, HIGHEST_SEASON, place, faults)
    number = _number(entry, numbers, HIGHEST_NUMBER, place, faults)
    if number is not None:
        return Numbered(1 if season is None else season, number, title)
    read = number_in(title)
    if read is None or read.season > HIGHEST_SEASON or read.number > HIGHEST_NUMBER:
        return None
    placed_in = read.season if season is None else season
    return Numbered(placed_in, read.number, read.title or title, is_bare=read.is_bare)


def _episodes(items: list[_Item], faults: Faults) -> Iterator[Episode]:
    """The items on their places. One whose place an older one has is left out: which of them is
    meant, nobody can say."""
    oldest = datetime.min.replace(tzinfo=UTC)
    # Feeds have the newest first: of two of one moment the later one is the older.
    items = items[::-1]
    items.sort(key=lambda item: item.at or oldest)
    regular = [item for item in items if not item.is_special]
    special = [item for item in items if item.is_special]
    places = placed([item.said for item in regular], [item.title for item in regular])
    specials = _Free()
    for item, place in zip(regular, places, strict=True):
        if place is None:
            faults.add(FeedInvalid(why="repeated", place=item.place))
            continue
        if place.season == 0:
            specials.take(place.number)
        yield _episode(item, place)
    for item in special:
        wanted = item.said.number if item.said and not item.said.is_bare else 1
        yield _episode(item, Numbered(0, specials.take(wanted), item.title))


class _Free:
    """Numbers, each given once. What is taken leads on to where a free one may be, and shorter each
    time, so that a thousand that want the same do not each pass a thousand others."""

    def __init__(self) -> None:
        self._behind: dict[int, int] = {}

    def take(self, wanted: int) -> int:
        """The first free number from ``wanted`` on, which is free no longer."""
        number, passed = wanted, []
        while number in self._behind:
            passed.append(number)
            number = self._behind[number]
        self._behind.update(dict.fromkeys([*passed, number], number + 1))
        return number


def _episode(item: _Item, place: Numbered) -> Episode:
    return Episode(
        place.season,
        place.number,
        place.title,
        kind=EpisodeKind.SPECIAL if place.season == 0 else EpisodeKind.EPISODE,
        day=item.at.date() if item.at else None,
        at=item.at,
        links=item.links,
    )


def _links(
    entry: etree._Element, place: str, base: str, language: str, faults: Faults
) -> Iterator[Link]:
    captions = tuple(_captions(entry, base))[:MOST_CAPTIONS]
    for element, address, kind in _offered(entry):
        if not _is_video(address, kind):
            continue
        found = web_address(base, address)
        if not found:
            faults.add(FeedInvalid(why="address", place=f"{place}/{name_of(element)}"))
            continue
        spoken = language_of(_attribute(element, "lang")) or language
        yield Link(found, spoken, captions)


def _offered(entry: etree._Element) -> Iterator[tuple[etree._Element, str, str]]:
    """Everything an entry offers, with its address and its type, in the order of trust."""
    for element in children(entry, "enclosure"):
        yield element, _attribute(element, "url"), _attribute(element, "type")
    for element in children(entry, "atom:link"):
        if _attribute(element, "rel") == "enclosure":
            yield element, _attribute(element, "href"), _attribute(element, "type")
    groups = [entry, *children(entry, "media:group")]
    for element in (one for group in groups for one in children(group, "media:content")):
        kind = _attribute(element, "type") or f"{_attribute(element, 'medium')}/"
        yield element, _attribute(element, "url"), kind
    for element in children(entry, "podcast:alternateEnclosure"):
        for source in children(element, "podcast:source"):
            kind = _attribute(source, "contentType") or _attribute(element, "type")
            yield element, _attribute(source, "uri"), kind


def _is_video(address: str, kind: str) -> bool:
    """Whether it is one by its type; by its name where the type does not say what it is."""
    kind = kind.partition(";")[0].strip().lower()
    if kind.startswith("video/") or kind in _PLAYLIST_TYPES:
        return True
    if kind and kind not in ("/", "application/octet-stream"):
        return False
    path = address.partition("#")[0].partition("?")[0].lower()
    return path.endswith(_VIDEO_NAMES)


def _captions(entry: etree._Element, base: str) -> Iterator[Caption]:
    for element in children(entry, "podcast:transcript"):
        kind = _attribute(element, "type").lower()
        address = web_address(base, _attribute(element, "url"))
        if kind in _CAPTION_TYPES and address:
            yield Caption(address, short(_attribute(element, "language")))
    for group in (entry, *children(entry, "media:group")):
        for element in children(group, "media:subTitle"):
            if address := web_address(base, _attribute(element, "href")):
                yield Caption(address, short(_attribute(element, "lang")))


def _number(
    entry: etree._Element, names: tuple[str, ...], most: int, place: str, faults: Faults
) -> int | None:
    text = text_in(entry, *names)
    if not text:
        return None
    found = _DIGITS.fullmatch(text)
    if found is None:
        faults.add(FeedInvalid(why="not_number", place=f"{place}/{names[0]}"))
        return None
    if int(found[1]) > most:
        faults.add(FeedInvalid(why="between", place=f"{place}/{names[0]}", low=0, high=most))
        return None
    return int(found[1])


def _moment(entry: etree._Element, place: str, faults: Faults) -> datetime | None:
    """When an entry came out, in UTC: of RSS as in a mail, of Atom as ISO 8601."""
    text = text_in(entry, "pubDate", "atom:published", "atom:updated")[:_LONGEST_DATE]
    if not text:
        return None
    try:
        if text[:4].isdecimal():
            found = datetime.fromisoformat(text)
        else:
            found = email.utils.parsedate_to_datetime(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        faults.add(FeedInvalid(why="day", place=place))
        return None


def _language_tag(root: etree._Element, channel: etree._Element) -> str:
    tag = text_in(channel, "language") or _attribute(channel, "lang")
    return tag or _attribute(root, "lang")


def _link_of(channel: etree._Element, address: str) -> str:
    """The page of the series; else the feed, where that may be shown."""
    said = [text_in(channel, "link")]
    said += [
        _attribute(element, "href")
        for element in children(channel, "atom:link")
        if _attribute(element, "rel") in ("", "alternate")
    ]
    found = (web_address(address, text) for text in said if text)
    return next(filter(None, found), own_link(address))


def _cover(channel: etree._Element, address: str) -> str:
    said = [_attribute(element, "href") for element in children(channel, "itunes:image")]
    said += [text_in(element, "url") for element in children(channel, "image")]
    said += [text_in(channel, "atom:logo"), text_in(channel, "atom:icon")]
    return next(filter(None, (web_address(address, text) for text in said if text)), "")


def _genres(channel: etree._Element) -> list[str]:
    said = [_attribute(element, "text") for element in children(channel, "itunes:category")]
    said += [whole_text(element) for element in children(channel, "category")]
    said += [_attribute(element, "term") for element in children(channel, "atom:category")]
    named = dict.fromkeys(plain(text, most=64) for text in said)
    return list(filter(None, named))[:_MOST_GENRES]


def _attribute(element: etree._Element, name: str) -> str:
    """An attribute in no namespace or in that of XML itself."""
    value = element.get(name) or element.get(f"{{http://www.w3.org/XML/1998/namespace}}{name}")
    return (value or "").strip()
