"""Which folders each server is still to be told of, and how each server was reached last."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q

from aniworld.web.columns import CodedColumns

LEASE = timedelta(seconds=120)  # of whoever tells a server of a folder
# What waits for more is six times an hour, and what waits for a server less. Moments that are
# farther off were written by a clock that was ahead, and hold nothing back.
LONGEST_WAIT = timedelta(hours=6)
CHANGES = ("CREATED", "MODIFIED", "DELETED")


class FolderToTellQuerySet(models.QuerySet["FolderToTell"]):
    def claimable(self, now: datetime) -> Self:
        """Those that are due and that nobody is telling."""
        is_free = Q(held_until=None) | Q(held_until__lte=now) | Q(held_until__gt=now + LEASE)
        is_due = Q(due_at__lte=now) | Q(due_at__gt=now + LONGEST_WAIT)
        return self.filter(is_free, is_due)


class FolderToTell(models.Model):
    """One folder that one server is to be told of. It belongs to this moment: no backup has it.

    ``folder`` is below the root in stored form, "" is the root itself. ``place`` is a digest of
    both, since no database holds every path in an index. ``hints`` rises with each change in the
    folder: whoever has told it takes the row away only if it is what he has told of. It is held by
    who tells it, for a while.
    """

    server = models.CharField(max_length=50)
    root = models.TextField()
    folder = models.TextField(blank=True, default="")
    place = models.CharField(max_length=64)
    change = models.CharField(max_length=8, choices=[(name, name) for name in CHANGES])
    hints = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    due_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    held_by = models.CharField(max_length=64, blank=True, default="")
    held_until = models.DateTimeField(null=True, blank=True)
    error_code = models.CharField(max_length=64, blank=True, default="")
    error_params = models.JSONField(default=dict, blank=True)

    error = CodedColumns("error_code", "error_params")
    objects = FolderToTellQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["server", "place"], name="media_folder_once"),
            models.CheckConstraint(condition=Q(change__in=CHANGES), name="media_change_known"),
        ]
        indexes = [models.Index(fields=["server", "due_at"], name="media_folder_due")]

    def __str__(self) -> str:
        return f"{self.server} {self.root}/{self.folder}"


class ServerStateQuerySet(models.QuerySet["ServerState"]):
    def left_alone(self, now: datetime) -> Self:
        """Those that are not told of anything just now."""
        return self.filter(next_try_at__gt=now, next_try_at__lte=now + LONGEST_WAIT)

    def failing(self) -> Self:
        """Those that could not be told when they were last tried, the longest first."""
        return self.exclude(failing_since=None).order_by(F("failing_since"), "id")


class ServerState(models.Model):
    """How a server was reached last. It belongs to this moment: no backup has it."""

    server = models.CharField(max_length=50, unique=True)
    reached_at = models.DateTimeField(null=True, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveIntegerField(default=0, help_text="In vain, since it was reached last.")
    next_try_at = models.DateTimeField(null=True, blank=True)
    error_code = models.CharField(max_length=64, blank=True, default="")
    error_params = models.JSONField(default=dict, blank=True)

    error = CodedColumns("error_code", "error_params")
    objects = ServerStateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(failing_since=None, error_code="")
                | (Q(failing_since__isnull=False) & ~Q(error_code="")),
                name="media_server_failing_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.server
