"""Putting right what another process was ended in the middle of: in each web process, as the worker
may be what has ended.

What is looked at is cheap, and written is only where something was left: a backup or a restore that
came to no end, and runs of jobs that nobody watches any more.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from django.db import DatabaseError, connection

from aniworld.journal.actors import Actor, acting_as
from aniworld.system.backups import services
from aniworld.system.schedule.claims import DeadRuns
from aniworld.system.schedule.clock import SystemClock
from aniworld.web.errors import AppError

log = logging.getLogger(__name__)

LOOK_EVERY = 10.0  # seconds; with the lease of a run, a dead one is told within thirty


class Settling:
    """What one process knows of it."""

    def __init__(self) -> None:
        self._dead = DeadRuns(SystemClock())
        self._said: dict[str, str] = {}  # what was logged of each act: it is so at each look

    def turn(self) -> None:
        """One look. Whatever stands in the way of one does not stop the other."""
        with acting_as(Actor.system("schedule")):
            self._try("backups", services.tidy)
            self._try("jobs", self._dead.end)

    def _try(self, what: str, act: Callable[[], object]) -> None:
        try:
            act()
        except (AppError, DatabaseError) as error:
            if str(error) != self._said.get(what):
                log.warning("what was interrupted is not put right what=%s: %s", what, error)
            self._said[what] = str(error)
        except Exception:
            log.exception("the look at what was interrupted came to no end")
        else:
            self._said.pop(what, None)


def keep_settling(pause: Callable[[float], None] = time.sleep) -> None:
    """Look from now on: called once, by the web process."""
    settling = Settling()

    def work() -> None:
        while True:
            settling.turn()
            connection.close()  # one that a fault has broken is opened anew
            pause(LOOK_EVERY)

    threading.Thread(target=work, name="settling", daemon=True).start()
