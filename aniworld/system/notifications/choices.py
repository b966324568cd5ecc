"""The words of notifications."""

from __future__ import annotations

from django.db import models


class Kind(models.TextChoices):
    """What a message is about. What a target may choose is ``aniworld.config.schema.NOTIFIED``;
    the last two are told to nobody by choice."""

    DOWNLOAD_COMPLETE = "DOWNLOAD_COMPLETE"
    DOWNLOAD_FAILED = "DOWNLOAD_FAILED"
    NEW_EPISODES = "NEW_EPISODES"
    LANGUAGE_ARRIVED = "LANGUAGE_ARRIVED"
    FILES_HELD = "FILES_HELD"
    SCAN_FAILED = "SCAN_FAILED"
    REPAIR_RAISED = "REPAIR_RAISED"
    REPAIR_MENDED = "REPAIR_MENDED"
    DISK_LOW = "DISK_LOW"
    BACKUP_FAILED = "BACKUP_FAILED"
    GAP = "GAP"  # some of what happened was never read
    TEST = "TEST"


# Told at once also where the rest is gathered.
URGENT = frozenset(
    {
        *(Kind.DOWNLOAD_FAILED, Kind.FILES_HELD, Kind.SCAN_FAILED, Kind.REPAIR_RAISED),
        *(Kind.DISK_LOW, Kind.BACKUP_FAILED, Kind.GAP),
    }
)
# What is the owner's alone, as the system page is.
OWNERS = frozenset({Kind.REPAIR_RAISED, Kind.REPAIR_MENDED, Kind.DISK_LOW, Kind.BACKUP_FAILED})


class DeliveryState(models.TextChoices):
    """Where a message for one target is."""

    GATHERING = "GATHERING"  # more may come to it
    WAITING = "WAITING"  # to be sent, for the first time or again
    SENDING = "SENDING"
    SENT = "SENT"
    FAILED = "FAILED"  # given up
    CANCELLED = "CANCELLED"  # its target is gone or off


OVER = (DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.CANCELLED)
