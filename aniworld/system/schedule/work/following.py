"""What is queued by itself."""

from __future__ import annotations

from django.utils import timezone

from aniworld.system.schedule.running import Running
from downloads.following.asking import ask_due
from downloads.following.carrying import carry_out
from providers.coded import Coded, coded


def follow(running: Running) -> Coded:
    """Ask the sites for followed series that are due, and queue what is to be queued by itself.

    Where it is asked to end, nothing is queued any more.
    """
    asked = ask_due(
        timezone.now(), is_stopping=lambda: running.is_stopping, tell_progress=running.tell
    )
    if running.is_stopping:
        return coded("job_followed", read=asked.read, failed=len(asked.failures), queued=0)
    carried = carry_out(timezone.now())
    return coded(
        "job_followed", read=asked.read, failed=len(asked.failures), queued=len(carried.ids)
    )
