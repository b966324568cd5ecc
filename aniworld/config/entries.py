"""What this room writes into the journal, and what it says there."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as _

from aniworld.config.changes import names_in
from aniworld.config.words import labels
from aniworld.journal.choices import Action
from aniworld.journal.services import Subject
from aniworld.web.texts import Params, Text

CONFIG = Subject("config")
NAMED = 3  # settings that a line of the journal names


class ConfigAction(Action):
    CHANGED = "config.changed"
    IMPORTED = "config.imported"
    RESET = "config.reset"
    RESTORED = "config.restored"
    BACKED_UP = "config.backed_up"
    BACKUP_DELETED = "config.backup_deleted"


def _changed(params: Params) -> str:
    """With the first settings by name: which of many changes to undo cannot be told by its time."""
    names = names_in({name: value for name, value in params.items() if "." in name}, {})
    if not names:
        return gettext("Settings were changed.")
    told = [labels(name)[-1] for name in names[:NAMED]]
    if (more := len(names) - NAMED) > 0:
        told.append(ngettext("%d more", "%d more", more) % more)
    return gettext("Settings were changed: %s.") % ", ".join(told)


TEXTS: Mapping[str, Text] = {
    ConfigAction.CHANGED: _changed,
    ConfigAction.IMPORTED: _("Settings were taken from a file."),
    ConfigAction.RESET: _("Settings were put back to their defaults."),
    ConfigAction.RESTORED: _("Settings were restored from a backup."),
    ConfigAction.BACKED_UP: _("A backup of the settings was made: {id}."),
    ConfigAction.BACKUP_DELETED: _("The backup {id} of the settings was deleted."),
}
