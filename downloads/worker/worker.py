"""The worker: one item at a time, from the claim to the file in its place.

``Worker.run`` is the long-running loop, ``Worker.process_next`` one turn of it. The worker holds
the database and the claim; what can hang runs in a child that may be killed at any moment.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from django.db import (
    DatabaseError,
    InterfaceError,
    OperationalError,
    close_old_connections,
    transaction,
)
from django.utils import timezone

from aniworld.config import reach, store
from aniworld.console.context import about
from aniworld.events import hints
from aniworld.events.notices import ErrorNotice
from aniworld.events.publish import publish
from aniworld.journal.actors import Actor, acting_as
from aniworld.sites.health import line
from aniworld.web.errors import AppError
from aniworld.web.texts import text_of
from downloads import progress
from downloads.choices import Status
from downloads.errors import (
    ClaimLost,
    Unexpected,
)
from downloads.models import DownloadQueueItem, QueueState
from downloads.services import quiet
from downloads.shut import open_sites, shut
from downloads.transfer import quarantine
from downloads.transfer.errors import TransferError
from downloads.transfer.messages import Failure
from downloads.transfer.messages import failure as describe
from downloads.worker import aside, claims, lease, placed, workspace
from downloads.worker.delivery import Delivery
from downloads.worker.disk import SILENT_SECONDS, Disk
from downloads.worker.heartbeat import Heartbeat
from downloads.worker.quiet import QuietBegan, Quietness
from downloads.worker.retries import Verdict, decide
from downloads.worker.run import Run
from downloads.worker.runner import Interrupted, TransferFailed, Watch
from downloads.worker.spare import Spare
from library.recycling.recover import recover
from library.renaming.disks import Disks
from library.services.operations import end_dead_ones
from library.services.roots import synced_roots
from providers.coded import foreign

logger = logging.getLogger(__name__)

# Whatever is published wakes the worker before that, but not more often than this.
POLL_SECONDS = 0.75
SHORTEST_PAUSE = 0.05
TROUBLE_SECONDS = 3.0
RENEW_SECONDS = 3.0
TIDY_PAUSE = timedelta(seconds=5)

Listener = Callable[[DownloadQueueItem], None]


class Worker:
    """Works the queue while it holds the lease.

    Args:
        on_change: told of the item whenever its progress or status changes, for a progress bar.
    """

    def __init__(self, *, on_change: Listener | None = None) -> None:
        self.name = lease.new_name()
        self._actor = Actor.worker(self.name)
        self.stop_requested = False  # a plain bool: set by signal handlers
        self.holds_lease = False
        self._on_change = on_change or (lambda _item: None)
        self._renewed_at = float("-inf")
        self._tidied_at = timezone.now()
        self._run = Run()
        self._spare = Spare()
        self._trouble = ""  # the code of what was told last

    def run(self, *, until_done: bool = False) -> None:
        """Work until asked to stop; with ``until_done``, until the queue has stopped."""
        try:
            with hints.Ear() as ear:
                self._loop(ear, until_done=until_done)
        finally:
            self._spare.end()
            self._give_back()

    def _loop(self, ear: hints.Ear, *, until_done: bool) -> None:
        while not self.stop_requested:
            try:
                worked = self._turn()
            except Interrupted:
                return
            except Exception as error:
                if until_done and not isinstance(error, OperationalError):
                    raise
                self._weather(error)
                continue
            if worked:
                continue
            if until_done and self.holds_lease and not self._is_wanted():
                return
            time.sleep(SHORTEST_PAUSE)
            ear.wait(POLL_SECONDS)

    def _give_back(self) -> None:
        """Where the database does not take it, the lease runs out by itself."""
        try:
            lease.give_back(self.name)
        except (DatabaseError, InterfaceError) as error:
            logger.warning("worker=%s cannot give back the lease: %s", self.name, error)

    def ensure_lease(self) -> bool:
        """Take or renew the lease; on taking it, heal what the last holder left."""
        if self.holds_lease and time.monotonic() - self._renewed_at < RENEW_SECONDS:
            return True
        held_before = self.holds_lease
        self.holds_lease = lease.take(self.name)
        self._renewed_at = time.monotonic()
        if self.holds_lease and not held_before:
            logger.info("worker=%s serves the queue", self.name)
            with acting_as(self._actor):
                self._recover()
        if self.holds_lease:
            end_dead_ones()  # of scans: whoever started them may be gone as well
        return self.holds_lease

    def process_next(self) -> bool:
        """Take the next item and work it to an end of its try. False if there was nothing to do."""
        with acting_as(self._actor):
            return self._process_next()

    def _process_next(self) -> bool:
        store.load()  # nothing is taken that could not be worked
        if not self.ensure_lease():
            return False
        quiet.look()
        item = claims.claim_wanted(self.name) or claims.claim_next(self.name)
        if item is None:
            return False
        with about(item=item.pk, series=item.series.key):
            self._take(item)
        return True

    def _take(self, item: DownloadQueueItem) -> None:
        logger.info("item=%s key=%s started", item.pk, item.series.key)
        self._on_change(item)
        self._run.takes_one()
        try:
            self._work(item)
        except ClaimLost:
            self._let_go(item)
        self._on_change(item)
        self._run.note(item)

    def _turn(self) -> bool:
        worked = self.process_next()
        self._trouble = ""
        if worked:
            return True
        self._run.rests()
        self._spare.keep(is_wanted=self.holds_lease and claims.may_be_started())
        if self.holds_lease:
            self._tidy_after_removals()
        return False

    def _weather(self, error: Exception) -> None:
        """The database is away, the configuration broken: the loop goes on.

        The lease is taken anew after it, and whatever was left half done is healed with that.
        """
        trace = None if isinstance(error, (AppError, OperationalError)) else error
        logger.error("worker=%s cannot go on: %s", self.name, error, exc_info=trace)
        self._tell_trouble(error)
        self.holds_lease = False
        close_old_connections()
        time.sleep(TROUBLE_SECONDS)

    def _tell_trouble(self, error: Exception) -> None:
        """Say once on every page what the owner has to mend. Of the database none could be told."""
        if not isinstance(error, AppError) or error.code == self._trouble:
            return
        self._trouble = error.code
        with transaction.atomic():
            publish(ErrorNotice(code=error.code, message=error.as_json()))

    def _is_wanted(self) -> bool:
        """Whether the queue runs, and anything of it may come by itself: of sites that let nobody
        in nothing does for hours, and of a held catalogue nothing before its owner has said so."""
        state = QueueState.current()
        pending = DownloadQueueItem.objects.filter(status=Status.PENDING)
        closed = [one.site for one in shut()]
        free = pending.reachable(closed, open_sites(closed)) if closed else pending
        open_ones = free.exclude(series__catalogue_held=True)
        is_open = open_ones.exists() or not pending.exists()
        return state.is_running and not state.is_paused and is_open

    # one item

    def _work(self, item: DownloadQueueItem) -> None:
        quietness = Quietness(item)
        watch = self._watch(item, quietness)
        disk = Disk(item, lambda: watch(False))
        try:
            try:
                delivery = Delivery(
                    item, self.name, disk, watch, limit=quietness.limit, spare=self._spare
                )
                delivery.run()
            except (Interrupted, QuietBegan, ClaimLost, OperationalError):
                raise
            except Exception as error:  # noqa: BLE001 - the item says what happened
                self._settle(item, disk.failure() or _failure(item, error))
        except QuietBegan:
            logger.info("item=%s key=%s goes on after quiet hours", item.pk, item.series.key)
            claims.interrupt(item, self.name)
        except Interrupted:
            claims.interrupt(item, self.name)

    def _settle(self, item: DownloadQueueItem, failure: Failure) -> None:
        settings = store.load().downloads
        is_shut = item.series.site in {one.site for one in shut()}
        decision = decide(item, failure, settings, is_line_out=line.is_out(), is_shut=is_shut)
        logger.warning(
            "item=%s key=%s code=%s verdict=%s: %s",
            item.pk,
            item.series.key,
            failure.code,
            decision.verdict.name,
            text_of(failure.said),
        )
        disk, kept = Disk(item, self._look_round), {}
        if decision.verdict is Verdict.FAIL:
            kept = aside.columns(item, disk, days=settings.quarantine_days)
        claims.settle_failure(item, self.name, failure, decision, kept)
        if item.status == Status.FAILED:
            disk.discard_work(but=quarantine.files() if item.quarantine else ())

    def _watch(self, item: DownloadQueueItem, quietness: Quietness) -> Watch:
        heartbeat = Heartbeat(item, self.name)
        tracker = progress.tracker_of(item)

        def look(force: bool) -> None:
            if self.stop_requested:
                raise Interrupted
            if not self.ensure_lease():
                raise ClaimLost(why="lease")
            quietness.refuse_to_go_on()
            heartbeat.beat(force=force)
            if progress.tell(item, tracker):
                self._on_change(item)

        return look

    # what was left

    def _recover(self) -> None:
        for item in claims.orphans():
            try:
                claims.adopt(item, self.name)
                self._heal(item)
            except ClaimLost:
                logger.info("item=%s was taken away while it was healed", item.pk)
            except (OSError, AppError) as error:  # its disk is away
                logger.warning("item=%s cannot be looked for: %s", item.pk, error)
                claims.interrupt(item, self.name)
        # Behind that: what an item has replaced goes where the new file counts.
        recover(Disks(self._look_round), of_worker=True)
        self._tidy()

    def _heal(self, item: DownloadQueueItem) -> None:
        """Complete an item whose file is in place already; let any other wait again."""
        disk = Disk(item, self._look_round)
        if disk.ask(lambda: placed.is_in_place(item, disk.directory)):
            logger.info("item=%s key=%s was in place already", item.pk, item.series.key)
            claims.complete(item, self.name, file_language=item.language, duration=None)
        else:
            logger.info("item=%s key=%s goes on from its partial data", item.pk, item.series.key)
            claims.interrupt(item, self.name)

    def _tidy_after_removals(self) -> None:
        """Look at the disks only when there is a reason to: they may be asleep."""
        now = timezone.now()
        was_set_back = now < self._tidied_at  # the clock: nobody knows what was removed since
        if not was_set_back and now - self._tidied_at < TIDY_PAUSE:
            return
        items = DownloadQueueItem.objects
        removed = items.removed_since(self._tidied_at - TIDY_PAUSE).filter(removed_at__lte=now)
        if was_set_back or removed.exists() or items.past_quarantine(now).exists():
            self._tidy()
        else:
            self._tidied_at = now

    def _tidy(self) -> None:
        """Remove the work folders of items that are no longer to be done."""
        self._tidied_at = timezone.now()
        claims.forget_quarantines()
        items = DownloadQueueItem.objects
        keep = set((items.unfinished() | items.quarantined()).values_list("pk", flat=True))
        for root in synced_roots():
            sweep = partial(workspace.sweep, root.directory, keep)
            try:
                reach.ask(root.path, sweep, seconds=SILENT_SECONDS, beat=self._look_round)
            except OSError as error:  # away or closed to us; the others are no worse for it
                logger.warning("root=%s cannot be tidied: %s", root.path, error)

    def _let_go(self, item: DownloadQueueItem) -> None:
        """The item was taken from us: removed by its owner, or another worker has it now, and then
        its partial data is no longer ours to delete."""
        now = DownloadQueueItem.objects.filter(pk=item.pk).values_list("status", flat=True)
        item.status = now.first() or Status.CANCELLED
        logger.info("item=%s key=%s taken away: %s", item.pk, item.series.key, item.status)
        if item.status == Status.CANCELLED:
            Disk(item, self._look_round).discard_work()

    def _look_round(self) -> None:
        """What is to be seen to while a disk is waited for."""
        if self.stop_requested:
            raise Interrupted
        self.ensure_lease()


def _failure(item: DownloadQueueItem, error: Exception) -> Failure:
    """An error as it is kept."""
    if isinstance(error, TransferFailed):
        return error.failure
    if isinstance(error, (TransferError, OSError)):
        return describe(error)
    if not isinstance(error, AppError):
        logger.error("item=%s key=%s failed unexpectedly", item.pk, item.series.key, exc_info=error)
        error = Unexpected(reason=foreign(error))
    return Failure(error.code, error.params, error.permanent)
