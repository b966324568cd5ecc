"""How often an address, or a browser that has logged in before, may try a password.

Kept in the database: all processes share it, and a restart forgets nothing. At most
``TRIES_PER_MINUTE`` tries in any minute, and from ``LOCK_AFTER`` wrong passwords in a row on a
lockout that doubles with each further one. IPv6 clients count by their /64 network, since one
client owns all of it.
"""

from __future__ import annotations

import ipaddress
import time
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.clients import Client
from accounts.errors import TooManyTries
from accounts.models import LoginTries

TRIES_PER_MINUTE = 5
# There is no password to guess yet, and whoever sets the product up mends one fault after another.
SETUP_TRIES_PER_MINUTE = 30
WINDOW_SECONDS = 60
LOCK_AFTER = 5
FIRST_LOCK_SECONDS = 60
LONGEST_LOCK_SECONDS = 3600
FORGET_AFTER = timedelta(days=1)
CLOCK_MARGIN = timedelta(seconds=5)


def admit(client: Client, *, most: int = TRIES_PER_MINUTE) -> None:
    """Count one try of ``client``, of at most ``most`` a minute.

    Raises:
        TooManyTries: it has to wait.
    """
    now = timezone.now()
    with transaction.atomic():
        LoginTries.objects.filter(updated_at__lt=now - FORGET_AFTER).delete()
        tries = _row(client)
        if tries.updated_at > now + CLOCK_MARGIN:  # the clock was set back since
            tries.recent, tries.locked_until = [], None
        if wait := max(tries.locked_for(now), _window_wait(tries, most)):
            raise TooManyTries(wait)
        tries.recent = [*tries.recent, time.time()][-most:]
        tries.save()


def failed(client: Client) -> None:
    """Note a wrong password."""
    with transaction.atomic():
        tries = _row(client)
        tries.failures += 1
        if (over := tries.failures - LOCK_AFTER) >= 0:
            seconds = min(FIRST_LOCK_SECONDS * 2 ** min(over, 20), LONGEST_LOCK_SECONDS)
            tries.locked_until = timezone.now() + timedelta(seconds=seconds)
        tries.save()


def succeeded(client: Client) -> None:
    """Forget the wrong passwords; the tries of this minute still count."""
    LoginTries.objects.filter(address=_subject(client)).update(failures=0, locked_until=None)


def forget(client: Client) -> None:
    """Forget all tries of whoever has just set the password: none of them was a guess."""
    LoginTries.objects.filter(address=_subject(client)).delete()


def _row(client: Client) -> LoginTries:
    tries, _ = LoginTries.objects.select_for_update().get_or_create(address=_subject(client))
    return tries


def _window_wait(tries: LoginTries, most: int) -> float:
    if len(tries.recent) < most:
        return 0.0
    return max(0.0, float(tries.recent[-most]) + WINDOW_SECONDS - time.time())


def _subject(client: Client) -> str:
    if client.device:
        return f"device {client.device}"[:45]
    address = client.address
    if ":" in address:
        return str(ipaddress.ip_network(f"{address.partition('%')[0]}/64", strict=False))
    return address or "unknown"
