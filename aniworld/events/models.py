"""The outbox: what every browser is told, written with the change it reports. And operations."""

from __future__ import annotations

from datetime import timedelta
from typing import Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone

from aniworld.events.operations import OperationStatus, OperationType
from aniworld.events.reading import ENDS
from aniworld.events.rooms import Room

SILENT_FOR = timedelta(hours=1)

_OVER = [status.value for status in ENDS]
_RUNNING = [status.value for status in OperationStatus if status not in ENDS]


class OutboxEvent(models.Model):
    """One event. The primary key is the event id and follows commit order."""

    id = models.BigAutoField(primary_key=True)
    room = models.CharField(max_length=32, choices=[(room.value, room.value) for room in Room])
    type = models.CharField(max_length=64)
    # Set for progress alone: a newer reading of the same job takes this row's place.
    job = models.CharField(max_length=128, null=True, blank=True)  # noqa: DJ001 (null = no job)
    created_at = models.DateTimeField(default=timezone.now)
    data = models.JSONField(encoder=DjangoJSONEncoder)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job"], name="one_progress_row_per_job"),
            models.CheckConstraint(
                condition=models.Q(room__in=[room.value for room in Room]), name="event_room_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.room}/{self.type}"


class OutboxMark(models.Model):
    """The one row that says how far the outbox has been trimmed.

    Ids have gaps (progress replaced, transactions rolled back), so the oldest row left cannot
    tell whether a client that comes back has missed anything for good.
    """

    trimmed_to = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="outbox_mark_is_single"),
        ]

    def __str__(self) -> str:
        return f"trimmed to {self.trimmed_to}"


class OutboxCursor(models.Model):
    """How far somebody has read who must miss nothing, over restarts of any process."""

    name = models.CharField(max_length=64, unique=True)
    last_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.name} has read up to {self.last_id}"


class Operations(models.QuerySet["Operation"]):
    def running(self) -> Self:
        """Those that have not told their end. One that has said nothing for an hour died."""
        return self.filter(finished_at=None).listed()

    def listed(self) -> Self:
        """Those that run, then those that are over, the newest first."""
        spoke = models.Q(updated_at__gte=timezone.now() - SILENT_FOR)
        shown = self.filter(models.Q(finished_at__isnull=False) | spoke)
        return shown.order_by(models.F("finished_at").desc(nulls_first=True), "-id")

    def finished(self) -> Self:
        """Those that are over, the newest first."""
        return self.filter(finished_at__isnull=False).order_by("-finished_at", "-id")

    def forget(self, *, kept: int) -> None:
        """Delete what is over, but the newest ``kept``, and what died without a word."""
        beyond = self.finished().values_list("pk", flat=True)[kept:]
        self.filter(pk__in=list(beyond)).delete()
        self.filter(finished_at=None, updated_at__lt=timezone.now() - SILENT_FOR).delete()


class Operation(models.Model):
    """An operation as it was told last: one that runs, or one that is over.

    The newest of each type are kept when they are over. What was begun anew under the same id (a
    failed download, tried again) is the same operation.
    """

    type = models.CharField(
        max_length=16, choices=[(kind.value, kind.value) for kind in OperationType]
    )
    operation_id = models.CharField(max_length=128)
    status = models.CharField(
        max_length=16, choices=[(status.value, status.value) for status in OperationStatus]
    )
    started_at = models.DateTimeField(null=True, blank=True, help_text="Empty for old ones.")
    updated_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    reading = models.JSONField(
        encoder=DjangoJSONEncoder,
        default=dict,
        help_text="{phase, percent, current, total, rate, message, key, folder}",
    )
    data = models.JSONField(encoder=DjangoJSONEncoder, help_text="Its last event.")

    objects = Operations.as_manager()

    class Meta:
        indexes = [models.Index(fields=["type", "-finished_at"], name="operation_history")]
        constraints = [
            models.UniqueConstraint(fields=["type", "operation_id"], name="operation_once"),
            models.CheckConstraint(
                condition=models.Q(type__in=[kind.value for kind in OperationType]),
                name="operation_type_known",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=_RUNNING, finished_at__isnull=True)
                | models.Q(status__in=_OVER, finished_at__isnull=False),
                name="operation_over_when_finished",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.operation_id} {self.status}"
