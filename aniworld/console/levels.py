"""Which lines are logged: the level of everything, and those of single rooms."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Final

LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
EVERYTHING: Final = ""  # the name of the logger above all others


def levels_of(level: str, rooms: Mapping[str, str]) -> dict[str, str]:
    """Levels by the name of the logger.

    Args:
        level: of everything.
        rooms: other levels, by the beginning of a module's name.
    """
    is_debug = level == "DEBUG"
    return {
        EVERYTHING: level,
        "django.db.backends": "DEBUG" if is_debug else "INFO",
        "urllib3": "INFO",
        "asyncio": "INFO",
        # Who asked for what is no news, and neither is a page that does not exist.
        "daphne": "INFO" if is_debug else "WARNING",
        "django.request": "INFO" if is_debug else "ERROR",
        **rooms,
    }


def change(before: Mapping[str, str], after: Mapping[str, str]) -> None:
    """Let these levels count from now on in this process, in place of those from before."""
    for name in before.keys() - after.keys():
        logging.getLogger(name).setLevel(logging.NOTSET)
    for name, level in after.items():
        logging.getLogger(name).setLevel(level)
