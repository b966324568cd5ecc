"""The sites from which nothing is taken, because they let nobody in from here."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Annotated, TypedDict

from aniworld.config import store
from aniworld.config.errors import ConfigError
from aniworld.sites.health.services import Refusal, refusals
from aniworld.web.shapes import Moment
from aniworld.web.texts import Told
from downloads.choices import Status
from downloads.models import DownloadQueueItem
from providers.coded import Coded
from providers.watching import CHANGED

# So many series whose pages are broken, or have changed, say that their site as a whole is.
BROKEN_PAGES = 3
MOST_READ = 500  # items that are looked at for that


class ShutSite(TypedDict):
    """A site that wants a check in the browser, or has blocked our address."""

    site: str
    label: str
    reason: Annotated[Told, "What it said last."]
    until: Annotated[Moment, "It is left alone until then, at the least."]


def shut() -> list[Refusal]:
    """Those of now; none where the settings cannot be read: that is told as the queue's trouble."""
    try:
        return refusals()
    except ConfigError:
        return []


def open_sites(closed: Collection[str]) -> list[str]:
    """The enabled sites that are not closed; none where the settings cannot be read."""
    try:
        sites = store.load().providers.sites
    except ConfigError:
        return []
    return [name for name, chosen in sites.items() if chosen.enabled and name not in closed]


def shut_sites() -> list[ShutSite]:
    """As the API and events give them."""
    return [
        {"site": one.site, "label": one.label, "reason": one.reason, "until": _utc(one.until)}
        for one in shut()
    ]


def _utc(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def changed_sites() -> dict[str, Coded]:
    """The sites whose pages have changed for several series of the queue, with what was not found
    at one of them."""
    changed = DownloadQueueItem.objects.filter(
        status=Status.PENDING, error_code__in=CHANGED
    ).order_by("-updated_at")
    series: dict[str, dict[int, Coded]] = {}
    for item in changed.select_related("series")[:MOST_READ]:
        said: Coded = {"code": item.error_code, "params": item.error_params}
        series.setdefault(item.series.site, {}).setdefault(item.series_id, said)
    return {
        site: next(iter(found.values()))
        for site, found in series.items()
        if len(found) >= BROKEN_PAGES
    }
