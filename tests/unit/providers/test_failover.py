from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from providers.addresses import host_of
from providers.base import (
    EpisodeInfo,
    Hoster,
    Media,
    MediaKind,
    SearchResult,
    SeriesInfo,
    Site,
    SiteSettings,
    Source,
)
from providers.errors import (
    AddressRefused,
    ChallengeRequired,
    HosterDown,
    MediaGone,
    ProviderError,
    SiteDown,
    UnknownProvider,
    UnsupportedHoster,
)
from providers.failover import Attempt, iterate_media, order_sources
from providers.guard import AddressGuard
from providers.rates import MemoryRateStore
from providers.registry import (
    HOSTERS,
    SITES,
    build_hosters,
    build_site,
    resolve_source,
)
from tests.unit.providers.conftest import Reply, WebServer

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


def source(hoster: str, language: str = "German Dub") -> Source:
    return Source("fake", hoster, language, f"http://site.test/redirect/{hoster}", "http://ref/")


@dataclass
class FakeSite:
    """A catalogue whose links lead to ``<hoster>.test``, or fail as told."""

    failures: dict[str, ProviderError] = field(default_factory=dict)
    located: list[str] = field(default_factory=list)
    name: str = "fake"

    def search(self, query: str) -> list[SearchResult]:
        raise NotImplementedError

    def series(self, key: str) -> SeriesInfo:
        raise NotImplementedError

    def episodes(self, key: str) -> list[EpisodeInfo]:
        raise NotImplementedError

    def sources(self, key: str, season: int, episode: int) -> list[Source]:
        raise NotImplementedError

    def key_from_link(self, link: str) -> str | None:
        raise NotImplementedError

    def locate(self, source: Source) -> str:
        self.located.append(source.hoster)
        if source.hoster in self.failures:
            raise self.failures[source.hoster]
        return f"http://{source.hoster}.test/e/1"


@dataclass
class FakeHoster:
    name: str
    failure: ProviderError | None = None
    asked: list[tuple[str, str]] = field(default_factory=list)

    def resolve(self, link: str, *, referer: str = "") -> Media:
        self.asked.append((link, referer))
        if self.failure is not None:
            raise self.failure
        return Media(f"{link}/master.m3u8", MediaKind.HLS)


def hosters(**failures: ProviderError | None) -> dict[str, Hoster]:
    return {name: FakeHoster(name, failure) for name, failure in failures.items()}


def ignore(_attempt: Attempt) -> None:
    """For tests that look at the outcome only."""


def attempt_of(hoster: str, stage: str, error: ProviderError) -> Attempt:
    return Attempt.failed(source(hoster), stage, error, NOW)


# --- order ---------------------------------------------------------------------------------


def test_language_comes_before_hoster_and_others_are_never_used() -> None:
    listed = [
        source("vidmoly", "German Sub"),
        source("voe", "German Sub"),
        source("voe", "English Sub"),
        source("direct", "German Dub"),
        source("VOE", "German Dub"),
        source("other", "German Dub"),
    ]
    ordered = order_sources(listed, languages=["German Dub", "German Sub"], hosters=[])
    assert [(s.hoster, s.language) for s in ordered] == [
        ("VOE", "German Dub"),
        ("direct", "German Dub"),
        ("other", "German Dub"),
        ("voe", "German Sub"),
        ("vidmoly", "German Sub"),
    ]


def test_the_owners_hosters_come_first_and_the_rest_after() -> None:
    listed = [source("voe"), source("direct"), source("vidmoly")]
    ordered = order_sources(listed, languages=["german dub"], hosters=["Vidmoly"])
    assert [s.hoster for s in ordered] == ["vidmoly", "voe", "direct"]


def test_equal_sources_stay_in_the_sites_order_and_no_language_means_none() -> None:
    one, two = (Source("fake", "voe", "German Dub", f"http://s/{n}") for n in (1, 2))
    assert order_sources([one, two], languages=["German Dub"], hosters=[]) == [one, two]
    assert order_sources([one, two], languages=[], hosters=[]) == []


# --- failover ------------------------------------------------------------------------------


def test_the_first_source_that_works_is_taken() -> None:
    all_hosters = hosters(voe=None, vidmoly=None)
    attempts: list[Attempt] = []
    found = iterate_media(
        FakeSite(), all_hosters, [source("VOE"), source("vidmoly")], on_attempt=attempts.append
    )
    media = Media("http://VOE.test/e/1/master.m3u8", MediaKind.HLS)
    assert next(found) == (source("VOE"), media)
    assert attempts == []


def test_each_failure_is_told_with_its_stage_and_the_next_is_tried() -> None:
    gone = MediaGone(why="empty_file")
    back = MediaGone(why="leads_back")
    unsupported = UnsupportedHoster(hoster="filemoon")
    attempts: list[Attempt] = []

    found = iterate_media(
        FakeSite({"vidmoly": back}),
        hosters(voe=gone, vidmoly=None, last=None),
        [source(name) for name in ("filemoon", "voe", "vidmoly", "last", "voe")],
        on_attempt=attempts.append,
        now=lambda: NOW,
    )
    assert next(found)[0] == source("last")
    assert attempts == [
        attempt_of("filemoon", "locate", unsupported),
        attempt_of("voe", "resolve", gone),
        attempt_of("vidmoly", "locate", back),
    ]


def test_a_hoster_without_resolver_costs_the_site_no_request() -> None:
    site = FakeSite()
    assert not list(iterate_media(site, {}, [source("voe")], on_attempt=ignore))
    assert site.located == []


@pytest.mark.parametrize(
    "error",
    [
        ChallengeRequired(why="check", site="fake", sign="Cloudflare"),
        SiteDown(why="error_status", site="fake", status=503),
    ],
)
def test_trouble_of_the_whole_site_stops_at_once(error: ProviderError) -> None:
    site = FakeSite({"voe": error})
    attempts: list[Attempt] = []
    found = iterate_media(
        site,
        hosters(voe=None, vidmoly=None),
        [source("voe"), source("vidmoly")],
        on_attempt=attempts.append,
    )
    with pytest.raises(type(error)) as caught:
        next(found)
    assert caught.value is error
    assert site.located == ["voe"]
    assert attempts == []


def test_an_attempt_is_final_only_when_nothing_can_mend_it() -> None:
    failures: dict[str, ProviderError | None] = {
        "voe": MediaGone(why="leads_back"),
        "vidmoly": HosterDown(why="no_address", site="vidmoly"),
        "direct": AddressRefused(why="scheme"),
    }
    attempts: list[Attempt] = []
    sources = [source(name) for name in (*failures, "filemoon")]
    found = iterate_media(FakeSite(), hosters(**failures), sources, on_attempt=attempts.append)
    assert not list(found)
    assert [(one.hoster, one.is_final) for one in attempts] == [
        ("voe", True),
        ("vidmoly", False),
        ("direct", True),
        ("filemoon", True),
    ]


def test_the_next_source_is_resolved_only_when_asked_for() -> None:
    site = FakeSite()
    found = iterate_media(
        site,
        hosters(voe=None, vidmoly=None),
        [source("voe"), source("vidmoly")],
        on_attempt=ignore,
    )
    assert next(found)[0].hoster == "voe"
    assert site.located == ["voe"]
    assert next(found)[0].hoster == "vidmoly"
    assert next(found, None) is None


# --- registry ------------------------------------------------------------------------------


def test_the_registry_says_what_each_site_is() -> None:
    assert "aniworld" in SITES
    for name, entry in SITES.items():
        assert entry.name == name
        assert entry.label
        assert entry.description.endswith(".")


def test_hosters_are_built_in_order_by_name(guard: AddressGuard) -> None:
    built = build_hosters(rate_store=MemoryRateStore(), guard=guard)
    assert list(built) == list(HOSTERS)
    assert list(built)[:3] == ["voe", "vidmoly", "direct"]
    assert all(isinstance(hoster, Hoster) for hoster in built.values())
    assert [hoster.name for hoster in built.values()] == list(built)


def test_an_unknown_or_private_site_is_refused(guard: AddressGuard) -> None:
    store = MemoryRateStore()
    with pytest.raises(UnknownProvider, match="nonesuch"):
        build_site("nonesuch", SiteSettings(), rate_store=store, guard=guard)
    for config in (
        SiteSettings(base_url="ftp://x.test"),
        SiteSettings(mirrors=("http://10.0.0.1",)),
    ):
        with pytest.raises(AddressRefused):
            build_site("aniworld", config, rate_store=store, guard=guard)


@dataclass
class CountingStore:
    """Notes what is reserved and lets everything through at once."""

    reserved: list[tuple[str, float]] = field(default_factory=list)

    def reserve(self, site: str, *, interval: float) -> float:
        self.reserved.append((site, interval))
        return 0.0

    def hold(self, site: str, *, seconds: float) -> None:
        raise AssertionError(f"{site} held for {seconds}")


def test_a_source_goes_from_the_catalogue_through_its_hoster(
    web: WebServer, elsewhere: WebServer, guard: AddressGuard
) -> None:
    web.on("/redirect/7", Reply(status=301, headers={"Location": f"{elsewhere.url}/e/x"}))
    elsewhere.on("/e/x", "<a href='http://127.0.0.1/m.m3u8'></a>")
    store = CountingStore()
    config = SiteSettings(base_url=web.url, requests_per_second=4.0)
    site: Site = build_site("aniworld", config, rate_store=store, guard=guard)
    built = build_hosters(rate_store=store, guard=guard)
    media = resolve_source(
        site, built, Source("aniworld", "VOE", "German Dub", f"{web.url}/redirect/7", web.url)
    )
    assert media.url == "http://127.0.0.1/m.m3u8"
    assert store.reserved == [
        (f"aniworld {host_of(web.url)}", 0.25),
        (f"hoster:voe {host_of(elsewhere.url)}", 0.5),
    ]
    assert "Firefox" in elsewhere.seen[0].headers["User-Agent"]
    assert "Aniworld" in web.seen[0].headers["User-Agent"]
    with pytest.raises(UnsupportedHoster):
        resolve_source(site, built, source("filemoon"))
