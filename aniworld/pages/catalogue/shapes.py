"""What the API says of the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, TypedDict

from aniworld.pages.catalogue.reading import Line, lines_of
from aniworld.web.advice import advice_of
from aniworld.web.pagination import Page
from aniworld.web.texts import Told
from library.api.shapes import cover_address, listed_cover_address
from library.models import CatalogueEntry, CatalogueList
from library.services.catalogue_search import is_old


class CatalogueEntryRow(TypedDict):
    """One series that a site lists."""

    site: str
    key: str
    name: str
    link: str
    year: int | None
    cover_url: Annotated[str, "Where we serve it; empty: it is not kept."]
    genres: list[str]
    alternative_names: list[str]
    description: str
    appeared_at: Annotated[
        datetime | None, "Since when it is listed; null: since the list was first read."
    ]
    gone_at: Annotated[datetime | None, "Since when it is listed no more."]
    details_at: Annotated[
        datetime | None, "When its own page was read for what the list does not say."
    ]
    in_library: bool
    library_key: Annotated[str | None, "Its key in the library."]
    queued: Annotated[bool, "Whether an episode of it waits or is being downloaded."]
    followed: bool


class KeptList(TypedDict):
    """How the list of one site is."""

    site: str
    read_at: Annotated[datetime | None, "When it was last read and believed; null: never."]
    asked_at: Annotated[datetime | None, "When it was last asked for, also in vain."]
    is_old: Annotated[bool, "Searches ask the site besides."]
    entries: int
    error: Annotated[Told | None, "Why it could not be read or believed the last time."]
    advice: Annotated[str, "What can be done about that; empty where there is nothing."]


class Catalogue(Page[CatalogueEntryRow]):
    """One page of what the sites list."""

    lists: list[KeptList]
    genres: Annotated[list[str], "Those of all entries, for the filter."]


def entry_rows(entries: Sequence[CatalogueEntry]) -> list[CatalogueEntryRow]:
    return [_entry_row(line) for line in lines_of(entries)]


def _entry_row(line: Line) -> CatalogueEntryRow:
    entry, series = line.entry, line.series
    return {
        "site": entry.site,
        "key": entry.key,
        "name": entry.name,
        "link": entry.link,
        "year": entry.year,
        "cover_url": (series and cover_address(series)) or listed_cover_address(entry),
        "genres": entry.genres,
        "alternative_names": entry.alternative_names,
        "description": entry.description,
        "appeared_at": entry.appeared_at,
        "gone_at": entry.gone_at,
        "details_at": entry.details_at,
        "in_library": series is not None,
        "library_key": series.key if series else None,
        "queued": line.is_queued,
        "followed": line.is_followed,
    }


def kept_list(row: CatalogueList) -> KeptList:
    return {
        "site": row.site,
        "read_at": row.read_at,
        "asked_at": row.asked_at,
        "is_old": is_old(row),
        "entries": row.entries,
        "error": (error := row.error),
        "advice": advice_of(error),
    }
