"""Which worker serves the queue: one at a time, over all processes and machines."""

from __future__ import annotations

import os
import secrets
import socket

from django.db.models import Q
from django.utils import timezone

from downloads.models import LEASE, QueueState


def new_name() -> str:
    """A name no other worker ever has."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(4)}"


def take(name: str) -> bool:
    """Take the lease, or renew it; False while another worker holds it.

    A worker that does not renew for ten seconds is taken for dead.
    """
    now = timezone.now()
    is_free = (
        Q(lease_holder__in=["", name])
        | Q(heartbeat_at__isnull=True)
        | Q(heartbeat_at__lt=now - LEASE)
    )
    free = QueueState.objects.filter(is_free, pk=1)
    if free.update(lease_holder=name, heartbeat_at=now):
        return True
    if QueueState.objects.filter(pk=1).exists():
        return False
    QueueState.objects.get_or_create(pk=1)
    return bool(free.update(lease_holder=name, heartbeat_at=now))


def give_back(name: str) -> None:
    """Let the next worker start without waiting for the lease to run out."""
    QueueState.objects.filter(pk=1, lease_holder=name).update(lease_holder="", heartbeat_at=None)
