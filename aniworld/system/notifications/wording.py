"""A message in the words it is sent with: those of the language that the owner has set."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import ngettext

from aniworld.config import store
from aniworld.system.notifications.choices import Kind
from aniworld.system.notifications.models import Delivery, Item
from aniworld.system.notifications.targets import Target
from aniworld.system.notifications.texts import title_of
from aniworld.system.notifications.wire.messages import WEBHOOK, Job
from aniworld.web.texts import text

DIGEST = "DIGEST"
LONGEST_TEXT = 20_000  # characters; services cut what is longer than they take


def event_of(items: Sequence[Item]) -> str:
    """What a message is about, in a word."""
    kinds = {item["kind"] for item in items}
    return str(kinds.pop()) if len(kinds) == 1 else DIGEST


def title(items: Sequence[Item]) -> str:
    """What a message is headed with."""
    count = sum(int(item["count"]) for item in items)
    kind = event_of(items)
    if kind == DIGEST:
        return ngettext("Aniworld: %d message", "Aniworld: %d messages", count) % count
    head = title_of(kind)
    return head if count == 1 else f"{head} ({count})"


def words(items: Sequence[Item]) -> str:
    """What a message says, a line for each thing; a heading where they are of several kinds."""
    lines = []
    is_mixed = event_of(items) == DIGEST
    for kind in Kind:
        told = [text(item["code"], item["params"]) for item in items if item["kind"] == kind]
        if told and is_mixed:
            lines.append(f"{title_of(kind)}:")
        lines += told
    whole = "\n".join(lines)
    return whole if len(whole) <= LONGEST_TEXT else f"{whole[: LONGEST_TEXT - 1]}…"


def job_of(delivery: Delivery, target: Target) -> Job:
    """What the process that sends is given. What does not go into one message is counted in it; the
    log and the inbox have all of it."""
    with translation.override(store.load().notifications.language):
        return _fitting(delivery, target)


def _fitting(delivery: Delivery, target: Target) -> Job:
    shown = len(delivery.items)
    while True:
        job = _job(delivery, target, shown)
        try:
            job.encoded()
        except ValueError:
            if shown <= 1:
                raise
            shown //= 2
        else:
            return job


def _job(delivery: Delivery, target: Target, shown: int) -> Job:
    items, left = delivery.items[:shown], delivery.items[shown:]
    said, kind = words(items), event_of(delivery.items)
    missing = sum(int(item["count"]) for item in left)
    if missing:
        said += "\n" + ngettext("and %d more", "and %d more", missing) % missing
    head = title(delivery.items)
    is_webhook = target.settings.kind == WEBHOOK
    return Job(
        kind=target.settings.kind,
        address=target.settings.url,
        signing_key=target.settings.signing_key,
        id=str(delivery.message_id),
        event=kind,
        title=head,
        body=_json(delivery, items, missing, head, said) if is_webhook else said,
    )


def _json(delivery: Delivery, items: Sequence[Item], missing: int, head: str, said: str) -> str:
    told: dict[str, Any] = {
        "id": str(delivery.message_id),
        "event": event_of(delivery.items),
        "created_at": _moment(delivery.created_at),
        "title": head,
        "text": said,
        "items": [
            {
                "event": item["kind"],
                "code": item["code"],
                "params": item["params"],
                "text": text(item["code"], item["params"]),
                "count": item["count"],
                "at": item["at"],
            }
            for item in items
        ],
        "left_out": missing,
    }
    return json.dumps(told, ensure_ascii=False)


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
