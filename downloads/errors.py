"""What the queue refuses, and why an episode failed."""

from __future__ import annotations

from aniworld.errors import AppError


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


class QueueHeld(QueueError):
    """Another worker holds the queue."""

    code = "queue_held"
    status = 409
