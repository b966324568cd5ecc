"""The head of an item: what it is, and whether it may be had.

Source: ``docs/providers/archive.md``, section 3.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from providers.addresses import without_login
from providers.base import SeriesInfo
from providers.errors import MarkupChanged, NotFound
from providers.http import Page
from providers.sites.archive.answers import LABEL, object_of, text_of, texts_of, year_of
from providers.sites.prose import LONGEST_TEXT, plain, prose
from providers.sites.spoken import SEVERAL, UNKNOWN, language_of

NAME = "metadata"
MOST_FILES = 60_000
_MOST_GENRES, _LONGEST_GENRE = 30, 64
# Collections of what is lent to one reader at a time, or only shown.
_LENDING = frozenset({"inlibrary", "lendinglibrary", "printdisabled", "stream_only"})


@dataclass(frozen=True, slots=True)
class Item:
    """An item as the archive describes it: its own fields, and its files."""

    key: str
    fields: Mapping[str, Any]
    files: tuple[Mapping[str, Any], ...]


def read_item(page: Page, key: str) -> Item:
    """The item of an answer.

    Raises:
        NotFound: there is none of that name, or it may not be downloaded.
        MarkupChanged: it is not the answer for an item, or that of another.
        UnexpectedAnswer: it is larger than any.
    """
    answer = object_of(page, NAME)
    if not answer:  # so the archive says that there is no such item
        raise NotFound(why="status", site=LABEL, status=404, url=page.url)
    if _is_true(answer.get("is_dark")):
        raise NotFound(why="withdrawn", site=LABEL, url=page.url)
    fields, files = answer.get("metadata"), answer.get("files")
    if not isinstance(fields, dict):
        raise MarkupChanged(NAME, "metadata", url=page.url)
    if _is_lent(fields):
        raise NotFound(why="lent", site=LABEL, url=page.url)
    if text_of(fields, "identifier") != key:
        raise MarkupChanged(NAME, f"metadata.identifier = {key}", url=page.url)
    if not isinstance(files, list):
        raise MarkupChanged(NAME, "files", url=page.url)
    if len(files) > MOST_FILES:
        raise MarkupChanged(NAME, f"at most {MOST_FILES} files", url=page.url)
    return Item(key, fields, tuple(one for one in files if isinstance(one, dict)))


def read_series(item: Item, base: str, url: str) -> SeriesInfo:
    """The head of a series.

    Raises:
        MarkupChanged: it has no title.
    """
    name = plain(text_of(item.fields, "title"))
    if not name:
        raise MarkupChanged(NAME, "metadata.title", url=url)
    return SeriesInfo(
        key=item.key,
        name=name,
        link=item_address(base, item.key),
        description=_description(item.fields),
        year=year_of(item.fields),
        cover_url=cover_address(base, item.key),
        genres=tuple(_genres(item.fields)),
    )


def language_of_item(item: Item) -> str:
    """What is spoken in all of its files, as far as it says one language."""
    said = (language_of(text) for text in texts_of(item.fields, "language"))
    known = dict.fromkeys(language for language in said if language)
    if len(known) > 1:
        return SEVERAL
    return next(iter(known), UNKNOWN)


def item_address(base: str, key: str) -> str:
    """The page of an item."""
    return without_login(f"{base}/details/{quote(key, safe='')}")


def cover_address(base: str, key: str) -> str:
    """The picture of an item."""
    return f"{base}/services/img/{quote(key, safe='')}"


def _description(fields: Mapping[str, Any]) -> str:
    """What it is about, and who has made it and under which licence it stands, where it says so."""
    parts = [prose(" ".join(texts_of(fields, "description")), most=LONGEST_TEXT // 2)]
    if creator := plain(", ".join(texts_of(fields, "creator"))):
        parts.append(creator)
    if licence := plain(text_of(fields, "licenseurl")):
        parts.append(licence)
    return "\n".join(filter(None, parts))


def _genres(fields: Mapping[str, Any]) -> Iterator[str]:
    """Subjects, of which several may stand in one text."""
    said = (part for text in texts_of(fields, "subject") for part in text[:2_000].split(";"))
    named = dict.fromkeys(plain(part, most=_LONGEST_GENRE) for part in said)
    yield from list(filter(None, named))[:_MOST_GENRES]


def _is_lent(fields: Mapping[str, Any]) -> bool:
    if _is_true(fields.get("access-restricted-item")):
        return True
    return not _LENDING.isdisjoint(text.casefold() for text in texts_of(fields, "collection"))


def _is_true(value: object) -> bool:
    return value is True or (isinstance(value, str) and value.casefold() == "true")
