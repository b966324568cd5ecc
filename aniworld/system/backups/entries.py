"""What this room writes into the journal, and what it says there."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop as _

from aniworld.journal.choices import Action
from aniworld.journal.services import Subject
from aniworld.web.texts import Text


class BackupAction(Action):
    CREATED = "backup.created"
    TAKEN_IN = "backup.taken_in"
    DELETED = "backup.deleted"
    RESTORED = "backup.restored"
    INTERRUPTED = "backup.interrupted"
    RESTORE_INTERRUPTED = "backup.restore_interrupted"


RESTORED = "database_restored"  # the code of the notice to all browsers

TEXTS: Mapping[str, Text] = {
    BackupAction.CREATED: _("The backup {id} was made."),
    BackupAction.TAKEN_IN: _("The backup {id} was uploaded."),
    BackupAction.DELETED: _("The backup {id} was deleted."),
    BackupAction.RESTORED: _("The backup {id} was restored."),
    BackupAction.INTERRUPTED: _(
        "Making the backup {id} was interrupted. What there was of it is removed."
    ),
    BackupAction.RESTORE_INTERRUPTED: _(
        "The restore of {id} was interrupted. Everything is as it was before."
    ),
    RESTORED: _("A backup was restored: everything is as it was on {made}. Log in again."),
}


def about(name: str) -> Subject:
    return Subject("backup", name, name)
