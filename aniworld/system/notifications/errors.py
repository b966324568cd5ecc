"""What can be refused here."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from aniworld.web.errors import AppError


class NotificationError(AppError):
    """Base of the errors of this room."""

    code = "notification_error"


class TargetNotFound(NotificationError):
    code = "target_not_found"
    status = 404
    texts = {"": _("There is no target called {name}.")}


class TargetExists(NotificationError):
    code = "target_exists"
    status = 409
    texts = {"": _("There is a target called {name} already.")}


class TooManyTargets(NotificationError):
    code = "too_many_targets"
    status = 409
    texts = {"": _("There are {most} targets already, and no more can be.")}


class TargetUnusable(NotificationError):
    """Nothing could be sent to it."""

    code = "target_unusable"
    texts = {"": _("{reason}")}


class MessageNotFound(NotificationError):
    code = "message_not_found"
    status = 404
    texts = {"": _("There is no message {id}, or it was deleted long ago.")}


class MessageNotOver(NotificationError):
    """It is still to be sent."""

    code = "message_not_over"
    status = 409
    texts = {
        "waits": _("This message waits to be sent already."),
        "sent": _("This message was sent."),
    }
