"""The pages of the settings that this room has."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from aniworld.config import menu
from aniworld.config.menu import Place


def register() -> None:
    menu.add(Place("settings-quiet-hours", _("Quiet hours"), "fa-moon", 52))
    menu.add(Place("settings-following", _("Following"), "fa-rss", 55, covers=("following",)))
