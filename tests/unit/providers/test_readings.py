"""What was read of a series is read once, as long as its pages are the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from providers import parsing, readings
from providers.asking import asked_now
from providers.base import EpisodeInfo, SeriesInfo, SiteSettings
from providers.border import BorderedSite
from providers.cache import MemoryCache
from providers.errors import NotFound, SiteDown, UnexpectedAnswer
from providers.readings import Readings
from providers.registry import SITES
from providers.sites.aniworld import AniworldSite
from providers.sites.described import definition
from providers.sites.described.documents import Documents
from providers.sites.described.site import DescribedSite
from providers.traces import Trace, kept
from providers.watching import Called, Unwatched
from providers.wire import Limits
from tests.unit.providers.conftest import (
    KEY,
    SERIES,
    ClientMaker,
    FakeTime,
    Reply,
    Seen,
    WebServer,
    page,
)

PAGES = [SERIES, f"{SERIES}/filme", f"{SERIES}/staffel-3"]
CHOSEN = SiteSettings(enabled=True)


class Reader:
    """A site as it is asked, with the pages it kept and a count of those that it parsed."""

    def __init__(self, site: AniworldSite, time: FakeTime, chosen: SiteSettings = CHOSEN) -> None:
        cache = site.client._cache
        assert cache is not None
        self.cache = cache
        kept = Readings(site, cache, chosen, now=time.clock)
        self.site = BorderedSite(site, readings=kept)

    def read(self) -> tuple[SeriesInfo, list[EpisodeInfo]]:
        with asked_now():
            return self.site.series(KEY), self.site.episodes(KEY)


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses of the pages that were parsed."""
    found: list[str] = []
    real = parsing.parsed

    def counted(text: str, *, url: str) -> object:
        found.append(url)
        return real(text, url=url)

    monkeypatch.setattr("providers.http.parsed", counted)
    return found


@pytest.fixture
def reader(site: AniworldSite, fake_time: FakeTime) -> Reader:
    return Reader(site, fake_time)


def unchanged(body: str) -> Callable[[Seen], Reply]:
    """A page whose site says so where it is the same."""

    def answer(request: Seen) -> Reply:
        if request.headers.get("If-None-Match") == '"1"':
            return Reply("", 304, {"ETag": '"1"'})
        return Reply(body, 200, {"ETag": '"1"'})

    return answer


def test_a_series_that_has_not_changed_is_not_read_again(
    reader: Reader, web: WebServer, parsed: list[str], fake_time: FakeTime
) -> None:
    for path, name in zip(PAGES, ("series", "films", "season3"), strict=True):
        web.on(path, unchanged(page(f"{name}.html")))
    first = reader.read()
    assert len(parsed) == 3
    fake_time.now += 3_600
    assert reader.read() == first
    assert len(parsed) == 3
    assert web.paths() == PAGES * 2
    assert all("If-None-Match" in one.headers for one in web.seen[3:])


def test_a_site_that_sends_every_page_anew_is_compared_by_its_text(
    reader: Reader, web: WebServer, parsed: list[str], fake_time: FakeTime
) -> None:
    first = reader.read()
    fake_time.now += 3_600
    assert reader.read() == first
    assert (len(parsed), web.paths()) == (3, PAGES * 2)


@pytest.mark.parametrize(
    ("path", "name", "title"),
    [
        (SERIES, "series", "Vaters Flügel"),
        (PAGES[1], "films", "Am Teich"),
        (PAGES[2], "season3", "Angekündigt"),
    ],
)
def test_where_a_page_has_changed_all_is_read_anew_and_each_page_asked_for_once(
    *, reader: Reader, web: WebServer, fake_time: FakeTime, path: str, name: str, title: str
) -> None:
    head, before = reader.read()
    web.on(path, page(f"{name}.html").replace(f"<strong>{title}<", "<strong>Another<"))
    fake_time.now += 3_600
    told, now = reader.read()
    assert web.paths() == PAGES * 2
    assert told == head
    assert [replace(one, title=title) if one.title == "Another" else one for one in now] == before
    assert now != before


def test_a_page_that_has_become_another_is_looked_at_before_it_is_used(
    reader: Reader, web: WebServer, fake_time: FakeTime
) -> None:
    reader.read()
    web.on(SERIES, page("soft_404.html"))
    fake_time.now += 3_600
    with pytest.raises(NotFound):
        reader.read()
    with pytest.raises(NotFound):  # it was not kept as the page of the series
        reader.read()


def test_a_site_that_is_down_is_down_whatever_was_read_of_it(
    reader: Reader, web: WebServer, fake_time: FakeTime
) -> None:
    reader.read()
    web.on(SERIES, Reply("", 503))
    fake_time.now += 3_600
    with pytest.raises(SiteDown):
        reader.read()
    assert web.paths()[3:] == [SERIES]


@pytest.fixture
def mirrored(
    web: WebServer, elsewhere: WebServer, make_client: ClientMaker, fake_time: FakeTime
) -> Callable[[], Reader]:
    """A process that asks a site with a mirror; all of them keep their pages in one place."""
    for server in (web, elsewhere):
        for path, name in zip(PAGES, ("series", "films", "season3"), strict=True):
            server.on(path, page(f"{name}.html"))
    cache = MemoryCache(clock=fake_time.clock)

    def process() -> Reader:
        client = make_client(cache=cache, interval=0.0, limits=Limits(retries=0))
        site = AniworldSite(
            client, base_url=web.url, mirrors=[elsewhere.url], known_hosters=("voe", "vidmoly")
        )
        return Reader(site, fake_time, replace(CHOSEN, mirrors=(elsewhere.url,)))

    return process


def test_a_mirror_is_asked_where_the_site_is_down_and_the_site_no_oftener_than_else(
    mirrored: Callable[[], Reader], web: WebServer, elsewhere: WebServer, fake_time: FakeTime
) -> None:
    reader = mirrored()
    _head, episodes = reader.read()
    for path in PAGES:
        web.on(path, Reply("", 503))
    web.seen.clear()
    fake_time.now += 3_600
    assert reader.read()[1] == episodes
    assert (web.paths(), elsewhere.paths()) == ([SERIES], PAGES)


def test_what_was_read_at_a_mirror_holds_only_while_the_mirror_is_asked_first(
    mirrored: Callable[[], Reader],
    web: WebServer,
    elsewhere: WebServer,
    fake_time: FakeTime,
    parsed: list[str],
) -> None:
    web.on(SERIES, Reply("", 503))
    reader = mirrored()
    reader.read()  # of a visit with a failure nothing is kept
    fake_time.now += 3_600
    reader.read()
    fake_time.now += 3_600
    read = len(parsed)
    reader.read()
    assert (len(parsed), elsewhere.paths()) == (read, PAGES * 3)
    web.on(SERIES, page("series.html").replace("<strong>Vaters Flügel<", "<strong>Another<"))
    web.seen.clear()
    _head, episodes = mirrored().read()  # a new process begins with the site itself
    assert "Another" in [one.title for one in episodes]
    assert web.paths() == PAGES


def test_of_other_settings_or_another_version_nothing_counts(
    site: AniworldSite, parsed: list[str], fake_time: FakeTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    Reader(site, fake_time).read()
    Reader(site, fake_time).read()
    assert len(parsed) == 3
    Reader(site, fake_time, replace(CHOSEN, base_url="http://127.0.0.9")).read()
    assert len(parsed) == 6
    monkeypatch.setattr(readings, "code_mark", lambda: "another")
    Reader(site, fake_time).read()
    assert len(parsed) == 9


def test_where_its_pages_are_gone_it_is_read_anew(
    reader: Reader, parsed: list[str], fake_time: FakeTime
) -> None:
    first = reader.read()
    assert isinstance(reader.cache, MemoryCache)
    for key in [key for key in reader.cache._pages if "://" in getattr(key, "url", "")]:
        reader.cache._drop(key)
    fake_time.now += 3_600
    assert reader.read() == first
    assert len(parsed) == 6


def test_who_tries_whether_a_site_can_be_read_has_it_read(
    reader: Reader, parsed: list[str]
) -> None:
    reader.read()
    with asked_now(of_now_alone=True):
        reader.site.series(KEY)
    assert len(parsed) == 4


def test_a_page_that_nobody_asked_about_is_not_the_same_because_a_server_says_so(
    reader: Reader, web: WebServer, fake_time: FakeTime
) -> None:
    reader.read()  # without a tag or a date
    for path in PAGES:
        web.on(path, Reply("", 304))
    fake_time.now += 3_600
    with pytest.raises(UnexpectedAnswer):
        reader.read()


def test_an_empty_page_is_told_as_a_failure_of_its_site(
    reader: Reader, web: WebServer, fake_time: FakeTime
) -> None:
    told: list[Called] = []
    reader.read()
    reader.site.inner.client._watch = _Noting(told)  # type: ignore[attr-defined]
    web.on(SERIES, Reply("", 200))
    fake_time.now += 3_600
    with pytest.raises(SiteDown):
        reader.read()
    assert [one.error.code for one in told if one.error] == ["site_down"]


class _Noting(Unwatched):
    def __init__(self, told: list[Called]) -> None:
        self._told = told

    def note(self, called: Called) -> None:
        self._told.append(called)


FILMS: dict[str, Any] = {
    "films": {
        "request": {"address": "/films/{key}"},
        "rows": "ol.films > li",
        "fields": {"number": "@data-number", "title": "a"},
    }
}
PAGED: dict[str, Any] = {
    "episodes": {
        "request": {"address": "/series/{key}/p/{page}"},
        "paging": {"from": 1, "most": 50},
        "rows": "ol.episodes > li",
        "fields": {
            "season": "@data-season",
            "number": "@data-number",
            "title": "a",
            "link": "a@href",
        },
    }
}
ROW = '<li data-season=1 data-number=1><a href="/e/1">One</a></li>'
HEAD = f"<h1>Owl</h1><ol class=episodes>{ROW}</ol>"
FILM = "<ol class=films><li data-number=1><a>Film</a></li></ol>"


@pytest.fixture
def described(
    web: WebServer, make_client: ClientMaker, fake_time: FakeTime
) -> Callable[[Mapping[str, Any]], Callable[[], list[tuple[int, int]]]]:
    """A site of a definition with these steps, and the numbers of what it lists of a series."""
    web.on("/series/owl", HEAD)
    web.on("/series/owl/p/1", HEAD)

    def built(steps: Mapping[str, Any]) -> Callable[[], list[tuple[int, int]]]:
        example = Path(definition.__file__).with_name("example.json").read_text(encoding="utf-8")
        raw = json.loads(example)
        raw["address"] = web.url
        raw["steps"].update(steps)
        cache = MemoryCache(clock=fake_time.clock)
        client = make_client(cache=cache, interval=0.0, limits=Limits(retries=0))
        inner = DescribedSite(client, definition.parse(json.dumps(raw)), name="x", known_hosters=())
        site = BorderedSite(inner, readings=Readings(inner, cache, CHOSEN, now=fake_time.clock))

        def numbers() -> list[tuple[int, int]]:
            fake_time.now += 3_600
            with asked_now():
                return [(one.season, one.number) for one in site.episodes("owl")]

        return numbers

    return built


Numbers = Callable[[Mapping[str, Any]], Callable[[], list[tuple[int, int]]]]


def test_a_page_of_films_that_comes_or_goes_is_seen(described: Numbers, web: WebServer) -> None:
    numbers = described(FILMS)
    assert numbers() == numbers() == [(1, 1)]
    web.on("/films/owl", FILM)
    assert numbers() == numbers() == [(0, 1), (1, 1)]
    web.on("/films/owl", Reply("", 404))
    assert numbers() == [(1, 1)]


def test_a_page_behind_the_last_is_seen(described: Numbers, web: WebServer) -> None:
    numbers = described(PAGED)
    assert numbers() == numbers() == [(1, 1)]
    web.on("/series/owl/p/2", HEAD.replace("data-number=1", "data-number=2"))
    assert numbers() == [(1, 1), (1, 2)]


def test_what_is_still_missing_does_not_have_all_read_again(
    described: Numbers, parsed_described: list[str]
) -> None:
    numbers = described(FILMS)
    assert numbers() == [(1, 1)]
    read = len(parsed_described)
    assert numbers() == [(1, 1)]
    assert len(parsed_described) == read > 0


@pytest.fixture
def parsed_described(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []
    real = Documents.parsed

    def counted(self: Documents, text: str, url: str, kind: str) -> object:
        found.append(url)
        return real(self, text, url, kind)

    monkeypatch.setattr(Documents, "parsed", counted)
    return found


def test_which_sites_are_read_from_pages_alone() -> None:
    """A feed may be a file, and what the archive says of a file depends on others."""
    assert {name for name, entry in SITES.items() if entry.is_read_from_pages} == {
        "aniworld",
        "described",
    }


def test_what_follows_from_more_than_pages_does_not_repeat(
    make_client: ClientMaker, web: WebServer, fake_time: FakeTime
) -> None:
    web.on("/", "page")
    web.on("/moved", Reply("", 302, {"Location": "/"}))
    client = make_client(cache=MemoryCache(clock=fake_time.clock), interval=0.0)

    def repeats(*asked: Callable[[], object]) -> bool:
        trace = Trace()
        with kept(trace):
            for ask in asked:
                ask()
        return trace.repeats

    def kept_page() -> object:
        return client.get_page(f"{web.url}/", ttl=60.0)

    assert repeats(kept_page, kept_page)
    assert not repeats(kept_page, lambda: client.get_page(f"{web.url}/"))
    assert not repeats(kept_page, lambda: client.get_page(f"{web.url}/moved", ttl=60.0))
    assert not repeats(kept_page, lambda: client.post_form(f"{web.url}/", {"a": "b"}))
    assert not repeats(lambda: client.post_json(f"{web.url}/", {}), kept_page)
    assert not repeats(kept_page, lambda: client.get_bytes(f"{web.url}/"))
    assert not repeats(*[kept_page] * 1_001)
