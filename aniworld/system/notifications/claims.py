"""Who reads and sends: one process over all machines. And how the row of a message changes, by
conditional updates alone.
"""

from __future__ import annotations

import os
import secrets
import socket
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from aniworld.system.notifications import events
from aniworld.system.notifications.choices import DeliveryState
from aniworld.system.notifications.models import Delivery, SenderLease, TargetState
from library.services.liveness import this_process
from providers.coded import Coded, coded

LEASE_SECONDS = 15.0
BEAT_EVERY = 5.0
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
# A target is asked again so soon at the latest: it may take the next message though it refuses one.
LEFT_ALONE = timedelta(minutes=5)


def new_name() -> str:
    """A name no other sender ever has."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(4)}"


class Lease:
    """What one process knows of who sends.

    On this machine the process of the holder tells whether it lives; elsewhere that its sign of
    life changes, by a clock that nobody sets.
    """

    def __init__(self, name: str, elapsed: Callable[[], float] = time.monotonic) -> None:
        self.name = name
        self.is_held = False
        self._elapsed = elapsed
        self._beaten = 0.0
        self._seen: tuple[object, float] | None = None

    def take(self, now: datetime) -> bool:
        """Take it, or keep it; False while another process has it."""
        if self.is_held and self._elapsed() - self._beaten < BEAT_EVERY:
            return True
        mine = SenderLease.objects.filter(pk=1, holder=self.name)
        if self.is_held and mine.update(beat_at=now):
            self._beaten = self._elapsed()
            return True
        self.is_held = False
        row, _ = SenderLease.objects.get_or_create(pk=1)
        if not self._is_free(row):
            return False
        self.is_held = self._take_over(row, now)
        self._beaten = self._elapsed()
        return self.is_held

    def give_back(self) -> None:
        """Let another process begin without waiting."""
        if self.is_held:
            self.is_held = False
            mine = SenderLease.objects.filter(pk=1, holder=self.name)
            mine.update(holder="", host="", pid=None, beat_at=None)

    def _is_free(self, row: SenderLease) -> bool:
        if not row.holder or row.holder == self.name:
            return True
        host = row.host.partition(" ")[0]
        if host == socket.gethostname() and row.pid is not None:
            return row.host != this_process(row.pid)
        mark = (row.holder, row.beat_at)
        if self._seen is None or self._seen[0] != mark:
            self._seen = (mark, self._elapsed())
        return self._elapsed() - self._seen[1] >= LEASE_SECONDS

    def _take_over(self, row: SenderLease, now: datetime) -> bool:
        """What the one before was sending is sent again: nobody knows whether it arrived."""
        with transaction.atomic():
            same = SenderLease.objects.filter(pk=1, holder=row.holder, beat_at=row.beat_at)
            host, pid = this_process(os.getpid()), os.getpid()
            if not same.update(holder=self.name, host=host, pid=pid, beat_at=now):
                return False
            Delivery.objects.sending().update(state=DeliveryState.WAITING, next_try_at=now)
        return True


def begin(row: Delivery, holder: str) -> bool:
    """Mark a message as being sent, by whoever holds the lease; False where it is not so any
    more."""
    with transaction.atomic():
        if not SenderLease.objects.filter(pk=1, holder=holder).exists():
            return False
        waiting = Delivery.objects.waiting().filter(pk=row.pk)
        return bool(waiting.update(state=DeliveryState.SENDING, tries=row.tries + 1))


def sent(row: Delivery, now: datetime) -> bool:
    """It was taken."""
    values = {"state": DeliveryState.SENT, "ended_at": now, **_error(None)}
    with transaction.atomic():
        if not Delivery.objects.sending().filter(pk=row.pk).update(**values):
            return False
        done = {"failures": 0, "failing_since": None, "next_at": None, "sent_at": now}
        TargetState.objects.update_or_create(
            name=row.target, defaults={**done, "error_code": "", "error_params": {}}
        )
        # What failed meanwhile need not wait for its own pause: the target takes messages again.
        again = Delivery.objects.waiting().filter(target=row.target, next_try_at__gt=now)
        again.update(next_try_at=now)
        events.delivery_changed()
    return True


def not_sent(row: Delivery, error: Coded, now: datetime, *, wait: float = 0.0) -> bool:
    """It was not taken: tried again later, or given up.

    Args:
        wait: seconds that the target asks to be left alone.
    """
    with transaction.atomic():
        state, _ = TargetState.objects.get_or_create(name=row.target)
        failures, asked = state.failures + 1, timedelta(seconds=wait)
        again = now + max(pause_after(row.tries + 1), asked)
        is_over = row.give_up_at is not None and again > row.give_up_at
        values: dict[str, Any] = {
            "state": DeliveryState.FAILED if is_over else DeliveryState.WAITING,
            "ended_at": now if is_over else None,
            "next_try_at": again,
            **_error(error),
        }
        if not Delivery.objects.sending().filter(pk=row.pk).update(**values):
            return False
        state.failures = failures
        state.next_at = now + max(min(pause_after(failures), LEFT_ALONE), asked)
        state.failing_since = state.failing_since or now
        state.error = error
        state.save()
        events.delivery_changed()
    return True


def let_wait(row: Delivery, now: datetime) -> None:
    """Whoever sent it was ended: it is sent by the next one, as if it had not been tried."""
    Delivery.objects.sending().filter(pk=row.pk).update(
        state=DeliveryState.WAITING, next_try_at=now, tries=row.tries
    )


def cancel(row: Delivery, code: str, now: datetime) -> None:
    """There is no target to send it to any more. It can be sent again by hand."""
    values = {"state": DeliveryState.CANCELLED, "ended_at": now, **_error(coded(code))}
    with transaction.atomic():
        if Delivery.objects.filter(pk=row.pk, state=row.state).update(**values):
            events.delivery_changed()


def pause_after(failures: int) -> timedelta:
    """How long a message waits after so many tries in vain."""
    doubled: int = 2 ** min(failures - 1, 10)
    return min(FIRST_PAUSE * doubled, LONGEST_PAUSE)


def _error(error: Coded | None) -> dict[str, Any]:
    return {
        "error_code": error["code"] if error else "",
        "error_params": error["params"] if error else {},
    }
