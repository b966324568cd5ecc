"""The words of the schedule."""

from __future__ import annotations

from enum import StrEnum

from django.db import models


class RunState(models.TextChoices):
    """How a run is, or how it ended."""

    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"  # there was a reason not to do it now, which is no fault
    CANCELLED = "CANCELLED"  # whoever watched it was ended


class Trigger(models.TextChoices):
    """Why a run began."""

    SCHEDULE = "SCHEDULE"
    MADE_UP = "MADE_UP"  # it was to begin while nothing ran
    OWNER = "OWNER"  # somebody asked for it


class Resource(StrEnum):
    """What a job needs for itself: two that need the same wait for each other."""

    DISK = "disk"
    SITES = "sites"
    DATABASE = "database"
