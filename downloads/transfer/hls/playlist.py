"""Playlists as they are written (RFC 8216), in types of our own and within bounds.

``openm3u8`` reads the lines; what they mean for a transfer, and what is refused, is said here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Literal
from urllib.parse import urljoin

import openm3u8

from downloads.transfer.errors import LiveStream, NotMedia, Protected
from downloads.transfer.languages import short
from downloads.transfer.wire import ByteRange
from providers.coded import foreign

LARGEST = 10_000_000  # bytes; five hours in pieces of two seconds take half of it
LONGEST_LINE = 16_000  # characters
MOST_PIECES = 50_000
MOST_LISTED = 200  # variants, and renditions
LONGEST_PIECE = 600.0  # seconds
HIGHEST = 1 << 62  # of sequence numbers and offsets
MOST_LINES = 8 * MOST_PIECES
# What takes memory for each, refused by counting before any of it is taken.
_MOST_TAGS = {"#EXTINF": MOST_PIECES, "#EXT-X-STREAM-INF": 2_000, "#EXT-X-MEDIA:": 2_000}
_MEANING = frozenset(
    f"#EXT{name}"
    for name in (
        *("INF", "-X-BYTERANGE", "-X-DISCONTINUITY", "-X-ENDLIST", "-X-GAP", "-X-I-FRAMES-ONLY"),
        *("-X-IMAGES-ONLY", "-X-MAP", "-X-MEDIA", "-X-MEDIA-SEQUENCE", "-X-PLAYLIST-TYPE"),
        "-X-STREAM-INF",
    )
)
# The library reads a length with blanks around it as none, and some packers write them.
_BLANKS = re.compile(r"^#EXTINF:[ \t]{0,9}([0-9.]{1,30})[ \t;]{0,9}(?=[,\r\n])", re.MULTILINE)
_EXTINF = re.compile(r"^#EXTINF:[ \t]{0,9}(\d{1,9})(?:\.(\d{1,9}))?", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Key:
    """AES-128: where the key lies, and the IV where the playlist gives one."""

    url: str
    iv: bytes | None


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource or a part of it, encrypted or not."""

    url: str
    byte_range: ByteRange | None = None
    key: Key | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """One segment.

    Attributes:
        sequence: its media sequence number; the IV where the key gives none.
        is_gap: the server says that it has none.
    """

    resource: Resource
    seconds: float
    sequence: int
    map: Resource | None = None
    is_discontinuity: bool = False
    is_gap: bool = False


@dataclass(frozen=True, slots=True)
class MediaPlaylist:
    """The pieces of one stream.

    Attributes:
        rounding: how far the sum of the lengths may be off for the way they are written, seconds.
    """

    url: str
    pieces: tuple[Piece, ...]
    rounding: float

    @property
    def seconds(self) -> float:
        return sum(piece.seconds for piece in self.pieces)

    def begins(self) -> list[float]:
        """When each piece begins, counted from the first one's begin."""
        return list(accumulate((piece.seconds for piece in self.pieces), initial=0.0))[:-1]


@dataclass(frozen=True, slots=True)
class Variant:
    """One quality. ``audio`` and ``subtitles`` name groups of renditions; empty where none."""

    url: str
    bandwidth: int
    height: int
    codecs: str
    audio: str
    subtitles: str


@dataclass(frozen=True, slots=True)
class Rendition:
    """Sound or subtitles of their own. Without ``url`` they are in the variant itself."""

    kind: Literal["AUDIO", "SUBTITLES"]
    group: str
    url: str
    language: str
    name: str
    is_default: bool
    is_forced: bool


@dataclass(frozen=True, slots=True)
class Master:
    """The qualities and renditions there are."""

    variants: tuple[Variant, ...]
    renditions: tuple[Rendition, ...]


def read(text: str, url: str) -> Master | MediaPlaylist:
    """Read a playlist.

    Args:
        url: where it came from; addresses in it are relative to that.

    Raises:
        NotMedia: it is none, or not one that could be fetched.
        LiveStream: it has no end.
        Protected: it is encrypted in a way that is not for us to open.
    """
    text = text.lstrip("\ufeff \t\r\n")
    if not text.startswith("#EXTM3U"):
        raise NotMedia(why="no_playlist")
    _refuse_beyond_bounds(text)
    text = _BLANKS.sub(r"#EXTINF:\1", text)
    keys = _Keys()
    try:
        found = openm3u8.parse(text, custom_tags_parser=keys)
        if found["playlists"]:
            return _master(found, url)
        return _media(found, text, url, keys)
    except (ArithmeticError, LookupError, TypeError, ValueError, openm3u8.ParseError) as error:
        raise NotMedia(why="unreadable", reason=foreign(error)) from error


def _refuse_beyond_bounds(text: str) -> None:
    lines = text.splitlines()
    if max(map(len, lines)) > LONGEST_LINE:
        raise NotMedia(why="unreadable", reason="line too long")
    if len(lines) > MOST_LINES:
        raise NotMedia(why="unreadable", reason=f"> {MOST_LINES} lines")
    for tag, most in _MOST_TAGS.items():
        if text.count(tag) > most:
            raise NotMedia(why="unreadable", reason=f"> {most} {tag}")


class _Keys:
    """Sees every tag before the library does, which leaves those alone that it says True to.

    Tags that mean nothing to us are left alone: what is wrong in them is no reason to refuse. Keys
    are kept here, all that stand before a piece: the library keeps the last one alone, and a stream
    that is protected may list the key of each system that opens it.
    """

    def __init__(self) -> None:
        self.of: dict[int, list[str]] = {}  # by the number of the first piece they hold for
        self._pieces = 0

    def __call__(self, line: str, _number: int, _data: Any, _state: Any) -> bool:
        tag = line.partition(":")[0].rstrip()
        if tag == "#EXTINF":
            self._pieces += 1
        elif tag == "#EXT-X-KEY":
            self.of.setdefault(self._pieces, []).append(line)
        return tag not in _MEANING


def _master(found: Mapping[str, Any], url: str) -> Master:
    variants = [_variant(one, url) for one in found["playlists"][:MOST_LISTED]]
    renditions = [
        _rendition(one, url)
        for one in found["media"][:MOST_LISTED]
        if one.get("type") in {"AUDIO", "SUBTITLES"}
    ]
    return Master(tuple(variants), tuple(renditions))


def _variant(one: Mapping[str, Any], url: str) -> Variant:
    info = one["stream_info"]
    size = re.fullmatch(r"(\d{1,5})x(\d{1,5})", str(info.get("resolution") or "").strip())
    return Variant(
        url=urljoin(url, one["uri"]),
        bandwidth=int(info.get("average_bandwidth") or info.get("bandwidth") or 0),
        height=int(size[2]) if size else 0,
        codecs=str(info.get("codecs") or ""),
        audio=_text(info.get("audio")),
        subtitles=_text(info.get("subtitles")),
    )


def _rendition(one: Mapping[str, Any], url: str) -> Rendition:
    name, address = _text(one.get("name")), _text(one.get("uri"))
    return Rendition(
        kind=one["type"],
        group=_text(one.get("group_id")),
        url=urljoin(url, address) if address else "",
        language=short(_text(one.get("language"))) or short(name),
        name=name[:100],
        is_default=one.get("default") == "YES",
        is_forced=one.get("forced") == "YES",
    )


def _text(value: object) -> str:
    return str(value or "").strip().strip("\"'")


def _media(found: Mapping[str, Any], text: str, url: str, keys: _Keys) -> MediaPlaylist:
    listed: Sequence[Mapping[str, Any]] = [one for one in found["segments"] if one.get("uri")]
    if not listed:
        raise NotMedia(why="no_pieces")
    if found["is_i_frames_only"] or found["is_images_only"]:
        raise NotMedia(why="no_video")
    if not found["is_endlist"] and str(found.get("playlist_type") or "").upper() != "VOD":
        raise LiveStream(why="endless")
    first = int(found["media_sequence"] or 0)
    if not 0 <= first <= HIGHEST:
        raise ValueError("media sequence")
    pieces = tuple(_Reading(url, first, keys).pieces(listed))
    return MediaPlaylist(url, pieces, _rounding(text, len(pieces)))


class _Reading:
    """Goes through the segments with what holds from one to the next: keys, ends of ranges."""

    def __init__(self, url: str, first: int, keys: _Keys) -> None:
        self._url = url
        self._first = first
        self._keys = keys
        self._key: Key | None = None
        self._ends: dict[str, int] = {}

    def pieces(self, listed: Sequence[Mapping[str, Any]]) -> list[Piece]:
        return [self._piece(number, one) for number, one in enumerate(listed)]

    def _piece(self, number: int, one: Mapping[str, Any]) -> Piece:
        if number in self._keys.of:
            self._key = _key(self._keys.of[number], self._url)
        seconds = float(one.get("duration") or 0.0)
        if not 0.0 <= seconds <= LONGEST_PIECE:
            raise ValueError(f"EXTINF {seconds}")
        address = urljoin(self._url, one["uri"])
        return Piece(
            resource=Resource(address, self._range(address, one.get("byterange")), self._key),
            seconds=seconds,
            sequence=self._first + number,
            map=self._map(one.get("init_section")),
            is_discontinuity=bool(one.get("discontinuity")),
            is_gap=bool(one.get("gap_tag")),
        )

    def _map(self, one: Mapping[str, Any] | None) -> Resource | None:
        if not one or not one.get("uri"):
            return None
        address = urljoin(self._url, _text(one["uri"]))
        named = one.get("byterange")
        where = _range(_text(named), 0) if named else None
        # A map is decrypted only where its key says how: there is no sequence number for it.
        key = self._key if self._key is not None and self._key.iv is not None else None
        return Resource(address, where, key)

    def _range(self, address: str, named: str | None) -> ByteRange | None:
        """``length[@begin]``; without a begin it follows the one before it of the same file."""
        if not named:
            return None
        found = _range(named, self._ends.get(address, 0))
        self._ends[address] = found.first + (found.length or 0)
        return found


def _range(text: str, begin: int) -> ByteRange:
    length, _, offset = text.strip().strip('"').partition("@")
    first, size = int(offset) if offset else begin, int(length)
    if size <= 0 or first < 0 or first + size > HIGHEST:
        raise ValueError("range")
    return ByteRange(first, size)


_ATTRIBUTE = re.compile(r'([A-Z0-9-]{1,40})=("[^"]*"|[^",]*)')


def _key(lines: Sequence[str], url: str) -> Key | None:
    """The key among those that stand before a piece; None for none.

    Raises:
        Protected: there are keys, and none is for everybody.
    """
    listed = [
        {name: value.strip('"') for name, value in _ATTRIBUTE.findall(line)} for line in lines
    ]
    open_ones = [one for one in listed if one.get("METHOD") == "AES-128" and _is_open(one)]
    if open_ones:
        one = open_ones[-1]
        return Key(urljoin(url, one["URI"]), _iv(one.get("IV", "")))
    if all(one.get("METHOD") == "NONE" for one in listed):
        return None
    raise Protected


def _is_open(key: Mapping[str, str]) -> bool:
    return key.get("KEYFORMAT", "identity") == "identity" and bool(key.get("URI"))


def _iv(text: str) -> bytes | None:
    if not text:
        return None
    return int(text, 16).to_bytes(16, "big")


def _rounding(text: str, pieces: int) -> float:
    """Lengths are rounded or cut to the digits they are written with, each by itself."""
    digits = max((len(found[2] or "") for found in _EXTINF.finditer(text)), default=0)
    return float(pieces * 10.0**-digits)
