"""The library's directories: which they are, and whether one can be used."""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings

from aniworld.config import reach
from aniworld.config.checks import AbsolutePath
from aniworld.config.errors import DirectoryUnusable
from aniworld.config.reach import Ask
from aniworld.config.schema import Config
from providers.coded import errno_name


def library_directories(config: Config) -> tuple[str, ...]:
    """Return the library roots in order; the environment names one where the file has none."""
    if config.library.directories:
        return config.library.directories
    return (str(Path(settings.ANIME_DIRECTORY).absolute()),) if settings.ANIME_DIRECTORY else ()


def directory_problem(directory: str, *, ask: Ask = reach.ask) -> DirectoryUnusable | None:
    """Say why ``directory`` cannot be a library root, or None if it can.

    Args:
        ask: how patiently its disk is asked.
    """
    if any(AbsolutePath().problems(directory)):
        return DirectoryUnusable(why="directory_not_absolute")
    try:
        return ask(directory, lambda: _problem_on_disk(directory))
    except reach.NoAnswer:
        return DirectoryUnusable(why="directory_silent", directory=directory)


def _problem_on_disk(directory: str) -> DirectoryUnusable | None:
    path = Path(directory)
    try:
        if not path.exists():
            return DirectoryUnusable(why="directory_missing", directory=directory)
        if not path.is_dir():
            return DirectoryUnusable(why="directory_is_none", directory=directory)
        if not os.access(path, os.R_OK | os.X_OK):
            return DirectoryUnusable(why="directory_closed", directory=directory)
        os.scandir(path).close()
    except OSError as error:
        reason = errno_name(error)
        return DirectoryUnusable(why="directory_unreadable", directory=directory, errno=reason)
    return None
