"""The pages that this room has of its own."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from aniworld.config import menu
from aniworld.config.menu import Place


def register() -> None:
    menu.add(Place("settings-library", _("Library"), "fa-folder-open", 10, ("library",)))
    menu.add(Place("settings-languages", _("Languages and hosters"), "fa-language", 30))
    menu.add(Place("settings-backup", _("Backup"), "fa-box-archive", 900, ("backup",)))
