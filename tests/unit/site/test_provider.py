"""The product's own provider and hosters read the whole sample world, and read it right."""

from __future__ import annotations

import pytest

from providers import registry
from providers.base import Hoster, Site, SiteSettings
from providers.guard import AddressGuard
from providers.rates import MemoryRateStore
from tests.site.catalogue import SUPPORTED_HOSTERS, TONGUES, Show
from tests.site.shows import SHOWS
from tests.site.world import SampleWorld
from tests.unit.site.visitor import get


class Unlimited(MemoryRateStore):
    """No waiting between requests: how polite the client is has tests of its own."""

    def reserve(self, site: str, *, interval: float) -> float:
        return super().reserve(site, interval=min(interval, 0.0))


@pytest.fixture
def guard() -> AddressGuard:
    return AddressGuard(("127.0.0.0/8",))


@pytest.fixture
def site(world: SampleWorld, guard: AddressGuard) -> Site:
    config = SiteSettings(enabled=True, base_url=world.catalogue_url)
    return registry.build_site("aniworld", config, rate_store=Unlimited(), guard=guard)


@pytest.fixture
def hosters(guard: AddressGuard) -> dict[str, Hoster]:
    return registry.build_hosters(rate_store=Unlimited(), guard=guard)


@pytest.mark.parametrize("show", SHOWS, ids=lambda show: show.key)
def test_series_and_episodes(site: Site, show: Show) -> None:
    head = site.series(show.key)
    assert (head.name, head.year, head.end_year) == (show.title, show.year, show.end_year)
    assert set(show.alternative_titles) <= set(head.alternative_names)
    assert not {"Ger", "GerSub", "EngSub"} & set(head.genres)
    # The placeholder row with number 0 is nothing one can watch: the provider may drop it.
    read = {(e.season, e.number): e for e in site.episodes(show.key)}
    for episode in (e for e in show.episodes if e.number > 0):
        found = read.pop((episode.season, episode.number))
        assert (found.title, found.original_title) == (episode.title, episode.original_title)
        assert found.is_available == episode.is_available
        assert sorted(found.languages) == sorted(episode.language_names)
    assert not any(e.is_available for e in read.values())


@pytest.mark.parametrize("show", SHOWS, ids=lambda show: show.key)
def test_every_source_of_an_episode_leads_to_media(
    site: Site, hosters: dict[str, Hoster], show: Show
) -> None:
    episode = next(e for e in show.episodes if e.is_fetchable)
    wanted = {
        (TONGUES[offer.language].name, offer.hoster.casefold())
        for offer in episode.offers
        if offer.hoster in SUPPORTED_HOSTERS
    }
    sources = [
        source
        for source in site.sources(show.key, episode.season, episode.number)
        if source.hoster.casefold() in hosters
    ]
    assert {(s.language, s.hoster.casefold()) for s in sources} == wanted
    for source in sources:
        media = registry.resolve_source(site, hosters, source)
        assert get(media.url, **dict(media.headers)).status_code == 200, source
