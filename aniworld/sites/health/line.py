"""Whether it is our own line that is out, and not those who are asked.

It is out where the system says so itself (no network, no name server), or where nobody at all can
be reached: then nobody is to blame, nobody is left alone for it, and no item is given up.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max
from django.utils import timezone

from aniworld.sites.models import ServiceState

LEAST_UNREACHED = 2  # services; of one alone nobody can say whose fault it is


def out_since() -> datetime | None:
    """When our line was seen to be out; None where it is not, as far as is known. What is written
    for later comes from a clock that was ahead, and says nothing."""
    now = timezone.now()
    past = ServiceState.objects.filter(good_at__lte=now)
    good = past.aggregate(at=Max("good_at"))["at"]
    failed = ServiceState.objects.filter(failed_at__lte=now)
    if good is not None:
        failed = failed.filter(failed_at__gt=good)
    rows = list(failed.order_by("failed_at"))
    ours = [row.failed_at for row in rows if row.is_our_line]
    if ours:
        return ours[0]
    others = {row.service for row in rows}
    if len(others) >= LEAST_UNREACHED and all(row.is_unreached for row in rows):
        return rows[0].failed_at
    return None


def is_out() -> bool:
    return out_since() is not None
