"""The library's directories: which they are, and whether one can be used."""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings

from aniworld.config.schema import Config


def library_directories(config: Config) -> tuple[str, ...]:
    """Return the library roots in order; the environment names one where the file has none."""
    if config.library.directories:
        return config.library.directories
    return (str(Path(settings.ANIME_DIRECTORY).absolute()),) if settings.ANIME_DIRECTORY else ()


def directory_problem(directory: str) -> str | None:
    """Say why ``directory`` cannot be a library root, or None if it can."""
    path = Path(directory)
    if "\0" in directory or not path.is_absolute():
        return "Must be a full path, beginning with /."
    try:
        if not path.exists():
            return f"{directory} does not exist."
        if not path.is_dir():
            return f"{directory} is not a folder."
        if not os.access(path, os.R_OK | os.X_OK):
            return f"{directory} cannot be read by this program; check its permissions."
        os.scandir(path).close()
    except OSError as error:
        return f"{directory} cannot be read: {error.strerror}."
    return None
