"""The ``.nfo`` of a series and of the episodes in a file, as Kodi, Jellyfin and Emby read them. No
Django.

Whatever a site says stands in them: text alone, without what XML cannot hold or nobody sees.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from library.descriptions.marks import marked_xml
from library.naming.text import UNSEEN

OWN_TYPE = "aniworld"  # of the id that names a series by site and key
# Which id counts where only one may; a site's own where there is none of them.
_PREFERRED = ("tvdb", "tmdb", "imdb", "anidb", "anilist", "mal")
_NOT_SHOWN = re.compile(f"[{UNSEEN}]")
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_JAPANESE = re.compile("[\u3041-\u30ff\u4e00-\u9fff]")
_STATUS = {"ongoing": "Continuing", "completed": "Ended"}
LONGEST_LINE, LONGEST_TEXT = 1_000, 20_000
MOST_GENRES = 50


@dataclass(frozen=True, slots=True)
class Show:
    """What is known of a series.

    Attributes:
        ids: numbers by the kind of whoever gave them (``tvdb`` …).
        status: ``ongoing``, ``completed`` or empty.
    """

    title: str
    site: str
    key: str
    names: Sequence[str] = ()
    plot: str = ""
    year: int | None = None
    status: str = ""
    genres: Sequence[str] = ()
    ids: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One episode in a file.

    Attributes:
        season, number: as the file's name says them, which is how a media server counts.
        catalogue: season and number as the site counts.
    """

    title: str
    season: int
    number: int
    catalogue: tuple[int, int]
    original_title: str = ""


def tvshow(show: Show) -> bytes:
    """The content of ``tvshow.nfo``."""
    root = Element("tvshow")
    title = _line(show.title) or _line(show.key)
    _add(root, "title", title)
    original = next((name for name in show.names if _JAPANESE.search(name)), "")
    if original and _line(original) != title:
        _add(root, "originaltitle", _line(original))
    _add(root, "plot", _text(show.plot))
    _add(root, "year", str(show.year or ""))
    _add(root, "status", _STATUS.get(show.status, ""))
    for genre in list(dict.fromkeys(map(_line, show.genres)))[:MOST_GENRES]:
        _add(root, "genre", genre)
    ids = {kind: _line(value) for kind, value in (show.ids or {}).items()}
    _add_ids(root, {**ids, OWN_TYPE: _own_id(show)})
    return marked_xml(_written([root]))


def episodes(show: Show, parts: Sequence[Part]) -> bytes:
    """The content of the ``.nfo`` of a file: one element for each episode, as Kodi wants it."""
    return marked_xml(_written([_episode(show, part) for part in parts]))


def _episode(show: Show, part: Part) -> Element:
    root = Element("episodedetails")
    _add(root, "title", _line(part.title) or f"Episode {part.number}")
    _add(root, "originaltitle", _line(part.original_title))
    _add(root, "showtitle", _line(show.title) or _line(show.key))
    _add(root, "season", str(part.season))
    _add(root, "episode", str(part.number))
    season, number = part.catalogue
    own = _own_id(show)
    _add_ids(root, {OWN_TYPE: own and f"{own}:S{season}E{number}"})
    return root


def _own_id(show: Show) -> str:
    """Its site and key there; empty where it has no catalogue."""
    return _line(f"{show.site}:{show.key}") if show.site else ""


def _add(parent: Element, tag: str, words: str) -> None:
    if words:
        SubElement(parent, tag).text = words


def _add_ids(root: Element, ids: Mapping[str, str]) -> None:
    known = [kind for kind in (*_PREFERRED, OWN_TYPE) if ids.get(kind)]
    for kind in known:
        element = SubElement(root, "uniqueid", type=kind)
        if kind == known[0]:
            element.set("default", "true")
        element.text = ids[kind]


def _line(words: str) -> str:
    """One line of text, without what nobody sees."""
    return _NOT_SHOWN.sub("", " ".join(_plain(words).split())).strip()[:LONGEST_LINE]


def _text(words: str) -> str:
    """Several lines of the same."""
    return "\n".join(map(_line, _plain(words).splitlines())).strip()[:LONGEST_TEXT]


def _plain(words: str) -> str:
    return _NO_XML.sub(" ", words[: 2 * LONGEST_TEXT])


def _written(elements: Iterable[Element]) -> bytes:
    written = []
    for element in elements:
        indent(element)
        written.append(tostring(element, encoding="unicode") + "\n")
    return "".join(written).encode()
