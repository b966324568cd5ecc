"""The log as the owner has set it: which lines it has, and how its files are written.

Every process that reads the configuration follows it from then on, so a change acts in a running
worker as in the web server. What the environment says counts before it.
"""

from __future__ import annotations

import logging

from django.conf import settings

from aniworld.config.schema import LoggingSettings
from aniworld.config.surroundings import is_set
from aniworld.console.files import SharedFile
from aniworld.console.levels import change, levels_of
from aniworld.console.logs import formatter

# What a process begins with: the environment, or the same defaults.
_followed = LoggingSettings()


def follow(wanted: LoggingSettings) -> None:
    """Log as ``wanted`` says, from the next line on."""
    global _followed
    if wanted == _followed:
        return
    before, _followed = _followed, wanted
    change(_levels(before), _levels(wanted))
    if not is_set("LOG_FORMAT"):
        for handler in logging.getLogger().handlers:
            if isinstance(handler, SharedFile):
                handler.setFormatter(formatter(wanted.format))


def _levels(wanted: LoggingSettings) -> dict[str, str]:
    rooms = dict(entry.split("=") for entry in wanted.levels)
    return levels_of(
        settings.LOG_LEVEL if is_set("LOG_LEVEL") else wanted.level,
        settings.LOG_LEVELS if is_set("LOG_LEVELS") else rooms,
    )
