"""What comes in the place of a page of AniWorld is told apart from a page that has changed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from providers.errors import ChallengeRequired, MarkupChanged, NotFound, PageBroken, SiteDown
from providers.sites.aniworld import AniworldSite
from tests.unit.providers.conftest import KEY, SERIES, WebServer

TURNSTILE = '<div class="cf-turnstile" data-sitekey="x"></div>'
PLATFORM = '<script src="/cdn-cgi/challenge-platform/h/g/orchestrate/jsd/v1"></script>'
OWN = '<title>AniWorld.to</title><a href="/anime/stream/other">Other</a>'
ELSEWHERE = "<title>Diese Webseite ist nicht verfügbar</title><p>notice.cuii.info"


@pytest.mark.parametrize("body", [TURNSTILE, PLATFORM, '<div id="cf-chl-widget-1"></div>'])
def test_a_page_that_is_a_check_and_nothing_else(
    site: AniworldSite, web: WebServer, body: str
) -> None:
    web.on(SERIES, f"<html><head><title>Moment</title></head><body>{body}</body></html>")
    with pytest.raises(ChallengeRequired) as refused:
        site.series(KEY)
    assert refused.value.params["why"] == "check"


@pytest.mark.parametrize("part", [TURNSTILE, PLATFORM])
def test_a_page_of_the_site_may_have_parts_of_a_check(
    site: AniworldSite, web: WebServer, part: str
) -> None:
    web.on(SERIES, f"<html><head>{OWN}</head><body>{part}</body></html>")
    with pytest.raises(MarkupChanged):
        site.series(KEY)


def test_a_page_of_somebody_else_says_nothing_of_the_form_of_the_sites(
    site: AniworldSite, web: WebServer
) -> None:
    web.on(SERIES, ELSEWHERE)
    with pytest.raises(SiteDown) as down:
        site.series(KEY)
    assert down.value.params == {
        "why": "foreign_page",
        "site": "AniWorld",
        "title": "Diese Webseite ist nicht verfügbar",
    }
    assert not down.value.permanent
    assert down.value.whole_site


Ask = Callable[[AniworldSite], object]


@pytest.mark.parametrize(
    ("path", "ask"),
    [
        ("/animes-alphabet", lambda site: site.list_series()),
        ("/neue-episoden", lambda site: site.new_episodes()),
        ("/animekalender", lambda site: site.airings()),
    ],
)
@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("<title>502 Bad Gateway</title><h2>502</h2>", PageBroken),
        ("<title>Fehler 404</title>", NotFound),
        (f"<title>Please wait</title>{TURNSTILE}", ChallengeRequired),
        (ELSEWHERE, SiteDown),
    ],
)
def test_every_list_tells_them_apart(
    *, site: AniworldSite, web: WebServer, path: str, ask: Ask, body: str, error: type[Exception]
) -> None:
    web.on(path, body)
    with pytest.raises(error) as raised:
        ask(site)
    assert not isinstance(raised.value, MarkupChanged)


def test_a_search_answered_by_a_page_is_told_apart_too(site: AniworldSite, web: WebServer) -> None:
    web.on("/animes-alphabet", "<title>502 Bad Gateway</title>")
    web.on("/ajax/search", "<title>502 Bad Gateway</title>")
    with pytest.raises(PageBroken):
        site.search("kranich")
    web.on("/ajax/search", TURNSTILE)
    with pytest.raises(ChallengeRequired):
        site.search("kranich")
