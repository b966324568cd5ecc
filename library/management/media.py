"""Reading media information, told to the browsers as it goes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils import timezone

from aniworld.config.progress import limits
from aniworld.events.notices import SystemProgress
from aniworld.events.progress import ProgressTracker
from library.models import MediaFile
from library.scanner.media import read_pending
from library.services import tallies
from providers.coded import coded

OPERATION = "readmedia"


def read_media(is_stopping: Callable[[], bool]) -> int:
    """Read what is new, as ``read_pending`` does; how many files were read.

    Nothing is told where another process is at it, or nothing is left to read. This comes after
    each scan, so the statistics are counted anew: what a scan has found is to be seen at once.
    """
    tallies.keep(timezone.now())
    telling = _Telling(is_stopping)
    done = read_pending(telling)
    telling.end(done)
    if done:
        tallies.keep(timezone.now())
    return done


class _Telling:
    """Asked before each portion whether to go on; tells at each how much is left."""

    def __init__(self, is_stopping: Callable[[], bool]) -> None:
        self._is_stopping = is_stopping
        self._total = 0
        facts: dict[str, Any] = {"what": OPERATION}
        self._tracker: ProgressTracker[Mapping[str, Any]] = ProgressTracker(
            SystemProgress, OPERATION, facts, limits=limits()
        )

    def __call__(self) -> bool:
        left = MediaFile.objects.unprobed().filter(root__is_active=True).count()
        if left and not self._total:
            self._total = left
            self._tracker.start(coded("media_reading"), again=True)
        if self._total:
            total = max(self._total, left)
            self._tracker.update(total - left, total=total)
        return self._is_stopping()

    def end(self, done: int) -> None:
        if not self._total:
            return
        if self._is_stopping():
            self._tracker.cancel()
        else:
            self._tracker.complete(coded("media_read", files=done))
