"""The data directory: who may look into it, and whether it takes what has to be kept."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from aniworld.database import mark, troubles
from aniworld.database.examination import has_owner
from aniworld.system.findings import Finding, Look
from aniworld.system.kinds import found
from providers.coded import coded, errno_name

LOW_BYTES = 100_000_000
SECRETS = ("secret_key", "jwt_secret_key", "config.json", "aniworld.db")
_OTHERS = 0o077
_MEGABYTE = 1_000_000


def data_directory(_look: Look) -> Iterator[Finding]:
    """Whether it can be used at all, and has room."""
    path = Path(settings.DATA_DIR)
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        yield found(coded("data_dir_closed", path=str(path)))
        return
    if open_to_others():
        yield found(coded("data_dir_open", path=str(path)))
    free = _least_free(path)
    if free < troubles.FULL_BYTES:
        yield found(coded("data_dir_full", path=str(path), free=round(free / _MEGABYTE, 1)))
    elif free < LOW_BYTES:
        yield found(coded("data_dir_low", path=str(path), free=round(free / _MEGABYTE)))
    yield from _logs()


def open_to_others() -> list[Path]:
    """What other users of the machine may read: secrets in a directory they may enter.

    The directory alone may be open: a library in it has to be reached by media servers.
    """
    path = Path(settings.DATA_DIR)
    if not _mode(path) & _OTHERS:
        return []
    return [path / name for name in SECRETS if _mode(path / name) & _OTHERS]


def set_up_mark(_look: Look) -> Iterator[Finding]:
    """Whether a lost database would be noticed."""
    if not mark.is_made() and has_owner():
        yield found(coded("set_up_missing", path=str(settings.DATA_DIR)))


def _logs() -> Iterator[Finding]:
    folder = Path(settings.LOG_DIR)
    try:
        files = [folder, *folder.glob("*.log")] if folder.exists() else []
        closed = [one for one in files if not os.access(one, os.W_OK)]
    except OSError as error:
        yield found(coded("logs_unwritable", path=str(folder), errno=errno_name(error)))
        return
    if closed:
        yield found(coded("logs_unwritable", path=str(folder), errno="EACCES"))


def _least_free(path: Path) -> float:
    """Bytes that are left where the product keeps anything."""
    file = troubles.database_file()
    places = {path, file.parent} if file else {path}
    return min(troubles.free_bytes(place) for place in places)


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode
    except OSError:
        return 0
