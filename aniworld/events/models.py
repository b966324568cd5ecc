"""The outbox: what every browser is told, written with the change it reports."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone

from aniworld.events.operations import OperationStatus, ProgressType
from aniworld.events.rooms import Room


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


class FinishedOperation(models.Model):
    """The last reading of an operation that is over; the newest of each type are kept."""

    type = models.CharField(
        max_length=16, choices=[(kind.value, kind.value) for kind in ProgressType]
    )
    operation_id = models.CharField(max_length=128)
    status = models.CharField(
        max_length=16, choices=[(status.value, status.value) for status in OperationStatus]
    )
    finished_at = models.DateTimeField(default=timezone.now)
    data = models.JSONField(encoder=DjangoJSONEncoder)

    class Meta:
        indexes = [models.Index(fields=["type", "-id"], name="finished_by_type")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(type__in=[kind.value for kind in ProgressType]),
                name="finished_type_known",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["completed", "failed", "cancelled"]),
                name="finished_status_final",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.operation_id} {self.status}"
