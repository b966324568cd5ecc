"""Messages and targets as API and pages give them. Nothing is written here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, TypedDict

from django.db.models import Count

from aniworld.config.codec import plain
from aniworld.config.masking import masked
from aniworld.config.schema import NOTIFIED
from aniworld.system.notifications import targets, wording
from aniworld.system.notifications.choices import OVER, DeliveryState, Kind
from aniworld.system.notifications.models import Delivery, InboxMessage, TargetState
from aniworld.system.notifications.targets import Target
from aniworld.system.notifications.texts import title_of
from aniworld.web.shapes import OneOf
from aniworld.web.texts import Told


class InboxEntry(TypedDict):
    """Something that happened."""

    id: str
    event: Annotated[str, OneOf(Kind)]
    title: str
    code: str
    params: dict[str, Any]
    text: str
    count: Annotated[int, "How many things it tells: episodes of one series are one message."]
    first_at: datetime
    at: Annotated[datetime, "When the last of them happened."]
    read: bool


class InboxCount(TypedDict):
    """How much of the inbox is not read."""

    unread: int


class TargetEntry(TypedDict):
    """Where messages are sent, and how it goes there."""

    name: str
    enabled: bool
    kind: Annotated[str, OneOf(("APPRISE", "WEBHOOK"))]
    service: Annotated[str, "What its address begins with, such as `ntfys`."]
    url: Annotated[str, "Masked: `•••`, which sent back means what is stored."]
    signing_key: Annotated[str, "Masked; empty: what is sent is not signed."]
    events: list[Annotated[str, OneOf(NOTIFIED)]]
    pace: Annotated[str, OneOf(("DIGEST", "EACH"))]
    quiet_hours: str
    waiting: Annotated[int, "Messages that are gathered or wait to be sent."]
    failures: Annotated[int, "Tries in vain, in a row."]
    failing_since: datetime | None
    next_try_at: Annotated[datetime | None, "Until then it is left alone."]
    sent_at: Annotated[datetime | None, "When it took something last."]
    error: Annotated[Told | None, "Why the last try was in vain."]


class DeliveryEntry(TypedDict):
    """One message for one target."""

    id: str
    message_id: Annotated[str, "The same for every try: what a webhook tells twins by."]
    target: str
    state: Annotated[str, OneOf(DeliveryState)]
    test: bool
    event: Annotated[str, "`DIGEST` where it is about several."]
    title: str
    text: str
    count: int
    created_at: datetime
    next_try_at: Annotated[datetime | None, "Of one that waits; of one that is gathered the last."]
    tries: int
    ended_at: datetime | None
    error: Told | None


class TestResult(TypedDict):
    """How a test went."""

    ok: bool
    seconds: float
    error: Told | None


def inbox_entry(row: InboxMessage) -> InboxEntry:
    """One message."""
    said = row.said
    return {
        "id": str(row.pk),
        "event": row.kind,
        "title": title_of(row.kind),
        "code": row.code,
        "params": row.params,
        "text": said["text"] if said else "",
        "count": row.count,
        "first_at": row.first_at,
        "at": row.at,
        "read": row.read_at is not None,
    }


def inbox_entries(rows: Sequence[InboxMessage]) -> list[InboxEntry]:
    """Some of the inbox."""
    return [inbox_entry(row) for row in rows]


def delivery_entry(row: Delivery) -> DeliveryEntry:
    """One message for one target."""
    is_gathered = row.state == DeliveryState.GATHERING
    next_try_at = row.closes_at if is_gathered else row.next_try_at
    return {
        "id": str(row.pk),
        "message_id": str(row.message_id),
        "target": row.target,
        "state": row.state,
        "test": row.is_test,
        "event": wording.event_of(row.items),
        "title": wording.title(row.items),
        "text": wording.words(row.items),
        "count": row.count,
        "created_at": row.created_at,
        "next_try_at": None if row.state in OVER else next_try_at,
        "tries": row.tries,
        "ended_at": row.ended_at,
        "error": row.error,
    }


def delivery_entries(rows: Sequence[Delivery]) -> list[DeliveryEntry]:
    """Some of the log."""
    return [delivery_entry(row) for row in rows]


def target_entries(wanted: Sequence[Target] | None = None) -> list[TargetEntry]:
    """These targets, or all, in a few queries. Raises ``ConfigError``."""
    listed = list(targets.targets().values()) if wanted is None else wanted
    states = {state.name: state for state in TargetState.objects.all()}
    unsent = Delivery.objects.exclude(state__in=OVER).order_by().values("target")
    waiting = {row["target"]: row["number"] for row in unsent.annotate(number=Count("pk"))}
    return [
        _target(one, states.get(one.name) or TargetState(name=one.name), waiting.get(one.name, 0))
        for one in listed
    ]


def target_entry(target: Target) -> TargetEntry:
    """One of them."""
    return target_entries([target])[0]


def _target(target: Target, state: TargetState, waiting: int) -> TargetEntry:
    shown = masked(plain(target.settings))
    return {
        "name": target.name,
        "enabled": target.settings.enabled,
        "kind": target.settings.kind,
        "service": target.settings.url.partition("://")[0],
        "url": shown["url"],
        "signing_key": shown["signing_key"],
        "events": list(target.settings.events),
        "pace": target.settings.pace,
        "quiet_hours": target.settings.quiet_hours,
        "waiting": waiting,
        "failures": state.failures,
        "failing_since": state.failing_since,
        "next_try_at": state.next_at,
        "sent_at": state.sent_at,
        "error": state.error,
    }
