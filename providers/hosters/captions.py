"""Captions that a hoster offers beside its media. Source: the page contract, 3.1 and 3.2.

An episode can do without them, so nothing here fails: what has no shape that is known, leads to no
web address, or to a private one, is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from providers.addresses import absolute
from providers.base import Caption
from providers.errors import AddressRefused
from providers.guard import AddressGuard
from providers.http import Page
from providers.languages import short

MOST = 30
MOST_LOOKED_AT = 300
LONGEST_ADDRESS = 4_000
LONGEST_LABEL = 100

# Tracks are thumbnails, chapters and more; these alone are read by people.
_READ = frozenset({"captions", "subtitles"})
_ADDRESSES = ("file", "src", "url", "link")
_LABELS = ("label", "name", "title")
_LANGUAGES = ("srclang", "language", "lang", "code")

_TRACKS = re.compile(r"\btracks[\"']?\s{0,9}:\s{0,9}\[([^\[\]]{0,20000})\]")
_OBJECT = re.compile(r"\{([^{}]{0,9000})\}")
_VALUE = re.compile(
    r"\b(file|src|label|kind|srclang|language)[\"']?\s{0,9}:\s{0,9}"
    r"(?:\"([^\"\n]{0,4000})\"|'([^'\n]{0,4000})')"
)


class Found(NamedTuple):
    """A caption as it stands in a page."""

    address: str
    language: str = ""
    label: str = ""


def captions_of(found: Iterable[Found], base: str, guard: AddressGuard) -> tuple[Caption, ...]:
    """Those that can be asked for, each address once.

    Args:
        base: the address of the page they were found in.
    """
    captions: dict[str, Caption] = {}
    for one in islice(found, MOST_LOOKED_AT):
        url = absolute(base, one.address) if 0 < len(one.address) <= LONGEST_ADDRESS else ""
        if url not in captions and len(captions) < MOST and _may_be_asked(url, guard):
            label = _plain(one.label)
            captions[url] = Caption(url, short(one.language) or short(label), label)
    return tuple(captions.values())


def in_json(value: object, *, kind_needed: bool = False) -> Iterator[Found]:
    """Of a list of addresses or objects, or of an object of addresses by their label.

    Args:
        kind_needed: whether an entry is passed over that does not say it is a caption.
    """
    if isinstance(value, Mapping):
        for label, address in value.items():
            if isinstance(address, str):
                yield Found(address, label=str(label))
    elif isinstance(value, list):
        for entry in value[:MOST_LOOKED_AT]:
            if isinstance(entry, str) and not kind_needed:
                yield Found(entry)
            elif isinstance(entry, Mapping) and _is_read(entry, kind_needed=kind_needed):
                yield _of(entry)


def in_setup(text: str) -> Iterator[Found]:
    """Of the ``tracks`` of a player's setup."""
    for tracks in islice(_TRACKS.finditer(text), MOST):
        for entry in _OBJECT.finditer(tracks.group(1)):
            values = {key: double or single for key, double, single in _VALUE.findall(entry[1])}
            if _is_read(values, kind_needed=True):
                yield _of(values)


def in_markup(page: Page) -> Iterator[Found]:
    """Of the ``<track>`` elements of a page; without a kind they are subtitles."""
    for element in page.soup.select("track[src]", limit=MOST_LOOKED_AT):
        attributes = {name: str(value) for name, value in element.attrs.items()}
        if _is_read(attributes, kind_needed=False):
            yield _of(attributes)


def _of(entry: Mapping[str, object]) -> Found:
    return Found(_first(entry, _ADDRESSES), _first(entry, _LANGUAGES), _first(entry, _LABELS))


def _first(entry: Mapping[str, object], names: tuple[str, ...]) -> str:
    told = (entry.get(name) for name in names)
    return next((value for value in told if isinstance(value, str) and value), "")


def _is_read(entry: Mapping[str, object], *, kind_needed: bool) -> bool:
    kind = entry.get("kind")
    if kind in (None, ""):
        return not kind_needed
    return isinstance(kind, str) and kind.strip().lower() in _READ


def _may_be_asked(url: str, guard: AddressGuard) -> bool:
    if not url:
        return False
    try:
        guard.check_url(url)
    except AddressRefused:
        return False
    return True


def _plain(label: str) -> str:
    """One line of bounded length, without what nobody sees."""
    text = "".join(char if char.isprintable() else " " for char in label[: 2 * LONGEST_LABEL])
    return " ".join(text.split())[:LONGEST_LABEL]
