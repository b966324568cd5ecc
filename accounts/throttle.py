"""How often an address, or a browser that has logged in before, may try a password.

Kept in the database: all processes share it, and a restart forgets nothing. At most
``TRIES_PER_MINUTE`` tries in any minute, and from ``LOCK_AFTER`` wrong passwords in a row on a
lockout that doubles with each further one. IPv6 clients count by their /64 network, since one
client owns all of it. Of so many addresses at most tries are kept, and what one user may do at the
door in an hour is bounded too: nobody fills the disk of the database by knocking at it.

Each door counts for itself: a calendar that goes on asking with a key that was renewed must not
close the login to everybody at its address.
"""

from __future__ import annotations

import ipaddress
import time
from datetime import timedelta
from enum import StrEnum

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.clients import Client
from accounts.errors import TooManyTries
from accounts.models import LoginTries, right_of_user
from aniworld.journal.choices import ActorKind
from aniworld.journal.models import Entry
from aniworld.web.rights import Right

TRIES_PER_MINUTE = 5
# There is no password to guess yet, and whoever sets the product up mends one fault after another.
SETUP_TRIES_PER_MINUTE = 30
WINDOW_SECONDS = 60
LOCK_AFTER = 5
FIRST_LOCK_SECONDS = 60
LONGEST_LOCK_SECONDS = 3600
FORGET_AFTER = timedelta(days=1)
CLOCK_MARGIN = timedelta(seconds=5)
MOST_KEPT = 10_000  # addresses: more come from one network of IPv6 than any table should hold
AN_HOUR = timedelta(hours=1)
ACTS_PER_HOUR = 300  # of a user who does not own all; a program that logs in each minute does 120


class Door(StrEnum):
    """What is tried; the value stands before the address."""

    LOGIN = ""
    FEED = "feed "


def admit(client: Client, *, most: int = TRIES_PER_MINUTE, door: Door = Door.LOGIN) -> None:
    """Count one try of ``client``, of at most ``most`` a minute.

    Raises:
        TooManyTries: it has to wait.
    """
    now = timezone.now()
    with transaction.atomic():
        LoginTries.objects.filter(updated_at__lt=now - FORGET_AFTER).delete()
        _forget_beyond(MOST_KEPT)
        tries = _row(client, door)
        if tries.updated_at > now + CLOCK_MARGIN:  # the clock was set back since
            tries.recent, tries.locked_until = [], None
        if wait := max(tries.locked_for(now), _window_wait(tries, most)):
            raise TooManyTries(wait)
        tries.recent = [*tries.recent, time.time()][-most:]
        tries.save()


def failed(client: Client, *, door: Door = Door.LOGIN) -> None:
    """Note a wrong password or key."""
    with transaction.atomic():
        tries = _row(client, door)
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


def refuse_flood(user: User) -> None:
    """Let a user do no more at the door in an hour than anybody has reason to.

    Each login, key and new password is a line of the journal that is kept for years. The owner is
    never refused.

    Raises:
        TooManyTries: they have to wait.
    """
    if right_of_user(user) is Right.OWN:
        return
    now = timezone.now()
    people = (ActorKind.OWNER, ActorKind.CLIENT)
    lately = Entry.objects.audited().filter(
        actor_kind__in=people, actor_id=str(user.pk), at__gt=now - AN_HOUR, at__lte=now
    )
    times = list(lately.newest_first().values_list("at", flat=True)[:ACTS_PER_HOUR])
    if len(times) == ACTS_PER_HOUR:
        raise TooManyTries((times[-1] + AN_HOUR - now).total_seconds())


def _forget_beyond(most: int) -> None:
    """Forget the addresses that are too many: the oldest of those that need not wait first."""
    last_to_go = F("locked_until").desc(nulls_last=True), "-updated_at", "-pk"
    beyond = LoginTries.objects.order_by(*last_to_go).values_list("pk", flat=True)[most:]
    if gone := list(beyond):
        LoginTries.objects.filter(pk__in=gone).delete()


def _row(client: Client, door: Door) -> LoginTries:
    subject = f"{door}{_subject(client)}"[:45]
    tries, _ = LoginTries.objects.select_for_update().get_or_create(address=subject)
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
