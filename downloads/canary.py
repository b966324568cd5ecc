"""Trying a site from its list to the first bytes of a film, over each of its hosters.

Nothing of it comes from a cache, and nothing is fetched that somebody wants to keep.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from aniworld.sites import configured, pace, trials
from aniworld.sites.choices import TrialStep
from aniworld.sites.health import monitor
from aniworld.sites.health.services import refusals
from aniworld.sites.probes import PROBE_QUERY
from aniworld.sites.trials import Tried
from downloads.transfer.engines import Engines
from downloads.transfer.errors import TransferError
from downloads.transfer.wire import HostPauses, Limiter
from library.models import AnimeSeries
from providers import registry
from providers.asking import asked_now
from providers.base import (
    EpisodeInfo,
    Hoster,
    ListsCatalogue,
    ListsSeries,
    Media,
    SearchResult,
    Site,
    Source,
)
from providers.coded import coded
from providers.errors import NothingFound, ProviderError
from providers.registry import media_of

PATIENCE = 60.0  # seconds that may be spent in vain on a site
MOST_HOSTERS = 8

T = TypeVar("T")

log = logging.getLogger(__name__)


def try_site(name: str) -> list[Tried]:
    """Try an enabled site and keep how that went.

    One that has refused us is not asked: whoever goes on asking is shut out for longer.

    Raises:
        UnknownProvider: it is not enabled any more.
        AddressRefused: its address is a private one that is not allowed.
    """
    refused = next((one for one in refusals() if one.site == name), None)
    if refused is not None:
        said = coded(refused.reason["code"], **refused.reason["params"])
        steps = [Tried(TrialStep.SEARCH, error=said)]
    else:
        hosters = registry.build_hosters(
            rate_store=pace.rate_store(), guard=configured.guard(), watch=monitor.watch()
        )
        with asked_now(patience=PATIENCE, of_now_alone=True):
            steps = Canary(configured.site(name), hosters, _engines()).run()
    trials.keep(name, steps)
    return steps


def has_arrived(steps: Sequence[Tried]) -> bool:
    """Whether the site itself is well, and a film was come to where there is one."""
    is_site_well = all(one.error is None for one in steps if not one.hoster)
    hosters = [one for one in steps if one.hoster]
    films = [one for one in hosters if one.step is TrialStep.MEDIA and one.error is None]
    return is_site_well and (bool(films) or not hosters)


def first_error(steps: Sequence[Tried]) -> Tried:
    """The first step that failed, of the site before those of its hosters."""
    return next(one for one in steps if one.error is not None)


@dataclass
class Canary:
    """One trial. What fails ends what follows from it, and nothing else."""

    site: Site
    hosters: Mapping[str, Hoster]
    engines: Engines
    steps: list[Tried] = field(default_factory=list)

    def run(self) -> list[Tried]:
        """Every step that could be made, in their order."""
        site, own = self.site, _own_series(self.site.name)
        if isinstance(site, ListsSeries):
            self._list(site)
        word = own.name if own is not None else PROBE_QUERY
        found = self._try(TrialStep.SEARCH, lambda: site.search(word), count=len)
        if own is None and found == []:
            found, word = self._search_listed(word)
        if found == [] and (own is not None or word != PROBE_QUERY):
            self._found_nothing(word)
        key = own.site_key if own is not None else found[0].key if found else ""
        if key:
            self._series(key)
        return self.steps

    def _list(self, site: ListsSeries) -> None:
        number = self._try(TrialStep.LIST, site.series_count, count=lambda number: number)
        if number is None and self.steps[-1].error is None:
            self.steps.pop()  # it has no list: there was nothing to try

    def _search_listed(self, word: str) -> tuple[list[SearchResult] | None, str]:
        """Search for what the site itself lists: a small one has nothing for a common word.

        Returns what was found, and the word: ``word``, with nothing found, where nothing is listed.
        """
        site = self.site
        try:
            listed = site.list_series() if isinstance(site, ListsCatalogue) else None
            first = next(iter(listed or ()), None)
        except ProviderError as error:
            log.info("site=%s lists nothing to search for code=%s", site.name, error.code)
            return [], word
        if first is None:
            return [], word
        self.steps.pop()  # in its place stands the search that can find something
        return self._try(TrialStep.SEARCH, lambda: site.search(first.name), count=len), first.name

    def _series(self, key: str) -> None:
        episodes = self._try(TrialStep.SERIES, lambda: self.site.episodes(key), count=len)
        out = [one for one in episodes or () if one.is_available]
        if not out:
            return
        newest = max(out, key=_place)
        sources = self._try(
            TrialStep.EPISODE,
            lambda: self.site.sources(key, newest.season, newest.number),
            count=len,
        )
        by_hoster = {one.hoster.casefold(): one for one in reversed(sources or ())}
        known = [name for name in self.hosters if name in by_hoster]
        for name in known[:MOST_HOSTERS]:
            self._hoster(self.hosters[name], by_hoster[name])

    def _hoster(self, hoster: Hoster, source: Source) -> None:
        link = self._try(TrialStep.REDIRECT, lambda: self.site.locate(source), hoster.name)
        if link is None:
            return

        def resolve() -> Media:
            return media_of(hoster, link, source)

        media = self._try(TrialStep.PLAYER, resolve, hoster.name)
        if media is not None:
            self._try(
                TrialStep.MEDIA,
                lambda: self.engines.reach(media),
                hoster.name,
                count=lambda size: size,
            )

    def _try(
        self,
        step: TrialStep,
        ask: Callable[[], T],
        hoster: str = "",
        *,
        count: Callable[[Any], int | None] = lambda _: None,
    ) -> T | None:
        """What a step brings; None where it fails, which is noted as well."""
        began = time.monotonic()
        try:
            found = ask()
        except (ProviderError, TransferError) as error:
            seconds = time.monotonic() - began
            self.steps.append(Tried(step, hoster, seconds, error=error.as_json()))
            return None
        self.steps.append(Tried(step, hoster, time.monotonic() - began, count(found)))
        return found

    def _found_nothing(self, word: str) -> None:
        """A search that does not find what the site has is broken, however politely."""
        last = self.steps.pop()
        said = NothingFound(word=word).as_json()
        self.steps.append(Tried(last.step, seconds=last.seconds, found=0, error=said))


def _place(episode: EpisodeInfo) -> tuple[bool, int, int]:
    """Films and specials come last: a site may have them under other hosters."""
    return bool(episode.season), episode.season, episode.number


def _own_series(site: str) -> AnimeSeries | None:
    """A series of this library that the site was read for: it has to be there."""
    read = AnimeSeries.objects.active().filter(site=site, refreshed_at__isnull=False)
    return read.exclude(total_episodes=0).order_by("-refreshed_at").first()


def _engines() -> Engines:
    return Engines(
        guard=configured.guard(),
        pauses=HostPauses(pace.rate_store(), on_wait=lambda _seconds: None),
        limiter=Limiter(0, on_taken=lambda _size: None),
        connections=1,
        retry_pause=1.0,
        keep_free=0,
        patience=PATIENCE,
    )
