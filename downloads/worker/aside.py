"""What becomes of a suspicious file that is kept aside when its item has failed for good."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.utils import timezone

from downloads.choices import Quarantine
from downloads.errors import RootUnavailable
from downloads.models import DownloadQueueItem
from downloads.quarantine import facts_of
from downloads.worker.disk import Disk
from library.errors import NoLibraryRoot

logger = logging.getLogger(__name__)

NOTHING: dict[str, Any] = {
    "quarantine": Quarantine.NONE,
    "quarantined": None,
    "quarantined_until": None,
}


def columns(item: DownloadQueueItem, disk: Disk, *, days: int) -> dict[str, Any]:
    """The item's columns about it, from what is there on the disk.

    Args:
        days: for so many it waits for its owner's word.
    """
    try:
        found = disk.quarantined()
    except (OSError, RootUnavailable, NoLibraryRoot) as error:
        logger.warning("item=%s what is kept aside cannot be read: %s", item.pk, error)
        return {"quarantine": Quarantine.KEPT} if item.quarantine == Quarantine.WANTED else {}
    if found is None:
        return NOTHING
    facts = facts_of(found)
    if item.quarantine == Quarantine.DISCARDED and item.quarantined == facts:
        return {}  # its owner has given it up before
    until = timezone.now() + timedelta(days=days)
    return {"quarantine": Quarantine.KEPT, "quarantined": facts, "quarantined_until": until}
