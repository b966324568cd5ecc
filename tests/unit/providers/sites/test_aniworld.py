"""What the pages of the aniworld site say: series, episodes, sources and links."""

from __future__ import annotations

import pytest

from providers.base import EpisodeInfo, EpisodeKind, Language, Site, Source
from providers.errors import (
    AddressRefused,
    Blacklisted,
    ChallengeRequired,
    MarkupChanged,
    MediaGone,
    NotFound,
    SiteDown,
    UnsupportedHoster,
)
from providers.sites.aniworld import AniworldSite
from tests.unit.providers.conftest import (
    EPISODE,
    KEY,
    SERIES,
    FakeTime,
    Reply,
    WebServer,
    page,
)


def source(web: WebServer, link: str = "/redirect/11") -> Source:
    return Source("aniworld", "voe", "German Dub", web.url + link, referer=web.url + EPISODE)


# --- series --------------------------------------------------------------------------------


def test_it_is_a_site(site: AniworldSite) -> None:
    assert isinstance(site, Site)


def test_the_head_of_a_series_is_read(site: AniworldSite, web: WebServer) -> None:
    info = site.series(KEY)
    assert info.key == KEY
    assert info.name == "Kranich & Söhne"
    assert info.link == f"{web.url}{SERIES}"
    assert info.alternative_names == ("Tsuru to Musuko", "鶴と息子", "Crane's Sons")
    assert info.description == 'Ein Kranich zieht vier Söhne auf. Keiner "fliegt" gern.'
    assert (info.year, info.end_year, info.status) == (2019, None, "ongoing")
    assert info.cover_url == f"{web.url}/public/img/cover/abc-xyz_220x330.jpg"
    assert info.genres == ("Drama", "Alltag")
    assert info.ids == {"imdb": "tt7654321"}


def test_an_ended_series_and_one_that_says_little(site: AniworldSite, web: WebServer) -> None:
    html = page("series.html")
    web.on(SERIES, html.replace('jahr/heute">Heute', 'jahr/2021">2021'))
    info = site.series(KEY)
    assert (info.year, info.end_year, info.status) == (2019, 2021, "completed")
    web.on("/anime/stream/bare", '<div id="stream"><a href="/anime/stream/bare/staffel-1">1</a>'
           '</div><div class="series-title"><h1>Bare</h1></div>')  # fmt: skip
    bare = site.series("bare")
    assert (bare.name, bare.year, bare.status, bare.cover_url, bare.ids) == (
        "Bare",
        None,
        "",
        "",
        {},
    )


@pytest.mark.parametrize(
    ("mark", "missing"),
    [('id="stream"', "#stream"), ('class="series-title"', "series-title")],
)
def test_a_series_page_that_changed_names_its_missing_landmark(
    site: AniworldSite, web: WebServer, mark: str, missing: str
) -> None:
    web.on(SERIES, page("series.html").replace(mark, 'class="new"'))
    with pytest.raises(MarkupChanged, match=f"The series page has changed: .*{missing}"):
        site.series(KEY)


@pytest.mark.parametrize("key", ["", "../admin", "a/b", "söhne", "a?b", "-x", "a" * 300, "a b"])
def test_a_key_is_checked_before_it_goes_into_an_address(
    site: AniworldSite, web: WebServer, key: str
) -> None:
    for ask in (site.series, site.episodes, lambda key: site.sources(key, 1, 1)):
        with pytest.raises(NotFound):
            ask(key)
    assert web.seen == []


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (page("soft_404.html"), NotFound),
        ("<title>Fehler 404</title><p>weg</p>", NotFound),
        ("<title>502 Bad Gateway</title>x", SiteDown),
        ("<title>AniWorld</title><h2>503</h2>", SiteDown),
        (page("spam.html"), Blacklisted),
        (page("browser_check.html"), ChallengeRequired),
        ("<p>something new</p>", MarkupChanged),
        ("", SiteDown),
    ],
)
def test_error_pages_with_status_200_are_told_apart(
    site: AniworldSite, web: WebServer, body: str, error: type[Exception]
) -> None:
    web.on(SERIES, body)
    for ask in (site.series, site.episodes):
        with pytest.raises(error):
            ask(KEY)


def test_the_spam_sentence_in_a_script_is_not_the_spam_page(
    site: AniworldSite, web: WebServer
) -> None:
    script = "<script>let text = 'Deine Anfrage wurde als Spam erkannt.';</script></body>"
    web.on(SERIES, page("series.html").replace("</body>", script))
    assert site.series(KEY).name == "Kranich & Söhne"


# --- episodes ------------------------------------------------------------------------------


def test_all_seasons_are_read_with_films_gaps_and_announcements(
    site: AniworldSite, web: WebServer
) -> None:
    german, subbed = str(Language.GERMAN_DUB), str(Language.GERMAN_SUB)
    assert site.episodes(KEY) == [
        EpisodeInfo(0, 1, "", "Great Migration", EpisodeKind.FILM, (subbed,), ("vidmoly",)),
        EpisodeInfo(0, 2, "Am Teich", "Pond", EpisodeKind.SPECIAL, (german,), ("voe",)),
        EpisodeInfo(
            1,
            1,
            "Vaters Flügel",
            "Father's Wings",
            EpisodeKind.EPISODE,
            (german, str(Language.ENGLISH_SUB), "unknown-klingon"),
            ("voe", "doodstream", "vidmoly"),
        ),
        EpisodeInfo(1, 2, "", "Nest [Re]", EpisodeKind.SPECIAL, (subbed,), ("voe",)),
        EpisodeInfo(3, 1, "Angekündigt"),
    ]
    assert web.paths() == [SERIES, f"{SERIES}/filme", f"{SERIES}/staffel-3"]


def test_an_announced_episode_is_not_available(site: AniworldSite) -> None:
    assert not site.episodes(KEY)[-1].is_available


def test_head_and_episodes_of_one_visit_share_the_page(
    site: AniworldSite, web: WebServer, fake_time: FakeTime
) -> None:
    site.series(KEY)
    site.episodes(KEY)
    assert web.paths().count(SERIES) == 1
    fake_time.now += 3600.0
    site.series(KEY)
    assert web.paths().count(SERIES) == 2


ROWS = "seasonEpisodesList tr.data-episode-id"


@pytest.mark.parametrize(
    ("path", "name", "old", "missing"),
    [
        (SERIES, "series.html", "seasonEpisodesList", "table.seasonEpisodesList"),
        (SERIES, "series.html", "data-episode-", ROWS),
        (f"{SERIES}/filme", "films.html", "seasonEpisodesList", "table.seasonEpisodesList"),
        (f"{SERIES}/filme", "films.html", 'id="stream"', "#stream"),
        (SERIES, "series.html", f"{SERIES}/", "a.href.*staffel"),
    ],
)
def test_a_table_that_changed_never_reads_as_no_episodes(
    *, site: AniworldSite, web: WebServer, path: str, name: str, old: str, missing: str
) -> None:
    new = 'data-x="1' if old.startswith("id=") else "changed-"
    html = page(name).replace(old, new)
    if missing == ROWS:  # the table only: the navigation still lists episodes
        head, table = page(name).split("<table")
        html = head + "<table" + table.replace(old, new)
    web.on(path, html)
    with pytest.raises(MarkupChanged, match=missing):
        site.episodes(KEY)


def test_a_row_without_any_number_is_a_changed_page(site: AniworldSite, web: WebServer) -> None:
    row = '<tr data-episode-id="9"><td>?</td></tr></tbody>'
    web.on(f"{SERIES}/filme", page("films.html").replace("</tbody>", row))
    with pytest.raises(MarkupChanged, match=r"a.href.*/episode-"):
        site.episodes(KEY)


def test_a_series_with_no_row_at_all_is_a_changed_page(site: AniworldSite, web: WebServer) -> None:
    web.on(
        "/anime/stream/bare",
        '<div id="stream"><a class="active" href="/anime/stream/bare/staffel-1">1</a></div>'
        '<table class="seasonEpisodesList"></table>',
    )
    with pytest.raises(MarkupChanged, match="seasonEpisodesList tr was not found"):
        site.episodes("bare")


# --- sources -------------------------------------------------------------------------------


def test_sources_carry_language_hoster_and_link(site: AniworldSite, web: WebServer) -> None:
    found = [(s.hoster, s.language, s.link) for s in site.sources(KEY, 1, 1)]
    assert found == [
        ("voe", "German Dub", f"{web.url}/redirect/11"),
        ("vidmoly", "German Sub", f"{web.url}/redirect/13"),
        ("voe", "English Dub", f"{web.url}/redirect/14"),  # the page's box, not the table
        ("voe", "English Dub", f"{web.url}/redirect/15"),  # not in the box: the table
        ("voe", "unknown-7", f"{web.url}/redirect/16"),
        ("voe", "unknown-9", f"{web.url}/redirect/17"),
    ]
    assert {s.referer for s in site.sources(KEY, 1, 1)} == {f"{web.url}{EPISODE}"}


def test_a_skipped_hoster_is_noted(site: AniworldSite, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", logger="providers"):
        site.sources(KEY, 1, 1)
    assert "hoster=Filemoon skipped" in caplog.text


def test_films_have_addresses_of_their_own(site: AniworldSite, web: WebServer) -> None:
    film = page("episode.html").replace('data-season="1"', 'data-season="0"')
    web.on(f"{SERIES}/filme/film-1", film)
    assert len(site.sources(KEY, 0, 1)) == 6


def test_only_unknown_hosters_is_said_so(site: AniworldSite, web: WebServer) -> None:
    html = page("episode.html").replace("VOE", "Doodstream").replace("voe", "Doodstream")
    web.on(EPISODE, html.replace("Vidmoly", "Streamtape"))
    with pytest.raises(UnsupportedHoster, match="Doodstream, Filemoon, Streamtape"):
        site.sources(KEY, 1, 1)


@pytest.mark.parametrize(
    ("old", "new", "missing"),
    [
        ("hosterSiteVideo", "video", "div.hosterSiteVideo"),
        ("data-link-target", "data-target", "data-link-target"),
        ('target="/redirect/11', 'target="/go/11', "li.data-link-target.*/redirect/"),
        ("<h4>voe</h4>", "", "li h4, li i.icon"),
        ("hosterSiteTitle", "title", "div.hosterSiteTitle"),
        ('<ul class="row">', "<ol>", "data-link-target"),
    ],
)
def test_an_episode_page_that_changed_names_its_landmark(
    *, site: AniworldSite, web: WebServer, old: str, new: str, missing: str
) -> None:
    web.on(EPISODE, page("episode.html").replace(old, new))
    with pytest.raises(MarkupChanged, match=missing):
        site.sources(KEY, 1, 1)


def test_an_episode_without_hosters_yet(site: AniworldSite, web: WebServer) -> None:
    head = page("episode.html").partition('<div class="changeLanguageBox">')[0]
    web.on(EPISODE, f"{head}</div></body></html>")
    with pytest.raises(NotFound, match="no hoster"):
        site.sources(KEY, 1, 1)


def test_another_page_in_the_place_of_an_episode(site: AniworldSite, web: WebServer) -> None:
    web.on(f"{SERIES}/staffel-1/episode-2", page("episode.html"))
    with pytest.raises(NotFound, match="another episode"):
        site.sources(KEY, 1, 2)
    web.on(f"{SERIES}/staffel-1/episode-3", Reply(status=302, headers={"Location": SERIES}))
    with pytest.raises(NotFound, match="does not have this episode"):
        site.sources(KEY, 1, 3)


# --- locate --------------------------------------------------------------------------------


def test_a_hoster_link_is_located_without_asking_the_hoster(
    site: AniworldSite, web: WebServer, elsewhere: WebServer
) -> None:
    web.on("/redirect/11", Reply(status=301, headers={"Location": f"{elsewhere.url}/e/abc"}))
    assert site.locate(source(web)) == f"{elsewhere.url}/e/abc"
    assert elsewhere.seen == []
    assert web.seen[0].headers["Referer"] == f"{web.url}{EPISODE}"
    site.locate(source(web))
    assert len(web.seen) == 2  # never from a cache


def test_a_page_in_place_of_the_redirect_needs_the_owner(
    site: AniworldSite, web: WebServer
) -> None:
    web.on("/redirect/11", "<title>Stream wird vorbereitet...</title>")
    with pytest.raises(ChallengeRequired):
        site.locate(source(web))
    web.on("/redirect/11", page("spam.html"))
    with pytest.raises(Blacklisted):
        site.locate(source(web))


@pytest.mark.parametrize(
    ("target", "error"),
    [
        ("/", MediaGone),
        ("http://192.168.1.1/e/abc", AddressRefused),
        ("ftp://files.test/abc", AddressRefused),
    ],
)
def test_a_redirect_must_lead_to_a_public_host_elsewhere(
    site: AniworldSite, web: WebServer, target: str, error: type[Exception]
) -> None:
    web.on("/redirect/11", Reply(status=302, headers={"Location": target}))
    with pytest.raises(error):
        site.locate(source(web))


@pytest.mark.parametrize("link", ["/logout", "/redirect/", "/redirect/1/../../x"])
def test_only_redirect_links_are_asked(site: AniworldSite, web: WebServer, link: str) -> None:
    with pytest.raises(NotFound):
        site.locate(source(web, link))
    assert web.seen == []


def test_a_link_of_another_host_is_not_asked(
    site: AniworldSite, web: WebServer, elsewhere: WebServer
) -> None:
    with pytest.raises(NotFound):
        site.locate(source(elsewhere))
    assert web.seen == elsewhere.seen == []
