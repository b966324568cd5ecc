"""What events of the outbox mean to an owner: most of them nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from aniworld.config import store
from aniworld.events.models import OutboxEvent
from aniworld.events.notices import ErrorNotification, WarningNotice
from aniworld.system.events import JobFailed, RepairMended, RepairRaised
from aniworld.system.notifications import items
from aniworld.system.notifications.choices import Kind
from aniworld.system.notifications.items import Told
from aniworld.system.notifications.models import InboxMessage, KnownRepair
from downloads.choices import PauseCode
from downloads.events import DownloadComplete, DownloadFailed
from downloads.following.reading import policy_of
from library.choices import EpisodeState, Follow
from library.errors import MassRemoval
from library.events import EpisodesAppeared, LanguageArrived, ScanFailed
from library.models import AnimeSeries, Episode, MediaFile
from providers.coded import Coded, coded

BACKUP = "database_backup"
DISK_FULL = f"queue_paused_{PauseCode.DISK_FULL.lower()}"
# Faults that are an event of their own to an owner. A backup that fails is told by its job.
DISKS = frozenset({"root_full", "data_dir_full", "data_dir_low"})
TOLD_ELSEWHERE = frozenset({"removals_wait"})
# What was told at once is not told again when the look at everything finds it.
TOLD_WITHIN = timedelta(hours=1)

Meaning = Callable[[OutboxEvent], Iterator[Told]]


def meaning(event: OutboxEvent) -> Iterator[Told]:
    """What is to be told of an event."""
    yield from _MEANINGS[event.type](event)


def _complete(event: OutboxEvent) -> Iterator[Told]:
    yield _of_series(Kind.DOWNLOAD_COMPLETE, "told_download_complete", event, [_number(event.data)])


def _failed(event: OutboxEvent) -> Iterator[Told]:
    data = event.data
    season, episode = _number(data)
    said = coded(
        "told_download_failed",
        series=data["serie_name"],
        episode=f"S{season:02}E{episode:02}",
        reason=data["error"],
    )
    yield Told(Kind.DOWNLOAD_FAILED, said, event.created_at)


def _appeared(event: OutboxEvent) -> Iterator[Told]:
    numbers = [_number(one) for one in event.data["episodes"]]
    yield _of_series(
        Kind.NEW_EPISODES, "told_new_episodes", event, numbers, count=event.data["count"]
    )


def _language(event: OutboxEvent) -> Iterator[Told]:
    """Only where it was waited for."""
    numbers = [_number(one) for one in event.data["episodes"]]
    language = event.data["language"]
    awaited = _awaited(event.data["key"], language, numbers, event.created_at)
    if awaited:
        yield _of_series(
            Kind.LANGUAGE_ARRIVED, "told_language_arrived", event, awaited, language=language
        )


def _awaited(
    key: str, language: str, numbers: list[tuple[int, int]], before: datetime
) -> list[tuple[int, int]]:
    """Those of some episodes that waited for a language: the series is followed, its policy names
    the language, and no file was there that is as good. What has come since may be the very one
    that was waited for."""
    series = AnimeSeries.objects.active().filter(key=key, monitored=True).first()
    if series is None or series.follow == Follow.OFF:
        return []
    policy = policy_of(series, store.load())
    names = [rank.name for rank in policy.ranks if rank.after is not None]
    if language.casefold() not in names:
        return []
    good = set(names[: names.index(language.casefold()) + 1])
    there = _on_disk(series, before)
    return [
        number
        for number in numbers
        if number not in there
        or (policy.takes_better and there[number] and not there[number] & good)
    ]


def _on_disk(series: AnimeSeries, before: datetime) -> Mapping[tuple[int, int], set[str]]:
    """The languages of the files of each episode that was on disk at that time."""
    found: dict[tuple[int, int], set[str]] = {
        number: set()
        for number in Episode.objects.filter(
            series=series, state=EpisodeState.PRESENT, file__seen_at__lt=before
        ).values_list("season", "episode_number")
    }
    files = MediaFile.objects.present().filter(series=series, seen_at__lt=before)
    for season, numbers, language in files.values_list("season", "episodes", "language"):
        for number in numbers or ():
            if language and season is not None and (season, number) in found:
                found[season, number].add(language.casefold())
    return found


def _notification(event: OutboxEvent) -> Iterator[Told]:
    if event.data["code"] == MassRemoval.code:
        said = coded("told_files_held", reason=event.data["message"])
        yield Told(Kind.FILES_HELD, said, event.created_at)


def _scan(event: OutboxEvent) -> Iterator[Told]:
    if event.data["code"] != MassRemoval.code:  # that is told as what is held
        said = coded("told_scan_failed", reason=event.data["error"])
        yield Told(Kind.SCAN_FAILED, said, event.created_at)


def _warning(event: OutboxEvent) -> Iterator[Told]:
    if event.data["code"] == DISK_FULL:
        said = coded("told_disk_low", reason=event.data["message"])
        yield Told(Kind.DISK_LOW, said, event.created_at)


def _job(event: OutboxEvent) -> Iterator[Told]:
    if event.data["name"] == BACKUP:
        said = coded("told_backup_failed", reason=event.data["error"])
        yield Told(Kind.BACKUP_FAILED, said, event.created_at)


def _raised(event: OutboxEvent) -> Iterator[Told]:
    repair = _repair(event)
    if repair is None or repair.code in TOLD_ELSEWHERE:
        return
    said: Coded = {"code": repair.code, "params": repair.params}
    if repair.code in DISKS:
        if repair.code != "root_full" or not _is_told(Kind.DISK_LOW, event):
            yield Told(Kind.DISK_LOW, coded("told_disk_low", reason=said), event.created_at)
    elif repair.code == "backup_failed":
        if not _is_told(Kind.BACKUP_FAILED, event):
            yield Told(
                Kind.BACKUP_FAILED, coded("told_backup_failed", reason=said), event.created_at
            )
    else:
        yield Told(Kind.REPAIR_RAISED, coded("told_repair_raised", repair=said), event.created_at)


def _mended(event: OutboxEvent) -> Iterator[Told]:
    repair = _repair(event)
    if repair is not None:
        said: Coded = {"code": repair.code, "params": repair.params}
        yield Told(Kind.REPAIR_MENDED, coded("told_repair_mended", repair=said), event.created_at)


def _is_told(kind: Kind, event: OutboxEvent) -> bool:
    since = event.created_at - TOLD_WITHIN
    return InboxMessage.objects.filter(kind=kind, at__gte=since).exists()


def _repair(event: OutboxEvent) -> KnownRepair | None:
    """Its facts are not in the event, which every browser gets: they are the owner's."""
    return KnownRepair.objects.filter(pk=int(event.data["repair"])).first()


def _of_series(
    kind: Kind,
    code: str,
    event: OutboxEvent,
    numbers: list[tuple[int, int]],
    *,
    count: int = 0,
    language: str = "",
) -> Told:
    return items.episodes(
        kind,
        code,
        event.created_at,
        key=event.data["key"],
        name=event.data["serie_name"],
        numbers=numbers,
        count=count,
        language=language,
    )


def _number(data: Mapping[str, Any]) -> tuple[int, int]:
    return data["season"], data["episode"]


_MEANINGS: Mapping[str, Meaning] = {
    DownloadComplete.type: _complete,
    DownloadFailed.type: _failed,
    EpisodesAppeared.type: _appeared,
    LanguageArrived.type: _language,
    ErrorNotification.type: _notification,
    ScanFailed.type: _scan,
    WarningNotice.type: _warning,
    JobFailed.type: _job,
    RepairRaised.type: _raised,
    RepairMended.type: _mended,
}
TYPES = tuple(_MEANINGS)
