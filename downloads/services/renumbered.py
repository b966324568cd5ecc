"""What becomes of the queue when episodes of a series get other numbers, or may have them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.utils import timezone

from aniworld.journal.services import record
from downloads import entries, events, progress
from downloads.choices import UNFINISHED, WAITING, Stage
from downloads.entries import Brief, QueueAction
from downloads.errors import CatalogueHeld
from downloads.models import AutomaticPick, DownloadQueueItem, QueueItems, QueueState
from library.entries import about
from library.leaving import Renumbered
from library.models import AnimeSeries
from library.services.moving_rows import move_rows
from library.services.numbering import Number

_AT_ONCE = 500


def series_renumbered(series: AnimeSeries, change: Renumbered) -> None:
    """Let every item follow its episode, in the same act. One whose number is another episode's,
    and whose own is no more, leaves the queue for good, and says so: also what was done with."""
    QueueState.locked()
    items = DownloadQueueItem.objects.filter(series=series)
    freed = {*change.gone, *change.moves.values()} - change.moves.keys()
    _let_go(series, items, freed)
    unfinished = entries.briefly(items.unfinished().in_order())
    moving = [item for item in unfinished if _number(item) in change.moves]
    active = items.active().select_related("series")
    _begin_anew([item for item in active if (item.season, item.episode_number) in change.moves])
    move_rows(items, change.moves, freed)
    move_rows(AutomaticPick.objects.filter(series=series), change.moves, freed)
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
    if ids:
        items.update(**columns, updated_at=timezone.now())
        events.items_told(ids)


def _let_go(series: AnimeSeries, items: QueueItems, freed: Collection[Number]) -> None:
    """No undo: what would come back is another episode."""
    shown = items.filter(removed_at__isnull=True).in_order()
    for action, of_kind in (
        (QueueAction.REMOVED, shown.filter(status__in=UNFINISHED)),
        (QueueAction.CLEARED, shown.exclude(status__in=UNFINISHED)),
    ):
        gone = [item for item in entries.briefly(of_kind) if _number(item) in freed]
        if gone:
            named = entries.many(gone)
            record(action, on=about(series), before=named, reason=entries.EPISODE_GONE)
            _delete(items, [item.id for item in gone])


def _delete(items: QueueItems, ids: Sequence[int]) -> None:
    for item in items.active():
        if item.pk in set(ids):
            progress.cancel(item)
    for start in range(0, len(ids), _AT_ONCE):
        items.filter(pk__in=ids[start : start + _AT_ONCE]).delete()
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


def _record_moved(series: AnimeSeries, before: Sequence[Brief], change: Renumbered) -> None:
    after = [
        one._replace(season=season, episode=episode)
        for one in before
        for season, episode in [change.moves[_number(one)]]
    ]
    record(
        QueueAction.RENUMBERED,
        on=about(series),
        before=entries.many(before),
        after=entries.many(after),
    )


def _number(item: Brief) -> Number:
    return item.season, item.episode
