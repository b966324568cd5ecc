"""Items as much as it takes to say whether they may wait again, and which episodes need none."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol, TypeVar

from downloads.entries import Brief
from downloads.models import DownloadQueueItem, QueueItems
from library.choices import EpisodeState
from library.models import AnimeSeries
from library.models import Episode as LibraryEpisode
from library.models.series import LOCAL

Episode = tuple[int, int, int]
Listed = TypeVar("Listed")

AT_ONCE = 1_000  # ids in one statement


class OfEpisode(Protocol):
    """What an item says of its episode."""

    @property
    def series_id(self) -> int: ...
    @property
    def season(self) -> int: ...
    @property
    def episode_number(self) -> int: ...
    @property
    def is_beside(self) -> bool: ...


class Known(NamedTuple):
    """The columns of an item that are read of it: thousands of them are no model objects."""

    id: int
    series_id: int
    season: int
    episode_number: int
    is_beside: bool
    status: str
    status_before: str
    removed_at: datetime | None

    @property
    def brief(self) -> Brief:
        return Brief(self.id, self.series_id, self.season, self.episode_number)


def known(items: QueueItems) -> list[Known]:
    """These items, in the order of the set."""
    columns = ("pk", *Known._fields[1:])
    return [Known(*row) for row in items.values_list(*columns)]


def without_catalogue(series_ids: Collection[int]) -> set[int]:
    """Those of these series whose episodes no site offers."""
    local = AnimeSeries.objects.filter(pk__in=series_ids, site=LOCAL)
    return set(local.values_list("pk", flat=True))


def taken_episodes(series_ids: Collection[int]) -> dict[Episode, str]:
    """Episodes that need no item, and why: they are on disk, or have an unfinished one."""
    present = LibraryEpisode.objects.filter(
        series_id__in=series_ids, state=EpisodeState.PRESENT
    ).values_list("series_id", "season", "episode_number")
    queued = (
        DownloadQueueItem.objects.unfinished()
        .filter(series_id__in=series_ids)
        .values_list("series_id", "season", "episode_number")
    )
    return {**dict.fromkeys(present, "present"), **dict.fromkeys(queued, "queued")}


def reason_taken(item: OfEpisode, taken: dict[Episode, str]) -> str:
    """Why an item's episode needs none, by ``taken_episodes``; empty where it does. One that comes
    beside a file of the episode needs it all the same."""
    reason = taken.get(episode_of(item), "")
    return "" if reason == "present" and item.is_beside else reason


def episode_of(item: OfEpisode) -> Episode:
    return item.series_id, item.season, item.episode_number


def portions(listed: Sequence[Listed]) -> Iterator[Sequence[Listed]]:
    """So many of them at a time as one statement may name."""
    return (listed[start : start + AT_ONCE] for start in range(0, len(listed), AT_ONCE))
