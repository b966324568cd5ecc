"""The file in DATA_DIR that says this installation was set up: it outlives its database.

A database that is empty beside it is lost, not new; without it whoever came first could set up
anew, and be the owner.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path

from django.conf import settings

log = logging.getLogger(__name__)

NAME = "set_up"
_WORDS = """\
This installation of Aniworld has been set up. As long as this file is here, an empty database is
taken for a lost one: restore a backup of it. Delete this file to begin anew without it.
"""


def path() -> Path:
    return Path(settings.DATA_DIR) / NAME


def is_made() -> bool:
    """Whether this installation was set up before. A file that cannot be looked at counts."""
    return os.path.lexists(path())


def make() -> None:
    """Say so from now on. A disk that does not take it is told of; the next start tries again."""
    if is_made():
        return
    try:
        descriptor = os.open(path(), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(_WORDS)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        return  # another process was first
    except OSError as error:
        log.warning("%s cannot be written: %s", path(), error.strerror)
