"""Reading the calendar of what comes. Source: the page contract, 1.5."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from providers.base import Airing
from providers.errors import MarkupChanged
from providers.http import Page
from providers.sites.aniworld.landmarks import attribute, clean, key_in, refuse_error_page
from providers.sites.aniworld.languages import languages_of_row
from providers.sites.aniworld.news_page import Place, place_of

if TYPE_CHECKING:
    from bs4 import Tag

NAME = "calendar"
ZONE = ZoneInfo("Europe/Berlin")  # the site is German, and says no other
MOST_CARDS = 4_000
_SECTION = "section.calendarList"
_MONTHS = (
    *("januar", "februar", "märz", "april", "mai", "juni", "juli"),
    *("august", "september", "oktober", "november", "dezember"),
)
_NUMBERS = re.compile(r"\b([0-9]{1,2})\.\s?([0-9]{1,2})\.\s?([0-9]{4})\b")
_WORDS = re.compile(r"\b([0-9]{1,2})\.\s?([a-zä]{3,9})\s([0-9]{4})\b")
_TIME = re.compile(r"(?<![0-9:])([01]?[0-9]|2[0-3]):([0-5][0-9])(?![0-9:])")
_CODE = re.compile(r"\bS([0-9]{1,3}) ?E([0-9]{1,5})\b", re.IGNORECASE)


def read_airings(page: Page) -> list[Airing]:
    """Every episode of the page on its day, in the order of the days; its cards, one a language,
    put together.

    Raises:
        NotFound, PageBroken: it is an error page.
        MarkupChanged: a landmark is missing, or no card has a day and an episode.
    """
    sections = page.soup.select(_SECTION)
    if not sections:
        refuse_error_page(page)
        raise MarkupChanged(NAME, _SECTION, url=page.url)
    found = _together(one for section in sections for one in _of_section(section, page.url))
    if not found:
        raise MarkupChanged(NAME, f"{_SECTION} a[href*='/anime/stream/']", url=page.url)
    return sorted(found, key=lambda one: (one.day, one.key, one.season, one.number))


def _of_section(section: Tag, base: str) -> Iterator[Airing]:
    """A heading with a date is the day of the cards that follow it."""
    day: date | None = None
    for element in section.select("h3, a[href]")[:MOST_CARDS]:
        if element.name == "h3":
            day = day_of(clean(element.get_text(" "))) or day
        elif day is not None and (place := _place(element, base)) is not None:
            at = _moment(day, element.get_text(" "))
            languages = languages_of_row(element)
            yield Airing(place.key, place.season, place.number, day, at, languages)


def _place(card: Tag, base: str) -> Place | None:
    """The episode a card leads to; where it leads to the series, that of its words."""
    address = attribute(card, "href")
    if (place := place_of(address, base)) is not None:
        return place
    key, code = key_in(address, base), _CODE.search(card.get_text(" "))
    return Place(key, int(code[1]), int(code[2])) if key and code else None


def day_of(text: str) -> date | None:
    """The day in a heading: "Montag, 30.11.2026" or "30. November 2026"; None without one."""
    if match := _NUMBERS.search(text):
        day, month, year = map(int, match.groups())
    elif (match := _WORDS.search(text.casefold())) and match[2] in _MONTHS:
        day, month, year = int(match[1]), _MONTHS.index(match[2]) + 1, int(match[3])
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _moment(day: date, text: str) -> datetime | None:
    """The time in a card as a moment. One that the clock leaves out is the next that is there; of
    one that is there twice it is the first."""
    match = _TIME.search(text)
    if match is None:
        return None
    at = datetime.combine(day, time(int(match[1]), int(match[2])), tzinfo=ZONE)
    return at.astimezone(UTC)


def _together(read: Iterator[Airing]) -> list[Airing]:
    found: dict[tuple[Place, date], Airing] = {}
    for one in read:
        place = (Place(one.key, one.season, one.number), one.day)
        known = found.get(place)
        if known is None:
            found[place] = one
            continue
        moments = [at for at in (known.at, one.at) if at is not None]
        languages = tuple(dict.fromkeys((*known.languages, *one.languages)))
        found[place] = replace(known, at=min(moments, default=None), languages=languages)
    return list(found.values())
