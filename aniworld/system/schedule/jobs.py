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
        when: its usual rhythm, in words or as a cron expression; marked for translation, too.
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


_LIBRARY = (
    Job(
        "rescan",
        _("Scan the library"),
        _("Looks for new, changed and deleted files, and asks the sites for series that are due."),
        when=_("every 6 hours"),
        is_on=False,
        work="library:rescan",
        limit=12 * _HOURS,
        uses=Resource.DISK,
        asks_sites=True,
        spread=5 * _MINUTES,
    ),
    Job(
        "full_rescan",
        _("Scan the library in full"),
        _(
            "Reads every folder and every file's size again, and all catalogues: for disks whose "
            "folders do not tell that something in them has changed."
        ),
        when=_("sundays at 2:15"),
        is_on=False,
        work="library:full_rescan",
        limit=24 * _HOURS,
        uses=Resource.DISK,
        asks_sites=True,
        spread=15 * _MINUTES,
    ),
    Job(
        "media_information",
        _("Read media information"),
        _("Reads duration, resolution and languages of files that are new or have changed."),
        when=_("every day at 3:30"),
        is_on=True,
        work="library:media_information",
        limit=6 * _HOURS,
        uses=Resource.DISK,
    ),
    Job(
        "descriptions",
        _("Descriptions for media servers"),
        _(
            "Writes .nfo files and posters where they are wanted and missing, for all that is in "
            "the library, or takes away those that Aniworld wrote: as the settings say."
        ),
        when=_("every day at 4:30"),
        is_on=False,
        work="library:descriptions",
        limit=6 * _HOURS,
        uses=Resource.DISK,
    ),
    Job(
        "integrity_check",
        _("Check files"),
        _(
            "Looks at fifty files, the longest not looked at first: is each still there, of the "
            "size that is known, and can it be opened?"
        ),
        when=_("every day at 5:10"),
        is_on=False,
        work="library:integrity_check",
        limit=2 * _HOURS,
        uses=Resource.DISK,
    ),
)

_SITES = (
    Job(
        "refresh",
        _("Read catalogues"),
        _("Asks the sites for the episodes of series that were not read for six hours."),
        when=_("every 6 hours"),
        is_on=False,
        work="sites:refresh",
        limit=6 * _HOURS,
        uses=Resource.SITES,
        asks_sites=True,
        spread=10 * _MINUTES,
    ),
    Job(
        "new_episodes",
        _("Look for new episodes"),
        _(
            "Asks each site for its page of new episodes, and reads the catalogues of your series "
            "that have something on it."
        ),
        when=_("every hour"),
        is_on=False,
        work="news:new_episodes",
        limit=1 * _HOURS,
        uses=Resource.SITES,
        asks_sites=True,
        spread=5 * _MINUTES,
    ),
    Job(
        "announcements",
        _("Read what is announced"),
        _(
            "Asks each site for its calendar: the days and times of episodes of your series that "
            "are to come."
        ),
        when=_("every 12 hours"),
        is_on=False,
        work="news:announcements",
        limit=30 * _MINUTES,
        uses=Resource.SITES,
        asks_sites=True,
        spread=10 * _MINUTES,
    ),
    Job(
        "catalogue",
        _("Keep the lists of the sites"),
        _(
            "Reads each site's list of all its series, so that they can be searched and browsed "
            "without asking, and of some new ones year, genres and cover."
        ),
        when=_("every day at 5:30"),
        is_on=False,
        work="lists:catalogue",
        limit=2 * _HOURS,
        uses=Resource.SITES,
        asks_sites=True,
        spread=45 * _MINUTES,
    ),
    Job(
        "canaries",
        _("Try the sites"),
        _("Tries each site from its list to the first bytes of a film, over each of its hosters."),
        when=_("every 3 hours"),
        is_on=False,
        work="sites:canaries",
        limit=30 * _MINUTES,
        uses=Resource.SITES,
        asks_sites=True,
        spread=10 * _MINUTES,
    ),
)

_HOUSE = (
    Job(
        "database_backup",
        _("Back up everything"),
        _("Makes a backup of the database and the settings, and checks it."),
        when=_("every day at 4:00"),
        is_on=True,
        work="copies:database_backup",
        limit=2 * _HOURS,
        uses=Resource.DATABASE,
        retry_after=1 * _HOURS,
        settings_page="settings-backup",
    ),
    Job(
        "configuration_backup",
        _("Back up the settings"),
        _("Copies the settings, where they are not what the newest copy holds."),
        when=_("every day at 3:40"),
        is_on=True,
        work="copies:configuration_backup",
        limit=5 * _MINUTES,
        uses=Resource.DATABASE,
    ),
    Job(
        "cache_cleanup",
        _("Clear away old pages"),
        _("Deletes kept pages of sites that are too old to be of use, and covers of no series."),
        when=_("every day at 3:00"),
        is_on=True,
        work="keeping:caches",
        limit=30 * _MINUTES,
        uses=Resource.DATABASE,
    ),
    Job(
        "session_cleanup",
        _("Clear away old logins"),
        _("Deletes logins that have expired."),
        when=_("every day at 3:10"),
        is_on=True,
        work="keeping:sessions",
        limit=5 * _MINUTES,
        uses=Resource.DATABASE,
    ),
    Job(
        "history_cleanup",
        _("Clear away old history"),
        _(
            "Deletes audit lines that are older than the settings say, events and operations that "
            "nobody can ask for any more, old messages, and what catalogues changed more than a "
            "year ago."
        ),
        when=_("every day at 3:20"),
        is_on=True,
        work="keeping:history",
        limit=30 * _MINUTES,
        uses=Resource.DATABASE,
    ),
    Job(
        "statistics",
        _("Count for the statistics"),
        _(
            "Counts what is in the library and how sites have answered, and keeps a line of that "
            "for each day."
        ),
        when="every 3 hours",
        is_on=True,
        work="counting:statistics",
        limit=10 * _MINUTES,
        uses=Resource.DATABASE,
    ),
    Job(
        "recycle_bin",
        _("Empty the recycle bin"),
        _("Deletes for good what has been in the recycle bin for as long as the settings say."),
        when=_("every day at 3:40"),
        is_on=True,
        work="keeping:recycle_bin",
        limit=2 * _HOURS,
        uses=Resource.DISK,
    ),
)

_QUEUE = (
    Job(
        "follow",
        _("Queue episodes of followed series"),
        _(
            "Asks the sites for followed series whose catalogue is due, and queues what is to be "
            "queued by itself."
        ),
        when=_("every 2 hours"),
        is_on=False,
        work="following:follow",
        limit=3 * _HOURS,
        uses=Resource.SITES,
        asks_sites=True,
        spread=5 * _MINUTES,
    ),
)

JOBS: tuple[Job, ...] = (*_LIBRARY, *_SITES, *_QUEUE, *_HOUSE)


def job_named(name: str) -> Job | None:
    """The job of that name; None where there is none."""
    return next((job for job in JOBS if job.name == name), None)
