"""What a folder says about the series in it: side files, ``.nfo``, tags, its name.

All of it is somebody's data: read with a size limit, never written. Whatever makes no sense is as
if it were not there, and the owner is told.
"""

from __future__ import annotations

import codecs
import json
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from library.borders import Borders, Outside
from library.models.series import KEY_PATTERN
from library.plain import NoPlainFile
from providers.coded import WHY, Coded, coded, errno_name

if TYPE_CHECKING:
    from lxml import etree

    from library.names import NameReading

log = logging.getLogger(__name__)

UNREAD = "unreadable_side_file"
MAX_SIDE_FILE = 1_000_000
_ID_KINDS = "imdb|tvdb|tmdb|anidb|mal|anilist"
_TAG = re.compile(rf"[\[{{](?P<kind>{_ID_KINDS})(?:id)?[-=](?P<id>(?:tt)?\d+)[\]}}]", re.I)
_ANY_TAG = re.compile(r"[\[{][a-z]+(?:id)?[-=][^\]}]*[\]}]", re.I)
_YEAR = re.compile(r"[\[(]((?:19|20)\d\d)(?:\s*-\s*(?:(?:19|20)\d\d)?)?[\])]")
_BRACKETS = re.compile(r"[\[({][^\])}]*[\])}]")
_LAST_YEAR = re.compile(r"(?<=\S)[ ._]((?:19|20)\d\d)$")
_RELEASE = re.compile(
    r"(?<![^\W_])(?:s\d{1,2}(?:-?s\d{1,2})?|(?:season|staffel|saison)[ ._]?\d{1,2}|complete"
    r"|\d{3,4}[pi]|x26[45]|h\.?26[45]|web(?:-?(?:dl|rip))?|blu-?ray|bd(?:rip)?|dvd(?:rip)?)(?![^\W_])"
    r"|^\[[^\]]+\] ?\w",
    re.I,
)
_COMPLETE = re.compile(r"(?<=\S)[ .]complete$", re.I)
# Pages of a whole series: an address with a name instead of a number says no id.
_ADDRESSES = {
    "imdb": re.compile(r"imdb\.com/(?:[a-z-]{2,5}/)?title/(tt\d+)", re.I),
    "tvdb": re.compile(r"thetvdb\.com/(?:\S{0,200}[?&]id=|dereferrer/series/)(\d+)", re.I),
    "tmdb": re.compile(r"themoviedb\.org/tv/(\d+)", re.I),
}
_NFO_IDS = {"imdbid": "imdb", "imdb_id": "imdb", "tvdbid": "tvdb", "tmdbid": "tmdb"}


@dataclass(frozen=True, slots=True)
class Clues:
    """``key`` and ``site`` come from side files; ``ids`` are lower-case kinds to numbers.

    ``doubt`` says what of it is known to be wrong: the owner has to choose. ``unread`` are side
    files that say nothing, and why.
    """

    title: str = ""
    year: int | None = None
    key: str = ""
    site: str = ""
    ids: dict[str, str] = field(default_factory=dict)
    sources: tuple[str, ...] = ()  # what was read, for the owner
    doubt: Coded | None = None
    unread: tuple[Coded, ...] = ()


def clues_of(directory: Path, side_files: Sequence[str], borders: Borders) -> Clues:
    """Read all a folder says. Never raises for what it holds.

    Args:
        borders: where side files may really lie.
    """
    found = from_name(directory.name)
    for name in sorted(side_files, key=_order):
        try:
            found = _with_file(found, name, _content(directory / name, borders))
        except _Unusable as error:
            log.warning("side file unusable path=%r reason=%s", str(directory / name), error)
            found = _but(found, name, error)
    return found


class _Unusable(Exception):
    """A side file that says nothing. ``why`` is one of the sentences of ``UNREAD``."""

    def __init__(self, why: str, **params: Any) -> None:
        super().__init__(why, params)
        self.params = {WHY: why, **params}


def _but(found: Clues, name: str, unusable: _Unusable) -> Clues:
    said = coded(UNREAD, name=_storable(name), **unusable.params)
    return replace(found, unread=(*found.unread, said))


def from_name(name: str) -> Clues:
    """Read title, year and id tags of a folder's name."""
    name = _storable(name)
    ids = {tag["kind"].lower(): tag["id"].lower() for tag in _TAG.finditer(name)}
    plain = _ANY_TAG.sub(" ", name)
    year = _YEAR.search(plain)
    title = " ".join(_BRACKETS.sub(" ", plain).replace("_", " ").split())
    if " " not in title and "." in title:
        title = " ".join(title.replace(".", " ").split())
    number = int(year[1]) if year else None
    if number is None and (last := _LAST_YEAR.search(title)):
        number, title = int(last[1]), title[: last.start()]
    if read := _release_title(plain):
        title, number = _COMPLETE.sub("", read.title or title), number or read.year
    sources = ("an id in the folder's name",) if ids else ()
    return Clues(title.strip(" -.") or name, number, ids=ids, sources=sources)


def _release_title(name: str) -> NameReading | None:
    """What the name reader makes of a folder that is named as a release: Title.S01.1080p-GROUP."""
    if not _RELEASE.search(name):
        return None
    # Imported here: most folders are named for their series, and the grammar is slow to import.
    from library.names import read  # noqa: PLC0415 - a tenth of a second to import

    return read(f"{name}/S01E01.mkv")


def _order(name: str) -> tuple[int, str]:
    """Later files overrule earlier ones: the plain key counts most."""
    return ({"data": 1, "key": 2}.get(name, 0), name)


def _content(path: Path, borders: Borders) -> bytes:
    try:
        content = borders.read(path, most=MAX_SIDE_FILE)
    except Outside as error:
        target = _storable(error.target)
        raise _Unusable("outside", target=target, folder=str(Path(target).parent)) from error
    except NoPlainFile as error:
        raise _Unusable("no_file") from error
    except OSError as error:
        raise _Unusable("unreadable", errno=errno_name(error)) from error
    if len(content) > MAX_SIDE_FILE:
        raise _Unusable("too_large")
    return content


def _decoded(content: bytes) -> str:
    """Its text: UTF-8, or what the mark at its beginning says."""
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return content.decode("utf-16" if marked else "utf-8-sig", "replace")


def _with_file(found: Clues, name: str, content: bytes) -> Clues:
    if name == "key":
        return _with_key(found, _decoded(content).strip(), "", name)
    if name == "data":
        return _with_data(found, content)
    return _with_nfo(found, content, name)


def _with_key(found: Clues, key: str, site: str, name: str) -> Clues:
    key = key.strip("/").rpartition("/")[2]  # earlier tools also left whole links
    if not KEY_PATTERN.fullmatch(key) or len(key) > 200:
        return _but(found, name, _Unusable("no_key"))
    return replace(
        found, key=key, site=site or found.site, sources=(*found.sources, f"{name} file")
    )


def _with_data(found: Clues, content: bytes) -> Clues:
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _Unusable("no_json") from error
    if not isinstance(data, dict):
        raise _Unusable("no_object")
    named = replace(found, title=_text(data.get("name")) or found.title)
    if not data.get("key"):
        return named
    return _with_key(named, _text(data.get("key")), _text(data.get("site")), "data")


def _text(value: Any) -> str:
    return " ".join(_storable(value).split())[:500] if isinstance(value, str) else ""


def _storable(text: str) -> str:
    """Text without what neither a database nor a request can carry."""
    return text.replace("\0", " ").encode(errors="replace").decode()


def _with_nfo(found: Clues, content: bytes, name: str) -> Clues:
    addresses = _addressed_ids(content)
    root = _xml(content)
    if root is None:
        # Without XML only the name says that it is of the series, and not of one of its files.
        if not addresses or name.casefold() != "tvshow.nfo":
            return found
        return replace(found, ids={**found.ids, **addresses}, sources=(*found.sources, name))
    if root.tag not in {"tvshow", "movie"}:
        return found
    ids = {**addresses, **_nfo_ids(root)}
    year = _text(root.findtext("year")) or _text(root.findtext("premiered"))[:4]
    return replace(
        found,
        title=_text(root.findtext("title")) or found.title,
        year=int(year) if re.fullmatch(r"(?:19|20)\d\d", year) else found.year,
        ids={**found.ids, **ids},
        sources=(*found.sources, name),
    )


def _xml(content: bytes) -> etree._Element | None:
    """Parse without network and without any entity of its own."""
    if re.search(rb"<!ENTITY", content, re.I):
        raise _Unusable("entities")
    from lxml import etree  # noqa: PLC0415 - few folders hold an .nfo

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True
    )
    try:
        root: etree._Element | None = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    if root is not None and _declares_entities(root.getroottree()):
        raise _Unusable("entities")
    return root


def _declares_entities(tree: etree._ElementTree) -> bool:
    """Whether there are some in an encoding in which a search for bytes does not find them."""
    declared = tree.docinfo.internalDTD
    # The method is documented, and not in the type stubs.
    return declared is not None and any(declared.iterentities())  # type: ignore[attr-defined]


def _addressed_ids(content: bytes) -> dict[str, str]:
    """The ids in addresses that stand alone or after the XML, as Kodi reads them too."""
    text = _decoded(content).rpartition(">")[2]
    found = {kind: pattern.search(text) for kind, pattern in _ADDRESSES.items()}
    return {kind: match[1].lower() for kind, match in found.items() if match}


def _nfo_ids(root: etree._Element) -> dict[str, str]:
    ids = {}
    for entry in root.findall("uniqueid"):
        kind, value = str(entry.get("type") or "").lower(), _text(entry.text).lower()
        if re.fullmatch(_ID_KINDS, kind) and re.fullmatch(r"(?:tt)?\d+", value):
            ids[kind] = value
    for tag, kind in _NFO_IDS.items():
        value = _text(root.findtext(tag)).lower()
        if re.fullmatch(r"(?:tt)?\d+", value):
            ids.setdefault(kind, value)
    return ids
