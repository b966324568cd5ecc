"""The page of new episodes: one page for all series, and never an empty list."""

from __future__ import annotations

from datetime import date

import pytest

from providers.base import ListsNewEpisodes, NewEpisode
from providers.border import MOST_NEWS, BorderedSite
from providers.errors import (
    Blacklisted,
    ChallengeRequired,
    MarkupChanged,
    NotFound,
    PageBroken,
    ProviderError,
)
from providers.sites.aniworld import AniworldSite
from tests.unit.providers.conftest import KEY, Reply, WebServer, page

NEWS = "/neue-episoden"


def row(link: str) -> str:
    return f'<div class="col-md-12"><a href="{link}"><strong>x</strong></a></div>'


def listing(*links: str) -> str:
    rows = "".join(map(row, links))
    return f'<div class="newEpisodeList"><div class="rows">{rows}</div></div>'


def test_rows_of_one_episode_are_put_together(site: AniworldSite, web: WebServer) -> None:
    web.on(NEWS, page("new_episodes.html"))
    assert isinstance(site, ListsNewEpisodes)
    assert site.new_episodes() == [
        NewEpisode(KEY, 3, 4, ("German Sub", "German Dub"), date(2026, 9, 13)),
        NewEpisode("mondlicht", 0, 2, ("unknown-klingon",), None),
        NewEpisode("mondlicht", 0, 3, (), None),
    ]


def test_it_is_asked_for_anew_each_time(site: AniworldSite, web: WebServer) -> None:
    one, two = (f"/anime/stream/show/staffel-1/episode-{number}" for number in (1, 2))
    web.on(NEWS, listing(one), listing(two, one))
    assert [len(site.new_episodes()) for _ in range(2)] == [1, 2]
    assert web.paths() == [NEWS, NEWS]


@pytest.mark.parametrize(
    "html",
    [
        "<html><body><h1>Neue Episoden</h1></body></html>",
        '<div class="newEpisodeList"></div>',
        listing(),
        listing("/serie/show/staffel-1/episode-1", "/serie/show/staffel-1/episode-2"),
        listing("/anime/stream/show", "/anime/stream/show/staffel-1", "/support/frage/x"),
        listing("/anime/stream/a/staffel-1/episode-1", *["/anime/stream/b"] * 2),
        page("new_episodes.html").replace("newEpisodeList", "freshList"),
        page("new_episodes.html").replace('class="rows"', 'class="grid"'),
    ],
)
def test_a_page_of_another_form_is_no_empty_list(
    site: AniworldSite, web: WebServer, html: str
) -> None:
    web.on(NEWS, html)
    with pytest.raises(MarkupChanged) as changed:
        site.new_episodes()
    assert changed.value.page == "new episodes"


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(page("spam.html")), Blacklisted),
        (Reply(page("browser_check.html"), 403), ChallengeRequired),
        (Reply(page("soft_404.html")), NotFound),
        (Reply("<title>502 Bad Gateway</title><h2>502</h2>"), PageBroken),
        (Reply("gone", 404), NotFound),
    ],
)
def test_what_is_no_such_page_says_what_it_is(
    site: AniworldSite, web: WebServer, reply: Reply, error: type[ProviderError]
) -> None:
    web.on(NEWS, reply)
    with pytest.raises(error):
        site.new_episodes()


@pytest.mark.parametrize(
    "link",
    [
        "/anime/stream/../staffel-1/episode-1",
        "/anime/stream/a/staffel-1/episode-123456",
        "/anime/stream/a/staffel-1/episode-1/x",
        "/anime/stream/a%20b/staffel-1/episode-1",
        "javascript:alert(1)",
        "",
    ],
)
def test_a_link_that_leads_to_no_episode_is_left_out(
    site: AniworldSite, web: WebServer, link: str
) -> None:
    good = "/anime/stream/a/staffel-1/episode-1"
    web.on(NEWS, listing(link, good))
    assert [(one.key, one.season, one.number) for one in site.new_episodes()] == [("a", 1, 1)]


class News:
    """A site of which the border is asked."""

    name = "news"

    def __init__(self, found: list[NewEpisode] | None) -> None:
        self.found = found

    def new_episodes(self) -> list[NewEpisode] | None:
        return self.found


def bordered(site: object) -> BorderedSite:
    return BorderedSite(site)  # type: ignore[arg-type]


def test_the_border_bounds_what_comes_out() -> None:
    many = [NewEpisode("show", 1, number) for number in range(1, MOST_NEWS + 10)]
    found = bordered(News(many)).new_episodes()
    assert found is not None
    assert len(found) == MOST_NEWS
    strange = [
        NewEpisode("a/b", 1, 1),
        NewEpisode("show", 1000, 1),
        NewEpisode("show", 1, 100_000),
        NewEpisode("show", 1, 1, tuple("x" * 100 + str(n) for n in range(300))),
    ]
    read = bordered(News(strange)).new_episodes()
    assert read is not None
    assert [len(one.languages) for one in read] == [1]
    assert len(read[0].languages[0]) == 64
    with pytest.raises(MarkupChanged):
        bordered(News(strange[:3])).new_episodes()


def test_a_site_without_such_a_page_says_so() -> None:
    class Plain:
        name = "plain"

    assert bordered(Plain()).new_episodes() is None
    assert bordered(News(None)).new_episodes() is None


def test_a_reader_that_stumbles_is_a_page_that_has_changed() -> None:
    class Broken:
        name = "broken"

        def new_episodes(self) -> list[NewEpisode]:
            raise KeyError("x")

    with pytest.raises(MarkupChanged):
        bordered(Broken()).new_episodes()
