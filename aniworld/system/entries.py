"""What this room writes into the journal, and what it says there."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop as _

from aniworld.journal.choices import Action
from aniworld.web.texts import Text


class SystemAction(Action):
    MENDED = "system.mended"
    CACHE_CLEARED = "system.cache_cleared"
    ROOT_TRIED = "system.root_tried"


TEXTS: Mapping[str, Text] = {
    SystemAction.MENDED: _("A button mended what was found: {id}."),
    SystemAction.CACHE_CLEARED: _("The cache “{id}” was cleared."),
    SystemAction.ROOT_TRIED: _("It was tried what the disk of {id} guarantees."),
}
