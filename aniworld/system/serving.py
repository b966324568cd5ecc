"""Whether a web server runs on this data directory, told to those who run without one.

A server holds a lock as long as it lives; the system gives that up however the process ends. The
file stays, and says that there is to be a server here: who only ever runs a worker has none.
"""

from __future__ import annotations

import fcntl
import logging
import os
from pathlib import Path

from django.conf import settings

log = logging.getLogger(__name__)


def hold() -> None:
    """Let this process count as a web server until it ends. Several may at once."""
    path = _path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_SH)  # held as long as it is open; who looks is short
    except OSError as error:  # a disk that refuses, or one without locks: only that look is lost
        log.warning("not told that a web server runs path=%s error=%s", path, error)


def is_missed() -> bool:
    """Whether a web server has run here, and none does now. Raises ``OSError``: nobody can say."""
    try:
        descriptor = os.open(_path(), os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def _path() -> Path:
    return Path(settings.RUN_DIR) / "web.lock"
