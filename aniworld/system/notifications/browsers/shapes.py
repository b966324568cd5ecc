"""Browsers as API and pages give them. Their addresses are shown to nobody."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, TypedDict

from django.db.models import Count

from aniworld.config.schema import NOTIFIED
from aniworld.system.notifications.browsers.recipients import is_told
from aniworld.system.notifications.choices import OVER, Pace
from aniworld.system.notifications.models import Browser, Delivery, TargetState
from aniworld.system.notifications.wire.webhook import host_of
from aniworld.web.shapes import OneOf
from aniworld.web.texts import Told


class BrowserEntry(TypedDict):
    """A browser that is told what happens, and how it goes with it."""

    id: str
    device: Annotated[str, "What it says of itself, such as `Firefox 140 · Linux`; may be empty."]
    service: Annotated[str, "The host of its push service."]
    this_login: Annotated[bool, "Whether it was last seen with the login that asks."]
    told: Annotated[bool, "False: the password has changed since, and it is told nothing."]
    events: list[Annotated[str, OneOf(NOTIFIED)]]
    pace: Annotated[str, OneOf(Pace)]
    quiet_hours: str
    added_at: datetime
    seen_at: Annotated[datetime, "When it came with a login last."]
    waiting: Annotated[int, "Messages that are gathered or wait to be sent."]
    failures: Annotated[int, "Tries in vain, in a row."]
    next_try_at: Annotated[datetime | None, "Until then it is left alone."]
    sent_at: Annotated[datetime | None, "When its push service took something last."]
    error: Annotated[Told | None, "Why the last try was in vain."]


class BrowserSeen(TypedDict):
    """Which of the browsers that are told what happens this one is."""

    id: Annotated[str | None, "None: it is told nothing."]


class PushKeyEntry(TypedDict):
    """What browsers subscribe with."""

    public_key: Annotated[str, "Of VAPID: an uncompressed point of P-256 in base64url."]


def browser_entries(rows: Sequence[Browser], session: uuid.UUID | None) -> list[BrowserEntry]:
    """Some of one user. Args: session: the login that asks."""
    names = [row.target for row in rows]
    states = {one.name: one for one in TargetState.objects.filter(name__in=names)}
    unsent = Delivery.objects.filter(target__in=names).exclude(state__in=OVER)
    counted = unsent.order_by().values("target").annotate(number=Count("pk"))
    waiting = {row["target"]: row["number"] for row in counted}
    return [
        _entry(row, states.get(row.target) or TargetState(), waiting.get(row.target, 0), session)
        for row in rows
    ]


def browser_entry(row: Browser, session: uuid.UUID | None) -> BrowserEntry:
    """One of them."""
    return browser_entries([row], session)[0]


def _entry(
    row: Browser, state: TargetState, waiting: int, session: uuid.UUID | None
) -> BrowserEntry:
    return {
        "id": str(row.pk),
        "device": row.device,
        "service": host_of(row.endpoint),
        "this_login": session is not None and row.session_id == session,
        "told": is_told(row),
        "events": list(row.events),
        "pace": row.pace,
        "quiet_hours": row.quiet_hours,
        "added_at": row.added_at,
        "seen_at": row.seen_at,
        "waiting": waiting,
        "failures": state.failures,
        "next_try_at": state.next_at,
        "sent_at": state.sent_at,
        "error": state.error,
    }
