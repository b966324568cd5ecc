"""The words of the queue, stored as they are shown."""

from __future__ import annotations

from django.db import models


class Status(models.TextChoices):
    PENDING = "PENDING"
    DOWNLOADING = "DOWNLOADING"
    PAUSED = "PAUSED"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


WAITING = (Status.PENDING, Status.PAUSED)
UNFINISHED = (*WAITING, Status.DOWNLOADING)


class Priority(models.IntegerChoices):
    """Stored as a rank, so that an index can hold the order of the queue; shown by name."""

    HIGH = 0
    NORMAL = 1
    LOW = 2


class Stage(models.TextChoices):
    """Where the active item is."""

    NONE = ""
    RESOLVING = "RESOLVING"
    DOWNLOADING = "DOWNLOADING"
    REMUXING = "REMUXING"
    CHECKING = "CHECKING"
    PLACING = "PLACING"


class Quarantine(models.TextChoices):
    """What becomes of a suspicious file that an item has kept aside."""

    NONE = ""
    KEPT = "KEPT"  # it waits for its owner's word
    WANTED = "WANTED"  # it is to be placed as it is
    DISCARDED = "DISCARDED"  # it is deleted soon


class Lift(models.TextChoices):
    """For how long quiet hours and budgets are not to count."""

    WINDOW = "WINDOW"  # until the window that holds now ends
    TODAY = "TODAY"  # until the day ends


class End(models.TextChoices):
    """Where waiting items are moved, each within its priority."""

    TOP = "TOP"
    BOTTOM = "BOTTOM"


class PauseCode(models.TextChoices):
    """Why the queue is paused: by its owner, or by itself."""

    NONE = ""
    OWNER = "OWNER"
    DISK_FULL = "DISK_FULL"
    DISK_REFUSES = "DISK_REFUSES"
