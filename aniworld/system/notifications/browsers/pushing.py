"""What a browser is sent: a few words and the page to go to, within what push services take."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from django.conf import settings
from django.urls import get_script_prefix, reverse
from django.utils.translation import get_language

from aniworld.system.notifications.browsers.keys import push_key
from aniworld.system.notifications.browsers.recipients import BrowserRecipient
from aniworld.system.notifications.choices import URGENT, Kind
from aniworld.system.notifications.models import Delivery, Item
from aniworld.system.notifications.sentences import event_of, title, words
from aniworld.system.notifications.wire.messages import PUSH, Job, Push
from aniworld.system.notifications.wire.pushed import MOST_BYTES

# A browser that is off for longer learns of it from the inbox.
KEPT_SECONDS = 24 * 3600
# Phones show a few lines.
LONGEST_TITLE, LONGEST_TEXT = 120, 600  # characters
PLACES: Mapping[str, str] = {
    Kind.DOWNLOAD_FAILED: "queue",
    Kind.FILES_HELD: "removals",
    Kind.REPAIR_RAISED: "system",
    Kind.REPAIR_MENDED: "system",
    Kind.DISK_LOW: "system",
    Kind.BACKUP_FAILED: "backups",
    Kind.TEST: "browsers",
}


def job_of(delivery: Delivery, items: Sequence[Item], browser: BrowserRecipient) -> Job:
    """What the process that sends is given, in the language that is on."""
    row, kind = browser.row, event_of(items)
    return Job(
        kind=PUSH,
        address=row.endpoint,
        id=str(delivery.message_id),
        event=kind,
        body=_body(delivery, items, kind),
        push=Push(
            p256dh=row.p256dh,
            auth=row.auth,
            private_key=push_key().private,
            contact=row.contact,
            keeps_seconds=KEPT_SECONDS,
            is_urgent=any(item["kind"] in URGENT for item in items),
            allowed=list(settings.ALLOW_PRIVATE_HOSTS),
        ),
    )


def page_of(items: Sequence[Item]) -> str:
    """Where the message leads, without what the product lies below: the page of the series where it
    is about one alone, else where something is to be done, else the inbox."""
    keys = {str(item["params"].get("key", "")) for item in items}
    kind = event_of(items)
    if kind in PLACES:
        path = reverse(PLACES[kind])
    elif len(keys) == 1 and (key := keys.pop()):
        path = reverse("series", args=[key])
    else:
        path = reverse("inbox")
    return path.removeprefix(get_script_prefix())


def _body(delivery: Delivery, items: Sequence[Item], kind: str) -> str:
    """In bytes a letter may be as long as six, so the text is halved until it fits."""
    said = _short(words(items), LONGEST_TEXT)
    while True:
        body = json.dumps(
            {
                "id": str(delivery.message_id),
                "event": kind,
                "title": _short(title(items), LONGEST_TITLE),
                "body": said,
                "page": page_of(items),
                "lang": get_language() or "en",
            },
            ensure_ascii=False,
        )
        if len(body.encode()) <= MOST_BYTES or not said:
            return body
        said = _short(said, len(said) // 2)


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: max(most - 1, 0)]}…" if most > 1 else ""
