"""What the library held on each day, and what its files are like."""

from __future__ import annotations

from typing import TypedDict

from django.db import models
from django.db.models import Q


class StoredShare(TypedDict):
    """What has something in common: ``name`` is "" where that is not known, ``*`` for the rest."""

    name: str
    files: int
    bytes: int


class StoredLargest(TypedDict):
    """A series and what of it is on disk."""

    key: str
    name: str
    files: int
    bytes: int


class LibraryDay(models.Model):
    """What there was at the end of a day of the owner's zone, or when it was counted last.

    Of a day before the first count only what arrived is known: ``is_counted`` is False, and what
    was missing or announced is null.
    """

    day = models.DateField(unique=True)
    is_counted = models.BooleanField(default=True)
    files = models.PositiveIntegerField(help_text="Videos that are there.")
    bytes = models.PositiveBigIntegerField(help_text="Of these.")
    episodes = models.PositiveIntegerField(help_text="That are on disk.")
    missing = models.PositiveIntegerField(null=True, blank=True)
    announced = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = "day of the library"
        verbose_name_plural = "days of the library"
        ordering = ["day"]
        constraints = [
            models.CheckConstraint(
                condition=Q(files__gte=0, bytes__gte=0, episodes__gte=0)
                & (Q(missing=None) | Q(missing__gte=0))
                & (Q(announced=None) | Q(announced__gte=0)),
                name="library_day_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(is_counted=False) | Q(missing__isnull=False, announced__isnull=False),
                name="library_day_counted_as_a_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.episodes} episodes"


class LibraryTally(models.Model):
    """What the files were like when they were counted last. One row.

    To group 100,000 files takes longer than a page may, so it is done where nobody waits.
    ``qualities`` and ``languages`` are each a ``StoredShare``, the largest first; a file with two
    languages counts for both. ``largest`` are each a ``StoredLargest``.
    """

    at = models.DateTimeField()
    files = models.PositiveIntegerField()
    bytes = models.PositiveBigIntegerField()
    qualities = models.JSONField(default=list, blank=True)
    languages = models.JSONField(default=list, blank=True)
    largest = models.JSONField(default=list, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "tally of the library"
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="library_tally_is_single"),
            models.CheckConstraint(
                condition=Q(files__gte=0, bytes__gte=0), name="library_tally_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.files} files, {self.bytes} bytes"
