"""What can go wrong in the event room."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from aniworld.web.errors import AppError


class EventsError(AppError):
    """Base of this room's errors."""

    code = "events_error"
    status = 500


class NotInTransaction(EventsError):
    """An event was published outside a transaction, apart from the change it reports."""

    code = "not_in_transaction"
    texts = {"": _("The event {type} must be published inside a transaction.")}


class OperationOver(EventsError):
    """Progress was reported for an operation that has already ended."""

    code = "operation_over"
    texts = {"": _("The operation {operation_id} has already ended.")}


class OperationNotFound(EventsError):
    """It has never told anything, or it was over long ago."""

    code = "operation_not_found"
    status = 404
    texts = {"": _("There is no operation {operation_id}, or it was over long ago.")}
