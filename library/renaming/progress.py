"""How far a renaming is: told to the browser and to the operation's row."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from django.utils import timezone

from aniworld.events.errors import OperationOver
from aniworld.events.operations import ProgressPhase
from library import events
from library.models import AnimeSeries, ScanOperation
from providers.coded import coded

BEAT_SECONDS = 0.25
RENAMING = coded("renaming_files")


class RenamingCancelled(Exception):
    """The owner asked it to end."""


class Progress:
    """Counts files. Every call but :meth:`alive` may raise ``RenamingCancelled``."""

    def __init__(
        self,
        operation: ScanOperation,
        is_stopping: Callable[[], bool],
        tell: Callable[[Progress], None],
    ) -> None:
        self._operation = operation
        self._is_stopping = is_stopping
        self._tell = tell
        self._last_beat = 0.0
        self.current = self.total = 0
        self.key = self.folder = ""
        self.tracker = events.renaming_tracker(operation)

    def start(self) -> None:
        with _unless_it_has_ended():
            self.tracker.start(RENAMING)

    def planned(self, total: int) -> None:
        """So many files have their turn."""
        self.total = total
        self._last_beat = 0.0
        self.again()

    def turn(self, series: AnimeSeries) -> None:
        """Go on to the next series."""
        self.key, self.folder = series.key, series.folder
        self.again()

    def step(self, files: int) -> None:
        self.current = min(self.current + files, self.total)
        self.again()

    def again(self) -> None:
        """Say that it goes on, and see whether it is to."""
        if self._is_stopping():
            raise RenamingCancelled
        now = time.monotonic()
        if now - self._last_beat < BEAT_SECONDS:
            return
        self._last_beat = now
        self._write()
        self._tell(self)

    def alive(self) -> None:
        """Say that it goes on while a disk is waited for: what was begun there is not left."""
        with suppress(RenamingCancelled):
            self.again()

    def _write(self) -> None:
        row = ScanOperation.objects.filter(pk=self._operation.pk)
        row.update(
            phase=ProgressPhase.IN_PROGRESS.value,
            current=self.current,
            total=self.total,
            key=self.key,
            folder=self.folder,
            heartbeat_at=timezone.now(),
        )
        if row.filter(cancel_requested=True).exists() or not row.running().exists():
            raise RenamingCancelled
        with _unless_it_has_ended():
            self.tracker.update(self.current, total=self.total or None, message=RENAMING)


@contextmanager
def _unless_it_has_ended() -> Iterator[None]:
    """Another process may have taken the renaming for dead, and told its end."""
    try:
        yield
    except OperationOver as error:
        raise RenamingCancelled from error
