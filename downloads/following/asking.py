"""Asking the sites for the followed series whose catalogue is due, before it is decided."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from aniworld.sites import configured
from aniworld.sites.patience import Patience, Purpose
from library.models import AnimeSeries
from library.services.refresh import REFRESH_AFTER, refresh_series
from providers.asking import asked_now
from providers.base import Site
from providers.errors import ProviderError


@dataclass(slots=True)
class Asked:
    """How many catalogues were read, and why the others were not, by the key of the series."""

    read: int = 0
    failures: dict[str, ProviderError] = field(default_factory=dict)


def ask_due(
    now: datetime,
    *,
    is_stopping: Callable[[], bool] = lambda: False,
    tell_progress: Callable[[int, int], object] = lambda _current, _total: None,
) -> Asked:
    """Read the catalogues of followed series that are due at ``now``, the longest waiting first.

    One that fails leaves what was known; a site that is down is left alone for this time.

    Args:
        is_stopping: asked before each; none is begun any more where it says so.
        tell_progress: told before each how many are done, of how many.

    Raises:
        ConfigError: the configuration cannot be read.
    """
    asked, patience = Asked(), Patience()
    sites = {site.name: site for site in _sites()}
    due = list(AnimeSeries.objects.followed().due(REFRESH_AFTER, now).filter(site__in=sites))
    for done, series in enumerate(due):
        if is_stopping():
            break
        tell_progress(done, len(due))
        try:
            # It is due: a page that was kept of the site is not news. There is time to wait for it.
            with (
                patience.asking(series.site, Purpose.REFRESH, series.site_key),
                asked_now(patience=math.inf),
            ):
                refresh_series(series, site=sites[series.site], now=now)
        except ProviderError as error:
            asked.failures[series.key] = error
        else:
            asked.read += 1
    return asked


def _sites() -> Iterator[Site]:
    """The enabled sites, but those whose addresses are refused: their series stay as they are."""
    for name in configured.site_names():
        try:
            yield configured.site(name)
        except ProviderError:
            continue
