"""Why nothing is downloaded now, and when that ends: what the queue page says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.utils import timezone

from aniworld.sites.health.services import Refusal
from aniworld.sites.pace import Hold
from aniworld.web import display
from aniworld.web.texts import text_of
from downloads import snapshots
from downloads.choices import Status
from downloads.errors import CatalogueHeld
from downloads.models import DownloadQueueItem, comes_from_elsewhere
from downloads.shut import open_sites, shut
from providers.watching import CHANGED

SAME_SECONDS = 3  # between two looks at one pause


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a running queue waits for when nothing can be downloaded now.

    Attributes:
        until: when the first of the waiting is tried again; None where all are on hold.
        reason: why the last try for a whole site failed, empty where no site is to blame.
    """

    until: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class HoldWords:
    """A pause that a server has asked for.

    Attributes:
        hoster: whose server of media it is, where that is known.
    """

    hold: Hold
    hoster: str = ""

    @property
    def who(self) -> str:
        """The hoster or the site by its name; a server of media by its address."""
        asked_by = self.hold.asked_by
        name = self.hoster if asked_by == "media" else asked_by
        return snapshots.display_name(name) or self.hold.host

    @property
    def host(self) -> str:
        """Its address, where that is not its name already."""
        return "" if self.hold.host == self.who else self.hold.host

    @property
    def left(self) -> str:
        return display.duration(self.hold.seconds)


@dataclass(frozen=True, slots=True)
class Shut:
    """A site that lets nobody in, and how many episodes wait for it."""

    refusal: Refusal
    waiting: int

    @property
    def reason(self) -> str:
        return self.refusal.reason["text"]


def hold_in_words(hold: Hold, active: list[DownloadQueueItem]) -> HoldWords:
    """An item that waits just as long waits for this one."""
    waiting = [(item.hoster, item.waiting_until) for item in active]
    same = [
        hoster
        for hoster, until in waiting
        if until and abs((until - hold.until).total_seconds()) < SAME_SECONDS
    ]
    return HoldWords(hold, same[0] if same else "")


def shut_in_words() -> list[Shut]:
    closed = shut()
    if not closed:
        return []
    sites = [one.site for one in closed]
    waiting = DownloadQueueItem.objects.waiting().filter(status=Status.PENDING)
    bound = waiting.exclude(pk__in=waiting.reachable(sites, open_sites(sites)))
    counted = dict(bound.values_list("series__site").annotate(Count("pk")).order_by())
    return [Shut(one, counted.get(one.site, 0)) for one in closed]


def asked_at(waiting: list[DownloadQueueItem], closed: Sequence[Shut]) -> dict[int, datetime]:
    """By item: when its site is asked again that lets nobody in. Those that come from elsewhere
    too are not among them: they do not wait for it."""
    entry = {one.refusal.site: one.refusal.until for one in closed}
    bound = {item.pk: item.series.site for item in waiting if item.series.site in entry}
    if not bound:
        return {}
    free = DownloadQueueItem.objects.filter(comes_from_elsewhere(open_sites(entry)), pk__in=bound)
    for pk in free.values_list("pk", flat=True):
        del bound[pk]
    return {pk: entry[site] for pk, site in bound.items()}


def outlook_of(
    waiting: list[DownloadQueueItem],
    asked: Mapping[int, datetime],
    *,
    hidden: int,
    closed: Sequence[Shut],
) -> Outlook | None:
    """``waiting`` are the first of them, ``hidden`` is how many more there are."""
    now, entry = timezone.now(), {one.refusal.site: one.refusal.until for one in closed}
    pending = [item for item in waiting if item.status == Status.PENDING]
    tried_again = [item for item in pending if not item.series.catalogue_held]
    if pending and not tried_again and hidden <= 0:
        return Outlook(None, text_of(CatalogueHeld(name=pending[0].series.name).as_json()))
    moments = [at for item in tried_again if (at := _tried_at(item, asked)) and at > now]
    if not waiting or len(moments) < len(tried_again):
        return None
    if hidden > 0:
        later = DownloadQueueItem.objects.filter(status=Status.PENDING, removed_at=None)
        others = open_sites(entry)
        if later.ready(now).reachable(entry, others).exists():
            return None
        waits = later.filter(next_try_at__gt=now).reachable(entry, others)
        first = waits.order_by("next_try_at").first()
        moments += [first.next_try_at] if first and first.next_try_at else []
        moments += entry.values()
    failed = [
        item
        for item in tried_again
        if item.error and (item.outage_count or item.error_code in CHANGED)
    ]
    last = max(failed, key=lambda item: item.updated_at, default=None)
    return Outlook(min(moments, default=None), text_of(last.error) if last else "")


def _tried_at(item: DownloadQueueItem, asked: Mapping[int, datetime]) -> datetime | None:
    """When it may be tried: neither before its own time nor before its site is asked again."""
    known = (item.next_try_at, asked.get(item.pk))
    return max(filter(None, known), default=None)
