"""Reading the outbox and sending, beside the worker and never in its way.

The worker does nothing for it beyond the events it writes anyway. A target that hangs holds up a
process of its own; the next one goes on beside it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils import timezone

from aniworld.config.schema import NotificationSettings
from aniworld.database import troubles
from aniworld.journal.actors import Actor, acting_as
from aniworld.system.notifications import claims, gathering, targets, wording
from aniworld.system.notifications.children import Child, NotBegun, launch
from aniworld.system.notifications.models import Delivery, TargetState
from aniworld.system.notifications.targets import Target
from aniworld.system.notifications.wire.messages import Answer, Job
from aniworld.web.errors import AppError, DatabaseUnusable

log = logging.getLogger(__name__)

LOOK_EVERY = 1.0
HEAR_EVERY = 0.1
AT_ONCE = 4  # targets that are sent to at a time
_ACTOR = Actor.system("notifications")


@dataclass(slots=True)
class _Sending:
    """``answer``: how it went, until that is noted: a database that is busy is asked again."""

    row: Delivery
    child: Child
    answer: Answer | None = None


class Sender:
    """Reads and sends, a turn at a time, as long as no other process does.

    Args:
        begin: starts what sends one message.
    """

    def __init__(
        self,
        begin: Callable[[Job], Child] = launch,
        now: Callable[[], datetime] = timezone.now,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = claims.new_name()
        self._lease = claims.Lease(self.name, elapsed)
        self._begin = begin
        self._now = now
        self._sending: dict[str, _Sending] = {}

    def turn(self, *, at_once: bool = False) -> bool:
        """One look; returns whether this process is the one that sends.

        Args:
            at_once: nothing more is gathered: the process ends.
        """
        with acting_as(_ACTOR):
            now = self._now()
            if not self._lease.take(now):
                self._let_go()
                return False
            known = targets.settings()
            try:
                while gathering.read(known, now):
                    continue
            except gathering.NotOurs:
                log.info("another process has read the same events")
            gathering.close(known, now, at_once=at_once)
            self._see_to_children(now)
            self._begin_due(known, now)
            return True

    @property
    def is_sending(self) -> bool:
        return bool(self._sending)

    def has_answers(self) -> bool:
        """Whether something that is sent has come to its end. Asks the system, not the database."""
        return any(one.child.is_over() for one in self._sending.values())

    def has_more(self) -> bool:
        """Whether something is sent, or would be begun now."""
        return self.is_sending or any(self._ready(targets.targets(), self._now()))

    def stop(self) -> None:
        """End what is sent just now: it is sent by the next one that begins."""
        with acting_as(_ACTOR):
            now = self._now()
            self._see_to_children(now)
            for one in self._sending.values():
                one.child.kill()
                claims.let_wait(one.row, now)
            self._sending.clear()
            self._lease.give_back()

    def _let_go(self) -> None:
        """Another process sends now, also what is under way here."""
        for one in self._sending.values():
            one.child.kill()
        self._sending.clear()

    def _see_to_children(self, now: datetime) -> None:
        for name, one in list(self._sending.items()):
            one.answer = one.answer or one.child.answer()
            if one.answer is None:
                continue
            if one.answer.error is None:
                claims.sent(one.row, now)
                log.info("message=%s target=%s sent", one.row.message_id, name)
            else:
                error, wait = one.answer.error, one.answer.wait
                claims.not_sent(one.row, error, now, wait=wait)
                log.warning("message=%s target=%s not sent: %s", one.row.message_id, name, error)
            del self._sending[name]

    def _begin_due(self, known: NotificationSettings, now: datetime) -> None:
        for name, target in self._ready(targets.targets(known), now):
            if len(self._sending) >= AT_ONCE:
                return
            if target is None or not target.settings.enabled:
                self._cancel_all(name, "target_off" if target else "target_gone", now)
                continue
            row = Delivery.objects.due(now).filter(target=name).first()
            if row is not None and claims.begin(row, self.name):
                self._sending[name] = _Sending(row, self._child(row, target))

    def _ready(
        self, known: Mapping[str, Target], now: datetime
    ) -> Iterator[tuple[str, Target | None]]:
        """The targets that something is due for, and that are not left alone just now; none for a
        name that is no target any more."""
        names = Delivery.objects.due(now).order_by("target").values_list("target", flat=True)
        left_alone = TargetState.objects.left_alone(now).values_list("name", flat=True)
        alone = {*left_alone, *self._sending}
        for name in names.distinct():
            target = known.get(name)
            is_quiet = target is not None and target.settings.enabled and target.is_quiet(now)
            if name not in alone and not is_quiet:
                yield name, target

    def _child(self, row: Delivery, target: Target) -> Child:
        try:
            job = wording.job_of(row, target)
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            # Too large, or a row of another version: it must not stand in the way of the others.
            return NotBegun(error)
        return self._begin(job)

    def _cancel_all(self, name: str, code: str, now: datetime) -> None:
        for row in Delivery.objects.due(now).filter(target=name):
            claims.cancel(row, code, now)


class SenderThread:
    """A sender beside something else in one process.

    Args:
        is_ending: whether that process is asked to end.
    """

    def __init__(self, is_ending: Callable[[], bool] = lambda: False) -> None:
        self._sender = Sender()
        self._is_ending = is_ending
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="notifications", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, *, within: float = 3.0) -> None:
        """Let it end what is sent. ``within``: seconds that are waited for it."""
        self._stopping.set()
        self._thread.join(timeout=within)

    def _work(self) -> None:
        serve(self._sender, self._stopping, self._is_ending)


def serve(
    sender: Sender, stopping: threading.Event, is_ending: Callable[[], bool] = lambda: False
) -> None:
    """Turn after turn until ``stopping`` is set; what cannot be had now is had later."""
    said = ""
    while not _is_over(sender, stopping, is_ending):
        try:
            sender.turn()
            said = ""
        except (*troubles.DATABASE_ERRORS, DatabaseUnusable, AppError) as error:
            if str(error) != said:
                log.warning("notifications wait: %s", error)
            said = str(error)
            connection.close()  # one that a fault has broken is opened anew
        except Exception:
            log.exception("a look at the notifications came to no end")
            connection.close()
    try:
        sender.stop()
    except (*troubles.DATABASE_ERRORS, DatabaseUnusable) as error:
        log.warning("what was being sent cannot be noted: %s", error)
    connection.close()


def drain(sender: Sender, *, within: float) -> None:
    """Tell what has happened, and send what can be sent now: for a process that ends.

    Args:
        within: seconds.
    """
    until = time.monotonic() + within
    try:
        while time.monotonic() < until and sender.turn(at_once=True) and sender.has_more():
            time.sleep(HEAR_EVERY)
        sender.stop()
    except (*troubles.DATABASE_ERRORS, DatabaseUnusable, AppError) as error:
        log.warning("notifications wait: %s", error)


def _is_over(sender: Sender, stopping: threading.Event, is_ending: Callable[[], bool]) -> bool:
    """Wait until the next look; whether there is to be none."""
    for _ in range(round(LOOK_EVERY / HEAR_EVERY)):
        if is_ending() or stopping.wait(HEAR_EVERY):
            return True
        if sender.has_answers():
            return False
    return is_ending()
