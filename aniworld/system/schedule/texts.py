"""What runs of jobs say when they have ended well, or had nothing to do."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop as _

from aniworld.web.texts import Text

TEXTS: Mapping[str, Text] = {
    "job_scanned": _("{files} files seen: {new} new, {changed} changed, {gone} gone."),
    "job_scan_cancelled": _("The scan was cancelled."),
    "job_bin_emptied": _("{count} files were deleted for good, {left} wait for their disk."),
    "job_sessions_cleared": _("{count} expired logins were deleted."),
    "job_history_cleared": _(
        "{audit} audit lines, {events} events and {operations} operations were deleted."
    ),
    "job_clock_ahead": _("Nothing was deleted: sites say that the clock of this machine is ahead."),
}
