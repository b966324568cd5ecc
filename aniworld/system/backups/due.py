"""Whether a backup is to be made by itself: the settings ``backup.every_days`` and
``backup.at_hour`` say when, and what was made last, by whomever.

The schedule asks (``aniworld.system.schedule``). Whoever makes one asks again, once it is alone
with the backups, whether that is still to be done.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from aniworld.config import store
from aniworld.system import backed_up
from aniworld.system.backups import services
from aniworld.system.backups.shelf import Backup

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


def make_if_due() -> Backup | None:
    """Make a backup, where one is due; None where not.

    Raises:
        BackupBusy: another one is made or restored, which may be the one that is due.
        BackupNotMade: why there is no new one.
    """
    return services.create_if(_is_due_now)


def _is_due_now() -> bool:
    backup = store.load().backup
    return is_due(
        timezone.localtime(),
        every_days=backup.every_days,
        at_hour=backup.at_hour,
        last=backed_up.known().made or backed_up.set_up_at(),
    )
