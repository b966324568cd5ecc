"""What is in the recycle bin: written before the first file goes there."""

from __future__ import annotations

from typing import Any, Self, TypedDict

from django.db import models
from django.db.models import Q
from django.utils import timezone

from library.choices import BinReason, BinState
from library.models.files import LibraryRoot
from library.models.operations import ScanOperation
from library.models.series import AnimeSeries


class StoredMove(TypedDict):
    """The way of one file. Paths are below the root, in stored form.

    ``inode`` tells where the file is now, whatever its name; ``size`` is in bytes; ``mtime_ns`` is
    0 of a link.
    """

    old: str
    new: str
    inode: int
    size: int
    mtime_ns: int


class BinnedFileQuerySet(models.QuerySet["BinnedFile"]):
    def in_bin(self) -> Self:
        """Those that can be restored or deleted for good."""
        return self.filter(state=BinState.BINNED)

    def due(self, now: Any) -> Self:
        """Those whose time is up, and those that somebody began to delete."""
        is_over = Q(state=BinState.BINNED, kept_until__lte=now)
        return self.filter(is_over | Q(state=BinState.DELETING))

    def newest_first(self) -> Self:
        return self.order_by("-binned_at", "-id")


class BinnedFile(models.Model):
    """One video in the recycle bin of its root, with what lay beside it.

    ``moves`` are the ways of its files into the bin, of the video first; while it is RESTORING
    ``back`` are those out of it. ``puts`` are the ways of what takes its place, also of the video
    first; ``undoes`` is the row of that, where it comes out of the bin itself. A row that is MOVING
    or RESTORING while its ``operation`` does not run was begun by a process that died: the disk
    says how much was done. Without an operation it is the worker's who holds the queue.

    ``facts`` are what was known of the video; ``episodes`` are [season, number] in the catalogue.
    Names are kept for when the series is no more.
    """

    act = models.UUIDField(db_index=True, help_text="What was done together.")
    operation = models.ForeignKey(
        ScanOperation, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    root = models.ForeignKey(LibraryRoot, models.CASCADE, related_name="binned")
    series = models.ForeignKey(
        AnimeSeries, models.SET_NULL, null=True, blank=True, related_name="binned"
    )
    series_key = models.CharField(max_length=255, blank=True, default="")
    series_name = models.CharField(max_length=500, blank=True, default="")
    path = models.TextField(help_text="Where the video was, below the root, in stored form.")
    folder = models.CharField(max_length=64, blank=True, default="", help_text="In the bin.")
    moves = models.JSONField(default=list, help_text="Each a ``StoredMove``.")
    back = models.JSONField(default=list, blank=True, help_text="The same.")
    puts = models.JSONField(default=list, blank=True, help_text="The same.")
    undoes = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    size = models.BigIntegerField(default=0, help_text="Bytes of all its files.")
    facts = models.JSONField(default=dict, blank=True)
    episodes = models.JSONField(default=list, blank=True)
    state = models.CharField(max_length=16, choices=BinState, default=BinState.MOVING)
    reason = models.CharField(max_length=32, choices=BinReason)
    binned_by = models.JSONField(default=dict, blank=True, help_text="{kind, id, name}")
    binned_at = models.DateTimeField(default=timezone.now)
    kept_until = models.DateTimeField()

    objects = BinnedFileQuerySet.as_manager()

    class Meta:
        ordering = ["-binned_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=BinState.values), name="bin_state_known"),
            models.CheckConstraint(
                condition=Q(reason__in=BinReason.values), name="bin_reason_known"
            ),
            models.CheckConstraint(condition=Q(size__gte=0), name="bin_size_not_negative"),
        ]
        indexes = [
            models.Index(fields=["-binned_at", "-id"], name="bin_newest_first"),
            models.Index(fields=["kept_until"], name="bin_by_end"),
            models.Index(
                fields=["root"],
                condition=~Q(state=BinState.BINNED),
                name="bin_under_way",
            ),
        ]

    def __str__(self) -> str:
        return self.path

    @property
    def goes_last(self) -> bool:
        """Whether the file that replaces it has another name: then both are there until that one
        counts."""
        return bool(self.puts) and self.puts[0]["new"] != self.path

    @property
    def has_replacement(self) -> bool:
        """Whether another file has taken its place, and can be exchanged for it."""
        return bool(self.puts)
