"""Lists of series, new episodes, and the two searches."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from typing import Any

from tests.site.catalogue import TONGUES, Episode, Show
from tests.site.pages.layout import lazy_image, page, twice
from tests.site.pages.series import cover_path, episode_path, series_path


@dataclass(frozen=True, slots=True)
class Announced:
    """An episode of the calendar; ``clock`` "18:30", or empty where no time is said."""

    show: Show
    season: int
    number: int
    day: date
    clock: str = ""
    languages: tuple[int, ...] = ()


_WEEKDAYS = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")
_SUPPORT = (
    ("wie-funktioniert-die-suche", "Wie funktioniert die Suche nach {}?"),
    ("anime-verschiebungen", "Verschiebungen: wann geht {} weiter?"),
    ("wunschliste", "Kann ich mir {} wünschen?"),
)


def alphabet_page(shows: Iterable[Show]) -> bytes:
    body = f'<div id="wrapper"><ul class="alphabet">{"".join(map(_list_entry, shows))}</ul></div>'
    return page(title="Alle Animes A-Z | AniWorld.to", body=body, canonical="/animes-alphabet")


def genres_page(shows: Iterable[Show]) -> bytes:
    by_genre: dict[str, list[Show]] = {}
    for show in shows:
        by_genre.setdefault(show.genres[0], []).append(show)
    blocks = "".join(
        f'<div class="genre"><div class="seriesGenreList"><h3>{escape(genre)}</h3></div>'
        f"<ul>{''.join(map(_list_entry, members))}</ul></div>"
        for genre, members in sorted(by_genre.items())
    )
    body = f'<div id="seriesContainer">{blocks}</div>'
    return page(title="Alle Animes | AniWorld.to", body=body, canonical="/animes")


def _list_entry(show: Show) -> str:
    title = escape(show.title)
    names = escape(", ".join(show.alternative_titles))
    return (
        f'<li><a data-alternative-title="{names}" href="{series_path(show)}" '
        f'title="{title} Stream anschauen">{title}</a></li>\n'
    )


def home_page(shows: Iterable[Show]) -> bytes:
    cards = "".join(
        f'<div class="coverListItem"><a href="{series_path(show)}" title="{escape(show.title)}">'
        f"{lazy_image(cover_path(show), show.title)}"
        f'<h3>{escape(show.title)}<span class="paragraph-end"></span></h3>'
        f"<small>{escape(show.genres[0])}</small></a></div>"
        for show in shows
    )
    body = f'<h2>Beliebt bei AniWorld</h2><div class="preview rows">{cards}</div>'
    return page(title="AniWorld.to – Animes kostenlos ansehen", body=body, canonical="/")


def new_episodes_page(rows: Iterable[tuple[Show, Episode]], *, newest: date) -> bytes:
    """One row per language; every second episode is a day older."""
    lines: list[str] = []
    for place, (show, episode) in enumerate(rows):
        day = newest - timedelta(days=place // 2)
        lines.extend(_new_row(show, episode, key, day) for key in episode.languages)
    body = f'<div class="newEpisodeList"><div class="rows">{"".join(lines)}</div></div>'
    return page(title="Neue Episoden | AniWorld.to", body=body, canonical="/neue-episoden")


def _new_row(show: Show, episode: Episode, language: int, day: date) -> str:
    tongue = TONGUES[language]
    title = escape(show.title, quote=False).replace("'", "&#039;")
    code = f"S{episode.season:02} E{episode.number:02}"
    link = episode_path(show, episode.season, episode.number)
    return f"""<div class="col-md-12"><a href="{link}">
<strong>{title}</strong> <span class="listTag bigListTag blue2">{code}</span>
{lazy_image(f"/public/img/{tongue.flag}", tongue.table_title, "flag")}
<span class="listTag green">Neu!</span>
<span class="elementFloatRight">{_WEEKDAYS[day.weekday()]}, {day:%d.%m.%Y}</span></a></div>
"""


def calendar_page(announced: Iterable[Announced]) -> bytes:
    """One card a language below the heading of its day; some say no time and some no language."""
    by_day: dict[date, list[Announced]] = {}
    for one in announced:
        by_day.setdefault(one.day, []).append(one)
    days = "".join(
        f"<h3>{_WEEKDAYS[day.weekday()]}, {day:%d.%m.%Y}</h3>" + "".join(map(_cards, entries))
        for day, entries in sorted(by_day.items(), key=lambda pair: pair[0])
    )
    body = f'<section class="calendarList"><div class="row">{days}</div></section>'
    return page(title="Animekalender | AniWorld.to", body=body, canonical="/animekalender")


def _cards(one: Announced) -> str:
    flags = [
        lazy_image(f"/public/img/{TONGUES[key].flag}", TONGUES[key].table_title, "flag")
        for key in one.languages
    ]
    link = episode_path(one.show, one.season, one.number)
    code = f"S{one.season:02} E{one.number:02}"
    clock = f"<small>{one.clock} Uhr</small>" if one.clock else ""
    title = escape(one.show.title)
    return "".join(
        f'<div class="col-md-15"><a href="{link}"><h3>{title}</h3> <span>{code}</span> '
        f"{clock} {flag}</a></div>"
        for flag in flags or [""]
    )


def ajax_search(shows: Iterable[Show], keyword: str) -> bytes:
    """Hits of all kinds, noise included; nothing at all when nothing is found."""
    found = [show for show in shows if keyword and _matches(show, keyword)]
    if not found:
        return b""
    hits = [hit for show in found for hit in _hits(show, keyword)]
    noise = [
        {
            "title": f"{text.format(f'<em>{escape(keyword)}</em>')}",
            "description": "Eine Frage aus dem Support&#8230;",
            "link": f"/support/frage/{slug}",
        }
        for slug, text in _SUPPORT
    ]
    return json.dumps(noise[:1] + hits + noise[1:]).replace("/", "\\/").encode()


def _hits(show: Show, keyword: str) -> Iterator[dict[str, str]]:
    description = f"{_mark(show.description[:90], keyword)}&#8230;"
    title = _mark(show.title, keyword)
    yield {"title": title, "description": description, "link": series_path(show)}
    for episode in show.episodes[:3]:
        link = f"{series_path(show)}/staffel-{episode.season}/episode-{episode.number}"
        name = f"{title} - {twice(episode.original_title)}"
        yield {"title": name, "description": description, "link": link}


def _mark(text: str, keyword: str) -> str:
    """Double entities, and the match set in ``<em>``."""
    pattern = re.compile(re.escape(twice(keyword)), re.IGNORECASE)
    return pattern.sub(lambda match: f"<em>{match.group()}</em>", twice(text))


def series_search(shows: Iterable[Show], keyword: str) -> bytes:
    """The older search, with cover and year."""
    found = [show for show in shows if keyword and _matches(show, keyword)]
    return json.dumps([_old_hit(show) for show in found]).encode()


def _old_hit(show: Show) -> dict[str, Any]:
    return {
        "name": twice(show.title),
        "link": show.key,
        "description": twice(show.description[:90]),
        "cover": cover_path(show),
        "productionYear": "" if show.year is None else f"{show.year} - {_end(show)}",
    }


def _end(show: Show) -> str:
    return "Heute" if show.is_running else str(show.end_year)


def _matches(show: Show, keyword: str) -> bool:
    wanted = keyword.casefold()
    return any(wanted in name.casefold() for name in (show.title, *show.alternative_titles))
