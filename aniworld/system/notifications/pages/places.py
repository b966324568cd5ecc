"""The page of the settings that this room has."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from aniworld.config import menu
from aniworld.config.menu import Place


def register() -> None:
    menu.add(Place("settings-notifications", _("Notifications"), "fa-bell", 70, ("notifications",)))
