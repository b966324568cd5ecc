"""The page of one episode or film: languages and hosters, each pair with a link of its own."""

from __future__ import annotations

from html import escape

from tests.site.catalogue import TONGUES, Episode, Link, Offer, Show
from tests.site.pages.layout import SITE, page, twice
from tests.site.pages.series import (
    episode_path,
    navigation,
    season_path,
    series_path,
    site_wide_id,
)


def episode_page(show: Show, episode: Episode) -> bytes:
    season, number = episode.season, episode.number
    words = f"Film {number}" if season == 0 else f"Episode {number} Staffel {season}"
    body = f"""<div class="container" id="wrapper">
{navigation(show, season, number)}
{_headline(show, episode)}
<div class="hosterSiteVideo">
{_languages(episode)}
<div class="inSiteWebStream"><iframe src=""></iframe></div>
<ul class="row">
{_hosters(show, episode)}
</ul>
</div>
<p>Veröffentlicht bei uns: <strong>01.01.1970</strong></p>
{_season_list(show)}
</div>"""
    title = f"{words} von {show.title} | AniWorld.to – Animes kostenlos ansehen"
    return page(title=title, body=body, canonical=episode_path(show, season, number))


def _headline(show: Show, episode: Episode) -> str:
    german = f'<span class="episodeGermanTitle">{twice(episode.title)}</span>'
    original = f"{twice(episode.original_title)} {episode.tag}".strip()
    return f"""<div class="hosterSiteTitle" data-season="{episode.season}" \
data-episode="{episode.number}" data-episode-id="{site_wide_id(show, episode)}">
<h2>{german} <small class="episodeEnglishTitle">{original}</small></h2>
<p class="descriptionSpoiler" itemprop="description">{escape(show.description[:80])}</p>
</div>"""


def _languages(episode: Episode) -> str:
    # The site lists 1, 3, 2: German dub, German subtitles, English subtitles.
    order = sorted(episode.languages, key=lambda key: {1: 0, 3: 1, 2: 2}.get(key, key))
    pictures = []
    for place, key in enumerate(order):
        mark = ' class="selectedLanguage"' if place == 0 else ""
        tongue = TONGUES[key]
        pictures.append(
            f'<img{mark} data-lang-key="{key}" src="/public/img/{tongue.flag}" '
            f'alt="{tongue.box_title}" title="{tongue.box_title}">'
        )
    return f'<div class="changeLanguageBox">{"".join(pictures)}</div>'


def _hosters(show: Show, episode: Episode) -> str:
    first = episode.languages[0] if episode.languages else None
    return "\n".join(
        _hoster(show, episode, offer, hidden=offer.language != first) for offer in episode.offers
    )


def _hoster(show: Show, episode: Episode, offer: Offer, *, hidden: bool) -> str:
    link = Link(show.site_id, episode.season, episode.number, offer.language, offer.hoster)
    number, name = link.redirect_id, offer.hoster
    style = ' style="display: none;"' if hidden else ""
    anchor = f"""<a class="watchEpisode" itemprop="url" target="_blank" href="/redirect/{number}">
<i class="icon {name}" title="Hoster {name}"></i><h4>{name}</h4>
<div class="hosterSiteVideoButton">Video öffnen</div></a>"""
    if name in {"VOE", "Doodstream"}:
        anchor = f'<div class="generateInlinePlayer">{anchor}</div>'
    return f"""<li class="col-md-3 episodeLink{number}" data-lang-key="{offer.language}" \
data-link-id="{number}" data-link-target="/redirect/{number}" data-external-embed="false"{style}>
{anchor}</li>"""


def _season_list(show: Show) -> str:
    """The second list of seasons, with absolute addresses of the real site."""
    items = "".join(
        f'<li><a href="{SITE}{season_path(show, season)}">Staffel {season}</a></li>'
        for season in show.seasons
    )
    films = f'<li><a href="{SITE}{season_path(show, 0)}">Filme</a></li>' if show.has_films else ""
    whole = f'<a href="{SITE}{series_path(show)}">Anime</a>'
    return f'<ul class="seasonListBig">{films}{items}</ul>{whole}'
