"""Putting episodes into the queue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Literal
from unicodedata import normalize

from django.db import transaction
from django.db.models import Max

from aniworld.config import store
from aniworld.journal.services import record
from aniworld.web.errors import FieldError
from downloads import entries, events
from downloads.choices import Priority
from downloads.entries import Brief, QueueAction
from downloads.errors import InvalidRequest, OtherFolder, SeriesUnknown
from downloads.models import UNDO_WINDOW, DownloadQueueItem, QueueState
from downloads.services.control import set_running
from downloads.services.held import why_held
from library.choices import EpisodeState
from library.entries import about
from library.errors import SeriesNotFound
from library.models import AnimeSeries, Episode
from library.naming.paths import to_shown
from library.services import get_series
from library.services.numbering import Number
from providers.coded import Coded

MOST_EPISODES = 10_000
LARGEST_NUMBER = 100_000  # a number above this is a slip of the keyboard, not an episode

Reason = Literal["present", "queued", "unavailable", "duplicate", "not_listed"]

_SKIPPED_STATES: dict[str, Reason] = {
    EpisodeState.PRESENT: "present",
    EpisodeState.UNAVAILABLE: "unavailable",
}


@dataclass(frozen=True, slots=True)
class EpisodeRef:
    """An episode as a caller names it. Season 0 holds films and specials; numbers start at 1.

    ``language``: the only one that is fetched; empty: the first of the series' that there is.
    ``is_beside``: in that language though the episode is on disk. ``is_replacing``: and the file
    that is there goes into the recycle bin for it.
    """

    season: int
    episode: int
    title: str = ""
    language: str = ""
    is_beside: bool = False
    is_replacing: bool = False


@dataclass(frozen=True, slots=True)
class Why:
    """What is queued for: its reason in the journal, and for how long that can be undone."""

    reason: Coded | None = None
    undo_lasts: timedelta = UNDO_WINDOW


BY_HAND = Why()


@dataclass(frozen=True, slots=True)
class Skipped:
    season: int
    episode: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Added:
    """``left_out`` tells that the series is not monitored, where only monitored ones are wanted."""

    ids: list[int] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    left_out: bool = False


def enqueue(
    *,
    series_key: str,
    episodes: Sequence[EpisodeRef],
    priority: Priority = Priority.NORMAL,
    folder: str | None = None,
    why: Why = BY_HAND,
) -> Added:
    """Add episodes of one series to the end of the queue, in the order given.

    What is on disk, queued already, named twice, on a disk that is away or not in the catalogue is
    skipped and named.

    Args:
        series_key: the key of a series in the library, or its id.
        episodes: 1 to 10,000 of them.
        folder: the folder the caller takes for the series', where that is to be checked.
        why: what for, where nobody asked for just these.

    Raises:
        InvalidRequest: nothing given, too many, or a number out of range; nothing is added.
        SeriesUnknown: no such series; nothing is added.
        OtherFolder: the series has another folder; nothing is added.
    """
    _refuse_nonsense(episodes)
    with transaction.atomic():
        state = QueueState.locked()
        series = _series(series_key)
        if folder is not None:
            _refuse_other_folder(series, folder)
        return _add(state, series, episodes, priority, why)


def enqueue_missing(
    *,
    series_key: str,
    season: int | None = None,
    priority: Priority = Priority.NORMAL,
    only_monitored: bool = False,
) -> Added:
    """Add every missing episode of a series; one that misses none adds nothing.

    Episodes whose files their owner has deleted are left out: those are asked for one by one.

    Args:
        season: of this one alone; 0 holds films and specials.
        only_monitored: leave the series out where it is not monitored: then nothing of it counts
            as missing, and only who asks for this very series means it all the same.

    Raises:
        SeriesUnknown: no such series.
    """
    with transaction.atomic():
        state = QueueState.locked()
        series = _series(series_key)
        if only_monitored and not series.monitored:
            return Added(left_out=True)
        missing = Episode.objects.filter(series=series, state=EpisodeState.MISSING, unwanted=False)
        if season is not None:
            missing = missing.filter(season=season)
        rows = missing.order_by("season", "episode_number").values_list("season", "episode_number")
        episodes = [EpisodeRef(season, number) for season, number in rows[:MOST_EPISODES]]
        return _add(state, series, episodes, priority)


def _series(key: str) -> AnimeSeries:
    """The series, looked at once: under the lock, so that it is not removed meanwhile."""
    try:
        return get_series(key)
    except SeriesNotFound as error:
        raise SeriesUnknown(why="to_queue", key=key) from error


def _refuse_other_folder(series: AnimeSeries, folder: str) -> None:
    shown = to_shown(series.folder)
    spellings = {normalize("NFC", name) for name in (series.folder, shown)}
    if normalize("NFC", folder) not in spellings:
        raise OtherFolder(folder=folder[:200], name=series.name, right=shown)


def _add(
    state: QueueState,
    series: AnimeSeries,
    episodes: Sequence[EpisodeRef],
    priority: Priority,
    why: Why = BY_HAND,
) -> Added:
    wanted, skipped = _sort_out(series, episodes)
    created = _create(series, wanted, priority)
    ids = [item.pk for item in created]
    if created:
        _record(series, created, priority, why)
        _announce(state, ids)
    return Added(ids, skipped)


def _refuse_nonsense(episodes: Sequence[EpisodeRef]) -> None:
    if not episodes:
        raise InvalidRequest(why="no_episodes")
    if len(episodes) > MOST_EPISODES:
        raise InvalidRequest(why="too_many", most=MOST_EPISODES)
    errors = [error for index, ref in enumerate(episodes) for error in _out_of_range(index, ref)]
    if errors:
        raise InvalidRequest(why="numbers", errors=errors[:100])


def _out_of_range(index: int, ref: EpisodeRef) -> list[FieldError]:
    errors = []
    for name, value, least in (("season", ref.season, 0), ("episode", ref.episode, 1)):
        if not least <= value <= LARGEST_NUMBER:
            facts = {"name": name, "least": least, "most": LARGEST_NUMBER, "value": value}
            params = {"why": "to_queue", **facts}
            errors.append(FieldError(f"episodes.{index}.{name}", "out_of_range", params=params))
    return errors


def _sort_out(
    series: AnimeSeries, episodes: Sequence[EpisodeRef]
) -> tuple[list[EpisodeRef], list[Skipped]]:
    titles, taken = _known(series)
    wanted: list[EpisodeRef] = []
    skipped: list[Skipped] = []
    for ref in episodes:
        place = (ref.season, ref.episode)
        reason = taken.get(place) or (None if place in titles else "not_listed")
        if reason == "present" and ref.is_beside:
            reason = None
        if reason:
            skipped.append(Skipped(*place, reason=reason))
            continue
        taken[place] = "duplicate"
        wanted.append(replace(ref, title=ref.title or titles[place]))
    return wanted, skipped


def _known(series: AnimeSeries) -> tuple[dict[Number, str], dict[Number, Reason]]:
    """The titles of what the catalogue lists, and why of what nothing is to be queued."""
    rows = Episode.objects.filter(series=series).values_list(
        "season", "episode_number", "state", "listed", "title", "original_title"
    )
    titles: dict[Number, str] = {}
    taken: dict[Number, Reason] = {}
    for season, number, state, is_listed, title, original in rows:
        if is_listed:
            titles[season, number] = title or original
        if state in _SKIPPED_STATES:
            taken[season, number] = _SKIPPED_STATES[state]
    unfinished = DownloadQueueItem.objects.unfinished().filter(series=series)
    for place in unfinished.values_list("season", "episode_number"):
        taken[place] = "queued"  # also where it is on disk: a better copy of it is fetched
    return titles, taken


def _create(
    series: AnimeSeries, wanted: list[EpisodeRef], priority: Priority
) -> list[DownloadQueueItem]:
    last = DownloadQueueItem.objects.aggregate(last=Max("position"))["last"] or 0
    said = DownloadQueueItem.error.values(why_held(series))
    items = [
        DownloadQueueItem(
            series=series,
            season=ref.season,
            episode_number=ref.episode,
            title=ref.title,
            priority=priority,
            position=last + place,
            wanted_language=ref.language,
            is_beside=ref.is_beside,
            is_replacing=ref.is_replacing,
            **said,
        )
        for place, ref in enumerate(wanted, start=1)
    ]
    return DownloadQueueItem.objects.bulk_create(items, batch_size=500)


def _record(
    series: AnimeSeries,
    created: list[DownloadQueueItem],
    priority: Priority,
    why: Why,
) -> None:
    items = [Brief.of(item) for item in created]
    undo = entries.with_ids("queue.unadd", [item.id for item in items])
    languages = sorted({item.wanted_language for item in created} - {""})
    record(
        QueueAction.ADDED,
        on=about(series),
        after={
            **entries.many(items),
            "priority": priority.name,
            **({"languages": languages} if languages else {}),
        },
        reason=why.reason,
        undo=undo and replace(undo, lasts=why.undo_lasts),
    )


def _announce(state: QueueState, created: list[int]) -> None:
    if store.load().downloads.auto_start:
        set_running(state, limit=None, reason=entries.AUTO_START)
    events.items_added(created)
