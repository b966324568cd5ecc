"""What was read of a series is read once, as long as its pages are the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from providers import parsing, readings
from providers.asking import asked_now
from providers.base import EpisodeInfo, SeriesInfo, SiteSettings
from providers.border import BorderedSite
from providers.cache import MemoryCache
from providers.errors import NotFound, SiteDown
from providers.readings import Readings
from providers.sites.aniworld import AniworldSite
from providers.traces import Trace, kept
from tests.unit.providers.conftest import (
    KEY,
    SERIES,
    ClientMaker,
    FakeTime,
    Reply,
    Seen,
    WebServer,
    build_site,
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
        kept = Readings(site.client, cache, chosen, now=time.clock)
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


def test_another_address_is_asked_where_the_one_that_was_read_is_down(
    web: WebServer, elsewhere: WebServer, make_client: ClientMaker, fake_time: FakeTime
) -> None:
    for server in (web, elsewhere):
        for path, name in zip(PAGES, ("series", "films", "season3"), strict=True):
            server.on(path, page(f"{name}.html"))
    site = build_site(web, make_client, fake_time, elsewhere.url)
    reader = Reader(site, fake_time, replace(CHOSEN, mirrors=(elsewhere.url,)))
    reader.read()
    for path in PAGES:
        web.on(path, Reply("", 503))
    fake_time.now += 3_600
    assert reader.read()
    assert elsewhere.paths() == PAGES


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
