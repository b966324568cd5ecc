"""What this room writes into the journal, and what it says there."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop as _

from aniworld.journal.choices import Action
from aniworld.journal.services import Subject
from aniworld.web.texts import Text

CONFIG = Subject("config")


class ConfigAction(Action):
    CHANGED = "config.changed"
    IMPORTED = "config.imported"
    RESET = "config.reset"
    RESTORED = "config.restored"
    BACKED_UP = "config.backed_up"
    BACKUP_DELETED = "config.backup_deleted"


TEXTS: Mapping[str, Text] = {
    ConfigAction.CHANGED: _("Settings were changed."),
    ConfigAction.IMPORTED: _("Settings were taken from a file."),
    ConfigAction.RESET: _("Settings were put back to their defaults."),
    ConfigAction.RESTORED: _("Settings were restored from a backup."),
    ConfigAction.BACKED_UP: _("A backup of the settings was made: {id}."),
    ConfigAction.BACKUP_DELETED: _("The backup {id} of the settings was deleted."),
}
