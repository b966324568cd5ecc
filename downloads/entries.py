"""What this room writes into the journal, and what it says there.

What is done to episodes of one series is part of that series' history; the rest is about the queue.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Self

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as _

from aniworld.journal.choices import Action
from aniworld.journal.services import NAMED_IDS, Subject, Undo, listed
from aniworld.web import display
from aniworld.web.texts import Params, Text
from downloads.models import UNDO_WINDOW, DownloadQueueItem, QueueItems
from library.entries import about
from library.models import AnimeSeries
from providers.coded import coded

MOST_TO_UNDO = 1_000  # ids that a handle holds; an act on more of them has none
QUEUE = Subject("queue")

# Why the queue changed by itself.
AUTO_START = coded("auto_start")
LIMIT_REACHED = coded("limit_reached")
NOTHING_PENDING = coded("nothing_pending")
SERIES_LEFT = coded("series_left")
EPISODE_GONE = coded("episode_gone")


class QueueAction(Action):
    ADDED = "queue.added"
    REMOVED = "queue.removed"
    CLEARED = "queue.cleared"
    RESTORED = "queue.restored"
    RENUMBERED = "queue.renumbered"
    REORDERED = "queue.reordered"
    HELD = "queue.held"
    RELEASED = "queue.released"
    RETRIED = "queue.retried"
    STARTED = "queue.started"
    STOPPED = "queue.stopped"
    PAUSED = "queue.paused"
    RESUMED = "queue.resumed"
    TAKEN = "queue.taken"
    DISCARDED = "queue.discarded"
    KEPT_AGAIN = "queue.kept_again"
    EXEMPTED = "queue.exempted"
    BOUND = "queue.bound"
    LIFTED = "queue.quiet_lifted"
    KEPT = "queue.quiet_kept"
    COMPLETED = "download.completed"
    FAILED = "download.failed"


class Brief(NamedTuple):
    """As much of an item as an entry names: thousands of them are no model objects."""

    id: int
    series_id: int
    season: int
    episode: int

    @classmethod
    def of(cls, item: DownloadQueueItem) -> Self:
        return cls(item.pk, item.series_id, item.season, item.episode_number)

    @property
    def code(self) -> str:
        return display.episode_code(self.season, self.episode)


def briefly(items: QueueItems) -> list[Brief]:
    rows = items.values_list("pk", "series_id", "season", "episode_number")
    return [Brief(*row) for row in rows]


def about_all(items: Sequence[Brief]) -> Subject:
    """The series of these items, or the queue where they belong to several."""
    ids = {item.series_id for item in items}
    return about(AnimeSeries.objects.get(pk=ids.pop())) if len(ids) == 1 else QUEUE


def facts_of(item: DownloadQueueItem) -> dict[str, Any]:
    """Which episode one item is about."""
    return {"item": str(item.pk), "episode": Brief.of(item).code}


def quarantined(item: DownloadQueueItem) -> dict[str, Any]:
    """Which suspicious file it keeps aside."""
    kept = item.quarantined or {}
    return {name: kept.get(name) for name in ("hoster", "language", "size", "seconds", "code")}


def many(items: Sequence[Brief]) -> dict[str, Any]:
    """The first hundred of these items by id and episode, and how many there are."""
    codes = [item.code for item in items[:NAMED_IDS]]
    return listed([item.id for item in items]) | {"episodes": codes}


def bring_back(removed_at: datetime) -> Undo:
    """The handle of a removal: its moment names what was removed, however much that was."""
    return Undo("queue.restore", {"removed_at": removed_at.isoformat()}, lasts=UNDO_WINDOW)


def with_ids(name: str, ids: Sequence[int], **left: str) -> Undo | None:
    """The handle of what was done to these items. ``left`` is what it left behind."""
    if len(ids) > MOST_TO_UNDO:
        return None
    return Undo(name, {"item_ids": list(ids), **left}, lasts=UNDO_WINDOW)


def _episodes(params: Params, one: str, more: str) -> str:
    count: int = params["count"]
    return ngettext(one, more, count) % count


def _lifted(params: Params) -> str:
    until = timezone.localtime(datetime.fromisoformat(params["until"]))
    words = gettext("Until %s quiet hours and budgets do not count.")
    return words % date_format(until, "SHORT_DATETIME_FORMAT")


TEXTS: Mapping[str, Text] = {
    QueueAction.ADDED: lambda p: _episodes(p, "%d episode queued.", "%d episodes queued."),
    QueueAction.REMOVED: lambda p: _episodes(
        p, "%d episode removed from the queue.", "%d episodes removed from the queue."
    ),
    QueueAction.CLEARED: lambda p: _episodes(
        p, "%d entry taken off the list.", "%d entries taken off the list."
    ),
    QueueAction.RESTORED: lambda p: _episodes(p, "%d episode is back.", "%d episodes are back."),
    QueueAction.RENUMBERED: lambda p: _episodes(
        p,
        "%d queued episode of {name} has another number in the catalogue.",
        "%d queued episodes of {name} have other numbers in the catalogue.",
    ).format(name=p["name"]),
    QueueAction.HELD: lambda p: _episodes(p, "%d episode held back.", "%d episodes held back."),
    QueueAction.RELEASED: lambda p: _episodes(p, "%d episode released.", "%d episodes released."),
    QueueAction.RETRIED: lambda p: _episodes(
        p, "%d episode is tried again.", "%d episodes are tried again."
    ),
    QueueAction.EXEMPTED: lambda p: _episodes(
        p,
        "%d episode is fetched whatever quiet hours and budgets say.",
        "%d episodes are fetched whatever quiet hours and budgets say.",
    ),
    QueueAction.BOUND: lambda p: _episodes(
        p,
        "%d episode waits for quiet hours and budgets again.",
        "%d episodes wait for quiet hours and budgets again.",
    ),
    QueueAction.LIFTED: _lifted,
    QueueAction.KEPT: _("Quiet hours and budgets count again."),
    QueueAction.REORDERED: _("The order of the queue was changed."),
    QueueAction.STARTED: _("The queue was started."),
    QueueAction.STOPPED: _("The queue was stopped."),
    QueueAction.PAUSED: _("The queue was paused."),
    QueueAction.RESUMED: _("The queue goes on."),
    QueueAction.TAKEN: _("The suspicious file of {name} {episode} is taken as it is."),
    QueueAction.DISCARDED: _("The suspicious file of {name} {episode} was discarded."),
    QueueAction.KEPT_AGAIN: _("The suspicious file of {name} {episode} is kept after all."),
    QueueAction.COMPLETED: _("{name} {episode} was downloaded."),
    QueueAction.FAILED: _("{name} {episode} could not be downloaded."),
    AUTO_START["code"]: _("The queue starts by itself when something is added (setting)."),
    LIMIT_REACHED["code"]: _("As many were taken as were asked for."),
    SERIES_LEFT["code"]: _("Their series left the library."),
    EPISODE_GONE["code"]: _(
        "The catalogue lists the episode no more, and another one has its number."
    ),
    NOTHING_PENDING["code"]: _("Nothing was waiting any more."),
}
