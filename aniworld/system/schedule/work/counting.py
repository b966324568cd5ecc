"""Counting for the statistics, day by day."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from aniworld.sites import clock
from aniworld.sites.health import days
from aniworld.system.schedule.running import Running, Skipped
from downloads.quiet import ledger
from library.services import tallies
from providers.coded import Coded, coded

KEPT_DAYS = 3653  # ten years, a row a day


def statistics(_running: Running) -> Coded:
    """Count the library and the calls of sites, and let go of days that are older than is kept.

    Raises:
        Skipped: the clock is known to be ahead: it would count on a day that has not come, and
            let go of days that are not old.
    """
    if clock.is_known_to_be_ahead():
        raise Skipped(coded("job_clock_ahead_no_count"))
    now = timezone.now()
    row = tallies.keep(now)
    days.keep_days(now)
    first: date = timezone.localtime(now).date() - timedelta(days=KEPT_DAYS - 1)
    tallies.forget_before(first)
    ledger.forget_before(first)
    days.forget_before(days.first_kept(now))
    return coded("job_counted", episodes=row.episodes, files=row.files)
