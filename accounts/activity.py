"""When sessions and keys were last used: noted by requests, written by a thread of the web process.

A request that only reads must not wait for whoever is writing. What is noted is in the database a
minute later, and at the end of the process; a kill loses that minute. While nobody comes the thread
sleeps, and writes nothing.
"""

from __future__ import annotations

import atexit
import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime

from django.db import Error, connection, transaction
from django.utils import timezone

from accounts.models import ApiKey, FeedKey, UserSession

log = logging.getLogger(__name__)

WRITE_EVERY = 60.0  # seconds

# The newest use of each row.
_used: dict[tuple[type[UserSession | ApiKey | FeedKey], int], datetime] = {}
_lock = threading.Lock()
_noted = threading.Event()


def note(used: UserSession | ApiKey | FeedKey) -> None:
    """Keep in mind that this session or key is used now."""
    used.last_activity = timezone.now()
    with _lock:
        _used[type(used), used.pk] = used.last_activity
    _noted.set()


def write() -> None:
    """Write down what was noted since the last time; what cannot be written is tried again."""
    with _lock:
        used = dict(_used)
        _used.clear()
        _noted.clear()
    if not used:
        return
    try:
        with transaction.atomic():
            for (kind, pk), when in used.items():
                # Another web process may have seen it later; a key may not have been used before.
                rows = kind._default_manager.filter(pk=pk).exclude(last_activity__gte=when)
                rows.update(last_activity=when)
    except Error as error:
        log.warning("use of sessions and keys not written count=%s error=%s", len(used), error)
        with _lock:
            _used.update(used | _used)  # what was noted meanwhile is newer
        _noted.set()


def keep_writing(pause: Callable[[float], None] = time.sleep) -> None:
    """Write from now on: called once, by the web process."""

    def work() -> None:
        while True:
            _noted.wait()
            pause(WRITE_EVERY)
            write()
            connection.close()  # it is not used for a minute, or for a night

    threading.Thread(target=work, name="session-activity", daemon=True).start()
    atexit.register(write)
