"""What was going on when a backup was made, brought to rest."""

from __future__ import annotations

from aniworld.events.models import Operation
from aniworld.events.operations import OperationState
from downloads.models import DownloadQueueItem
from downloads.services import stop
from downloads.worker.claims import interrupt
from library.models import ScanOperation
from library.services.operations import finish


def settle() -> None:
    """Let the queue stand still with its item waiting, and end the scan and all operations.

    Nothing starts by itself after a restore: what the queue is to do now, the owner says. A scan
    that ran then has not failed: where it ran, it may have come to its end long ago.
    """
    for item in DownloadQueueItem.objects.active().select_related("series__root"):
        interrupt(item, item.claimed_by)
    stop()
    for scan in ScanOperation.objects.running():
        finish(scan, OperationState.CANCELLED)
    Operation.objects.filter(finished_at=None).delete()
