"""What runs of jobs say when they have ended well, or had nothing to do."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop as _

from aniworld.web.texts import Text

TEXTS: Mapping[str, Text] = {
    "job_waits_paused": _("It is paused."),
    "job_waits_for_job": _("It waits for “{job}” to end."),
    "job_waits_for_look": _("It begins with the next look of the scheduler."),
    "job_waits_for_scheduler": _(
        "It waits for a scheduler: none has looked lately. Is the worker running?"
    ),
    "job_backed_up": _("{name} was made."),
    "job_backup_not_due": _("A backup was made since: none is due."),
    "job_settings_copied": _("The newest copy holds what is set."),
    "job_no_site": _("No site is switched on."),
    "job_refreshed": _("{read} catalogues were read; {left} were not."),
    "job_no_news_page": _("No site that is switched on has a page of new episodes."),
    "job_news": _(
        "{listed} new episodes listed; {read} catalogues with something unknown were read, {left} "
        "were not."
    ),
    "job_no_calendar": _("No site that is switched on has a calendar."),
    "job_announced": _("{count} episodes of your series are announced, on {sites} sites."),
    "job_no_list": _("No site that is switched on has a list of its series."),
    "job_lists_kept": _(
        "{listed} series are listed at {sites} sites: {new} new, {gone} gone. {read} pages were "
        "read for details; {left} are still to be read."
    ),
    "job_sites_answer": _("They answer: {sites}."),
    "job_some_answer": _("{sites} answer, and these do not: {silent}."),
    "job_no_answers": _("No site answers: {sites}. {reason}"),
    "job_no_files": _("There are no files to look at."),
    "job_checked": _(
        "{checked} files looked at: {gone} gone, {changed} changed since the last scan, {damaged} "
        "damaged. {files}"
    ),
    "job_no_descriptions": _("The settings want none written and none taken away."),
    "job_described": _(
        "{written} descriptions and posters were written, {removed} taken away; {failed} could not "
        "be."
    ),
    "job_caches_cleared": _("{pages} kept pages and {covers} covers were deleted."),
    "job_scanned": _("{files} files seen: {new} new, {changed} changed, {gone} gone."),
    "job_scan_cancelled": _("The scan was cancelled."),
    "job_bin_emptied": _("{count} files were deleted for good, {left} wait for their disk."),
    "job_followed": _("{read} catalogues read, {failed} not; {queued} episodes queued."),
    "job_sessions_cleared": _("{count} expired logins were deleted."),
    "job_history_cleared": _(
        "{audit} audit lines, {events} events, {operations} operations and {messages} messages "
        "were deleted."
    ),
    "job_counted": _("{episodes} episodes are on disk, in {files} files."),
    "job_clock_ahead_no_count": _(
        "Nothing was counted: sites say that the clock of this machine is ahead."
    ),
    "job_clock_ahead": _("Nothing was deleted: sites say that the clock of this machine is ahead."),
}
