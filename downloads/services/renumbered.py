"""What becomes of the queue when episodes of a series get other numbers, or may have them."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from aniworld.journal.services import record
from downloads import entries, events, progress
from downloads.choices import WAITING, Stage, Status
from downloads.entries import Brief, QueueAction
from downloads.errors import CatalogueHeld
from downloads.models import AutomaticPick, DownloadQueueItem, QueueItems, QueueState
from library.entries import about
from library.leaving import Renumbered
from library.models import AnimeSeries
from library.services.moving_rows import move_rows


def series_renumbered(series: AnimeSeries, change: Renumbered) -> None:
    """Let every item follow its episode, in the same act. One whose episode is no more leaves the
    queue for good: its number is another episode's."""
    QueueState.locked()
    items = DownloadQueueItem.objects.filter(series=series)
    _let_go(series, [item for item in items.unfinished() if _number(item) in change.gone])
    moving = [item for item in items.unfinished() if _number(item) in change.moves]
    _begin_anew([item for item in moving if item.status == Status.DOWNLOADING])
    move_rows(items, change.moves, change.gone)
    move_rows(AutomaticPick.objects.filter(series=series), change.moves, change.gone)
    if moving:
        _record_moved(series, moving, change)


def series_held(series: AnimeSeries, is_held: bool) -> None:
    """While nobody knows which episode a number is now nothing of the series is fetched: what is
    just being fetched waits again, and each item says why."""
    QueueState.locked()
    items = DownloadQueueItem.objects.filter(series=series)
    if not is_held:
        told = items.filter(status__in=WAITING, error_code=CatalogueHeld.code)
        _say(told, None)
        return
    _begin_anew(list(items.active()))
    _say(items.filter(status__in=WAITING), CatalogueHeld(name=series.name))


def _say(items: QueueItems, error: CatalogueHeld | None) -> None:
    ids = list(items.values_list("pk", flat=True))
    said = error.as_json() if error else None
    columns = DownloadQueueItem.error.values(said)
    items.update(**columns, updated_at=timezone.now())
    for item in DownloadQueueItem.objects.filter(pk__in=ids[: events.NAMED_IDS]):
        events.item_retrying(item)


def _let_go(series: AnimeSeries, items: Sequence[DownloadQueueItem]) -> None:
    """No undo: what would come back is another episode."""
    if not items:
        return
    gone = [Brief.of(item) for item in items]
    record(
        QueueAction.REMOVED,
        on=about(series),
        before=entries.many(gone),
        reason=entries.EPISODE_GONE,
    )
    for item in items:
        if item.status == Status.DOWNLOADING:
            progress.cancel(item)
    ids = [item.pk for item in items]
    DownloadQueueItem.objects.filter(pk__in=ids).delete()
    events.items_removed(ids)


def _begin_anew(running: Sequence[DownloadQueueItem]) -> None:
    """What is just being fetched may be either episode: another item takes its place, and what has
    come so far goes with the old one."""
    for item in running:
        progress.cancel(item)
        old = item.pk
        DownloadQueueItem.objects.filter(pk=old).delete()
        again = DownloadQueueItem.objects.create(
            series=item.series,
            season=item.season,
            episode_number=item.episode_number,
            title=item.title,
            priority=item.priority,
            position=item.position,
            wanted_language=item.wanted_language,
            is_beside=item.is_beside,
            is_replacing=item.is_replacing,
            is_exempt=item.is_exempt,
            retry_count=item.retry_count,
            outage_count=item.outage_count,
            attempts=item.attempts,
            stage=Stage.NONE,
        )
        events.items_removed([old])
        events.items_added([again.pk])


def _record_moved(
    series: AnimeSeries, moving: Sequence[DownloadQueueItem], change: Renumbered
) -> None:
    before = [Brief.of(item) for item in moving]
    after = [
        one._replace(season=season, episode=episode)
        for one in before
        for season, episode in [change.moves[one.season, one.episode]]
    ]
    record(
        QueueAction.RENUMBERED,
        on=about(series),
        before=entries.many(before),
        after=entries.many(after),
    )


def _number(item: DownloadQueueItem) -> tuple[int, int]:
    return item.season, item.episode_number
