"""What the worker writes about items. Each write after the claim holds only while the item is
still this worker's; else it raises ``ClaimLost`` and changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Case, Q, When
from django.utils import timezone

from aniworld.events.operations import OperationStatus
from aniworld.journal.services import record
from downloads import entries, events, progress
from downloads.choices import Quarantine, Stage, Status
from downloads.entries import QueueAction
from downloads.errors import ClaimLost
from downloads.models import DownloadQueueItem, QueueState, comes_from_elsewhere
from downloads.quiet import ledger, reading
from downloads.seen import Beside, kept
from downloads.services.control import save, set_paused, set_stopped
from downloads.shut import BROKEN_PAGES, open_sites, shut
from downloads.speeds import noted
from downloads.transfer.messages import Attempt, Failure
from downloads.worker import aside
from downloads.worker.retries import Decision, Verdict
from library.choices import EpisodeState
from library.entries import about
from library.naming.paths import from_stored, to_stored
from library.recycling.replacing import Replacement
from library.services import episode_arrived
from providers.watching import CHANGED, REFUSALS

LONGEST_HOSTER = 100  # characters that the column holds

_AT_REST: dict[str, Any] = {
    "waiting_until": None,
    "claimed_by": "",
    "heartbeat_at": None,
    "stage": Stage.NONE,
    "download_speed": None,
    "speeds": None,
    "eta": None,
}


def claim_next(worker: str) -> DownloadQueueItem | None:
    """Take the next item, if the owner wants the queue to run; None if there is nothing to do.

    A site that has refused us is passed over, with all of its items, until it is asked again.
    While quiet hours or a used up budget close the queue, it is the next of those that they do not
    bind. A queue with nothing pending any more is stopped here.

    Raises:
        ConfigError: the configuration cannot be read.
    """
    # Most looks find the queue at rest: those take no lock.
    if not QueueState.objects.filter(pk=1, is_running=True, is_paused=False).exists():
        return None
    rules = reading.rules()  # of a file: not within the transaction
    closed = [one.site for one in shut()]
    others = open_sites(closed) if closed else []
    now = timezone.now()
    with transaction.atomic():
        state = QueueState.locked()
        if state.lease_holder != worker or not state.is_running or state.is_paused:
            return None
        _stop_if_done(state)
        ready = DownloadQueueItem.objects.ready(now).select_related("series__root")
        # What was refused comes last: another one sees whether the site lets anybody in again.
        was_refused = Case(When(error_code__in=REFUSALS, then=1), default=0)
        ready = ready.reachable(closed, others) if closed else ready
        ready = ready.order_by(was_refused, "priority", "position", "id")
        if reading.verdict(rules, state, now).is_closed:
            ready = ready.exempt()
        item = ready.first()
        if item is None or not state.is_running or not _claim(item, worker, Stage.RESOLVING):
            return None
        if state.remaining is not None:
            state.remaining -= 1
            save(state)
        # First, as wherever progress is told: it locks the operation's row, then the outbox.
        progress.begin(item)
        events.item_changed("item_started", item)
    return item


def may_be_started() -> bool:
    """Whether *Start* may be pressed at any moment: the queue is stopped, and something waits."""
    stopped = QueueState.objects.filter(pk=1, is_running=False, is_paused=False)
    return stopped.exists() and DownloadQueueItem.objects.ready(timezone.now()).exists()


def claim_wanted(worker: str) -> DownloadQueueItem | None:
    """Take the next item whose owner has taken its suspicious file, whatever the queue is doing;
    None if there is none."""
    if not DownloadQueueItem.objects.wanted_from_quarantine().exists():
        return None
    with transaction.atomic():
        state = QueueState.locked()
        wanted = DownloadQueueItem.objects.wanted_from_quarantine()
        item = wanted.select_related("series__root").first()
        if state.lease_holder != worker or item is None:
            return None
        if not _claim(item, worker, Stage.CHECKING):
            return None
        progress.begin(item)
        events.item_changed("item_started", item)
    return item


def _claim(item: DownloadQueueItem, worker: str, stage: Stage) -> bool:
    now = timezone.now()
    pending = DownloadQueueItem.objects.filter(pk=item.pk, status=Status.PENDING)
    started: dict[str, Any] = {
        "status": Status.DOWNLOADING,
        "stage": stage,
        "claimed_by": worker,
        "heartbeat_at": now,
        "started_at": now,
        "next_try_at": None,
        "progress_percent": 0,
        "speeds": None,
        "seen": None,
    }
    if not pending.update(**started, updated_at=now):
        return False
    _set(item, started)
    return True


def keep_progress(item: DownloadQueueItem, worker: str) -> None:
    """Write the item's progress as it stands on the object."""
    now = timezone.now()
    _write(
        item,
        worker,
        heartbeat_at=now,
        stage=item.stage,
        waiting_until=item.waiting_until,
        progress_percent=item.progress_percent,
        downloaded_bytes=item.downloaded_bytes,
        total_bytes=item.total_bytes,
        is_total_estimated=item.is_total_estimated,
        download_speed=item.download_speed,
        speeds=noted(item.speeds, item.download_speed, now),
        eta=item.eta,
    )


def keep_source(
    item: DownloadQueueItem, worker: str, *, url: str, hoster: str, language: str, provider: str
) -> None:
    """Args: provider: the site that has named the source."""
    _write(
        item,
        worker,
        download_url=url,
        hoster=hoster[:LONGEST_HOSTER],
        language=language,
        provider=provider,
    )


def keep_attempt(item: DownloadQueueItem, worker: str, attempt: Attempt) -> None:
    """Add a failed step to the chain kept on the item."""
    item.record_attempt(
        at=attempt.at,
        provider=attempt.provider,
        hoster=attempt.hoster,
        language=attempt.language,
        stage=attempt.stage,
        code=attempt.code,
        params=dict(attempt.params),
    )
    _write(item, worker, attempts=item.attempts)


def about_to_place(
    item: DownloadQueueItem,
    worker: str,
    target: Path,
    size: int,
    *,
    told: Mapping[str, Any] | None = None,
    beside: Beside | None = None,
) -> None:
    """Write down where the file goes before it goes there, so that a crash can be healed.

    Args:
        size: bytes.
        told: what the check saw of the file, in the transfer's words.
        beside: what is known of the series' other files.
    """
    _write(
        item,
        worker,
        stage=Stage.PLACING,
        file_destination=to_stored(str(target)),
        seen=kept(told or {}, beside),
        downloaded_bytes=size,
        total_bytes=size,
        is_total_estimated=False,
        progress_percent=100,
        heartbeat_at=timezone.now(),
    )


def complete(
    item: DownloadQueueItem,
    worker: str,
    *,
    file_language: str,
    duration: float | None,
    replacement: Replacement | None = None,
    was_fetched: bool = True,
) -> None:
    """The file is in place: item, library and events in one transaction.

    Args:
        was_fetched: by this item; else it counts for no budget.
        replacement: of the file whose place it has taken.

    Raises:
        ClaimLost: the item is no longer ours; the file in place is the caller's to remove.
        OSError: the file is not there.
    """
    now = timezone.now()
    target = Path(from_stored(item.file_destination))
    facts = target.stat()
    elapsed = (now - item.started_at).total_seconds() if item.started_at else 0
    with transaction.atomic():
        state = QueueState.locked()
        counts = was_fetched and item.quarantine != Quarantine.WANTED
        done = {
            **_AT_REST,
            "status": Status.COMPLETED,
            "completed_at": now,
            **aside.NOTHING,
            **DownloadQueueItem.error.values(None),
            "download_speed": int(facts.st_size / elapsed) if elapsed > 0 else None,
        }
        _write(item, worker, **done)
        episode_arrived(
            series=item.series,
            season=item.season,
            episode=item.episode_number,
            path=target,
            size=facts.st_size,
            mtime_ns=facts.st_mtime_ns,
            language=file_language,
            duration=duration,
        )
        item.series.refresh_from_db(fields=["missing_count"])
        _record_completed(item, target, facts.st_size)
        if counts:
            ledger.add(now, episodes=1)
        _give_up_other_files(item, now)
        progress.complete(item)
        if replacement is not None:
            replacement.settle()
        events.episode_updated(item, EpisodeState.PRESENT)
        if not item.series.missing_count:
            events.series_completed(item)
        events.item_changed("item_completed", item)
        _stop_if_done(state)  # last: who waits for "stopped" has seen every end before it


def _give_up_other_files(item: DownloadQueueItem, now: datetime) -> None:
    """What earlier items of the episode keep aside is of no use any more."""
    others = DownloadQueueItem.objects.quarantined().exclude(pk=item.pk)
    others.filter(
        series=item.series, season=item.season, episode_number=item.episode_number
    ).update(quarantine=Quarantine.DISCARDED, quarantined_until=now)


def _record_completed(item: DownloadQueueItem, target: Path, size: int) -> None:
    file = {"path": to_stored(str(target)), "size": size, "language": item.language}
    record(
        QueueAction.COMPLETED,
        on=about(item.series),
        after=entries.facts_of(item) | file,
    )


def settle_failure(
    item: DownloadQueueItem,
    worker: str,
    failure: Failure,
    decision: Decision,
    quarantine: Mapping[str, Any] | None = None,
) -> None:
    """Write what became of a failed try.

    Args:
        quarantine: the columns of the suspicious file that an item which has failed for good keeps.
    """
    with transaction.atomic():
        state = QueueState.locked()
        if decision.verdict is Verdict.FAIL:
            _fail(item, worker, failure, quarantine or {})
        else:
            _put_back(item, worker, failure, decision)
        if decision.verdict in (Verdict.PAUSE, Verdict.WAIT_FOR_ENTRY):
            _give_back_turn(state)
        if decision.verdict is Verdict.PAUSE:
            set_paused(state, decision.pause, failure.said)
            events.paused_itself(decision.pause, failure.said)
        if decision.verdict is Verdict.FAIL:
            events.item_changed("item_failed", item)
        else:
            events.item_retrying(item)
        _stop_if_done(state)


def _fail(
    item: DownloadQueueItem,
    worker: str,
    failure: Failure,
    quarantine: Mapping[str, Any],
) -> None:
    now = timezone.now()
    _write(
        item,
        worker,
        **_AT_REST,
        status=Status.FAILED,
        completed_at=now,
        **DownloadQueueItem.error.values(failure.said),
        **quarantine,
    )
    record(
        QueueAction.FAILED,
        on=about(item.series),
        after={**entries.facts_of(item), "retries": item.retry_count},
        reason=failure.said,
    )
    ledger.add(now, failed=1)
    progress.fail(item)
    events.episode_updated(item, "FAILED")


def forget_quarantines() -> None:
    """Files that were kept aside long enough, or whose item is gone for good: whoever sweeps the
    work folders after this deletes them."""
    DownloadQueueItem.objects.past_quarantine(timezone.now()).update(**aside.NOTHING)


def _put_back(item: DownloadQueueItem, worker: str, failure: Failure, decision: Decision) -> None:
    holds_others = decision.verdict in (Verdict.WAIT_FOR_SITE, Verdict.WAIT_FOR_LINE)
    holds_others = holds_others and not _may_be_alone(item, failure)
    waits = decision.verdict is not Verdict.PAUSE
    next_try = timezone.now() + timedelta(seconds=decision.delay) if waits else None
    # Where all of a site's pages have changed, no episode is to blame, and time will not mend it.
    is_spared = holds_others and failure.code in CHANGED
    waits_in_vain = decision.verdict in (Verdict.WAIT_FOR_SITE, Verdict.WAIT_ALONE)
    is_outage = waits_in_vain and not is_spared
    _write(
        item,
        worker,
        **_AT_REST,
        status=Status.PENDING,
        **DownloadQueueItem.error.values(failure.said),
        next_try_at=next_try,
        retry_count=item.retry_count + (decision.verdict is Verdict.RETRY),
        outage_count=item.outage_count + is_outage,
    )
    if holds_others:
        site = item.series.site
        others = DownloadQueueItem.objects.filter(series__site=site, status=Status.PENDING)
        free = comes_from_elsewhere(open_sites([site]))
        others.exclude(Q(next_try_at__gt=next_try) | free).update(
            next_try_at=next_try, updated_at=timezone.now()
        )
    progress.set_aside(item, OperationStatus.FAILED)


def _may_be_alone(item: DownloadQueueItem, failure: Failure) -> bool:
    """Whether the other items of the site may do well: pages of few series are broken so far.

    A page that was broken may be whole by now; one that has changed stays so until it is read.
    """
    others = DownloadQueueItem.objects.filter(
        series__site=item.series.site, status=Status.PENDING, error_code=failure.code
    ).exclude(series=item.series)
    if failure.code not in CHANGED:
        others = others.filter(next_try_at__gt=timezone.now())
    series = others.values("series").distinct().count()
    return failure.one_page and series < BROKEN_PAGES - 1


def interrupt(item: DownloadQueueItem, worker: str) -> None:
    """The worker has to end, or quiet hours begin: the item waits again at its place, with its
    partial data, at no cost of tries."""
    with transaction.atomic():
        state = QueueState.locked()
        _write(item, worker, **_AT_REST, status=Status.PENDING)
        _give_back_turn(state)
        progress.set_aside(item, OperationStatus.CANCELLED)
        events.item_changed("item_interrupted", item)


def orphans() -> list[DownloadQueueItem]:
    """Items that a dead worker left. Only the holder of the lease may ask."""
    return list(DownloadQueueItem.objects.active().select_related("series__root"))


def adopt(item: DownloadQueueItem, worker: str) -> None:
    """Make an orphan ours, to complete it or to put it back.

    Raises:
        ClaimLost: it is none any more.
    """
    left = DownloadQueueItem.objects.active().filter(pk=item.pk, claimed_by=item.claimed_by)
    if not left.update(claimed_by=worker, heartbeat_at=timezone.now()):
        raise ClaimLost(why="healed", item=item.pk)
    item.claimed_by = worker


def _write(item: DownloadQueueItem, worker: str, **fields: Any) -> None:
    owned = DownloadQueueItem.objects.filter(
        pk=item.pk, status=Status.DOWNLOADING, claimed_by=worker
    )
    if not owned.update(**fields, updated_at=timezone.now()):
        raise ClaimLost(item=item.pk)
    _set(item, fields)


def _set(item: DownloadQueueItem, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        setattr(item, name, value)


def _give_back_turn(state: QueueState) -> None:
    """An item put back through no fault of its own does not use up the owner's limit."""
    if state.is_running and state.remaining is not None:
        state.remaining += 1
        save(state)


def _stop_if_done(state: QueueState) -> None:
    """Stop when the limit is reached or nothing is pending, not even for a next try."""
    if not state.is_running:
        return
    pending = DownloadQueueItem.objects.filter(status=Status.PENDING)
    if state.remaining == 0 or not pending.exists():
        set_stopped(
            state, entries.LIMIT_REACHED if state.remaining == 0 else entries.NOTHING_PENDING
        )
