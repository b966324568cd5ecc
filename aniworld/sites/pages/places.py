"""The pages of the settings that this room has."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from aniworld.config import menu
from aniworld.config.menu import Place


def register() -> None:
    menu.add(Place("settings-providers", _("Sites"), "fa-globe", 20, ("providers",)))
    menu.add(Place("settings-providers-health", _("How sites answer"), "fa-heart-pulse", 21))
