"""Every job there is, in the order in which they are shown.

A job is one entry here and one function below ``work``, which runs in a process of its own. What
fetches or queues by itself is off until the owner switches it on; what keeps the house is on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext_noop as _

from aniworld.system.schedule.choices import Resource

_MINUTES, _HOURS = timedelta(minutes=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Job:
    """Something that is done again and again.

    Attributes:
        label, help: what it is, in English, marked for translation.
        when: its usual rhythm, in words or as a cron expression.
        is_on: whether it runs by itself unless the owner says otherwise.
        work: the module below ``work`` and the function in it that does it.
        limit: after so long it is ended.
        uses: what it needs for itself.
        asks_sites: it may not come more often than every quarter of an hour.
        spread: it begins later than its time by up to this much, so that not everybody asks a
            site in the same second.
        retry_after: when it is tried again after it has failed; None: at its next time.
        settings_page: where its rhythm is set, if that is not with the other jobs.
    """

    name: str
    label: str
    help: str
    when: str
    is_on: bool
    work: str
    limit: timedelta
    uses: Resource
    asks_sites: bool = False
    spread: timedelta = timedelta()
    retry_after: timedelta | None = None
    settings_page: str = ""

    @property
    def shortest(self) -> timedelta:
        """The shortest time between two runs that may be set."""
        return 15 * _MINUTES if self.asks_sites else 5 * _MINUTES


JOBS: tuple[Job, ...] = (
    # the library
    Job(
        "rescan",
        _("Scan the library"),
        _("Looks for new, changed and deleted files, and asks the sites for series that are due."),
        when="every 6 hours",
        is_on=False,
        work="library:rescan",
        limit=12 * _HOURS,
        uses=Resource.DISK,
        asks_sites=True,
        spread=5 * _MINUTES,
    ),
    # keeping the house
    Job(
        "session_cleanup",
        _("Clear away old sessions"),
        _("Deletes logins that have expired."),
        when="every day at 3:10",
        is_on=True,
        work="keeping:sessions",
        limit=5 * _MINUTES,
        uses=Resource.DATABASE,
    ),
    Job(
        "history_cleanup",
        _("Clear away old history"),
        _(
            "Deletes audit lines that are older than the settings say, and old events, operations "
            "and runs of jobs."
        ),
        when="every day at 3:20",
        is_on=True,
        work="keeping:history",
        limit=30 * _MINUTES,
        uses=Resource.DATABASE,
    ),
    Job(
        "recycle_bin",
        _("Empty the recycle bin"),
        _("Deletes for good what has been in the recycle bin for as long as the settings say."),
        when="every day at 3:40",
        is_on=True,
        work="keeping:recycle_bin",
        limit=2 * _HOURS,
        uses=Resource.DISK,
    ),
)


def job_named(name: str) -> Job | None:
    """The job of that name; None where there is none."""
    return next((job for job in JOBS if job.name == name), None)
