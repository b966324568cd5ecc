"""The sites from which nothing is taken, because they let nobody in from here."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypedDict

from aniworld.config.errors import ConfigError
from aniworld.sites.health.services import Refusal, refusals
from aniworld.web.shapes import Moment
from aniworld.web.texts import Told


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


def shut_sites() -> list[ShutSite]:
    """As the API and events give them."""
    return [
        {"site": one.site, "label": one.label, "reason": one.reason, "until": _utc(one.until)}
        for one in shut()
    ]


def _utc(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
