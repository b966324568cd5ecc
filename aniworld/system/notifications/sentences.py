"""What some things say together: a head and a line for each."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import ngettext

from aniworld.system.notifications.choices import Kind
from aniworld.system.notifications.models import Item
from aniworld.system.notifications.texts import title_of
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
