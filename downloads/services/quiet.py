"""Quiet hours and budgets: the owner's word against them, and telling what they say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from aniworld.journal.services import Undo, record
from downloads import entries, events
from downloads.choices import UNFINISHED, Lift
from downloads.entries import QUEUE, QueueAction
from downloads.errors import NothingToLift
from downloads.models import DownloadQueueItem, QueueState
from downloads.quiet import reading
from downloads.quiet.decision import Rules, Verdict, Why, end_of_day, end_of_window
from downloads.quiet.shapes import said
from downloads.services.items import Changed
from downloads.snapshots import QueueStatus, moment, status


def exempt(*, item_ids: Sequence[int]) -> Changed:
    """Let these items be fetched whatever quiet hours and budgets say. It starts no queue, and
    changes no order: while quiet hours hold, they are the only ones that are taken."""
    return _switch(item_ids, is_exempt=True)


def bind(*, item_ids: Sequence[int]) -> Changed:
    """Let these items wait for quiet hours and budgets again."""
    return _switch(item_ids, is_exempt=False)


def _switch(item_ids: Sequence[int], *, is_exempt: bool) -> Changed:
    changed = Changed()
    with transaction.atomic():
        QueueState.locked()
        listed = DownloadQueueItem.objects.filter(pk__in=item_ids, removed_at__isnull=True)
        found = {item.pk: item for item in listed.only("status", "is_exempt")}
        for item_id in dict.fromkeys(item_ids):
            if reason := _no_switch(found.get(item_id), is_exempt=is_exempt):
                changed.skip(item_id, reason)
            else:
                changed.ids.append(item_id)
        if changed.ids:
            switched = DownloadQueueItem.objects.filter(pk__in=changed.ids)
            _record_switch(entries.briefly(switched), is_exempt=is_exempt)
            switched.update(is_exempt=is_exempt, updated_at=timezone.now())
            (events.items_exempted if is_exempt else events.items_bound)(changed.ids)
    return changed


def _no_switch(item: DownloadQueueItem | None, *, is_exempt: bool) -> str:
    """Why an item is left as it is; empty where it is not."""
    if item is None:
        return "not_found"
    if item.status not in UNFINISHED:
        return item.status.lower()
    if item.is_exempt == is_exempt:
        return "exempt" if is_exempt else "bound"
    return ""


def _record_switch(items: list[entries.Brief], *, is_exempt: bool) -> None:
    record(
        QueueAction.EXEMPTED if is_exempt else QueueAction.BOUND,
        on=entries.about_all(items),
        after=entries.many(items),
        undo=entries.with_ids(
            "queue.bind" if is_exempt else "queue.exempt", [item.id for item in items]
        ),
    )


def lift(*, until: Lift) -> QueueStatus:
    """Let quiet hours, limits by time and budgets not count for a while. What always limits the
    speed still does.

    Raises:
        NothingToLift: no window holds that has an end.
        ConfigError: the configuration cannot be read.
    """
    rules, now = reading.rules(), timezone.now()
    end = _end_of(until, rules, now)
    with transaction.atomic():
        state = QueueState.locked()
        _set_lifted(state, now, end)
        undo = Undo("queue.unlift", {"until": end.isoformat()}, lasts=end - now)
        record(QueueAction.LIFTED, on=QUEUE, after={"until": moment(end)}, undo=undo)
        events.quiet_lifted(end)
        tell(reading.verdict(rules, state, now), state)
        return status()


def _end_of(until: Lift, rules: Rules, now: datetime) -> datetime:
    zone = timezone.get_default_timezone()
    if until is Lift.TODAY:
        return end_of_day(now, zone)
    end = end_of_window(rules, now, zone)
    if end is None:
        raise NothingToLift
    return end


def keep() -> QueueStatus:
    """Let quiet hours and budgets count again, where they were lifted.

    Raises:
        ConfigError: the configuration cannot be read.
    """
    rules, now = reading.rules(), timezone.now()
    with transaction.atomic():
        state = QueueState.locked()
        if reading.verdict(rules, state, now).lifted_until is not None:
            _set_lifted(state, None, None)
            record(QueueAction.KEPT, on=QUEUE)
            events.quiet_kept()
            tell(reading.verdict(rules, state, now), state)
        return status()


def _set_lifted(state: QueueState, since: datetime | None, until: datetime | None) -> None:
    state.lifted_since, state.lifted_until = since, until
    state.save(update_fields=["lifted_since", "lifted_until"])


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
