"""Who reads and tells: threads beside the worker, for whom nobody waits."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from django.db import connection
from django.utils import timezone

from aniworld.config import store
from aniworld.database import troubles
from aniworld.system.mediaservers import reading
from aniworld.system.mediaservers.models import FolderToTell
from aniworld.web.errors import AppError, DatabaseUnusable

log = logging.getLogger(__name__)

LOOK_EVERY = 1.0  # seconds
FLUSH_SECONDS = 20.0
FLUSH_LOOK = 0.05  # seconds
_EXPECTED = (*troubles.DATABASE_ERRORS, DatabaseUnusable, AppError)


class Teller:
    """Reads the outbox and begins a thread for each server that something is due for: one that
    hangs keeps none of the others waiting."""

    def __init__(self) -> None:
        self._at_work: dict[str, threading.Thread] = {}
        self._reads = True  # until it is known that there is nobody to read for

    def turn(self) -> None:
        """One look. Raises ``ConfigError``, ``DatabaseError``."""
        listens = bool(reading.listeners(store.load()))
        if self._reads and not listens:
            reading.end()
        self._reads = listens
        if not listens and not FolderToTell.objects.exists():
            return
        reading.read()
        from aniworld.system.mediaservers import telling  # noqa: PLC0415 - loads an HTTP client

        self._at_work = {name: one for name, one in self._at_work.items() if one.is_alive()}
        for name in telling.due():
            if name not in self._at_work:
                thread = threading.Thread(
                    target=_tell, args=(name,), name=f"telling {name}", daemon=True
                )
                self._at_work[name] = thread
                thread.start()

    def flush(self, *, within: float = FLUSH_SECONDS) -> None:
        """Tell now what waits for more, for whoever is about to end. Args: within: seconds."""
        reading.read()
        ends = time.monotonic() + within
        # What is described comes first, for the servers are to see that too. Another thread may
        # be at it, and is waited for: its rows are the ones that nobody else can claim.
        new = FolderToTell.objects.filter(tries=0)
        while new.filter(server=reading.DESCRIBER).exists() and time.monotonic() < ends:
            _tell(reading.DESCRIBER)
            time.sleep(FLUSH_LOOK)
        new.update(due_at=timezone.now())
        self.turn()
        # Who tells says so in a row of the database alone: it is looked at until that is gone.
        while self._busy() and time.monotonic() < ends:
            time.sleep(FLUSH_LOOK)
            self.turn()

    def _busy(self) -> bool:
        """Whether anybody tells a server of something, here or elsewhere."""
        held = FolderToTell.objects.filter(tries=0, held_until__gt=timezone.now())
        return any(one.is_alive() for one in self._at_work.values()) or held.exists()


class TellerThread:
    """A teller beside something else in one process."""

    def __init__(self) -> None:
        self._teller = Teller()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="media servers", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Begin nothing more. Nobody waits for what is being told: it is told again."""
        self._stopping.set()

    def _work(self) -> None:
        while not self._stopping.wait(LOOK_EVERY):
            _guarded("media servers wait", self._teller.turn)
        connection.close()


def _tell(name: str) -> None:
    from aniworld.system.mediaservers import telling  # noqa: PLC0415 - as above

    _guarded(f"server={name} is told later", lambda: telling.tell(name))
    connection.close()


def flush() -> None:
    """Tell what is there to be told, and wait for that, though not for long."""
    _guarded("media servers are told later", Teller().flush)


def _guarded(what: str, act: Callable[[], object]) -> None:
    try:
        act()
    except _EXPECTED as error:
        log.warning("%s: %s", what, error)
        connection.close()  # one that a fault has broken is opened anew
    except Exception:
        log.exception("%s", what)
        connection.close()
