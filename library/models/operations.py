"""Scans, renamings and what goes into the recycle bin as rows: who runs, how far it is, how it
ended."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Case, Q, When

from aniworld.events.operations import OperationState, ProgressPhase
from aniworld.web.columns import CodedColumns
from aniworld.web.mixins import TimestampMixin
from library.choices import OperationKind

# IDLE is what the status says while there was no operation yet; it is never stored.
STATES = [state.value for state in OperationState if state is not OperationState.IDLE]
_PHASES = [phase.value for phase in ProgressPhase]


class ScanOperationQuerySet(models.QuerySet["ScanOperation"]):
    def scans(self) -> ScanOperationQuerySet:
        return self.filter(kind=OperationKind.SCAN)

    def renamings(self) -> ScanOperationQuerySet:
        return self.filter(kind=OperationKind.RENAMING)

    def running(self) -> ScanOperationQuerySet:
        return self.filter(state=OperationState.RUNNING)

    def latest_first(self) -> ScanOperationQuerySet:
        return self.order_by("-started_at", "-id")

    def current(self) -> ScanOperation | None:
        """The running one, or else the last: in one query, and as the database has it."""
        running_first = Case(When(state=OperationState.RUNNING, then=0), default=1)
        return self.order_by(running_first, "-started_at", "-id").first()


class ScanOperation(TimestampMixin):
    """One scan, one renaming of files, or one way of files into the recycle bin or out of it. The
    database allows one RUNNING row, so one of them at a time over all processes: a scan that reads
    names must not meet one that changes them.

    ``pid``, ``host`` and ``heartbeat_at`` tell whether its process still lives.
    """

    operation_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(
        max_length=16, choices=OperationKind, default=OperationKind.SCAN, db_default="SCAN"
    )
    state = models.CharField(
        max_length=16,
        choices=[(state, state) for state in STATES],
        default=OperationState.RUNNING.value,
    )
    phase = models.CharField(
        max_length=16,
        choices=[(phase, phase) for phase in _PHASES],
        default=ProgressPhase.STARTING.value,
    )
    parameters = models.JSONField(default=dict, blank=True)
    started_by = models.JSONField(default=dict, blank=True, help_text="{kind, id, name}")
    current = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    files = models.PositiveIntegerField(default=0)
    key = models.CharField(max_length=255, blank=True, default="")
    folder = models.TextField(blank=True, default="")
    message_code = models.CharField(max_length=64, blank=True, default="")
    message_params = models.JSONField(default=dict, blank=True)
    result = models.JSONField(null=True, blank=True)
    error_code = models.CharField(max_length=64, blank=True, default="")
    error_params = models.JSONField(default=dict, blank=True)
    problems = models.JSONField(
        default=list, blank=True, help_text="[{path, code, params}], the first hundred."
    )
    cancel_requested = models.BooleanField(default=False)
    pid = models.PositiveIntegerField(null=True, blank=True)
    host = models.CharField(max_length=255, blank=True, default="")
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    message = CodedColumns("message_code", "message_params")
    error = CodedColumns("error_code", "error_params")
    objects = ScanOperationQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="RUNNING"), name="one_running_scan"
            ),
            models.CheckConstraint(condition=Q(state__in=STATES), name="scan_state_known"),
            models.CheckConstraint(
                condition=Q(kind__in=OperationKind.values), name="operation_kind_known"
            ),
            models.CheckConstraint(condition=Q(phase__in=_PHASES), name="scan_phase_known"),
            models.CheckConstraint(
                condition=Q(current__gte=0, total__gte=0, files__gte=0),
                name="scan_counts_not_negative",
            ),
        ]
        indexes = [models.Index(fields=["-started_at"], name="scan_latest")]

    def __str__(self) -> str:
        return str(self.operation_id)

    @property
    def is_renaming(self) -> bool:
        return self.kind == OperationKind.RENAMING

    @property
    def is_recycling(self) -> bool:
        return self.kind == OperationKind.RECYCLING

    @property
    def last_sign(self) -> datetime:
        """When its process was last heard of."""
        return self.heartbeat_at or self.started_at
