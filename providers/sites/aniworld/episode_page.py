"""Reading the episode page: who serves it, in which language. Source: the page contract, 2.4."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from providers.addresses import absolute
from providers.errors import MarkupChanged, NotFound
from providers.http import Page
from providers.sites.aniworld.landmarks import (
    LABEL,
    attribute,
    clean,
    path_of,
    require_stream,
    text_of,
)
from providers.sites.aniworld.languages import language_of_key, languages_by_key

if TYPE_CHECKING:
    from bs4 import Tag

REDIRECT_PATH = re.compile(r"^/redirect/[0-9]{1,20}$")
_DIGITS = re.compile(r"[0-9]{1,5}")


@dataclass(frozen=True, slots=True)
class HosterEntry:
    """One entry of the hoster list. ``hoster`` is the site's word, ``link`` absolute."""

    hoster: str
    language: str
    link: str


def read_hosters(page: Page, season: int, episode: int) -> list[HosterEntry]:
    """All entries of the hoster list, in the page's order, hidden ones too.

    Raises:
        NotFound: the page is of another episode (the site led us elsewhere), or lists no hoster.
        MarkupChanged: a landmark is missing.
    """
    require_stream(page, "episode")
    _require_episode(page, season, episode)
    video = page.soup.select_one("div.hosterSiteVideo")
    if video is None:
        raise MarkupChanged("episode", "div.hosterSiteVideo", url=page.url)
    box = languages_by_key(page.soup)
    entries = list(_entries(video, box, page.url))
    if entries:
        return entries
    if box or video.select("li"):  # languages, but nobody who serves them: we misread the list
        raise MarkupChanged("episode", "li[data-link-target]", url=page.url)
    raise NotFound(why="no_hoster", site=LABEL, url=page.url)


def _require_episode(page: Page, season: int, episode: int) -> None:
    heading = page.soup.select_one("div.hosterSiteTitle")
    if heading is None:
        if not re.search(r"/(?:episode|film)-\d+$", path_of(page.url, page.url)):
            raise NotFound(why="episode", site=LABEL, url=page.url)
        raise MarkupChanged("episode", "div.hosterSiteTitle", url=page.url)
    shown = (attribute(heading, "data-season"), attribute(heading, "data-episode"))
    is_said = all(_DIGITS.fullmatch(text) for text in shown)
    if is_said and tuple(map(int, shown)) != (season, episode):
        raise NotFound(why="other_episode", site=LABEL, url=page.url)


def _entries(video: Tag, box: dict[str, str], url: str) -> Iterator[HosterEntry]:
    for item in video.select("ul > li[data-link-target]"):
        link = absolute(url, attribute(item, "data-link-target"))
        if not REDIRECT_PATH.match(path_of(link, url)):
            raise MarkupChanged("episode", "li[data-link-target^='/redirect/']", url=url)
        hoster = _hoster_name(item)
        if not hoster:
            raise MarkupChanged("episode", "li h4, li i.icon[title]", url=url)
        language = language_of_key(attribute(item, "data-lang-key"), box)
        yield HosterEntry(hoster, language, link)


def _hoster_name(item: Tag) -> str:
    name = text_of(item, "h4")
    if name:
        return name
    icon = item.select_one("i.icon[title]")
    return clean(attribute(icon, "title")).removeprefix("Hoster ").strip() if icon else ""
