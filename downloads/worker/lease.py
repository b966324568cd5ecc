"""Which worker serves the queue: one at a time, over all processes and machines."""

from __future__ import annotations

import os
import secrets
import socket
import time
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from downloads import events
from downloads.models import LEASE, QueueState


class _Watch:
    """Looks at a sign of life that lies in the future, by a clock that nobody sets."""

    def __init__(self) -> None:
        self._stamp: datetime | None = None
        self._since = 0.0

    def dead(self, now: datetime) -> datetime | None:
        """The sign of life from the future that has been the same for a whole lease, if any."""
        future = QueueState.objects.filter(pk=1, heartbeat_at__gt=now)
        stamp = future.values_list("heartbeat_at", flat=True).first()
        if stamp != self._stamp:
            self._stamp, self._since = stamp, time.monotonic()
        return stamp if time.monotonic() - self._since >= LEASE.total_seconds() else None


_watch = _Watch()


def new_name() -> str:
    """A name no other worker ever has."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(4)}"


def take(name: str) -> bool:
    """Take the lease, or renew it; False while another worker holds it.

    A worker that does not renew for ten seconds is taken for dead; when it wakes up after all, it
    takes the lease anew. So is one whose sign of life lies in the future, once it has stayed the
    same for as long: the machine's clock was set back. Taking it is told to the browsers, renewing
    is not.
    """
    now = timezone.now()
    held = QueueState.objects.filter(pk=1, lease_holder=name, heartbeat_at__gte=now - LEASE)
    if held.update(heartbeat_at=now):
        return True
    is_free = (
        Q(lease_holder__in=["", name])
        | Q(heartbeat_at__isnull=True)
        | Q(heartbeat_at__lt=now - LEASE)
        | Q(heartbeat_at=_watch.dead(now))
    )
    if QueueState.objects.filter(~is_free, pk=1).exists():
        return False  # a worker in waiting asks often: it should not write each time
    with transaction.atomic():
        QueueState.objects.get_or_create(pk=1)
        if not QueueState.objects.filter(is_free, pk=1).update(lease_holder=name, heartbeat_at=now):
            return False
        events.worker_changed("worker_started")
        return True


def give_back(name: str) -> None:
    """Let the next worker start without waiting for the lease to run out."""
    with transaction.atomic():
        held = QueueState.objects.filter(pk=1, lease_holder=name)
        if held.update(lease_holder="", heartbeat_at=None):
            events.worker_changed("worker_stopped")
