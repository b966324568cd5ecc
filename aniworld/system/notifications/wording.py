"""A message in the words it is sent with: those of the language that the owner has set."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import ngettext

from aniworld.config import store
from aniworld.system.notifications.browsers import pushing
from aniworld.system.notifications.browsers.recipients import BrowserRecipient
from aniworld.system.notifications.models import Delivery, Item
from aniworld.system.notifications.sentences import event_of, title, words
from aniworld.system.notifications.targets import Recipient, Target
from aniworld.system.notifications.wire.messages import WEBHOOK, Job
from aniworld.web.texts import text


def told_to(delivery: Delivery, recipient: Recipient) -> list[Item]:
    """What of a message is its recipient's business by now: rights may have changed since."""
    return [item for item in delivery.items if recipient.may_be_told(item["kind"])]


def job_of(delivery: Delivery, recipient: Recipient) -> Job:
    """What the process that sends is given. What does not go into one message is counted in it; the
    log and the inbox have all of it."""
    config = store.load().notifications
    with translation.override(recipient.language or config.language):
        if isinstance(recipient, BrowserRecipient):
            return pushing.job_of(delivery, told_to(delivery, recipient), recipient)
        assert isinstance(recipient, Target)  # noqa: S101 - there are no others
        return _fitting(delivery, recipient)


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
