"""Backups that are made by themselves, in each web process: the settings ``backup.every_days`` and
``backup.at_hour`` say when.

What was missed, since nothing ran then, is made up at the next look. Of several processes one makes
it: each asks again, once it is alone with the backups, whether that is still to be done.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import DatabaseError, connection
from django.db.models import Min
from django.utils import timezone

from aniworld.config import store
from aniworld.journal.actors import Actor, acting_as
from aniworld.system import backed_up
from aniworld.system.backups import services
from aniworld.system.backups.errors import BackupBusy
from aniworld.web.errors import AppError

log = logging.getLogger(__name__)

LOOK_EVERY = 20.0  # seconds
TRY_AGAIN_AFTER = 3600.0  # seconds; what has failed stands in the repairs meanwhile
# How far ahead of the clock the last one may be: further, and the clock was wrong when it was made.
_AHEAD = timedelta(hours=1)


def is_due(now: datetime, *, every_days: int, at_hour: int, last: datetime | None) -> bool:
    """Whether a backup is to be made now.

    Args:
        now: in the time zone in which ``at_hour`` counts.
        every_days: 0 for never.
        last: the last one, or when there was something to be backed up first; None where there is
            nothing yet.
    """
    if not every_days or last is None:
        return False
    moment = now.replace(hour=at_hour, minute=0, second=0, microsecond=0)
    if moment > now:
        moment -= timedelta(days=1)
    return last > now + _AHEAD or last < moment - timedelta(days=every_days - 1)


@dataclass
class Schedule:
    """What one process knows of it. ``clock`` is one that nobody sets, in seconds."""

    clock: Callable[[], float] = time.monotonic
    tried_at: float | None = None
    said: str = ""  # what was logged last: it is the same at each look, as long as it is so

    def turn(self) -> None:
        """One look: put right what was interrupted, and make a backup where one is due."""
        try:
            services.tidy()
            if self._may_try() and _is_due_now():
                self._make()
        except (AppError, DatabaseError) as error:
            self._say(str(error))
        except Exception:
            log.exception("the look at the backups came to no end")
        else:
            self.said = ""

    def _make(self) -> None:
        before = self.tried_at
        self.tried_at = self.clock()
        try:
            with acting_as(Actor.system("schedule")):
                services.create_if(_is_due_now)
        except BackupBusy:
            self.tried_at = before  # the other one may make it, or not

    def _say(self, why: str) -> None:
        if why != self.said:
            log.warning("no backup made by itself: %s", why)
        self.said = why

    def _may_try(self) -> bool:
        return self.tried_at is None or self.clock() - self.tried_at >= TRY_AGAIN_AFTER


def keep_backing_up(pause: Callable[[float], None] = time.sleep) -> None:
    """Look from now on: called once, by the web process."""
    schedule = Schedule()

    def work() -> None:
        while True:
            schedule.turn()
            connection.close()  # one that a fault has broken is opened anew
            pause(LOOK_EVERY)

    threading.Thread(target=work, name="backups", daemon=True).start()


def _is_due_now() -> bool:
    backup = store.load().backup
    return is_due(
        timezone.localtime(),
        every_days=backup.every_days,
        at_hour=backup.at_hour,
        last=backed_up.known().made or _set_up_at(),
    )


def _set_up_at() -> datetime | None:
    first: datetime | None = User.objects.aggregate(first=Min("date_joined"))["first"]
    return first
