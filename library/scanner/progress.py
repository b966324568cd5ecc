"""How far a scan is: told to the browser, to callbacks and to the operation's row."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.utils import timezone

from aniworld.events.callbacks import CallbackManager, ProgressContext
from aniworld.events.errors import OperationOver
from aniworld.events.operations import OperationType, ProgressPhase
from library import events
from library.events import Place
from library.models import ScanOperation
from providers.coded import Coded, coded

BEAT_SECONDS = 0.25
LOOKING = coded("scan_looking")

_Doing = tuple[ProgressPhase, Coded, str | None, str | None]  # the last two are key and folder


class ScanCancelled(Exception):
    """The owner asked the scan to end."""


class Progress:
    """Counts folders and files of one scan. Every call may raise ``ScanCancelled``."""

    def __init__(
        self,
        operation: ScanOperation,
        callbacks: CallbackManager,
        is_stopping: Callable[[], bool],
    ) -> None:
        self._is_stopping = is_stopping
        self._operation = operation
        self._callbacks = callbacks
        self._last_beat = 0.0
        self._doing: _Doing = (ProgressPhase.STARTING, LOOKING, None, None)
        self.current = self.total = self.files = 0
        self.tracker = events.scan_tracker(operation)

    def start(self) -> None:
        with _unless_it_has_ended():
            self.tracker.start(LOOKING)

    def again(self) -> None:
        """What was told last still goes on."""
        self._beat(*self._doing)

    def walking(self, files: int) -> None:
        """So many files were found so far; their number of folders is not known yet."""
        self.files = files
        self._beat(ProgressPhase.STARTING, LOOKING)

    def planned(self, total: int, *, files: int) -> None:
        """All is known: ``total`` folders and series have their turn, with so many files."""
        self.total = total
        self.files = files
        self._last_beat = 0.0  # the first may take long: it is told at once

    def skip(self, folders: int) -> None:
        """So many have nothing new."""
        self.current += folders

    def step(
        self, message: Coded, *, key: str | None = None, folder: str | None = None, by: int = 1
    ) -> None:
        """Go on to the next folder or series."""
        self.current += by
        self._beat(ProgressPhase.IN_PROGRESS, message, key, folder)

    def _beat(
        self,
        phase: ProgressPhase,
        message: Coded,
        key: str | None = None,
        folder: str | None = None,
    ) -> None:
        self._doing = phase, message, key, folder
        if self._is_stopping():
            raise ScanCancelled
        now = time.monotonic()
        if now - self._last_beat < BEAT_SECONDS:
            return
        self._last_beat = now
        self._write(phase, message, key, folder)
        self._callbacks.progress.notify(
            ProgressContext(
                OperationType.SCAN,
                str(self._operation.operation_id),
                phase,
                self.current,
                self.total or None,
                self.tracker.reading.percent,
                message,
                key,
                folder,
                {"files": self.files},
            )
        )

    def _write(
        self, phase: ProgressPhase, message: Coded, key: str | None, folder: str | None
    ) -> None:
        row = ScanOperation.objects.filter(pk=self._operation.pk)
        row.update(
            phase=phase.value,
            current=self.current,
            total=self.total,
            files=self.files,
            key=key or "",
            folder=folder or "",
            message_code=message["code"],
            message_params=message["params"],
            heartbeat_at=timezone.now(),
        )
        if row.filter(cancel_requested=True).exists() or not row.running().exists():
            raise ScanCancelled
        with _unless_it_has_ended():
            self.tracker.update(
                self.current,
                total=self.total or None,
                phase=phase,
                message=message,
                facts=Place(self.files, key, folder),
            )


@contextmanager
def _unless_it_has_ended() -> Iterator[None]:
    """Another process may have taken the scan for dead, and told its end."""
    try:
        yield
    except OperationOver as error:
        raise ScanCancelled from error
