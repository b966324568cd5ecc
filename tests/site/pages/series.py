"""Series, season and film pages: the head, the season navigation and the episode table."""

from __future__ import annotations

from html import escape

from tests.site.catalogue import HOSTERS, TONGUES, Episode, Show
from tests.site.pages.layout import SITE, lazy_image, page, twice

PSEUDO_GENRES = ("Ger", "GerSub", "EngSub")


def cover_path(show: Show, size: str = "220x330") -> str:
    """The cover's address; the file name does not hold the key, as on the real site."""
    kind = "png" if show.site_id % 4 == 0 else "jpg"
    return (
        f"/public/img/cover/c{show.site_id:04}-stream-cover-{show.site_id * 7919:08x}_{size}.{kind}"
    )


def series_path(show: Show) -> str:
    return f"/anime/stream/{show.key}"


def season_path(show: Show, season: int) -> str:
    return f"{series_path(show)}/{'filme' if season == 0 else f'staffel-{season}'}"


def episode_path(show: Show, season: int, number: int) -> str:
    kind = "film" if season == 0 else "episode"
    return f"{season_path(show, season)}/{kind}-{number}"


def series_page(show: Show, season: int, *, canonical: str) -> bytes:
    """The page of one season; the series address shows the first one."""
    words = "Filme" if season == 0 else f"Staffel {season}"
    body = f"""<div class="container" id="wrapper">
{_head(show)}
{navigation(show, season)}
{_table(show, season)}
</div>"""
    title = f"{words} von {show.title} | AniWorld.to – Animes kostenlos ansehen"
    return page(title=title, body=body, canonical=canonical)


def _head(show: Show) -> str:
    seasons = len(show.seasons) + (1 if show.has_films else 0)
    backdrop = f"background-image: url({cover_path(show, '800x300')})"
    return f"""<div class="backdrop" style="{backdrop}"></div>
<section class="SeriesSection">
<div class="seriesContentBox" itemscope itemtype="http://schema.org/TVSeries">
<meta itemprop="numberOfSeasons" content="{seasons}">
<div class="seriesCoverBox">{lazy_image(cover_path(show), f"{show.title}, Cover, HD")}</div>
<div class="series-meta">
<div class="series-title">
<h1 itemprop="name" title="Animes Stream: {escape(show.title)}" \
data-alternativeTitles="{escape(", ".join((show.title, *show.alternative_titles)))}">\
<span>{escape(show.title)}</span></h1>
{_years(show)}
<div class="fsk" data-fsk="{show.fsk}" title="Alter"><span>{show.fsk}</span></div>
<a class="imdb-link" data-imdb="{show.imdb}" href="#" target="_blank">IMDB</a>
</div>
{_description(show)}
{_genres(show)}
{_people(show)}
<div class="starRatingResult"><span itemprop="ratingValue">4</span> /
<span itemprop="bestRating">5</span> <span itemprop="worstRating">0</span>
<span itemprop="ratingCount">{300 + show.site_id * 37}</span></div>
<div class="add-series" data-series-id="{show.site_id}" data-series-watchlist="0" \
data-series-favourite="0"></div>
<a class="trailerButton" itemprop="url" href="http://trailer.invalid/{show.key}">Trailer</a>
</div></div></section>"""


def _years(show: Show) -> str:
    if show.year is None:
        return ""
    end = "Heute" if show.is_running else str(show.end_year)
    target = "/animes" if show.is_running else f"{SITE}/animes/jahr/{show.end_year}"
    return f"""<small>(<span itemprop="startDate">\
<a href="{SITE}/animes/jahr/{show.year}">{show.year}</a></span> -
<span itemprop="endDate"><a href="{target}">{end}</a></span>)</small>"""


def _description(show: Show) -> str:
    short = show.description[:60]
    return (
        f'<p class="seri_des" itemprop="accessibilitySummary" '
        f'data-full-description="{escape(show.description)}">{escape(short)}'
        '<span class="showMore">&hellip; mehr anzeigen</span></p>'
    )


def _genres(show: Show) -> str:
    items = "".join(
        '<li><a class="genreButton clearbutton" itemprop="genre" href="/genre/x">'
        f"{escape(g)}</a></li>"
        for g in dict.fromkeys((*show.genres, *PSEUDO_GENRES))
    )
    more = '<li><button class="genreButton" type="button">+ 2</button></li>'
    main = escape(show.genres[0])
    return f'<div class="genres"><ul data-main-genre="{main}">{items}{more}</ul></div>'


def _people(show: Show) -> str:
    people = (("director", "Ayu Sorano"), ("actor", "Jonas Wels"), ("creator", "Studio Halm"))
    items = [
        f'<li itemprop="{role}" itemscope><a href="#"><span itemprop="name">{name}</span></a></li>'
        for role, name in (*people, ("countryOfOrigin", show.country))
    ]
    return f'<div class="cast"><ul>{"".join(items)}</ul></div>'


def navigation(show: Show, season: int, number: int | None = None) -> str:
    """The block ``#stream``: all seasons (films first), then the episodes of the shown one."""
    seasons = [_season_link(show, s, active=s == season) for s in show.seasons]
    if show.has_films:
        films = _season_link(show, 0, active=season == 0)
        seasons.insert(0, films)
    episodes = [_episode_link(show, e, active=e.number == number) for e in show.season(season)]
    label = "Filme:" if season == 0 else "Episoden:"
    return f"""<div class="hosterSiteDirectNav" id="stream">
<ul><li><span><strong>Staffeln:</strong></span></li>{"".join(seasons)}</ul>
<div class="cf"></div>
<ul><li><span><strong>{label}</strong></span></li>{"".join(episodes)}</ul>
</div>"""


def _season_link(show: Show, season: int, *, active: bool) -> str:
    title, text = ("Alle Filme", "Filme") if season == 0 else (f"Staffel {season}", str(season))
    mark = ' class="active"' if active else ""
    return f'<li><a{mark} href="{season_path(show, season)}" title="{title}">{text}</a></li>'


def _episode_link(show: Show, episode: Episode, *, active: bool) -> str:
    n, season = episode.number, episode.season
    title = f"Film {n}" if season == 0 else f"Staffel {season} Episode {n}"
    mark = "active" if active else ""
    gap = " " * 300  # the real page has such a run here: nothing for regular expressions
    return (
        f'<li><a class="{mark}" href="{episode_path(show, season, n)}" title="{title}" '
        f'data-episode-id="{site_wide_id(show, episode)}"{gap}'
        f'data-season-id="{season}">{n}</a></li>'
    )


def site_wide_id(show: Show, episode: Episode) -> int:
    return show.site_id * 100_000 + episode.season * 1_000 + episode.number


def _table(show: Show, season: int) -> str:
    rows = "\n".join(_row(show, episode) for episode in show.season(season))
    head = "Filme" if season == 0 else "Folge"
    return f"""<table class="seasonEpisodesList" data-season-id="{season}">
<thead><tr><th>{head}</th><th>Name</th><th>Hoster</th><th>Sprache</th></tr></thead>
<tbody id="season{season}">
{rows}
</tbody></table>"""


def _row(show: Show, episode: Episode) -> str:
    number, season = episode.number, episode.season
    link = episode_path(show, season, number)
    if season == 0:
        first = f'<a href="{link}">Film {number}</a>'
    else:
        first = (
            f'<meta itemprop="episodeNumber" content="{number}">'
            f'<a itemprop="url" href="{link}">Folge {number}</a>'
        )
    return f"""<tr class="" data-episode-id="{site_wide_id(show, episode)}" \
data-episode-season-id="{number}" itemprop="episode" itemscope>
<td class="season{season}EpisodeID">{first}</td>
<td class="seasonEpisodeTitle"><a href="{link}">{_titles(episode)}</a></td>
<td><a href="{link}">{_hoster_icons(episode)}</a></td>
<td class="editFunctions">{_flags(episode, link)}</td>
</tr>"""


def _titles(episode: Episode) -> str:
    original = f"{twice(episode.original_title)} {episode.tag}".strip()
    if not episode.title:
        return f"<strong></strong> <span>{original}</span>"
    return f"<strong>{twice(episode.title)}</strong> - <span>{original}</span>"


def _hoster_icons(episode: Episode) -> str:
    shown = (hoster for hoster in HOSTERS if hoster in episode.hosters)
    return "".join(f'<i class="icon {h}" title="{h}"></i>' for h in shown)


def _flags(episode: Episode, link: str) -> str:
    tongues = [TONGUES[key] for key in sorted(episode.languages)]
    pictures = "".join(
        f'<img class="flag" src="/public/img/{t.flag}" '
        f'alt="{t.table_title}" title="{t.table_title}">'
        for t in tongues
    )
    return pictures if episode.season == 0 else f'<a href="{link}">{pictures}</a>'
