"""Queueing what is missing, of many series at once: each by the queue's own service."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from django.db.models import Exists

from aniworld.pages.missing.reading import Place, Show, Wanted, episodes, groups, unfinished
from aniworld.web.ids import whole
from downloads import services
from downloads.choices import Priority
from downloads.errors import InvalidRequest, SeriesUnknown
from downloads.services import Added, EpisodeRef
from downloads.services.adding import MOST_EPISODES
from library.models import AnimeSeries
from library.services.numbering import Number

Listed = TypeVar("Listed")

AT_ONCE = 500  # series in one question


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is to be queued of what passes the filters: all of it, or some series whole and some
    episodes alone. ``keys`` are those of series; ``places`` begin with the id of one."""

    everything: bool = False
    keys: Sequence[str] = ()
    places: Collection[Place] = ()


def queue(wanted: Wanted, chosen: Chosen, *, priority: Priority = Priority.NORMAL) -> list[Added]:
    """Queue what is chosen, series by series in the order of their names. What is in the queue
    already, or on disk meanwhile, is passed over.

    Args:
        wanted: what a whole series, and everything, is of; announced episodes are never queued.

    Raises:
        InvalidRequest: nothing is chosen, or more than 10,000 episodes; nothing is queued then.
    """
    if not (chosen.everything or chosen.keys or chosen.places):
        raise InvalidRequest(why="no_episodes")
    wanted = replace(wanted, show=Show.MISSING)
    numbers: dict[int, set[Number]] = {}
    count = 0
    for pk, season, number in _places(wanted, chosen):
        of_series = numbers.setdefault(pk, set())
        count += (season, number) not in of_series
        of_series.add((season, number))
        if count > MOST_EPISODES:
            raise InvalidRequest(why="too_many", most=MOST_EPISODES)
    keys = _keys_in_order(numbers)
    return [added for pk, key in keys if (added := _queue(key, numbers[pk], priority))]


def _places(wanted: Wanted, chosen: Chosen) -> Iterator[Place]:
    whole = [pk for pk, _count in groups(wanted)] if chosen.everything else []
    yield from _missing_of(wanted, whole or _ids(chosen.keys))
    yield from chosen.places


def _ids(keys: Sequence[str]) -> list[int]:
    ids: list[int] = []
    for some in _portions(list(dict.fromkeys(keys))):
        ids += AnimeSeries.objects.active().of_keys(some).values_list("pk", flat=True)
    return ids


def _missing_of(wanted: Wanted, ids: Sequence[int]) -> Iterator[Place]:
    """What passes of these series and is in no queue."""
    for some in _portions(ids):
        free = episodes(wanted).filter(~Exists(unfinished()), series__in=some)
        yield from free.values_list("series_id", "season", "episode_number")


def _keys_in_order(ids: Collection[int]) -> list[tuple[int, str]]:
    """Those that are in the library, each with its key, by their names."""
    found: list[tuple[str, int, str]] = []
    for some in _portions(list(ids)):
        rows = AnimeSeries.objects.active().filter(pk__in=some)
        found += rows.values_list("sort_name", "pk", "key")
    return [(pk, key) for _, pk, key in sorted(found)]


def _queue(key: str, numbers: Collection[Number], priority: Priority) -> Added | None:
    """None where the series was removed meanwhile: that stops none of the others."""
    refs = [EpisodeRef(season, number) for season, number in sorted(numbers)]
    try:
        return services.enqueue(series_key=key, episodes=refs, priority=priority)
    except SeriesUnknown:
        return None


def _portions(listed: Sequence[Listed]) -> Iterator[Sequence[Listed]]:
    return (listed[start : start + AT_ONCE] for start in range(0, len(listed), AT_ONCE))


def places_in(values: Collection[str]) -> list[Place]:
    """The episodes that a form names: ``12-1-5`` is season 1, episode 5 of the series 12. What
    names none is left out."""
    found: list[Place] = []
    for value in values:
        numbers = [whole(part) for part in value.split("-", 3)]
        if len(numbers) == 3 and None not in numbers:
            series, season, number = (number or 0 for number in numbers)
            found.append((series, season, number))
    return found
