"""Setting up targets, trying them, and what is done with messages."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from aniworld.config import services as config_services
from aniworld.config import store
from aniworld.config.codec import plain
from aniworld.config.masking import masked
from aniworld.config.schema import TargetSettings
from aniworld.console.secrets import keep_secret
from aniworld.journal.services import Subject, record
from aniworld.system.notifications import events, targets, wording
from aniworld.system.notifications.children import Process
from aniworld.system.notifications.choices import OWNERS, DeliveryState, Kind
from aniworld.system.notifications.entries import NotificationAction, target
from aniworld.system.notifications.errors import (
    MessageNotFound,
    MessageNotOver,
    TargetExists,
    TargetNotFound,
    TargetUnusable,
    TooManyTargets,
)
from aniworld.system.notifications.items import Told
from aniworld.system.notifications.models import Delivery, InboxMessage, TargetState
from aniworld.system.notifications.targets import MOST, Target
from aniworld.system.notifications.wire.errors import AddressUnusable, Broken
from aniworld.system.notifications.wire.messages import WEBHOOK, Answer, Job
from aniworld.system.notifications.wire.webhook import check as check_webhook
from aniworld.web.errors import FieldError
from providers.coded import Coded, CodedError, coded, errno_name

TEST_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a test went; ``error`` is None where the target took it."""

    error: Coded | None
    seconds: float


def get_target(name: str) -> Target:
    """Raises ``TargetNotFound``."""
    found = targets.targets().get(name)
    if found is None:
        raise TargetNotFound(name=name[:80])
    return found


def add_target(name: str, values: Mapping[str, Any]) -> Target:
    """Set up a new one.

    Raises:
        TargetExists, TooManyTargets; as :func:`change_target`.
    """
    known = targets.targets()
    if name in known:
        raise TargetExists(name=name)
    if len(known) >= MOST:
        raise TooManyTargets(most=MOST)
    _put(name, values)
    return get_target(name)


def change_target(name: str, values: Mapping[str, Any]) -> Target:
    """Change some of what is set of one; what is masked stays what it is.

    Raises:
        TargetNotFound; ConfigInvalid: with the fields to mend.
        TargetUnusable: nothing could ever be sent to that address.
        ConfigNotWritten, ConfigStale.
    """
    get_target(name)
    _put(name, values)
    return get_target(name)


def remove_target(name: str) -> None:
    """Take one out. What waits for it is not sent. Raises ``TargetNotFound``."""
    get_target(name)
    config_services.edit(_sent(name, None))
    TargetState.objects.filter(name=name).delete()


def test_target(name: str) -> Outcome:
    """Send a message now, and wait for how it goes. It is in the log like any other.

    Raises:
        TargetNotFound.
    """
    found, began = get_target(name), timezone.now()
    told = Told(Kind.TEST, coded("told_test"), began)
    row = Delivery(
        message_id=uuid.uuid4(),
        target=name,
        is_test=True,
        items=[told.as_item()],
        created_at=began,
        changed_at=began,
        tries=1,
    )
    answer = _answered(wording.job_of(row, found))
    now = timezone.now()
    row.state = DeliveryState.FAILED if answer.error else DeliveryState.SENT
    row.ended_at, row.error = now, answer.error
    with transaction.atomic():
        row.save()
        if answer.error is None:
            _is_well(name)
        record(NotificationAction.TESTED, on=target(name), after={"ok": answer.error is None})
        events.delivery_changed()
    return Outcome(answer.error, (now - began).total_seconds())


def send_again(delivery_id: int) -> Delivery:
    """Let a message be sent that was given up.

    Raises:
        MessageNotFound; MessageNotOver: it waits already, or was sent.
        TargetNotFound: there is no target of its name any more.
    """
    row = Delivery.objects.filter(pk=delivery_id).first()
    if row is None:
        raise MessageNotFound(id=delivery_id)
    get_target(row.target)
    now, hours = timezone.now(), targets.settings().give_up_hours
    given_up = Delivery.objects.filter(
        pk=row.pk, state__in=(DeliveryState.FAILED, DeliveryState.CANCELLED)
    )
    values = {"next_try_at": now, "tries": 0, "ended_at": None, "error_code": ""}
    with transaction.atomic():
        if not given_up.update(
            state=DeliveryState.WAITING,
            give_up_at=now + timedelta(hours=hours),
            error_params={},
            **values,
        ):
            raise MessageNotOver(why="sent" if row.state == DeliveryState.SENT else "waits")
        TargetState.objects.filter(name=row.target).update(next_at=None)
        subject = Subject("message", str(row.pk), row.target)
        record(NotificationAction.SENT_AGAIN, on=subject)
        events.delivery_changed()
    row.refresh_from_db()
    return row


def mark_read(ids: Sequence[int] | None, *, is_owner: bool) -> int:
    """Mark messages of the inbox as read, or all of them; returns how many were not.

    Args:
        is_owner: whether what is the owner's alone is among them.
    """
    return _mark(InboxMessage.objects.unread(), ids, is_owner=is_owner, read=True)


def mark_unread(ids: Sequence[int], *, is_owner: bool) -> int:
    """The other way; returns how many were read."""
    read = InboxMessage.objects.exclude(read_at=None)
    return _mark(read, ids, is_owner=is_owner, read=False)


def _mark(rows: Any, ids: Sequence[int] | None, *, is_owner: bool, read: bool) -> int:
    chosen = rows if ids is None else rows.filter(pk__in=ids)
    chosen = chosen if is_owner else chosen.exclude(kind__in=OWNERS)
    with transaction.atomic():
        count = int(chosen.update(read_at=timezone.now() if read else None))
        if count:
            events.inbox_changed()
    return count


def _put(name: str, values: Mapping[str, Any]) -> None:
    sent = _sent(name, values)
    wanted = config_services.edited(sent).notifications.targets[name]
    _check(wanted)
    config_services.edit(sent)


def _sent(name: str, values: Mapping[str, Any] | None) -> dict[str, Any]:
    """All targets as they are, one of them otherwise or gone: they are sent as a whole."""
    known: dict[str, Any] = masked(plain(store.load().notifications.targets))
    before = known.pop(name, {})
    if values is not None:
        known[name] = {**before, **values}
    return {"notifications": {"targets": known}}


def _check(wanted: TargetSettings) -> None:
    keep_secret([wanted.url, wanted.signing_key])
    if wanted.kind == WEBHOOK:
        try:
            check_webhook(wanted.url)
        except AddressUnusable as error:
            raise _unusable(error) from error
        return
    job = Job(kind=wanted.kind, address=wanted.url, is_trial=True)
    answer = _answered(job)
    if answer.error is not None:
        raise TargetUnusable(
            reason=answer.error,
            errors=[FieldError("url", answer.error["code"], answer.error["params"])],
        )


def _unusable(error: CodedError) -> TargetUnusable:
    wrong = FieldError("url", error.code, error.params)
    return TargetUnusable(reason=error, errors=[wrong])


def _answered(job: Job) -> Answer:
    try:
        return Process(job, limit=TEST_SECONDS).wait()
    except OSError as error:
        return Answer(Broken(reason=errno_name(error)).as_json())
    except ValueError as error:
        return Answer(Broken(reason=str(error)).as_json())


def _is_well(name: str) -> None:
    """A target has taken something: what waits for it is sent at once."""
    now = timezone.now()
    well = {"failures": 0, "failing_since": None, "next_at": None, "sent_at": now}
    TargetState.objects.update_or_create(
        name=name, defaults={**well, "error_code": "", "error_params": {}}
    )
    Delivery.objects.waiting().filter(target=name, next_try_at__gt=now).update(next_try_at=now)
