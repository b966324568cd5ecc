"""Files that hold the numberings of many series, as a community keeps them. Plain code.

Two shapes are read: our own JSON, and the XML of Anime-Lists. What is in them is a stranger's:
bounded before it is read, and an entry that makes no sense is passed over with its reason.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from library.errors import EntryNotImported, MappingFileInvalid
from library.services.numbering import MAX_NUMBER, Number, Numbering
from library.services.remapped import Key, Named, runs

MAX_BYTES = 16 * 1024 * 1024
MAX_ENTRIES = 50_000
MAX_PAIRS = 5_000  # episodes of one entry
_ENTITIES = re.compile(rb"<!ENTITY", re.IGNORECASE)
_PAIR = re.compile(r"(\d{1,5})-(\d{1,5})")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One entry: which series it is about, and what it says.

    Attributes:
        place: in the file, from 1 on.
        site, key: of the series at its site; empty where ``ids`` name it.
        ids: of databases, by kind.
        mapping: ranges as JSON that nobody has looked at.
        pairs: instead of them, what numbers of names are in the catalogue.
        rest: what the other numbers of its season 1 are in names: a season, or None for numbers
            over all, and what is added to them.
    """

    place: int
    site: str = ""
    key: str = ""
    ids: Mapping[str, str] = field(default_factory=dict)
    mapping: Any = None
    pairs: Mapping[Key, Number] = field(default_factory=dict)
    rest: tuple[int | None, int] | None = None

    def ranges(self, listed: set[Number]) -> Any:
        """The ranges for a series of which the catalogue lists these."""
        if self.mapping is not None:
            return self.mapping
        said = {key: to for key, to in self.pairs.items() if to in listed}
        if self.rest is not None:
            season, added = self.rest
            told = set(said.values())
            others = (
                (season, n + added, to) for to in listed - told if (n := to[1]) and to[0] == 1
            )
            said |= {(season, n): to for season, n, to in others if 0 <= n <= MAX_NUMBER}
        plain = Numbering.of(listed)
        needed: dict[Key, Number | None] = {
            key: to for key, to in said.items() if _named(key).placed(plain) != (to,)
        }
        return [one.as_json() for one in runs(needed)]


def _named(key: Key) -> Named:
    season, number = key
    return Named(season, (number,), ()) if season is not None else Named(None, (), (number,))


def entries_of(content: bytes) -> Iterator[Wanted | EntryNotImported]:
    """What a file says, entry by entry.

    Raises:
        MappingFileInvalid: it is too large, or of neither shape.
    """
    if len(content) > MAX_BYTES:
        raise MappingFileInvalid(why="too_large", most=MAX_BYTES // 1024 // 1024)
    text = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    return _of_xml(text) if text.startswith(b"<") else _of_json(text)


def _of_json(text: bytes) -> Iterator[Wanted | EntryNotImported]:
    try:
        data = json.loads(text.decode())
    except (ValueError, RecursionError) as error:
        raise MappingFileInvalid(why="no_json") from error
    if isinstance(data, dict):
        data = data.get("numberings")
    if not isinstance(data, list):
        raise MappingFileInvalid(why="no_list")
    if len(data) > MAX_ENTRIES:
        raise MappingFileInvalid(why="too_many", most=MAX_ENTRIES)
    return (_entry(one, place) for place, one in enumerate(data, 1))


def _entry(data: Any, place: int) -> Wanted | EntryNotImported:
    if not isinstance(data, dict) or not isinstance(data.get("mapping"), list):
        return EntryNotImported(why="shape", place=place)
    site, key, ids = data.get("site", ""), data.get("key", ""), data.get("ids", {})
    is_text = isinstance(site, str) and isinstance(key, str)
    is_named = is_text and bool((site and key) or ids)
    if not is_named or not isinstance(ids, dict) or not all(map(_is_id, ids.values())):
        return EntryNotImported(why="shape", place=place)
    known = {str(kind).lower(): str(value).lower() for kind, value in ids.items()}
    return Wanted(place, site, key, known, data["mapping"])


def _is_id(value: object) -> bool:
    return isinstance(value, (str, int)) and not isinstance(value, bool)


def _of_xml(text: bytes) -> Iterator[Wanted | EntryNotImported]:
    if _ENTITIES.search(text):
        raise MappingFileInvalid(why="entities")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False
    )
    try:
        root = etree.fromstring(text, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise MappingFileInvalid(why="no_xml") from error
    if root.getroottree().docinfo.internalDTD is not None:  # in another encoding than was searched
        raise MappingFileInvalid(why="entities")
    if root.tag != "anime-list":
        raise MappingFileInvalid(why="other_xml")
    if len(root) > MAX_ENTRIES:
        raise MappingFileInvalid(why="too_many", most=MAX_ENTRIES)
    return (_anime(one, place) for place, one in enumerate(root.iterfind("anime"), 1))


def _anime(anime: etree._Element, place: int) -> Wanted | EntryNotImported:
    """One series of AniDB beside one of TheTVDB: names of files have the numbers of the latter."""
    ids = {kind: (anime.get(f"{kind}id") or "").strip() for kind in ("anidb", "tvdb")}
    if not ids["anidb"].isdecimal():
        return EntryNotImported(why="shape", place=place)
    if not ids["tvdb"].isdecimal():  # "movie", "OVA", "unknown": it is in no season
        return EntryNotImported(why="no_seasons", place=place)
    try:
        pairs = _pairs(anime)
        season = (anime.get("defaulttvdbseason") or "").strip()
        rest = (None if season == "a" else int(season), _whole(anime.get("episodeoffset")))
    except ValueError:
        return EntryNotImported(why="shape", place=place)
    return Wanted(place, ids=ids, pairs=pairs, rest=rest)


def _pairs(anime: etree._Element) -> dict[Key, Number]:
    """Raises ValueError where it is none, or too much."""
    found: dict[Key, Number] = {}
    for mapping in anime.iterfind("mapping-list/mapping"):
        own, other = int(mapping.get("anidbseason", "")), int(mapping.get("tvdbseason", ""))
        if mapping.get("start") and mapping.get("end"):
            first, last = _whole(mapping.get("start")), _whole(mapping.get("end"))
            added = _whole(mapping.get("offset"))
            if not 0 <= last - first < MAX_PAIRS:
                raise ValueError
            found |= {
                (other, n + added): (own, n) for n in range(first, last + 1) if n + added >= 0
            }
        for pair in _PAIR.finditer(mapping.text or ""):
            if int(pair[2]):  # 0: TheTVDB has none
                found[other, int(pair[2])] = (own, int(pair[1]))
        if len(found) > MAX_PAIRS:
            raise ValueError
    return found


def _whole(value: str | None) -> int:
    """A number of a file. Raises ValueError where it is none, or too large."""
    number = int(value) if value and len(value) < 7 else 0 if not value else MAX_NUMBER + 1
    if abs(number) > MAX_NUMBER:
        raise ValueError
    return number
