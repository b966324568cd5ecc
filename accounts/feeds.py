"""The keys of calendar feeds: what a calendar program comes with that cannot log in.

The key stands in the address, which programs keep and show. So it opens one user's feed and
nothing else, is shown once, kept as a hash, and exchanged for another at a press.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from dataclasses import dataclass
from typing import Final

from django.contrib.auth.models import User
from django.db import transaction

from accounts import activity, throttle
from accounts.clients import Client
from accounts.entries import KeyAction, about
from accounts.errors import FeedUnknown
from accounts.models import FeedKey
from accounts.throttle import Door
from aniworld.journal.services import record

log = logging.getLogger(__name__)

# It begins as our API keys do: whatever writes log lines leaves out what does.
PREFIX: Final = "aniworld_feed_"
SECRET_BYTES = 32
_LENGTH: Final = len(PREFIX) + len(secrets.token_urlsafe(SECRET_BYTES))


@dataclass(frozen=True, slots=True)
class IssuedFeedKey:
    """A fresh key. ``secret`` exists here and at whoever asked for it only."""

    secret: str
    key: FeedKey


def issue(user: User) -> IssuedFeedKey:
    """Give the feed of ``user`` a key; the one it had opens nothing any more.

    Raises:
        TooManyTries: the user has done so many things of that kind lately that it is a flood.
    """
    throttle.refuse_flood(user)
    secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    with transaction.atomic():
        FeedKey.objects.filter(user=user).delete()
        key = FeedKey.objects.create(user=user, key_hash=_digest(secret))
        record(KeyAction.FEED_ISSUED, on=about(user))
    log.info("feed key issued user=%s", user.pk)
    return IssuedFeedKey(secret, key)


def key_of(user: User) -> FeedKey | None:
    """The key that the feed of ``user`` has."""
    return FeedKey.objects.filter(user=user).first()


def revoke(user: User) -> None:
    """Let no key open the feed of ``user``.

    Raises:
        FeedUnknown: there is none.
    """
    with transaction.atomic():
        ended, _ = FeedKey.objects.filter(user=user).delete()
        if not ended:
            raise FeedUnknown(why="none")
        record(KeyAction.FEED_REVOKED, on=about(user))
    log.info("feed key revoked user=%s", user.pk)


def holder_of(secret: str, client: Client) -> User:
    """The user whose feed this key opens; keeps in mind that it is used.

    A key that is good is never made to wait: another program at that address may have an old one.

    Raises:
        FeedUnknown: it opens none; never said why.
        TooManyTries: the client has come with too many of those.
    """
    if len(secret) != _LENGTH or not secret.startswith(PREFIX):
        raise FeedUnknown  # not one of ours, and so no guess either
    keys = FeedKey.objects.filter(key_hash=_digest(secret))
    key = keys.select_related("user__granted", "user__preferences").first()
    if key is None or not key.user.is_active:
        throttle.admit(client, door=Door.FEED)
        throttle.failed(client, door=Door.FEED)
        log.warning("feed refused address=%s", client.address)
        raise FeedUnknown
    activity.note(key)
    return key.user


def _digest(secret: str) -> str:
    # Nobody guesses 32 random bytes: a slow hash would only slow down every request.
    return hashlib.sha256(secret.encode()).hexdigest()
