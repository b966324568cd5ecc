"""Every kind of fault there is: how bad it is, what it says, and what mends it.

Repairs, ``manage.py doctor``, ``/health/ready`` and docs/troubleshooting.md are made from these.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop as _

from aniworld.system.findings import Finding, Kind, Severity
from providers.coded import Coded

ERROR, WARNING, NOTE = Severity

_KINDS = (
    # the data directory
    Kind(
        "environment_unusable",
        ERROR,
        _("A setting of the environment cannot be used: {variable}: {reason}"),
        _("Mend {variable} in the environment or in .env, and start Aniworld anew."),
    ),
    Kind(
        "data_dir_closed",
        ERROR,
        _("The data directory {path} cannot be read and written by this user."),
        _("Let the user that Aniworld runs as read and write DATA_DIR and all that is in it."),
        command='chown -R "$(id -u)" {path}',
        check="data_directory",
        openly=_("The data directory (DATA_DIR) cannot be read and written by this user."),
    ),
    Kind(
        "data_dir_open",
        WARNING,
        _("Other users of this machine may read what is kept in {path}."),
        _("Take the right from them: secrets and the list of sessions are in there."),
        command="chmod -R go= {path}",
        fix="close_data_dir",
    ),
    Kind(
        "data_dir_full",
        ERROR,
        _("The disk of the data directory {path} is full: {free} MB are left."),
        _("Make room on that disk. Nothing else needs to be done."),
        check="data_directory",
        openly=_("The disk of the data directory (DATA_DIR) or of the database is full."),
    ),
    Kind(
        "data_dir_low",
        WARNING,
        _("The disk of the data directory {path} is nearly full: {free} MB are left."),
        _("Make room on that disk before the database finds none."),
    ),
    Kind(
        "logs_unwritable",
        WARNING,
        _("Log files cannot be written in {path}: {errno}."),
        _("Let the user that Aniworld runs as write that folder, and the files in it."),
    ),
    Kind(
        "set_up_missing",
        WARNING,
        _("The file set_up is missing in {path}: a lost database would pass for a new beginning."),
        _("Put it there again; Aniworld does so at its next start."),
        fix="mark_set_up",
    ),
    # the database
    Kind(
        "database_unusable_now",
        ERROR,
        "{trouble}",
        _("Until then nothing can be kept: queue and scans stand still."),
        check="database",
        openly="{trouble}",
        title=_("The database cannot be used; the repair says why, and what to do."),
    ),
    Kind(
        "database_log_large",
        WARNING,
        _("The write-ahead log of the database has grown to {size} MB."),
        _("Write it back. If it grows again at once, something reads the database without end."),
        fix="checkpoint",
    ),
    Kind(
        "database_on_share",
        WARNING,
        _("The database {path} lies on a file system ({kind}) that cannot lock it reliably."),
        _("Move DATA_DIR to a disk of this machine, or use PostgreSQL (DATABASE_URL)."),
    ),
    Kind(
        "redis_unreachable",
        WARNING,
        _("Redis does not answer at {host}: {reason}"),
        _("Start Redis, mend REDIS_URL, or leave it out: events come a little later without it."),
    ),
    # the configuration
    Kind(
        "config_unusable",
        ERROR,
        "{trouble}",
        _("Until then the last known settings count for nobody: the queue takes nothing."),
        check="configuration",
        openly=_("The configuration cannot be read; see the log."),
        title=_("The configuration cannot be read; the repair says why, and what to do."),
    ),
    Kind(
        "config_set_aside",
        WARNING,
        _("The configuration could not be read once; a backup took its place. It lies in {path}."),
        _("Compare both, carry over what is missing, then delete the file that was set aside."),
        command="rm {path}",
    ),
    Kind(
        "config_unwritable",
        WARNING,
        _("The configuration {path} cannot be written by this user."),
        _("Let the user that Aniworld runs as write it: no setting can be changed."),
    ),
    # processes and the machine
    Kind(
        "worker_dead",
        ERROR,
        _("No worker is running: nothing is downloaded."),
        _("Start one. Where Aniworld was started as a whole, it does so by itself in a moment."),
        command="manage.py runqueue",
        check="worker",
        openly=_("No worker is running. Start one with: manage.py runqueue"),
    ),
    Kind(
        "web_dead",
        ERROR,
        _("No web server is running: no page is served, and no app can reach the API."),
        _("Start it. Where Aniworld was started as a whole, it does so by itself in a moment."),
        command="python -m aniworld.server",
    ),
    Kind(
        "scan_dead",
        WARNING,
        _("A scan still counts as running, and its process is gone."),
        _("End it; the next scan looks at everything that it has not reached."),
        fix="end_dead_scans",
    ),
    Kind(
        "clock_back",
        ERROR,
        _(
            "The clock of this machine is wrong: what was done last lies {minutes} minutes ahead "
            "of it."
        ),
        _(
            "Let the machine set its clock by itself (NTP). If the clock was ahead before and is "
            "right now, this ends by itself."
        ),
        command="timedatectl set-ntp true",
    ),
    Kind(
        "clock_wrong",
        WARNING,
        _("By the clock of {host}, the one of this machine is wrong by {minutes} minutes."),
        _(
            "Let the machine set its clock by itself (NTP): with a wrong one sessions end early, "
            "and waits last too long. If it is right, the clock of that host is not."
        ),
        command="timedatectl set-ntp true",
    ),
    Kind(
        "clock_differs",
        WARNING,
        _("The clocks of this machine and of the database's server are {minutes} minutes apart."),
        _("Let both machines set their clocks by themselves (NTP)."),
        command="timedatectl set-ntp true",
    ),
    Kind(
        "library_missing",
        ERROR,
        _("The Python package {name} ({purpose}) is not installed, or cannot be loaded."),
        _("Install what Aniworld needs again."),
        command="make setup",
    ),
    # library folders
    Kind(
        "no_root",
        ERROR,
        _("No library folder is set."),
        _("Say where your library is."),
        page="library",
        check="library",
        openly=_("No library folder is set. Set ANIME_DIRECTORY or run setup."),
    ),
    Kind(
        "root_missing",
        ERROR,
        _("The library folder {path} is not there or is not mounted."),
        _("Mount its disk, or take the folder out of the settings. Nothing of it is forgotten."),
        check="library",
        openly=_("A library folder is not there or is not mounted."),
    ),
    Kind(
        "root_other_disk",
        ERROR,
        _("The library folder {path} is not the disk that the last scan saw."),
        _("Mount its disk. If another one is meant to be there, scan the library."),
        page="library",
        check="library",
        openly=_(
            "A library folder is not the disk that the last scan saw: is its disk mounted? "
            "If another one is meant to be there, scan the library."
        ),
    ),
    Kind(
        "root_silent",
        ERROR,
        _("The library folder {path} does not answer."),
        _("Its disk hangs, or the server it lies on is away: start that, or mount it anew."),
        check="library",
        openly=_(
            "A library folder does not answer: its disk hangs, or the server it lies on is away."
        ),
    ),
    Kind(
        "root_read_only",
        ERROR,
        _("The library folder {path} is mounted read-only."),
        _("Mount it for writing. A disk that became so by itself may have a fault: check it."),
        command="mount -o remount,rw {path}",
        check="library",
        openly=_("A library folder cannot be read and written."),
    ),
    Kind(
        "root_closed",
        ERROR,
        _("The library folder {path} cannot be read and written by this user."),
        _("Let the user that Aniworld runs as read and write it."),
        check="library",
        openly=_("A library folder cannot be read and written."),
    ),
    Kind(
        "root_full",
        ERROR,
        _("{free} MB are free in the library folder {path}, less than the {floor} MB kept."),
        _("Make room on its disk, or keep less free (downloads.min_free_mb)."),
        check="free_space",
        openly=_("{free} MB free, less than the {floor} MB kept."),
    ),
    Kind(
        "root_no_names",
        ERROR,
        _("The disk of the library folder {path} can hold no more files, whatever their size."),
        _("Delete many small files there: its file system has no entries (inodes) left."),
        check="free_space",
        openly=_("The disk of a library folder can hold no more files."),
    ),
    Kind(
        "link_target_missing",
        WARNING,
        _("{path}, which links in the library may lead to, is not there or does not answer."),
        _("Mount it, or take it out of the settings (library.link_targets)."),
    ),
    # the queue, scans and sites
    Kind(
        "queue_paused_itself",
        ERROR,
        _("The queue has paused itself. {reason}"),
        _("See to the reason, then let the queue go on."),
        page="queue",
        fix="resume_queue",
    ),
    Kind(
        "removals_wait",
        WARNING,
        _("The last scan stopped because many files have gone. Nothing was changed for them."),
        _("Bring the files back and scan, or say that they were removed on purpose."),
        page="scan-removals",
    ),
    Kind(
        "catalogue_waits",
        WARNING,
        _("The catalogue of {series} has other numbers: nothing of it is fetched, or changed."),
        _("Say on the page of the series what its new numbers mean."),
        page="library",
        query="show=held",
    ),
    Kind(
        "no_site",
        NOTE,
        _("No site is chosen: nobody knows which episodes there are."),
        _("Choose the sites that may be asked."),
        page="add",
    ),
    Kind(
        "site_refuses",
        ERROR,
        _("{site} was asked in vain last. {reason}"),
        _("Update Aniworld, or give the site another address; then read a series of it anew."),
        page="library",
        is_mended_by_reason=True,
    ),
    Kind(
        "site_shut",
        WARNING,
        _("{reason} {site} is left alone for a while each time; its episodes wait."),
        _("Open it in a browser on this network, and see what it wants; then have it asked again."),
        page="queue",
        fix="end_rest",
        is_mended_by_reason=True,
    ),
    Kind(
        "line_out",
        WARNING,
        _("Nobody can be reached from this machine for {minutes} minutes."),
        _("See to its network: cable, router, name server. What waits goes on by itself."),
        page="settings-providers-health",
    ),
    Kind(
        "site_down",
        WARNING,
        _("{site} does not answer, and is left alone for a while each time. {reason}"),
        _("Look whether it opens in a browser. Where it has moved, give it its new address."),
        page="settings-providers-health",
        fix="end_rest",
        is_mended_by_reason=True,
    ),
    Kind(
        "host_held",
        NOTE,
        _("{host} has asked for a pause of {minutes} more minutes."),
        _("It ends by itself. It can be lifted, if you know that the host may be asked again."),
        fix="lift_hold",
    ),
    # the schedule
    Kind(
        "job_fails",
        WARNING,
        _("The job “{job}” has failed {times} times in a row. {reason}"),
        _("Mend what it says. It is tried again at its next time, or when you let it run now."),
        page="jobs",
    ),
    Kind(
        "schedule_late",
        WARNING,
        _("The job “{job}” should have begun {hours} hours ago, and nobody has begun it."),
        _("Start the worker without --no-scheduler, or let cron begin what is due every hour."),
        command="manage.py runschedule --once",
        page="jobs",
    ),
    Kind(
        "files_damaged",
        WARNING,
        _("{damaged} files that nothing has changed cannot be read any more: {files}"),
        _("Check the disk they lie on, and fetch them anew. Then let the job look once more."),
        page="jobs",
    ),
    # media servers
    Kind(
        "media_server_refuses",
        WARNING,
        _("The media server {server} cannot be told of anything: {reason}"),
        _("Mend its address or key, and test it. What it was not told of it is told then."),
        page="settings-media-servers",
    ),
    Kind(
        "media_server_away",
        WARNING,
        _("The media server {server} was not reached for {hours} hours: {reason}"),
        _(
            "Start it, mend its address, or take it out. What it was not told of it is told when "
            "it is back."
        ),
        page="settings-media-servers",
    ),
    Kind(
        "media_server_lacks_folder",
        WARNING,
        _("The media server {server} was told of a folder that it does not know: {reason}"),
        _("Say what the folder is called there, or add it to one of its libraries; then test it."),
        page="settings-media-servers",
    ),
    # notifications
    Kind(
        "target_fails",
        WARNING,
        _("Nothing has reached “{target}” for {hours} hours. {reason}"),
        _("Mend what it says, and press Test: what waits is sent then. Or switch the target off."),
        page="settings-notifications",
    ),
    # copies
    Kind(
        "backup_never",
        WARNING,
        _("The database was never backed up."),
        _("Make one. The settings say how often that is done by itself; the log, why it was not."),
        command="manage.py backup",
    ),
    Kind(
        "backup_old",
        WARNING,
        _("The last backup of the database is {days} days old."),
        _("Make one. The settings say how often that is done by itself; the log, why it was not."),
        command="manage.py backup",
    ),
    Kind(
        "backup_failed",
        ERROR,
        _("The last backup of the database failed: {reason}"),
        _("Mend what it says, and make another one."),
        command="manage.py backup",
    ),
    # ourselves
    Kind(
        "examination_failed",
        WARNING,
        _("An examination came to no end ({name}): {reason}"),
        _("The log says more. The others are not touched by it."),
    ),
)

KINDS: Mapping[str, Kind] = {kind.code: kind for kind in _KINDS}


def found(said: Coded, *, about: str = "") -> Finding:
    """A finding of the kind that ``said`` names. ``about`` tells several of one kind apart."""
    return Finding(KINDS[said["code"]], said, about)


def texts() -> dict[str, str]:
    """The sentences of all kinds by their keys."""
    return {key: text for kind in _KINDS for key, text in kind.texts().items()}
