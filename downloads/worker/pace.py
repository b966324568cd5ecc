"""How often progress is written and told."""

from __future__ import annotations

import time
from collections.abc import Callable

from downloads.models import DownloadQueueItem
from downloads.worker import claims

WRITE_SECONDS = 1.0


class Pace:
    """Writes an item's progress once a second, and tells it to the browsers when it is worth it.

    The write is also the sign of life, and the look at whether the item is still ours.

    Args:
        per_second: tell at most this often.
        min_percent: tell only a change larger than this, or one of the stage.
    """

    def __init__(
        self,
        item: DownloadQueueItem,
        worker: str,
        *,
        per_second: float,
        min_percent: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._item = item
        self._worker = worker
        self._interval = 1 / per_second
        self._min_percent = min_percent
        self._clock = clock
        self._written_at = float("-inf")
        self._told_at = float("-inf")
        self._told: tuple[str, float] = ("", 0.0)

    def tell(self, *, force: bool = False) -> bool:
        """Write and tell what is due; whether something was told.

        Raises:
            ClaimLost: the item is no longer this worker's.
        """
        now = self._clock()
        if force or now - self._written_at >= WRITE_SECONDS:
            claims.keep_progress(self._item, self._worker)
            self._written_at = now
        if now - self._told_at < self._interval or not self._is_news():
            return False
        claims.tell_progress(self._item)
        self._told_at = now
        self._told = (self._item.stage, self._item.progress_percent)
        return True

    def _is_news(self) -> bool:
        stage, percent = self._told
        moved = abs(self._item.progress_percent - percent)
        return self._item.stage != stage or moved > self._min_percent
