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


TEXTS: Mapping[str, Text] = {ConfigAction.CHANGED: _("Settings were changed.")}
