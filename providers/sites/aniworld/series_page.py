"""Reading the series, season and films pages. Source: the page contract, 2.1 to 2.3."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from providers.addresses import absolute
from providers.base import EpisodeInfo, EpisodeKind, SeriesInfo
from providers.errors import MarkupChanged
from providers.http import Page
from providers.sites.aniworld.landmarks import (
    LONGEST_TEXT,
    LONGEST_TITLE,
    attribute,
    clean,
    clean_text,
    path_of,
    require_stream,
    text_of,
    whole_title,
)
from providers.sites.aniworld.languages import languages_of_row

if TYPE_CHECKING:
    from bs4 import Tag

_PSEUDO_GENRES = frozenset({"Ger", "GerSub", "EngSub"})
_BEFORE_TITLE = "Animes Stream:"
_MOST_NAMES = 100
_SEASON = re.compile(r"/staffel-([0-9]{1,3})$")
_FILMS = re.compile(r"/filme$")
_NUMBER = re.compile(r"/(?:episode|film)-([0-9]{1,20})$")
_DIGITS = re.compile(r"[0-9]{1,20}")
_EPISODES = re.compile(r"(?:Episoden|Filme):")
_MOST_ROWS = 10_000
_YEAR = re.compile(r"\b(19|20)\d\d\b")
_KIND_TAG = re.compile(
    r"\s{0,5}\[(episode\s{0,5}\d{1,6}|ova|ona|specials?|movie|film)\]\s{0,5}$", re.IGNORECASE
)
_IMDB = re.compile(r"tt\d{1,12}")


def read_series(page: Page, *, key: str, link: str) -> SeriesInfo:
    """The head of a series page.

    Raises:
        NotFound, SiteDown, MarkupChanged: as :func:`require_stream`; also without a title.
    """
    require_stream(page, "series")
    heading = page.soup.select_one("div.series-title h1")
    name = _name(heading) if heading is not None else ""
    if heading is None or not name:
        raise MarkupChanged("series", "div.series-title h1", url=page.url)
    end = text_of(page.soup, "span[itemprop=endDate]")
    return SeriesInfo(
        key=key,
        name=name,
        link=link,
        alternative_names=_alternative_names(heading, name),
        description=_description(page),
        year=_year(page, "startDate"),
        end_year=_year(page, "endDate"),
        status="ongoing" if end == "Heute" else "completed" if _YEAR.search(end) else "",
        cover_url=_cover(page),
        genres=_genres(page),
        ids=_ids(page),
    )


def _name(heading: Tag) -> str:
    told = clean(attribute(heading, "title")).removeprefix(_BEFORE_TITLE).strip()
    return whole_title(clean(heading.get_text()), told)


def read_seasons(page: Page) -> list[int]:
    """The numbers of all seasons in the order shown; films are season 0.

    Read from ``#stream`` alone (further down some pages repeat the seasons) and from the links
    (the page's own count of seasons includes the films, and seasons may have gaps).
    """
    stream = require_stream(page, "series")
    paths = (path_of(attribute(anchor, "href"), page.url) for anchor in stream.select("a[href]"))
    seasons = dict.fromkeys(season for path in paths if (season := _season_of(path)) is not None)
    if not seasons:
        raise MarkupChanged("series", "#stream a[href*='/staffel-']", url=page.url)
    return list(seasons)


def shown_season(page: Page) -> int | None:
    """The season whose table this page shows, None when it does not say."""
    for anchor in require_stream(page, "series").select("a.active[href]"):
        number = _season_of(path_of(attribute(anchor, "href"), page.url))
        if number is not None:
            return number
    return None


def read_episodes(page: Page, season: int) -> list[EpisodeInfo]:
    """The rows of the episode table of ``season``.

    A row without hosters is an announced episode; as number 0 it is a mere placeholder and
    dropped. A season that is announced without any has no rows, or no table.

    Raises:
        MarkupChanged: no table, a row without a number, or no row although the navigation
            lists episodes; or more rows than any series has.
    """
    stream = require_stream(page, "season")
    table = page.soup.select_one("table.seasonEpisodesList")
    if says_none(page):
        return []
    if table is None:
        raise MarkupChanged("season", "table.seasonEpisodesList", url=page.url)
    rows = table.select("tbody tr[data-episode-id], tbody tr[data-episode-season-id]")
    if not rows and stream.select("a[data-episode-id]"):
        raise MarkupChanged("season", "table.seasonEpisodesList tr[data-episode-id]", url=page.url)
    if len(rows) > _MOST_ROWS:
        raise MarkupChanged("season", f"at most {_MOST_ROWS} episodes", url=page.url)
    episodes: dict[int, EpisodeInfo] = {}
    for row in rows:
        episode = _episode(row, season, page.url)
        if episode.number > 0 or episode.is_available:
            episodes.setdefault(episode.number, episode)
    return list(episodes.values())


def says_none(page: Page) -> bool:
    """Whether the page of a season says that it has no episodes yet.

    That takes more than a table that is not there: the navigation names the place of the episodes
    and has none in it, and nothing in place of a table leads to one either.
    """
    stream = require_stream(page, "season")
    places = [group for group in stream.select("ul") if _EPISODES.match(clean(group.get_text()))]
    if not places or any(group.select("a[href]") for group in places):
        return False
    if stream.select("a[data-episode-id]") or page.soup.select("table.seasonEpisodesList tbody tr"):
        return False
    anchors = page.soup.select("a[href*='/episode-'], a[href*='/film-']")
    series = _above(path_of(page.url, page.url))
    return not any(
        path_of(attribute(anchor, "href"), page.url).startswith(f"{series}/") for anchor in anchors
    )


def _above(path: str) -> str:
    """The path of the series whose page, or whose season's, this is."""
    return _FILMS.sub("", _SEASON.sub("", path))


def _episode(row: Tag, season: int, url: str) -> EpisodeInfo:
    original, kind = _without_kind(text_of(row, "td[class*=EpisodeTitle] span"), season)
    return EpisodeInfo(
        season=season,
        number=_number(row, url),
        title=text_of(row, "td[class*=EpisodeTitle] strong"),
        original_title=original,
        kind=kind,
        languages=languages_of_row(row),
        hosters=_hosters(row),
    )


def _number(row: Tag, url: str) -> int:
    """The number in the row's link, since that is what the episode page is asked by. Rows of
    films have no ``meta``, so the rest is only a fallback."""
    for anchor in row.select("a[href]"):
        match = _NUMBER.search(path_of(attribute(anchor, "href"), url))
        if match:
            return int(match.group(1))
    meta = row.select_one("meta[itemprop=episodeNumber]")
    for text in (
        attribute(row, "data-episode-season-id"),
        attribute(meta, "content") if meta else "",
    ):
        if _DIGITS.fullmatch(text):
            return int(text)
    raise MarkupChanged("season", "tr a[href*='/episode-']", url=url)


def _hosters(row: Tag) -> tuple[str, ...]:
    titles = (clean(attribute(icon, "title")) for icon in row.select("i.icon[title]"))
    return tuple(dict.fromkeys(title.casefold() for title in titles if title))


def _without_kind(title: str, season: int) -> tuple[str, EpisodeKind]:
    """The title without its tags such as "[OVA]", and the kind they tell."""
    kind = EpisodeKind.EPISODE if season > 0 else EpisodeKind.FILM
    while match := _KIND_TAG.search(title):
        title = title[: match.start()].rstrip()
        tag = match.group(1).lower()
        if tag in {"movie", "film"}:
            kind = EpisodeKind.FILM
        elif not tag.startswith("episode"):
            kind = EpisodeKind.SPECIAL
    return title, kind


def _season_of(path: str) -> int | None:
    if _FILMS.search(path):
        return 0
    match = _SEASON.search(path)
    return int(match.group(1)) if match else None


def _alternative_names(heading: Tag, name: str) -> tuple[str, ...]:
    # HTML parsers lower the camel case the source has. A title with a comma splits wrongly;
    # nothing on the page tells the two kinds of comma apart.
    return split_names(attribute(heading, "data-alternativetitles"), but=name)


def split_names(text: str, *, but: str) -> tuple[str, ...]:
    """The names in a comma-separated attribute, each once and without ``but``."""
    names = (name.strip() for name in clean(text, most=LONGEST_TEXT).split(","))
    others = dict.fromkeys(name[:LONGEST_TITLE] for name in names if name and name != but)
    return tuple(others)[:_MOST_NAMES]


def _description(page: Page) -> str:
    element = page.soup.select_one(".seri_des")
    if element is None:
        return ""
    if whole := attribute(element, "data-full-description"):
        return clean_text(whole)
    return clean_text(element.get_text()).removesuffix("mehr anzeigen").strip()


def _year(page: Page, name: str) -> int | None:
    anchor = page.soup.select_one(f"span[itemprop={name}] a")
    if anchor is None:
        return None
    match = _YEAR.search(anchor.get_text()) or _YEAR.search(attribute(anchor, "href"))
    return int(match.group()) if match else None


def _cover(page: Page) -> str:
    """The cover loads lazily: the first image's ``src`` is an empty pixel."""
    for image in page.soup.select("div.seriesCoverBox img"):
        for name in ("data-src", "src"):
            address = attribute(image, name)
            if address and not address.startswith("data:"):
                return absolute(page.url, address)
    return ""


def _genres(page: Page) -> tuple[str, ...]:
    anchors = page.soup.select("div.genres a.genreButton")
    names = (clean(anchor.get_text()) for anchor in anchors)
    genres = dict.fromkeys(name for name in names if name and name not in _PSEUDO_GENRES)
    return tuple(genres)[:_MOST_NAMES]


def _ids(page: Page) -> dict[str, str]:
    anchor = page.soup.select_one("a.imdb-link[data-imdb]")
    imdb = attribute(anchor, "data-imdb") if anchor is not None else ""
    return {"imdb": imdb} if _IMDB.fullmatch(imdb) else {}
