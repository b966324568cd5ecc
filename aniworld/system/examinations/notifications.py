"""Notifications: do they reach the targets?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from aniworld.system.findings import Finding, Look
from aniworld.system.kinds import found
from aniworld.system.notifications.models import TargetState
from aniworld.system.notifications.targets import targets
from providers.coded import Coded, coded

# A server that is started anew, or a line that is down for a while, mends itself.
FAILS_FOR = timedelta(hours=1)
FAILURES = 3


def notifications(_look: Look) -> Iterator[Finding]:
    """The targets that are switched on and have taken nothing for long, though something was to be
    sent."""
    now = timezone.now()
    failing = TargetState.objects.filter(
        failing_since__lte=now - FAILS_FOR, failures__gte=FAILURES
    ).order_by("name")
    known = targets()
    for state in failing:
        target = known.get(state.name)
        if target is None or not target.settings.enabled or state.failing_since is None:
            continue
        hours = int((now - state.failing_since).total_seconds() // 3600)
        reason: Coded = {"code": state.error_code, "params": state.error_params}
        said = coded("target_fails", target=state.name, hours=hours, reason=reason)
        yield found(said, about=state.name)
