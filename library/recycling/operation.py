"""A way of files into the recycle bin or out of it, as the operation that goes through the library:
no scan and no renaming meets it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from aniworld.events.operations import OperationState
from aniworld.journal.actors import current_actor
from library.choices import OperationKind
from library.errors import LibraryError
from library.models import BinnedFile, ScanOperation
from library.services import operations
from library.services.liveness import this_process
from library.services.operations import RecyclingResult


@dataclass(slots=True)
class Outcome:
    """What has gone into the bin, or come out of it. ``left`` are the videos that stay, by their
    stored paths, and why."""

    act: str = ""
    videos: int = 0
    bytes: int = 0
    left: list[tuple[str, LibraryError]] = field(default_factory=list)

    def count(self, rows: Sequence[BinnedFile]) -> None:
        """These have moved."""
        self.videos += len(rows)
        self.bytes += sum(row.size for row in rows)

    def as_result(self) -> RecyclingResult:
        return {"videos": self.videos, "bytes": self.bytes, "left": len(self.left)}


def begin(parameters: dict[str, Any]) -> ScanOperation:
    """Write the row of an operation that this process does itself. What is done to which files is
    journalled by whoever does it.

    Raises:
        ScanRunning, RenamingRunning, RecyclingRunning: something goes through the library.
    """
    operations.end_dead_ones()
    operations.forget_old_ones(OperationKind.RECYCLING)
    now = timezone.now()
    try:
        with transaction.atomic():
            return ScanOperation.objects.create(
                kind=OperationKind.RECYCLING,
                parameters=parameters,
                started_by=current_actor().as_json(),
                started_at=now,
                heartbeat_at=now,
                pid=os.getpid(),
                host=this_process(os.getpid()),
            )
    except IntegrityError as error:
        raise operations.what_runs() from error


@contextmanager
def ending(operation: ScanOperation, outcome: Outcome) -> Iterator[None]:
    """End an operation with what has become of it, whatever happens inside."""
    state = OperationState.FAILED
    try:
        yield
        state = OperationState.COMPLETED
    finally:
        operations.finish(operation, state, result=outcome.as_result())
