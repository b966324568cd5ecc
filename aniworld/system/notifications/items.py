"""One thing that is told, as inbox and deliveries keep it: bounded, and joined with what belongs to
it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aniworld.system.notifications.choices import Kind
from aniworld.system.notifications.models import Item
from providers.coded import Coded, coded

MOST_EPISODES = 500  # that are named; all are counted
_LONGEST, _MOST_ENTRIES, _DEEPEST = 300, 50, 5


@dataclass(frozen=True, slots=True)
class Told:
    """What an event says.

    Attributes:
        topic: what is told together: episodes of one series, in one language. Empty: by itself.
        count: how many things it is.
    """

    kind: Kind
    said: Coded
    at: datetime
    topic: str = ""
    count: int = 1

    def as_item(self) -> Item:
        return {
            "kind": self.kind.value,
            "topic": self.topic,
            "code": self.said["code"],
            "params": small(self.said["params"]),
            "count": self.count,
            "at": self.at.isoformat(timespec="seconds"),
        }


def episodes(
    kind: Kind,
    code: str,
    at: datetime,
    *,
    key: str,
    name: str,
    numbers: list[tuple[int, int]],
    count: int = 0,
    language: str = "",
) -> Told:
    """Something about episodes of one series.

    Args:
        count: where more are meant than are named.
        language: where it is about one.
    """
    count = max(count, len(numbers))
    params: dict[str, Any] = {
        "series": name,
        "key": key,
        "episodes": [{"season": season, "episode": number} for season, number in numbers],
        "count": count,
    }
    if language:
        params["language"] = language
    return Told(kind, coded(code, **params), at, f"{kind}:{key}:{language}"[:300], count)


def joined(before: Item, new: Item) -> Item:
    """One that says what both say, of one topic."""
    listed = [*before["params"]["episodes"], *new["params"]["episodes"]]
    unique = list({(one["season"], one["episode"]): one for one in listed}.values())
    twice = len(listed) - len(unique)
    count = before["count"] + new["count"] - twice
    params = {**new["params"], "episodes": unique[:MOST_EPISODES], "count": count}
    return {**new, "params": params, "count": count}


def added(items: list[Item], new: Item) -> list[Item]:
    """The items with another one: joined with that of its topic where there is one."""
    for place, item in enumerate(items):
        if new["topic"] and item["topic"] == new["topic"]:
            return [*items[:place], joined(item, new), *items[place + 1 :]]
    return [*items, new]


def small(value: Any, deep: int = 0) -> Any:
    """Parameters within bounds: what a site or a disk has said may be as long as it likes."""
    if isinstance(value, str):
        return value if len(value) <= _LONGEST else f"{value[: _LONGEST - 1]}…"
    if deep >= _DEEPEST:
        return "…"
    if isinstance(value, Mapping):
        return {str(k)[:100]: small(v, deep + 1) for k, v in list(value.items())[:_MOST_ENTRIES]}
    if isinstance(value, list | tuple):
        most = MOST_EPISODES if all(isinstance(one, Mapping) for one in value) else _MOST_ENTRIES
        return [small(entry, deep + 1) for entry in value[:most]]
    return value
