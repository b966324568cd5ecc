"""The queue for a screen that is looked at from afar: what comes now, what comes next."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from aniworld.events.pages import live_page
from aniworld.web.page import PageRequest, page
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from downloads.choices import Status
from downloads.models import DownloadQueueItem, QueueItems
from downloads.pages.queue import QueuePage, queue_page
from downloads.pages.rows import Row

NEXT, NEWEST = 4, 3


@dataclass(frozen=True, slots=True)
class ScreenPage:
    """``next`` are the first of the waiting, ``newest`` the last that have arrived."""

    queue: QueuePage
    next: list[Row]
    newest: list[Row]

    @property
    def active(self) -> Row | None:
        return self.queue.active.rows[0] if self.queue.active.rows else None

    @property
    def says(self) -> str:
        """In one line why nothing is downloaded; empty while something is."""
        queue = self.queue
        if self.active:
            return ""
        if not queue.pending.count:
            return _("Everything is here")
        if queue.mode == "paused":
            return _("Paused")
        if queue.mode == "stopped":
            return _("Stopped")
        return queue.why_closed or _("The next one starts shortly")


@needs(Right.VIEW)
@require_safe
@live_page
def screen(request: PageRequest) -> HttpResponse:
    waiting = DownloadQueueItem.objects.filter(status=Status.PENDING)
    done = DownloadQueueItem.objects.finished(Status.COMPLETED).order_by("-completed_at", "-id")
    today = done.filter(completed_at__gte=timezone.localtime().replace(hour=0, minute=0, second=0))
    shown = ScreenPage(queue_page(), _rows(waiting.in_order(), NEXT), _rows(today, NEWEST))
    fragments = {"live": "downloads/_screen.html"}
    return page(request, "downloads/screen.html", shown, fragments=fragments)


def _rows(items: QueueItems, most: int) -> list[Row]:
    return [Row(item) for item in items.select_related("series__root")[:most]]
