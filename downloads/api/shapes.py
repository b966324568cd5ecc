"""What the queue's API answers, beside the queue itself (``downloads.snapshots``)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, TypedDict

from django.utils.translation import gettext as _

from downloads.services import Added, Changed
from downloads.services.adding import Reason
from downloads.services.items import SkippedItem


class SkippedEpisode(TypedDict):
    """An episode that was not queued."""

    season: int
    episode: int
    reason: Reason


class AddedToQueue(TypedDict):
    """What was queued, and what was not."""

    added_items: list[str]
    skipped: list[SkippedEpisode]
    message: Annotated[str, "For people."]


class Restored(TypedDict):
    """What was brought back."""

    restored_count: int
    restored_ids: list[str]
    skipped: list[SkippedItem]


class Held(TypedDict):
    """What the worker passes by from now on."""

    held_count: int
    held_ids: list[str]
    skipped: list[SkippedItem]


class Released(TypedDict):
    """What is back at its place."""

    released_count: int
    released_ids: list[str]
    skipped: list[SkippedItem]


class Retried(TypedDict):
    """What is queued again."""

    retried_count: int
    retried_ids: list[str]
    skipped: list[SkippedItem]


class Cleared(TypedDict):
    """How many items left the list."""

    cleared_count: int


class Moved(TypedDict):
    """Where an item stands now, from 0."""

    item_id: str
    position: int


def added_to_queue(added: Added) -> AddedToQueue:
    return {
        "added_items": _texts(added.ids),
        "skipped": [
            {"season": one.season, "episode": one.episode, "reason": one.reason}
            for one in added.skipped
        ],
        "message": _in_words(added),
    }


def restored(changed: Changed) -> Restored:
    ids = _texts(changed.ids)
    return {"restored_count": len(ids), "restored_ids": ids, "skipped": changed.skipped}


def held(changed: Changed) -> Held:
    ids = _texts(changed.ids)
    return {"held_count": len(ids), "held_ids": ids, "skipped": changed.skipped}


def released(changed: Changed) -> Released:
    ids = _texts(changed.ids)
    return {"released_count": len(ids), "released_ids": ids, "skipped": changed.skipped}


def retried(changed: Changed) -> Retried:
    ids = _texts(changed.ids)
    return {"retried_count": len(ids), "retried_ids": ids, "skipped": changed.skipped}


def _in_words(added: Added) -> str:
    words = _("{added} added, {skipped} skipped") if added.skipped else _("{added} added")
    return words.format(added=len(added.ids), skipped=len(added.skipped))


def _texts(ids: Iterable[int]) -> list[str]:
    return [str(pk) for pk in ids]
