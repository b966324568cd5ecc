"""How fast films come from each hoster."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.db import DatabaseError

from aniworld.sites.health.monitor import note_media
from providers.watching import hoster_service

logger = logging.getLogger(__name__)


class Flow:
    """What comes from the source in use, as its child tells it; written once for each source."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._service = ""
        self._had: int | None = None  # bytes of all sources, when this one began to be fetched
        self._seconds = 0.0
        self._size = 0
        self._since: float | None = None

    def begin(self, hoster: str) -> None:
        """Another source is fetched from now on."""
        self.end()
        self._service = hoster_service(hoster.casefold()[:50])
        self._since = self._clock()

    def note(self, total: int) -> None:
        """The child has received so many bytes in all."""
        had, self._had = self._had or 0, total
        if self._since is None:
            return
        now = self._clock()
        self._size += max(total - had, 0)
        self._seconds += now - self._since
        self._since = now

    def end(self) -> None:
        """Nothing more comes from that source."""
        size, seconds, service = self._size, self._seconds, self._service
        self._size, self._seconds, self._service, self._since = 0, 0.0, "", None
        if not (size and service):
            return
        try:
            note_media(service, size=size, seconds=seconds)
        except DatabaseError as error:  # a figure alone: the film that has come counts
            logger.warning("service=%s its speed was not noted: %s", service, error)

    def forget(self) -> None:
        """Another child begins to count its bytes."""
        self.end()
        self._had = None
