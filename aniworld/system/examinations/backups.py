"""Backups of the database: is there one, how old is it, and did the last one succeed?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from aniworld.config import store
from aniworld.config.errors import ConfigError
from aniworld.system import backed_up
from aniworld.system.findings import Finding, Look
from aniworld.system.kinds import found
from providers.coded import coded, foreign

# A new installation has nothing to lose yet.
NEW_FOR = timedelta(days=14)
OLD_AFTER = timedelta(days=30)
LATE_BY = timedelta(days=2)  # what is made by itself may be so late: a night without power


def backups(_look: Look) -> Iterator[Finding]:
    """What is known of our own; of those that others make of a server nobody tells us."""
    known, now = backed_up.known(), timezone.now()
    if known.failure:
        yield found(coded("backup_failed", reason=foreign(known.failure)))
    elif known.made is not None and now - known.made > _longest(OLD_AFTER):
        yield found(coded("backup_old", days=(now - known.made).days))
    elif known.made is None and _age_of_setup() > _longest(NEW_FOR):
        yield found(coded("backup_never"))


def _age_of_setup() -> timedelta:
    """For how long there is something to be backed up."""
    since = backed_up.set_up_at()
    return timedelta() if since is None else timezone.now() - since


def _longest(otherwise: timedelta) -> timedelta:
    """How long there may be no new one: where they are made by themselves, they are so often."""
    try:
        every = store.load().backup.every_days
    except ConfigError:
        return otherwise  # told elsewhere
    return timedelta(days=every) + LATE_BY if every else otherwise
