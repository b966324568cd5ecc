"""Asking the sites for the series that are due, between transactions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils import timezone

from library import catalogue
from library.models import AnimeSeries
from library.scanner.match import Matcher
from library.scanner.plan import ScanOptions
from library.scanner.progress import Progress
from library.services.lookup import get_series
from library.services.refresh import REFRESH_AFTER, keep_error, refresh_series
from providers.base import Site
from providers.errors import ProviderError

Tell = Callable[[AnimeSeries, ProviderError], None]


def due_series(options: ScanOptions) -> list[AnimeSeries]:
    """The series whose catalogue is to be read in this scan."""
    if not options.use_provider:
        return []
    enabled = catalogue.site_names()
    if options.series is not None:
        series = get_series(options.series)
        return [series] if series.site in enabled else []
    wanted = AnimeSeries.objects.active().filter(site__in=enabled)
    if options.full:
        return list(wanted.order_by("refreshed_at", "id"))
    return list(wanted.due(timezone.now() - REFRESH_AFTER))


@dataclass(frozen=True, slots=True)
class Asker:
    """Refreshes series; a site that is down is asked once. ``tell`` hears of each failure."""

    matcher: Matcher
    progress: Progress
    tell: Tell

    def refresh(self, due: Sequence[AnimeSeries]) -> None:
        """Refresh them in turn. Raises ``ScanCancelled``."""
        sites = {site.name: site for site in self.matcher.sites}
        for series in due:
            self.progress.step(f"Asking {series.site}", key=series.key, folder=series.folder)
            try:
                self._refresh_one(series, sites.get(series.site))
            except ProviderError as error:
                self.tell(series, error)

    def _refresh_one(self, series: AnimeSeries, site: Site | None) -> None:
        if error := self.matcher.failures.get(series.site):
            keep_error(series, error)
            return
        try:
            refresh_series(series, site=site)
        except ProviderError as error:
            if error.whole_site:
                self.matcher.failures[series.site] = error
            raise
