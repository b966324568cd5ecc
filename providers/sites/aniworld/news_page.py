"""Reading the page of new episodes. Source: the page contract, 1.4."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from providers.base import NewEpisode
from providers.errors import MarkupChanged
from providers.http import Page
from providers.sites.aniworld.landmarks import attribute, path_of, refuse_error_page, text_of
from providers.sites.aniworld.languages import languages_of_row

if TYPE_CHECKING:
    from bs4 import Tag

NAME = "new episodes"
MOST_ROWS = 4_000
_ROWS = "div.rows > div.col-md-12"
_EPISODE = re.compile(
    r"/anime/stream/(?P<key>[A-Za-z0-9-]{1,200})"
    r"/(?:staffel-(?P<season>[0-9]{1,3})|filme)/(?:episode|film)-(?P<number>[0-9]{1,5})"
)
_DAY = re.compile(r"\b([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})\b")


@dataclass(frozen=True, slots=True)
class Place:
    """Which episode an address of the site leads to; films are season 0."""

    key: str
    season: int
    number: int


def read_new_episodes(page: Page) -> list[NewEpisode]:
    """Every episode of the page, in its order; its rows, one a language, put together.

    Raises:
        NotFound, PageBroken: it is an error page.
        MarkupChanged: a landmark is missing, or most rows lead to no episode.
    """
    block = page.soup.select_one("div.newEpisodeList")
    if block is None:
        refuse_error_page(page)
        raise MarkupChanged(NAME, "div.newEpisodeList", url=page.url)
    rows = block.select(_ROWS)[:MOST_ROWS]
    read = [one for row in rows for one in _of_row(row, page.url)]
    if not rows:
        raise MarkupChanged(NAME, _ROWS, url=page.url)
    if 2 * len(read) < len(rows):  # it lists something else by now, or in another way
        raise MarkupChanged(NAME, "a[href*='/episode-']", url=page.url)
    return list(_together(read).values())


def place_of(address: str, base: str) -> Place | None:
    """The episode that an address leads to; None for any other."""
    match = _EPISODE.fullmatch(path_of(address, base))
    if match is None:
        return None
    return Place(match["key"], int(match["season"] or 0), int(match["number"]))


def _of_row(row: Tag, base: str) -> Iterator[NewEpisode]:
    for anchor in row.select("a[href]"):
        place = place_of(attribute(anchor, "href"), base)
        if place is not None:
            day = _day(text_of(row, "span.elementFloatRight"))
            languages = languages_of_row(row)
            yield NewEpisode(place.key, place.season, place.number, languages, day)
            return


def _together(read: list[NewEpisode]) -> dict[Place, NewEpisode]:
    found: dict[Place, NewEpisode] = {}
    for one in read:
        place = Place(one.key, one.season, one.number)
        known = found.get(place)
        if known is None:
            found[place] = one
            continue
        languages = tuple(dict.fromkeys((*known.languages, *one.languages)))
        days = [day for day in (known.day, one.day) if day is not None]
        found[place] = replace(known, languages=languages, day=max(days, default=None))
    return found


def _day(text: str) -> date | None:
    match = _DAY.search(text)
    if match is None:
        return None
    day, month, year = map(int, match.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None
