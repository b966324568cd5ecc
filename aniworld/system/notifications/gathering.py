"""From what happened to what is in the inbox and is to be sent, in one transaction with the cursor:
each event is told once, whoever dies when.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from aniworld.config.schema import NotificationSettings
from aniworld.events import cursors
from aniworld.events.models import OutboxEvent
from aniworld.system.notifications import events, reading
from aniworld.system.notifications.choices import URGENT, DeliveryState, Kind
from aniworld.system.notifications.items import Told, added, joined
from aniworld.system.notifications.models import Delivery, InboxMessage, Item
from aniworld.system.notifications.targets import Target, targets
from downloads.choices import Status
from downloads.models import DownloadQueueItem, QueueState
from providers.coded import coded

log = logging.getLogger(__name__)

READER = "notifications"
EVENTS_AT_ONCE = 100
# Of a batch that has come to its end nothing follows for so long.
SETTLED_AFTER = timedelta(seconds=15)
# The inbox tells by one row what follows within so long.
SAME_ROW_FOR = timedelta(hours=6)
MOST_ITEMS = 50  # in one message
# Where so many wait for a target, what follows is gathered, whatever its pace is.
MOST_WAITING = 20
# The cursor is moved past events that mean nothing only when it would fall far behind.
SKIP_AFTER = 500


class NotOurs(Exception):
    """Another process has read the same events."""


def read(known: NotificationSettings, now: datetime) -> bool:
    """Take the next events of the outbox; returns whether there are more.

    Raises:
        NotOurs: another process reads too; nothing was kept.
    """
    place, newest = cursors.place_of(READER), cursors.newest_id()
    if newest <= place:
        return False
    found = cursors.events_after(place, reading.TYPES, up_to=newest, most=EVENTS_AT_ONCE)
    if not found and newest - place < SKIP_AFTER:
        return False
    told = [one for event in found for one in _meant(event)]
    if place < cursors.trimmed_to():
        told.insert(0, Told(Kind.GAP, coded("told_gap"), now))
    has_more = len(found) == EVENTS_AT_ONCE
    to = found[-1].id if has_more else newest
    with transaction.atomic():
        if not cursors.advance(READER, since=place, to=to):
            raise NotOurs
        if told:
            _keep(told, list(targets(known).values()), known, now)
            events.inbox_changed()
    return has_more


def _meant(event: OutboxEvent) -> list[Told]:
    """One event that cannot be read does not stop the others."""
    try:
        return list(reading.meaning(event))
    except (KeyError, TypeError, ValueError):
        log.exception("event=%s cannot be told", event)
        return []


def _keep(
    told: Sequence[Told], chosen: Sequence[Target], known: NotificationSettings, now: datetime
) -> None:
    for one in told:
        item = one.as_item()
        _into_inbox(one, item)
        for target in chosen:
            if target.wants(one.kind):
                deliver(target, item, known, now)


def _into_inbox(told: Told, item: Item) -> None:
    row = None
    if told.topic:
        same = InboxMessage.objects.unread().filter(topic=told.topic)
        row = same.filter(at__gte=told.at - SAME_ROW_FOR).order_by("-id").first()
    if row is None:
        row = InboxMessage(kind=told.kind, topic=told.topic, first_at=told.at)
        row.params = item["params"]
    else:
        before = {"params": row.params, "count": row.count}
        item = joined(before, item)
    row.code, row.params, row.count, row.at = item["code"], item["params"], item["count"], told.at
    row.save()


def deliver(target: Target, item: Item, known: NotificationSettings, now: datetime) -> None:
    """Put something into the message for a target: the one that gathers, or one of its own.

    Call it in a transaction.
    """
    is_urgent = item["kind"] in URGENT
    if target.is_quiet(now) or (target.gathers and not is_urgent) or _is_flooded(target):
        _gather(target, item, known, now)
    elif not (target.gathers and _joins_waiting(target, item)):
        _new(target, [item], known, now, state=DeliveryState.WAITING)


def _is_flooded(target: Target) -> bool:
    return Delivery.objects.waiting().filter(target=target.name).count() >= MOST_WAITING


def _joins_waiting(target: Target, item: Item) -> bool:
    """Whether an urgent message that nobody has tried to send yet could take it."""
    untried = Delivery.objects.waiting().filter(target=target.name, tries=0, is_test=False)
    row = untried.order_by("-id").first()
    if row is None or len(row.items) >= MOST_ITEMS:
        return False
    return bool(untried.filter(pk=row.pk).update(items=added(row.items, item)))


def _gather(target: Target, item: Item, known: NotificationSettings, now: datetime) -> None:
    row = Delivery.objects.gathering().filter(target=target.name).first()
    if row is not None and len(row.items) >= MOST_ITEMS:
        _close(row, known, now)
        row = None
    if row is None:
        _new(target, [item], known, now, state=DeliveryState.GATHERING)
        return
    row.items, row.changed_at = added(row.items, item), now
    row.save(update_fields=["items", "changed_at"])


def _new(
    target: Target,
    told: list[Item],
    known: NotificationSettings,
    now: datetime,
    *,
    state: DeliveryState,
) -> Delivery:
    is_waiting = state is DeliveryState.WAITING
    return Delivery.objects.create(
        target=target.name,
        state=state,
        items=told,
        created_at=now,
        changed_at=now,
        closes_at=now + timedelta(minutes=known.digest_minutes),
        next_try_at=now if is_waiting else None,
        give_up_at=now + timedelta(hours=known.give_up_hours) if is_waiting else None,
    )


def close(known: NotificationSettings, now: datetime, *, at_once: bool = False) -> None:
    """Let what is gathered be sent where it is complete.

    Args:
        at_once: nothing more comes to it: the process ends.
    """
    rows = list(Delivery.objects.gathering())
    if not rows:
        return
    all_targets, at_rest = targets(known), is_at_rest()
    for row in rows:
        target = all_targets.get(row.target)
        if target is not None and target.is_quiet(now):
            continue
        settled = now - row.changed_at >= SETTLED_AFTER or row.changed_at > now
        is_late = row.closes_at is not None and now >= row.closes_at
        if at_once or is_late or (settled and at_rest):
            with transaction.atomic():
                _close(row, known, now)


def _close(row: Delivery, known: NotificationSettings, now: datetime) -> None:
    Delivery.objects.gathering().filter(pk=row.pk).update(
        state=DeliveryState.WAITING,
        next_try_at=now,
        give_up_at=now + timedelta(hours=known.give_up_hours),
    )


def is_at_rest() -> bool:
    """Whether nothing is fetched, and nothing will be by itself just now."""
    if DownloadQueueItem.objects.filter(status=Status.DOWNLOADING).exists():
        return False
    state = QueueState.current()
    if not state.is_running or state.is_paused or state.told_why:  # of quiet hours, or a budget
        return True
    return not DownloadQueueItem.objects.filter(status=Status.PENDING).exists()
