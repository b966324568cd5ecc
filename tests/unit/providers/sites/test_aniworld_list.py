"""The list of all series, and series of which no episode is out yet."""

from __future__ import annotations

from html import escape

import pytest

from providers.base import ListsCatalogue, ListsSeries
from providers.border import BorderedSite
from providers.errors import MarkupChanged, NotFound
from providers.sites.aniworld import AniworldSite
from tests.unit.providers.conftest import FakeTime, WebServer, page

LIST = "/animes-alphabet"
BARE = "/anime/stream/bare"
NAVIGATION = (
    '<div class="hosterSiteDirectNav" id="stream"><ul><li><span><strong>Staffeln:</strong></span>'
    f'</li><li><a class="active" title="Staffel 1" href="{BARE}/staffel-1">1</a></li></ul>'
    "<ul><li><span><strong>{label}</strong></span></li>{links}</ul></div>"
    '<div class="series-title"><h1><span>Bare</span></h1></div>'
)
ODD = ["<harmony/>", "Q&A", 'say "hello"', "Hell's", "A < B > C", "!!!", "&notes", "x" * 400]


def announced(links: str = "", table: str = "", label: str = "Episoden:") -> str:
    body = NAVIGATION.format(label=label, links=links) + table
    return f"<!doctype html><html><body>{body}</body></html>"


def test_it_lists_its_series(site: AniworldSite) -> None:
    assert isinstance(site, ListsCatalogue)
    assert isinstance(site, ListsSeries)
    bordered = BorderedSite(site).list_series()
    assert bordered is not None
    found = {one.name: one for one in bordered}
    assert set(found) == {"Kranich & Söhne", "Kranich", "Hölle"}
    assert found["Kranich & Söhne"].alternative_names == ("Tsuru to Musuko", "鶴と息子")
    assert found["Hölle"].alternative_names == ("Haven of Hell's Cranes",)


def test_it_is_asked_for_anew(site: AniworldSite, web: WebServer, fake_time: FakeTime) -> None:
    site.search("Kranich")  # which keeps it for a day
    fake_time.now += 3600.0
    list(site.list_series())
    assert web.paths().count(LIST) == 2


@pytest.mark.parametrize("rounds", [1, 2, 3])
@pytest.mark.parametrize("title", ODD)
def test_odd_titles_are_listed_whole(
    site: AniworldSite, web: WebServer, title: str, rounds: int
) -> None:
    shown = title
    for _ in range(rounds):
        shown = escape(shown)
    web.on(
        LIST,
        f'<ul><li><a data-alternative-title="{shown}, Other" href="/anime/stream/odd" '
        f'title="{shown} Stream anschauen">{shown}</a></li></ul>',
    )
    (only,) = site.list_series()
    assert (only.name, only.alternative_names) == (title, ("Other",))


def test_a_list_without_series_is_a_changed_page(site: AniworldSite, web: WebServer) -> None:
    web.on(LIST, page("soft_404.html"))
    with pytest.raises((MarkupChanged, NotFound)):
        list(site.list_series())


@pytest.mark.parametrize(
    "table",
    [
        "",
        '<table class="seasonEpisodesList" data-season-id="1"></table>',
        '<table class="seasonEpisodesList"><thead><tr><th>Folge</th></tr></thead>'
        '<tbody id="season1"></tbody></table>',
    ],
)
def test_a_series_that_is_announced_has_no_episodes(
    site: AniworldSite, web: WebServer, table: str
) -> None:
    web.on(BARE, announced(table=table))
    assert site.series("bare").name == "Bare"
    assert BorderedSite(site).episodes("bare") == []


def test_an_announced_season_takes_none_of_the_others(site: AniworldSite, web: WebServer) -> None:
    second = f'<li><a href="{BARE}/staffel-2">2</a></li></ul>'
    row = (
        '<table class="seasonEpisodesList"><tbody><tr data-episode-id="1"><td>'
        f'<a href="{BARE}/staffel-1/episode-1">1</a></td></tr></tbody></table>'
    )
    link = f'<li><a data-episode-id="1" href="{BARE}/staffel-1/episode-1">1</a></li>'
    web.on(BARE, announced(link, row).replace("</ul>", second, 1))
    web.on(f"{BARE}/staffel-2", announced())
    assert [(one.season, one.number) for one in site.episodes("bare")] == [(1, 1)]


@pytest.mark.parametrize(
    "html",
    [
        announced(f'<li><a data-episode-id="1" href="{BARE}/staffel-1/episode-1">1</a></li>'),
        announced('<li><a href="#">1</a></li>'),
        announced(table=f'<div class="new"><a href="{BARE}/staffel-1/episode-1">1</a></div>'),
        announced(table='<table class="seasonEpisodesList"><tbody><tr></tr></tbody></table>'),
        announced(label="Anything else"),
    ],
    ids=["navigation lists one", "a link in it", "listed elsewhere", "a row", "no place for them"],
)
def test_anything_that_may_be_an_episode_is_a_changed_page(
    site: AniworldSite, web: WebServer, html: str
) -> None:
    web.on(BARE, html)
    with pytest.raises(MarkupChanged):
        site.episodes("bare")


def test_what_others_link_to_is_no_episode_of_it(site: AniworldSite, web: WebServer) -> None:
    other = '<p><a href="/anime/stream/other/staffel-1/episode-1">New at our site</a></p>'
    web.on(BARE, announced(table=other))
    assert site.episodes("bare") == []
