"""Telling what quiet hours and budgets have come to say."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from downloads import events
from downloads.models import QueueState
from downloads.quiet import reading
from downloads.quiet.decision import Verdict, Why
from downloads.quiet.shapes import said


def look() -> Verdict:
    """What holds now; where that is something else than was told last, it is told.

    For the worker that serves the queue: others would tell it twice.

    Raises:
        ConfigError: the configuration cannot be read.
    """
    rules, state = reading.rules(), QueueState.current()
    found = reading.verdict(rules, state, timezone.now())
    if not _is_told(found, state):
        with transaction.atomic():
            tell(found, QueueState.locked())
    return found


def tell(found: Verdict, state: QueueState) -> None:
    """Tell a verdict, if it was not told before. The caller holds the lock."""
    if _is_told(found, state):
        return
    reason, was_closed, was_limit = said(found), bool(state.told_why), state.told_limit
    is_other = (_why(found), found.goes_on_at) != (state.told_why, state.told_until)
    state.told_why, state.told_until = _why(found), found.goes_on_at
    state.told_limit = found.limit
    state.save(update_fields=["told_why", "told_until", "told_limit"])
    if reason is not None and is_other:
        events.quiet_started(reason, found.goes_on_at)
        if found.why[0] is not Why.QUIET_HOURS:
            events.budget_used_up(reason)
    elif reason is None and was_closed:
        events.quiet_ended()
    if found.limit != was_limit:
        events.limit_changed(found.limit)


def _is_told(found: Verdict, state: QueueState) -> bool:
    told = (state.told_why, state.told_until, state.told_limit)
    return told == (_why(found), found.goes_on_at, found.limit)


def _why(found: Verdict) -> str:
    return found.why[0].value if found.why else ""
