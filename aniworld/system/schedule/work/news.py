"""Asking the sites what is new in all of their series at once."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils import timezone

from aniworld.sites import configured
from aniworld.sites.patience import Patience, Purpose
from aniworld.system.schedule.running import Failed, Running, Skipped
from library.models import AnimeSeries
from library.services.airings import keep_airings
from library.services.news import with_news
from library.services.refresh import refresh_series
from providers.asking import asked_now
from providers.base import ListsAirings, ListsNewEpisodes, Site
from providers.coded import Coded, coded
from providers.errors import ProviderError

MOST = 50  # series that are read in a run


@dataclass(slots=True)
class _Told:
    """What the pages of all sites have said."""

    pages: int = 0
    listed: int = 0
    failure: ProviderError | None = None


def new_episodes(running: Running) -> Coded:
    """Ask each site for its page of new episodes, and read the catalogues of the series here that
    have something on it which is not known; all others are left alone.

    Raises:
        Skipped: no site that is switched on has such a page.
        Failed: none of the pages could be read.
    """
    patience, told = Patience(), _Told()
    sites = {site.name: site for site in _sites(told)}
    due = [series for site in sites.values() for series in _listed(site, patience, told)]
    if not told.pages:
        if told.failure is not None:
            raise Failed(told.failure.as_json())
        raise Skipped(coded("job_no_news_page"))
    read = 0
    for number, series in enumerate(due[:MOST]):
        if running.is_stopping:
            break
        running.tell(number, min(len(due), MOST))
        read += _is_read(series, sites[series.site], patience)
    return coded("job_news", listed=told.listed, read=read, left=len(due) - read)


def announcements(running: Running) -> Coded:
    """Ask each site for its calendar, and keep what it says of the series here.

    Raises:
        Skipped: no site that is switched on has one.
        Failed: none of them could be read.
    """
    patience, told, count = Patience(), _Told(), 0
    for site in _sites(told):
        if running.is_stopping or not isinstance(site, ListsAirings):
            continue
        try:
            with patience.asking(site.name, Purpose.NEWS, "calendar"), asked_now(patience=math.inf):
                listed = site.airings()
        except ProviderError as error:
            told.failure = error
            continue
        if listed is not None:
            told.pages += 1
            count += keep_airings(site.name, listed, timezone.now())
    if told.failure is not None and not told.pages:
        raise Failed(told.failure.as_json())
    if not told.pages:
        raise Skipped(coded("job_no_calendar"))
    return coded("job_announced", count=count, sites=told.pages)


def _sites(told: _Told) -> Iterator[Site]:
    """The enabled sites, but those whose addresses are refused."""
    for name in configured.site_names():
        try:
            yield configured.site(name)
        except ProviderError as error:
            told.failure = error


def _listed(site: Site, patience: Patience, told: _Told) -> list[AnimeSeries]:
    """The series here that have something unknown on the page of a site."""
    if not isinstance(site, ListsNewEpisodes):
        return []
    try:
        # What was kept of the page is not news. There is time to wait for it.
        with patience.asking(site.name, Purpose.NEWS, "new episodes"), asked_now(patience=math.inf):
            listed = site.new_episodes()
    except ProviderError as error:
        told.failure = error
        return []
    if listed is None:
        return []
    told.pages += 1
    told.listed += len(listed)
    return with_news(site.name, listed, timezone.now())


def _is_read(series: AnimeSeries, site: Site, patience: Patience) -> bool:
    try:
        with (
            patience.asking(series.site, Purpose.REFRESH, series.site_key),
            asked_now(patience=math.inf),
        ):
            refresh_series(series, site=site)
    except ProviderError:  # kept on the series, or told for its site
        return False
    return True
