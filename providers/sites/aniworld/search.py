"""Finding series: the whole list read once and searched here, and the site's own search.

Source: the page contract, 1.1 to 1.3.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from providers.addresses import absolute, without_login
from providers.base import SearchResult
from providers.errors import MarkupChanged
from providers.http import Page
from providers.sites.aniworld.landmarks import (
    attribute,
    clean,
    clean_text,
    clean_title,
    key_in,
    whole_title,
)
from providers.sites.aniworld.series_page import split_names

_MOST = 50
_BEHIND_TITLE = "Stream anschauen"
_SERIES_LINK = re.compile(r"^/anime/stream/[^/]+/?$")


def read_catalogue(page: Page) -> list[SearchResult]:
    """Every series of ``/animes-alphabet``.

    Raises:
        MarkupChanged: not one series link.
    """
    found: dict[str, SearchResult] = {}
    for anchor in page.soup.select("li > a[href]"):
        key = key_in(attribute(anchor, "href"), page.url)
        told = clean(attribute(anchor, "title")).removesuffix(_BEHIND_TITLE).strip()
        name = whole_title(clean(anchor.get_text()), told)
        if key is None or not name:
            continue
        found.setdefault(
            key,
            SearchResult(
                key=key,
                name=name,
                link=series_link(page.url, key),
                alternative_names=split_names(
                    attribute(anchor, "data-alternative-title"), but=name
                ),
            ),
        )
    if not found:
        raise MarkupChanged("catalogue", "li > a[href^='/anime/stream/']", url=page.url)
    return list(found.values())


def read_search(page: Page) -> list[SearchResult]:
    """The answer of ``POST /ajax/search``; an empty body is "no hit".

    The answer mixes series with episodes and support pages; only series are kept.
    """
    found: dict[str, SearchResult] = {}
    for entry in _json_array(page):
        link = _said(entry, "link")
        key = key_in(link, page.url)
        name = clean_title(_said(entry, "title"))
        if key is None or not name or not _SERIES_LINK.match(link):
            continue
        description = clean_text(_said(entry, "description"))
        found.setdefault(
            key, SearchResult(key, name, series_link(page.url, key), description=description)
        )
    return list(found.values())[:_MOST]


def read_older_search(page: Page) -> list[SearchResult]:
    """The answer of ``GET /ajax/seriesSearch``: fewer hits, but with year and cover."""
    found: dict[str, SearchResult] = {}
    for entry in _json_array(page):
        key = key_in(f"/anime/stream/{_said(entry, 'link')}", page.url)
        name = clean_title(_said(entry, "name"))
        year = _said(entry, "productionYear")
        cover = _said(entry, "cover")
        if key is None or not name:
            continue
        found.setdefault(
            key,
            SearchResult(
                key=key,
                name=name,
                link=series_link(page.url, key),
                year=int(year[:4]) if re.match(r"\d{4}", year) else None,
                cover_url=absolute(page.url, cover) if cover else "",
                description=clean_text(_said(entry, "description")),
            ),
        )
    return list(found.values())[:_MOST]


def series_link(base: str, key: str) -> str:
    """The canonical address of a series."""
    return without_login(absolute(base, f"/anime/stream/{key}"))


def _json_array(page: Page) -> list[Mapping[str, object]]:
    if not page.text.strip():
        return []
    try:
        entries = json.loads(page.text)
    except (ValueError, RecursionError) as error:
        raise MarkupChanged("search", "[…]", url=page.url) from error
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise MarkupChanged("search", "[{…}]", url=page.url)
    return entries


def _said(entry: Mapping[str, object], name: str) -> str:
    """A field as text. PHP turns texts of digits into numbers where it is told to: "86" is one."""
    value = entry.get(name)
    return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
