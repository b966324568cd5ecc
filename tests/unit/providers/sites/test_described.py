"""Catalogues that only a definition file describes, read over real sockets."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from providers.base import Airing, EpisodeKind, NewEpisode, SiteSettings, Source
from providers.border import BorderedSite
from providers.cache import MemoryCache
from providers.errors import NotFound, UnsupportedHoster
from providers.readings import Readings
from providers.sites.described.definition import parse
from providers.sites.described.documents import Documents
from providers.sites.described.site import DescribedSite
from providers.wire import Limits
from tests.catalogues import ALL, TITLES, definition
from tests.unit.providers.conftest import ClientMaker, FakeTime, Reply, Seen, WebServer

Build = Callable[[str], DescribedSite]


@pytest.fixture
def build(
    web: WebServer, elsewhere: WebServer, make_client: ClientMaker, fake_time: FakeTime
) -> Build:
    def built(name: str) -> DescribedSite:
        def answer(request: Seen) -> Reply:
            web.seen.append(request)
            said = ALL[name](
                request.method, request.path, request.body, f"{elsewhere.url}/film.mp4"
            )
            headers = {"Content-Type": said.content_type}
            if said.location:
                headers["Location"] = said.location
            return Reply(said.body, said.status, headers)

        web.answer = answer  # type: ignore[method-assign]
        client = make_client(
            cache=MemoryCache(clock=fake_time.clock), interval=0.0, limits=Limits(retries=0)
        )
        read = parse(definition(name, web.url))
        return DescribedSite(client, read, name=name, known_hosters=("voe", "vidmoly", "direct"))

    return built


def test_cards_with_pages_are_all_found(build: Build, web: WebServer) -> None:
    found = build("cards").search("t")

    assert [one.key for one in found] == ["tin-harbour", "the-tenth-bell"]
    assert found[0].link == f"{web.url}/t/tin-harbour"
    assert found[0].cover_url == "http://127.0.0.1/c/tin-harbour.jpg"
    assert found[0].year == 2010

    every = build("cards").search("")
    assert [one.name for one in every] == ["Owl & Moss", "Tin Harbour", "The Tenth Bell"]
    assert web.paths()[-2:] == ["/find?q=&p=1", "/find?q=&p=2"]


def test_a_word_is_encoded_and_nothing_found_is_nothing(build: Build, web: WebServer) -> None:
    assert build("cards").search("a&b=/../#ü") == []
    assert web.paths() == ["/find?q=a%26b%3D%2F..%2F%23%C3%BC&p=1"]


def test_the_head_of_a_series_of_cards(build: Build) -> None:
    head = build("cards").series("owl-and-moss")

    assert (head.name, head.year, head.end_year) == ("Owl & Moss", 2011, 2013)
    assert head.alternative_names == ("Owl & Moss TV", "The Owl")
    assert head.status == "completed"
    assert head.genres == ("Quiet", "Night")
    assert head.description == "Two friends and a swamp."


@pytest.mark.parametrize(
    ("name", "key"),
    [("cards", "owl-and-moss"), ("api", "tin-harbour"), ("tables", "40~owl-and-moss")],
)
def test_what_has_not_changed_is_not_read_again(
    *,
    build: Build,
    web: WebServer,
    fake_time: FakeTime,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    key: str,
) -> None:
    inner = build(name)
    cache = inner.client._cache
    assert cache is not None
    kept = Readings(inner, cache, SiteSettings(), now=fake_time.clock)
    site = BorderedSite(inner, readings=kept)
    first = site.series(key), site.episodes(key)
    asked = len(web.seen)
    fake_time.now += 3_600
    with monkeypatch.context() as patched:
        patched.setattr(Documents, "parsed", None)  # whoever reads a page stumbles
        assert (site.series(key), site.episodes(key)) == first
    assert len(web.seen) == 2 * asked


def test_episodes_out_of_a_script(build: Build) -> None:
    found = build("cards").episodes("owl-and-moss")

    assert [(one.season, one.number, one.title) for one in found] == [
        (1, 1, TITLES[0]),
        (1, 2, TITLES[1]),
        (2, 1, TITLES[2]),
    ]
    assert found[0].languages == ("German Dub", "German Sub")
    assert [one.is_available for one in found] == [True, True, False]


def test_sources_by_the_id_of_the_episode_and_the_way_out(
    build: Build, web: WebServer, elsewhere: WebServer
) -> None:
    site = build("cards")
    found = site.sources("owl-and-moss", 1, 2)

    page = f"{web.url}/w/701"
    assert found == [Source("cards", "direct", "German Dub", f"{web.url}/out/701", page)]
    assert site.locate(found[0]) == f"{elsewhere.url}/film.mp4?film=1"
    with pytest.raises(NotFound):
        site.sources("owl-and-moss", 7, 7)


def test_an_api_is_searched_by_posted_json(build: Build, web: WebServer) -> None:
    found = build("api").search('harb"our')

    assert found == []
    assert '"text": "harb\\"our"' in web.seen[0].body
    assert web.seen[0].headers["Content-Type"] == "application/json"
    assert web.seen[0].headers["Origin"] == web.url
    (only,) = build("api").search("tin")
    assert (only.key, only.name, only.alternative_names, only.year) == (
        *("tin-harbour", "Tin Harbour", ("TIN HARBOUR",)),
        2015,
    )


def test_an_api_with_seasons_ids_and_films(build: Build, elsewhere: WebServer) -> None:
    site = build("api")

    found = site.episodes("tin-harbour")
    assert [(one.season, one.number) for one in found] == [
        *((0, 1),),
        *((1, 1), (1, 2), (1, 3)),
        *((2, 1), (2, 2), (2, 3)),
    ]
    assert found[0].kind is EpisodeKind.FILM
    (source,) = site.sources("tin-harbour", 2, 3)
    assert source.link == f"{elsewhere.url}/film.mp4?ref=s2-3"
    assert source.language == "English Sub"
    assert site.locate(source) == source.link
    assert site.series("tin-harbour").status == "ongoing"
    with pytest.raises(NotFound):
        site.series("nowhere")


def test_an_api_that_says_what_is_new_and_what_comes(build: Build) -> None:
    site = build("api")

    assert site.new_episodes() == [NewEpisode("tin-harbour", 2, 1, day=date(2026, 11, 29))]
    at = datetime(2026, 12, 1, 17, 30, tzinfo=UTC)
    assert site.airings() == [Airing("tin-harbour", 2, 2, date(2026, 12, 1), at)]


def test_a_whole_list_is_searched_here(build: Build, web: WebServer) -> None:
    site = build("tables")

    assert [one.key for one in site.search("bell")] == ["42~the-tenth-bell"]
    assert site.search("nothing like it") == []
    assert web.paths() == ["/all"]  # it is kept
    assert site.series_count() == 3
    listed = site.list_series()
    assert listed is not None
    assert len(list(listed)) == 3
    assert site.new_episodes() is None
    assert site.airings() is None


def test_a_page_for_each_language(build: Build, web: WebServer, elsewhere: WebServer) -> None:
    site = build("tables")

    found = site.episodes("40~owl-and-moss")
    assert [(one.season, one.number) for one in found] == [(1, 1), (1, 2), (1, 3)]
    assert {one.languages for one in found} == {("German Dub", "German Sub")}
    # One language has no page.
    assert {one.languages for one in site.episodes("41~tin-harbour")} == {("German Dub",)}
    sources = site.sources("40~owl-and-moss", 1, 2)
    assert [one.language for one in sources] == ["German Dub", "German Sub"]
    assert site.locate(sources[0]) == f"{elsewhere.url}/film.mp4?frame=2"
    assert "/serie/40/owl-and-moss" in web.paths()


def test_a_page_that_says_it_is_none(build: Build) -> None:
    with pytest.raises(NotFound):
        build("tables").series("40~nobody")


def test_keys_in_links(build: Build, web: WebServer) -> None:
    site = build("tables")

    assert site.key_from_link(f"{web.url}/serie/40/owl-and-moss") == "40~owl-and-moss"
    assert site.key_from_link("https://elsewhere.example/serie/40/owl-and-moss") is None
    assert site.key_from_link("/de/x/owl") is None


def test_hosters_nobody_resolves_are_told(build: Build, web: WebServer) -> None:
    site = build("cards")
    object.__setattr__(site.definition, "hosters", {})

    with pytest.raises(UnsupportedHoster) as refused:
        site.sources("owl-and-moss", 1, 1)
    assert refused.value.params["hosters"] == ["stream a", "stream z"]
