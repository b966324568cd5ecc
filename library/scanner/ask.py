"""Asking the sites for the series that are due, between transactions."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aniworld.sites import configured
from aniworld.sites.patience import Patience, Purpose
from library.models import AnimeSeries
from library.scanner.progress import Progress
from library.services.lookup import get_series
from library.services.operations import ScanOptions
from library.services.refresh import REFRESH_AFTER, refresh_series
from providers.asking import asked_now
from providers.base import Site
from providers.coded import coded
from providers.errors import ProviderError

Tell = Callable[[AnimeSeries, ProviderError], None]


def due_series(options: ScanOptions) -> list[AnimeSeries]:
    """The series whose catalogue is to be read in this scan."""
    if not options.use_provider:
        return []
    enabled = configured.site_names()
    if options.series is not None:
        series = get_series(options.series)
        return [series] if series.site in enabled else []
    wanted = AnimeSeries.objects.active().filter(site__in=enabled)
    if options.full:
        return list(wanted.longest_waiting_first())
    return list(wanted.due(REFRESH_AFTER))


@dataclass(frozen=True, slots=True)
class Asker:
    """Refreshes series, as far as their sites can be had. ``tell`` hears of each failure.

    With ``is_anew`` nothing that was kept of the sites counts.
    """

    sites: Sequence[Site]
    patience: Patience
    progress: Progress
    tell: Tell
    is_anew: bool = False

    def refresh(self, due: Sequence[AnimeSeries]) -> None:
        """Refresh them in turn. Raises ``ScanCancelled``."""
        sites = {site.name: site for site in self.sites}
        for series in due:
            asking = coded("scan_asking", site=series.site)
            self.progress.step(asking, key=series.key, folder=series.folder)
            site = sites.get(series.site)
            if site is None or self.patience.refusal(series.site, Purpose.REFRESH):
                continue  # nothing is known of this one: what it had, also its error, stays
            try:
                with self.patience.asking(series.site, Purpose.REFRESH, series.site_key):
                    self._refresh(series, site)
            except ProviderError as error:
                self.tell(series, error)

    def _refresh(self, series: AnimeSeries, site: Site) -> None:
        # A scan has time: what is to be new is no reason to give up early.
        anew = asked_now(patience=math.inf) if self.is_anew else contextlib.nullcontext()
        with anew:
            refresh_series(series, site=site)
