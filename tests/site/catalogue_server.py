"""The catalogue's addresses: which page answers which path."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from urllib.parse import parse_qs

from tests.site.catalogue import GERMAN_SUB, Episode, Link, Show
from tests.site.pages import lists, trouble
from tests.site.pages.episode import episode_page
from tests.site.pages.series import cover_path, season_path, series_page, series_path
from tests.site.posters import poster
from tests.site.state import World
from tests.site.traffic import Request, Response, Subject

_SERIES = re.compile(
    r"^/anime/stream/(?P<key>[^/]+)"
    r"(?:/(?:staffel-(?P<season>\d+)|(?P<films>filme))(?:/(?:episode|film)-(?P<number>\d+))?)?/?$"
)
_REDIRECT = re.compile(r"^/redirect/(\d+)$")
_COVER = re.compile(r"^/public/img/cover/c(\d{4})-stream-cover-\w+_(\d+)x(\d+)\.(jpg|png)$")
_FLAG = re.compile(r"^/public/img/([a-z-]+)\.svg$")
_NEWEST = date(2026, 9, 12)
_JSON = "application/json; charset=utf-8"
_HOSTER_PATHS = {
    "VOE": "/e/{code}",
    "Doodstream": "/d/{code}",
    "Filemoon": "/fm/{code}",
    "Vidmoly": "/embed-{code}.html",
    "Direct": "/watch/{code}",
}


class CatalogueServer:
    """Answers as the catalogue site does."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._fixed: dict[tuple[str, str], Callable[[Request], Response]] = {
            ("GET", "/"): lambda _: _page(lists.home_page(world.catalogue)),
            ("GET", "/animes-alphabet"): lambda _: _page(lists.alphabet_page(world.catalogue)),
            ("GET", "/animes"): lambda _: _page(lists.genres_page(world.catalogue)),
            ("GET", "/neue-episoden"): lambda _: self._new_episodes(),
            ("GET", "/animekalender"): lambda _: self._calendar(),
            ("POST", "/ajax/search"): self._ajax_search,
            ("GET", "/ajax/seriesSearch"): self._series_search,
        }

    def subject(self, request: Request) -> Subject:
        """What the request is about, read from its path."""
        match = _SERIES.match(request.path)
        if match:
            season, number = _place(match)
            return Subject(series=match["key"], season=season, episode=number)
        redirect = _REDIRECT.match(request.path)
        link = Link.from_redirect_id(redirect[1]) if redirect else None
        return subject_of(self._world, link)

    def answer(self, request: Request) -> Response:
        fixed = self._fixed.get((request.method, request.path))
        if fixed:
            return fixed(request)
        if request.method != "GET":
            return trouble.error_page(405)
        for pattern, respond in (
            (_SERIES, self._series),
            (_REDIRECT, self._redirect),
            (_COVER, self._cover),
            (_FLAG, _flag),
        ):
            match = pattern.match(request.path)
            if match:
                return respond(match)
        return trouble.not_found()

    def _series(self, match: re.Match[str]) -> Response:
        show = self._world.catalogue.get(match["key"])
        if not show:
            return trouble.not_found()
        season, number = _place(match)
        if season is None:
            first = show.seasons[0]
            return _page(series_page(show, first, canonical=series_path(show)))
        if not show.season(season):
            return trouble.not_found()
        if number is None:
            return _page(series_page(show, season, canonical=season_path(show, season)))
        episode = show.episode(season, number)
        return _page(episode_page(show, episode)) if episode else trouble.not_found()

    def _redirect(self, match: re.Match[str]) -> Response:
        link = Link.from_redirect_id(match[1])
        if not link or not self._world.catalogue.find(link):
            return trouble.not_found()
        target = f"{self._world.hoster_url}{self._hoster_path(link)}"
        return Response(status=301, headers=(("Location", target),))

    def _hoster_path(self, link: Link) -> str:
        if link.hoster == "Vidmoly" and link.number % 2 == 0:
            return f"/v/{link.code}"  # the older form of its addresses
        if link.hoster == "Direct" and link.number % 2 == 0:
            return f"/media/{link.code}/mp4/v480.mp4?{self._world.sign(link)}"  # no page at all
        return _HOSTER_PATHS[link.hoster].format(code=link.code)

    def _cover(self, match: re.Match[str]) -> Response:
        show = next((s for s in self._world.catalogue if s.site_id == int(match[1])), None)
        size = (int(match[2]), int(match[3]))
        if not show or f"{size[0]}x{size[1]}" not in {"220x330", "150x225", "200x300", "800x300"}:
            return trouble.not_found()
        if cover_path(show, f"{size[0]}x{size[1]}") != match[0]:
            return trouble.not_found()
        kind = "jpeg" if match[4] == "jpg" else "png"
        picture = poster(show.key, _latin_title(show), size=size, kind=kind)
        return Response(body=picture, content_type=f"image/{kind}", etag=True)

    def _new_episodes(self) -> Response:
        catalogue = self._world.catalogue
        added = [(catalogue.get(key), s, n) for key, s, n in self._world.fresh]
        fresh = [(show, e) for show, s, n in added if show and (e := show.episode(s, n))]
        latest = [(show, e) for show in catalogue if (e := _latest(show))]
        rows = [row for n, row in enumerate(fresh + latest) if row not in (fresh + latest)[:n]]
        return _page(lists.new_episodes_page(rows, newest=_NEWEST))

    def _calendar(self) -> Response:
        """What was announced by order, else a row without hosters each week from tomorrow on."""
        catalogue, told = self._world.catalogue, self._world.announced
        listed = [
            lists.Announced(show, *place, date.fromisoformat(day), clock, languages)
            for key, place, day, clock, languages in told
            if (show := catalogue.get(key))
        ] or [one for show in catalogue for one in _coming(show)]
        return _page(lists.calendar_page(listed))

    def _ajax_search(self, request: Request) -> Response:
        keyword = parse_qs(request.body.decode()).get("keyword", [""])[0].strip()
        body = lists.ajax_search(self._world.catalogue, keyword)
        return Response(body=body, content_type=_JSON if body else "text/html; charset=utf-8")

    def _series_search(self, request: Request) -> Response:
        keyword = request.query.get("keyword", "").strip()
        return Response(
            body=lists.series_search(self._world.catalogue, keyword), content_type=_JSON
        )


def subject_of(world: World, link: Link | None) -> Subject:
    """The episode and hoster behind a link, for rules."""
    if not link:
        return Subject()
    key = next((show.key for show in world.catalogue if show.site_id == link.site_id), None)
    return Subject(series=key, season=link.season, episode=link.number, hoster=link.hoster)


def _place(match: re.Match[str]) -> tuple[int | None, int | None]:
    season = 0 if match["films"] else int(match["season"]) if match["season"] else None
    return season, int(match["number"]) if match["number"] else None


def _page(body: bytes) -> Response:
    return Response(body=body, etag=True)


def _coming(show: Show) -> list[lists.Announced]:
    rows = [e for e in show.episodes if not e.is_available and e.season > 0 and e.number > 0]
    days = (date.today() + timedelta(days=1 + 7 * n) for n in range(len(rows)))
    return [
        lists.Announced(show, e.season, e.number, day, "18:30", (GERMAN_SUB,))
        for e, day in zip(sorted(rows, key=lambda e: (e.season, e.number)), days, strict=True)
    ]


def _latest(show: Show) -> Episode | None:
    rows = [e for e in show.episodes if e.is_available and e.season > 0]
    return max(rows, key=lambda e: (e.season, e.number), default=None)


def _latin_title(show: Show) -> str:
    """A title that the fonts of any machine can draw."""
    names = (show.title, *show.alternative_titles)
    return next((name for name in names if all(ord(c) < 0x180 for c in name)), show.title)


def _flag(match: re.Match[str]) -> Response:
    colours = {"german": ("#000", "#d00", "#fc0")}.get(match[1], ("#fff", "#c03", "#fff"))
    stripes = "".join(
        f'<rect y="{n * 4}" width="18" height="4" fill="{c}"/>' for n, c in enumerate(colours)
    )
    body = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 18 12">{stripes}</svg>'
    return Response(body=body.encode(), content_type="image/svg+xml")
