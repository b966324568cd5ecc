"""How fast sites are asked: one pace for web, worker and scan, kept in the database."""

from __future__ import annotations

import time

from aniworld.config import store
from aniworld.sites.models import SiteSlot
from providers.base import RateStore, SiteSettings


class DatabaseRateStore:
    """A ``providers.base.RateStore`` in the database: web, worker and scan share one pace."""

    def reserve(self, site: str, *, interval: float) -> float:
        """Take the next slot; returns the seconds to wait before the request may go out."""
        while True:
            planned = self._planned(site)
            now = time.time()
            slot = max(now, planned)
            # Whoever sees the slot unchanged takes it; the others look again.
            taken = SiteSlot.objects.filter(site=site, next_at=planned)
            if taken.update(next_at=slot + interval):
                return slot - now

    def hold(self, site: str, *, seconds: float) -> None:
        """No slot before ``seconds`` from now. Never shortens a longer hold."""
        self._planned(site)
        until = time.time() + seconds
        SiteSlot.objects.filter(site=site, next_at__lt=until).update(next_at=until)

    def _planned(self, site: str) -> float:
        found = SiteSlot.objects.filter(site=site).values_list("next_at", flat=True).first()
        if found is None:
            SiteSlot.objects.bulk_create([SiteSlot(site=site)], ignore_conflicts=True)
            return 0.0
        return found


_rates = DatabaseRateStore()


def rate_store() -> RateStore:
    return _rates


def interval(name: str) -> float:
    """Seconds between two requests to a site, whoever makes them."""
    chosen = store.load().providers.sites.get(name, SiteSettings())
    return 1.0 / chosen.requests_per_second
