"""What this room writes into the journal, and what it says there. Targets are settings, whose
changes the configuration journals."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop as _

from aniworld.journal.choices import Action
from aniworld.journal.services import Subject
from aniworld.web.texts import Text


class NotificationAction(Action):
    TESTED = "notification.tested"
    SENT_AGAIN = "notification.sent_again"
    READ = "notification.read"
    UNREAD = "notification.unread"


TEXTS: Mapping[str, Text] = {
    NotificationAction.TESTED: _("A test message was sent to “{id}”."),
    NotificationAction.SENT_AGAIN: _("The message {id} for “{name}” is sent again."),
    NotificationAction.READ: _("{count} messages were marked as read."),
    NotificationAction.UNREAD: _("{count} messages were marked as unread."),
}


def target(name: str) -> Subject:
    return Subject("target", name)
