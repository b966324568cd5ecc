"""Taking back what the journal says was done to the queue: the functions behind its handles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from aniworld.journal.services import register_undo
from downloads import services
from downloads.models import DownloadQueueItem


def register() -> None:
    register_undo("queue.restore", _restore)
    register_undo("queue.remove", services.remove)
    register_undo("queue.unadd", _take_out)
    register_undo("queue.hold", services.hold)
    register_undo("queue.release", services.release)
    register_undo("queue.reorder", services.reorder)


def _restore(*, removed_at: str) -> None:
    services.restore(removed_at=datetime.fromisoformat(removed_at))


def _take_out(*, item_ids: Sequence[int]) -> None:
    """What was downloaded meanwhile, or is just being, stays."""
    waiting = DownloadQueueItem.objects.waiting().filter(pk__in=item_ids)
    services.remove(item_ids=list(waiting.values_list("pk", flat=True)))
