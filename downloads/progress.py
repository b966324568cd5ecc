"""How one download goes, from its start to its end: told to the browsers and kept as an operation.

The worker tells most of it; the web process tells that it was cancelled. Like events, all is called
inside the transaction of the change it reports.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aniworld.config.progress import limits
from aniworld.events.errors import OperationOver
from aniworld.events.operations import OperationStatus, ProgressPhase
from aniworld.events.progress import ProgressTracker
from aniworld.events.reading import Reading
from downloads import events
from downloads.choices import Stage
from downloads.errors import ClaimLost
from downloads.events import DownloadProgress
from downloads.models import DownloadQueueItem

DownloadTracker = ProgressTracker[DownloadQueueItem]

WAITING = "WAITING"  # for a hoster that has asked for it; told at once, as a change of stage is

_PHASES: Final[Mapping[Stage, ProgressPhase]] = {
    Stage.NONE: ProgressPhase.STARTING,
    Stage.RESOLVING: ProgressPhase.STARTING,
    Stage.DOWNLOADING: ProgressPhase.IN_PROGRESS,
    Stage.REMUXING: ProgressPhase.COMPLETING,
    Stage.CHECKING: ProgressPhase.COMPLETING,
    Stage.PLACING: ProgressPhase.COMPLETING,
}


def tracker_of(item: DownloadQueueItem) -> DownloadTracker:
    """What tells how this download goes, in whichever process."""
    reading = Reading(
        current=item.downloaded_bytes,
        total=item.total_bytes,
        share=_share(item),
        rate=item.download_speed or 0,
    )
    return ProgressTracker(DownloadProgress, str(item.pk), item, reading=reading, limits=limits())


def begin(item: DownloadQueueItem) -> None:
    """A try begins: of an item that has failed before, too."""
    tracker_of(item).start(again=True)


def tell(item: DownloadQueueItem, tracker: DownloadTracker) -> bool:
    """Tell how far the item is, if that is worth it; whether it was.

    Raises:
        ClaimLost: its end has been told, by another process: the item is no longer the caller's.
    """
    try:
        told = tracker.update(
            item.downloaded_bytes,
            total=item.total_bytes,
            share=_share(item),
            rate=item.download_speed or 0,
            phase=_PHASES[Stage(item.stage)],
            stage=WAITING if item.waiting_until else item.stage,
            facts=item,
        )
    except OperationOver as error:
        raise ClaimLost(item=item.pk) from error
    return told is not None


def set_aside(item: DownloadQueueItem, status: OperationStatus) -> None:
    """The try has ended, but not the download: it waits for another one."""
    tracker_of(item).set_aside(status)


def complete(item: DownloadQueueItem) -> None:
    """The file is in its place."""
    tracker_of(item).complete()
    events.download_complete(item)


def fail(item: DownloadQueueItem) -> None:
    """For good: there will be no other try."""
    tracker_of(item).fail(item.coded_error)
    events.download_failed(item)


def cancel(item: DownloadQueueItem) -> None:
    """The owner has removed an active item."""
    tracker_of(item).cancel()


def _share(item: DownloadQueueItem) -> float | None:
    """Percent as the transfer counts it, by pieces where sizes are guesses; None if unknown."""
    return item.progress_percent if item.progress_percent or item.total_bytes else None
