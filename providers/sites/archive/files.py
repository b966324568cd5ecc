"""From the files of an item to episodes. Source: ``docs/providers/archive.md``, section 4."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from providers.errors import NotFound
from providers.sites.archive.answers import LABEL, text_of
from providers.sites.archive.item import Item
from providers.sites.numbering import natural, numbered
from providers.sites.prose import plain

logger = logging.getLogger(__name__)

MOST_EPISODES = 20_000
MOST_OF_ONE = 5  # files of one episode that are tried
_LONGEST_NAME = 1_000
_MOST_STEPS = 5  # from a file to what it was made from, and from that on
# The first is the best: what plays everywhere, then what most players know.
_EXTENSIONS = ("mp4", "m4v", "webm", "mkv")
_SMALL = "512kb"  # in the name of a format: made for slow lines


@dataclass(frozen=True, slots=True)
class File:
    """A file that can be played. ``original``: it was not made by the archive out of another."""

    name: str
    title: str
    format: str
    size: int
    is_original: bool

    @property
    def preference(self) -> tuple[bool, bool, int, int, str]:
        """What to sort by, the best first."""
        kind = _EXTENSIONS.index(_extension(self.name))
        return (not self.is_original, _SMALL in self.format, kind, -self.size, self.name)


@dataclass(frozen=True, slots=True)
class Episode:
    """``files`` are the same film in several forms, the best first."""

    season: int
    number: int
    title: str
    files: tuple[File, ...]


def read_episodes(item: Item, url: str) -> list[Episode]:
    """One episode for each original film, with the files made from it.

    Raises:
        NotFound: not one file can be played.
    """
    films = _films(item)
    if not films:
        raise NotFound(why="no_video", site=LABEL, url=url)
    names = sorted(films, key=natural)[:MOST_EPISODES]
    found: list[Episode] = []
    for name, place in zip(names, numbered(names), strict=True):
        if place is None:
            logger.warning("site=archive key=%s number taken file=%s", item.key, name[:200])
            continue
        files = tuple(sorted(films[name], key=lambda file: file.preference))[:MOST_OF_ONE]
        titled = next((file.title for file in files if file.title), place.title)
        found.append(Episode(place.season, place.number, titled, files))
    return sorted(found, key=lambda one: (one.season, one.number))


def download_address(base: str, key: str, name: str) -> str:
    """Where a file is fetched from."""
    return f"{base}/download/{quote(key, safe='')}/{quote(name, safe='/')}"


def _films(item: Item) -> dict[str, list[File]]:
    """Playable files by the name of the film they are a form of, without extension."""
    origins = dict(_origins(item))
    found: dict[str, list[File]] = {}
    for fields in item.files:
        file = _file(fields)
        if file is not None:
            found.setdefault(_stem(_first(file.name, origins)), []).append(file)
    return found


def _origins(item: Item) -> Iterator[tuple[str, str]]:
    """Which file was made from which."""
    for fields in item.files:
        name, original = text_of(fields, "name"), text_of(fields, "original")
        if name and original:
            yield name, original


def _first(name: str, origins: Mapping[str, str]) -> str:
    """What a file was made from in the end."""
    for _ in range(_MOST_STEPS):
        if name not in origins:
            break
        name = origins[name]
    return name


def _file(fields: Mapping[str, Any]) -> File | None:
    name = text_of(fields, "name")
    if not _is_name(name) or _extension(name) not in _EXTENSIONS:
        return None
    if text_of(fields, "private").casefold() == "true" or fields.get("private") is True:
        return None
    size = text_of(fields, "size")
    return File(
        name=name,
        title=plain(text_of(fields, "title")),
        format=text_of(fields, "format").casefold(),
        size=int(size) if size.isascii() and size.isdigit() and len(size) < 16 else 0,
        is_original=text_of(fields, "source") == "original",
    )


def _is_name(name: str) -> bool:
    """Whether it is the name of a file of the item, and leads to no other place."""
    if not (0 < len(name) <= _LONGEST_NAME and name.isprintable()):
        return False
    return not {"", ".", ".."}.intersection(name.split("/"))


def _extension(name: str) -> str:
    return name.rpartition(".")[2].lower()


def _stem(name: str) -> str:
    folder, slash, last = name.rpartition("/")
    stem = last.rpartition(".")[0]
    return folder + slash + (stem or last)
