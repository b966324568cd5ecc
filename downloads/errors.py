"""What the queue refuses, and why an episode failed."""

from __future__ import annotations

from aniworld.web.errors import AppError


class QueueError(AppError):
    """Base of the errors of this room."""

    code = "queue_error"


class InvalidRequest(QueueError):
    """The call makes no sense as it is; nothing was changed."""

    code = "invalid"


class SeriesUnknown(QueueError):
    code = "series_not_found"
    status = 404


class ItemNotFound(QueueError):
    code = "item_not_found"
    status = 404


class NotPending(QueueError):
    """Only a waiting item has a place that can be changed."""

    code = "not_pending"
    status = 404


class NotFailed(QueueError):
    """Only a failed item can be tried again."""

    code = "not_failed"
    status = 409


class PlaceError(QueueError):
    """A checked file cannot be put where it belongs."""

    code = "place_failed"


class FileExists(PlaceError):
    code = "file_exists"
    status = 409


class OtherDisk(PlaceError):
    code = "other_disk"


class RootUnavailable(PlaceError):
    """The library's disk is away: nothing the episode can help."""

    code = "root_unavailable"
    status = 503
    permanent = False


class ClaimLost(QueueError):
    """The item is no longer this worker's: removed by its owner, or taken over."""

    code = "claim_lost"
    status = 409


class ProviderOff(QueueError):
    """The site of the series is switched off."""

    code = "provider_off"
    status = 409


class TransferDied(QueueError):
    """The transfer's process ended, or fell silent, without a word."""

    code = "transfer_died"
    status = 500
    permanent = False
