"""The sign of life of an item that is being worked."""

from __future__ import annotations

import time
from collections.abc import Callable

from downloads.models import DownloadQueueItem
from downloads.worker import claims

BEAT_SECONDS = 1.0


class Heartbeat:
    """Writes an item's progress on its row once a second.

    The write is also the look at whether the item is still ours. What browsers are told, and how
    often, is no matter of this: see ``downloads.progress.tell``.
    """

    def __init__(
        self,
        item: DownloadQueueItem,
        worker: str,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._item = item
        self._worker = worker
        self._clock = clock
        self._beaten_at = float("-inf")

    def beat(self, *, force: bool = False) -> None:
        """Write if it is due, or with ``force`` (the stage has changed) at once.

        Raises:
            ClaimLost: the item is no longer this worker's.
        """
        now = self._clock()
        if force or now - self._beaten_at >= BEAT_SECONDS:
            claims.keep_progress(self._item, self._worker)
            self._beaten_at = now
