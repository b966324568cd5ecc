"""What quiet hours and budgets say to a download that runs."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from aniworld.config.errors import ConfigError
from downloads.choices import Stage
from downloads.models import DownloadQueueItem
from downloads.quiet.decision import Verdict
from downloads.services import quiet

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
KILOBYTE = 1_000
# After these nothing more is fetched: what is there is finished.
_FETCHING = (Stage.NONE, Stage.RESOLVING, Stage.DOWNLOADING)


class QuietBegan(Exception):
    """The item is to be put back, and goes on when the queue does."""


class Quietness:
    """Looks about once a second at what holds, for one item.

    Args:
        item: whose stage is kept by whoever works it.
    """

    def __init__(
        self, item: DownloadQueueItem, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._item = item
        self._clock = clock
        self._looked_at = float("-inf")
        self._verdict: Verdict | None = None
        self._is_exempt = item.is_exempt

    def limit(self) -> int:
        """Bytes a second that may be taken now; 0 for any number."""
        self._look()
        if self._verdict is None:
            return 0
        return self._verdict.limit_for(is_exempt=self._is_exempt) * KILOBYTE

    def refuse_to_go_on(self) -> None:
        """Raises:
        QuietBegan: the queue has closed, and the settings have what runs stop.
        """
        self._look()
        if (
            self._verdict is not None
            and self._verdict.stops
            and self._item.stage in _FETCHING
            and not self._is_exempt
        ):
            raise QuietBegan

    def _look(self) -> None:
        now = self._clock()
        if now - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = now
        try:
            self._verdict = quiet.look()
        except ConfigError as error:  # what was set before holds; the queue page says so
            logger.warning("item=%s goes on as it was set before: %s", self._item.pk, error)
            return
        if self._verdict.rules.are_there:
            found = DownloadQueueItem.objects.filter(pk=self._item.pk)
            self._is_exempt = bool(found.values_list("is_exempt", flat=True).first())
