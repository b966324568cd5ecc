"""How far the queue is: one operation from the first item that is taken until it stops."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from aniworld.config.progress import limits
from aniworld.events.errors import OperationOver
from aniworld.events.models import Operation
from aniworld.events.notices import InfoNotice, QueueProgress
from aniworld.events.operations import OperationType
from aniworld.events.progress import ProgressTracker
from aniworld.events.publish import publish
from downloads.choices import Status
from downloads.models import DownloadQueueItem, QueueState
from providers.coded import coded

RunTracker = ProgressTracker[Mapping[str, Any]]


class Run:
    """Tells the browsers, and keeps as an operation, how many items of this run are done.

    It is the worker's: what dies with it is ended by the next one.
    """

    def __init__(self) -> None:
        self._tracker: RunTracker | None = None
        self._ends: dict[str, int] = {}

    def takes_one(self) -> None:
        """An item was taken: tell how many of this run are done."""
        with transaction.atomic():
            tracker = self._tracker or self._begin()
            done = sum(self._ends.values())
            try:
                tracker.update(done, total=done + _left(), facts=dict(self._ends))
            except OperationOver:
                self._tracker = None  # another worker has taken over meanwhile

    def note(self, item: DownloadQueueItem) -> None:
        """A try of an item is over, in the status it has now."""
        ended = {Status.COMPLETED: "completed", Status.FAILED: "failed"}.get(Status(item.status))
        if ended is not None and self._tracker is not None:
            self._ends[ended] += 1

    def rests(self) -> None:
        """There is nothing to take: the run is over where the queue has stopped."""
        if self._tracker is None or QueueState.current().is_running:
            return
        tracker, self._tracker = self._tracker, None
        with transaction.atomic():
            if _left():
                tracker.cancel(coded("queue_stopped"))
                return
            message = coded("queue_done", **self._ends)
            tracker.complete(message)
            publish(InfoNotice(code="queue_done", message=message))

    def _begin(self) -> RunTracker:
        end_left_over()
        self._ends = {"completed": 0, "failed": 0}
        self._tracker = _tracker(uuid.uuid4().hex)
        self._tracker.start()
        return self._tracker


def end_left_over() -> None:
    """End the runs whose worker has died."""
    running = Operation.objects.filter(type=OperationType.QUEUE, finished_at=None)
    for operation_id in running.values_list("operation_id", flat=True):
        try:
            _tracker(operation_id).cancel(coded("queue_stopped"))
        except OperationOver:
            continue  # somebody else was quicker


def _tracker(operation_id: str) -> RunTracker:
    return ProgressTracker(QueueProgress, operation_id, {}, limits=limits())


def _left() -> int:
    """What waits for its turn, or is being fetched."""
    left = (Status.PENDING, Status.DOWNLOADING)
    return DownloadQueueItem.objects.filter(status__in=left).count()
