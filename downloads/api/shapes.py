"""What the queue's API answers, beside the queue itself (``downloads.snapshots``)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, TypedDict

from django.utils.translation import gettext as _

from aniworld.web.pagination import Page
from aniworld.web.shapes import Moment
from downloads.following.carrying import Carried
from downloads.following.plan import Plan
from downloads.following.shapes import PlannedEpisode
from downloads.services import Added, Changed
from downloads.services.adding import Reason
from downloads.services.items import SkippedItem
from downloads.snapshots import moment


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


class FollowingPlan(Page[PlannedEpisode]):
    """What would be queued by itself now: one page of the decisions, and figures over all."""

    now: Annotated[Moment, "The moment it is about."]
    series: Annotated[int, "How many are followed."]
    to_queue: Annotated[int, "How many episodes would be queued."]
    waiting: Annotated[int, "How many wait for a language or a day."]
    left_today: Annotated[int | None, "How many more may be queued today; null: any number."]


class QueuedByItself(TypedDict):
    """What was queued by itself."""

    queued_items: list[str]
    waiting: Annotated[int, "How many wait for a language or a day."]


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


class MovedToEnd(TypedDict):
    """What stands at the top or the bottom of its priority now."""

    moved_count: int
    moved_ids: list[str]
    skipped: list[SkippedItem]


class Released(TypedDict):
    """What is back at its place."""

    released_count: int
    released_ids: list[str]
    skipped: list[SkippedItem]


class Exempted(TypedDict):
    """What quiet hours and budgets bind no more, or bind again."""

    changed_count: int
    changed_ids: list[str]
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


def following_plan(page: Page[PlannedEpisode], plan: Plan) -> FollowingPlan:
    return {
        **page,
        "now": moment(plan.now) or "",
        "series": plan.series,
        "to_queue": len(plan.to_queue),
        "waiting": plan.waiting_count,
        "left_today": plan.left,
    }


def queued_by_itself(carried: Carried) -> QueuedByItself:
    return {
        "queued_items": _texts(carried.ids),
        "waiting": carried.plan.waiting_count,
    }


def restored(changed: Changed) -> Restored:
    ids = _texts(changed.ids)
    return {"restored_count": len(ids), "restored_ids": ids, "skipped": changed.skipped}


def held(changed: Changed) -> Held:
    ids = _texts(changed.ids)
    return {"held_count": len(ids), "held_ids": ids, "skipped": changed.skipped}


def moved_to_end(changed: Changed) -> MovedToEnd:
    ids = _texts(changed.ids)
    return {"moved_count": len(ids), "moved_ids": ids, "skipped": changed.skipped}


def released(changed: Changed) -> Released:
    ids = _texts(changed.ids)
    return {"released_count": len(ids), "released_ids": ids, "skipped": changed.skipped}


def exempted(changed: Changed) -> Exempted:
    ids = _texts(changed.ids)
    return {"changed_count": len(ids), "changed_ids": ids, "skipped": changed.skipped}


def retried(changed: Changed) -> Retried:
    ids = _texts(changed.ids)
    return {"retried_count": len(ids), "retried_ids": ids, "skipped": changed.skipped}


def _in_words(added: Added) -> str:
    words = _("{added} added, {skipped} skipped") if added.skipped else _("{added} added")
    return words.format(added=len(added.ids), skipped=len(added.skipped))


def _texts(ids: Iterable[int]) -> list[str]:
    return [str(pk) for pk in ids]
