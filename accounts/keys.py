"""API keys: what programs come with instead of a login. Each is shown once, and kept as a hash."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from accounts import activity, throttle
from accounts.entries import KeyAction, about_key
from accounts.errors import KeyUnknown, TooManyKeys
from accounts.models import ApiKey, ApiKeyQuerySet, Scope, right_of_user
from aniworld.journal.services import record
from aniworld.web.rights import Right, lacking

log = logging.getLogger(__name__)

# So that a key is known for one wherever it turns up: by us, and by who looks for lost secrets.
PREFIX: Final = "aniworld_"
SECRET_BYTES = 32
SHOWN = len(PREFIX) + 4  # of these characters nobody guesses the rest
MOST_KEYS = 50  # of one user
LONGEST_DAYS = 3650
REVOKED_KEPT = timedelta(days=1)  # what has become of them the journal says for longer
SCOPES: Final = {Scope.READ: Right.VIEW, Scope.QUEUE: Right.OPERATE, Scope.ADMIN: Right.OWN}


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A fresh key. ``secret`` exists here and at whoever made it only."""

    secret: str
    key: ApiKey


def is_key(token: str) -> bool:
    """Whether a token is meant to be a key, and no session's."""
    return token.startswith(PREFIX)


def create_key(user: User, *, name: str, scope: Scope, lasts_days: int | None) -> IssuedKey:
    """Make a key of ``user``.

    Args:
        name: what it is for, in the user's words.
        scope: what it may do; never more than the user may.
        lasts_days: after so many days it ends; None: never.

    Raises:
        NotAllowed: the scope goes beyond the user's right.
        TooManyKeys: the user has as many as anybody can keep apart.
        TooManyTries: the user has made and revoked so many lately that it looks like a flood.
    """
    if SCOPES[scope] > right_of_user(user):
        raise lacking(SCOPES[scope])
    throttle.refuse_flood(user)
    secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    expires_at = None if lasts_days is None else timezone.now() + timedelta(days=lasts_days)
    with transaction.atomic():
        if keys_of(user).count() >= MOST_KEYS:
            raise TooManyKeys(most=MOST_KEYS)
        gone = timezone.now() - REVOKED_KEPT
        ApiKey.objects.filter(user=user, revoked_at__lt=gone).delete()
        key = ApiKey.objects.create(
            user=user,
            name=name,
            scope=scope,
            beginning=secret[:SHOWN],
            key_hash=_digest(secret),
            expires_at=expires_at,
        )
        facts = {"scope": scope.value, "user": user.get_username(), "expires_at": expires_at}
        record(KeyAction.CREATED, on=about_key(key), after=facts)
    log.info("key created key=%s user=%s scope=%s", key.pk, user.pk, scope.value)
    return IssuedKey(secret, key)


def keys_of(user: User) -> ApiKeyQuerySet:
    """The keys of ``user`` that were not revoked, the newest first."""
    return ApiKey.objects.kept().filter(user=user)


def revoke_key(user: User, key_id: int) -> None:
    """End one key of ``user``. Raises ``KeyUnknown``."""
    found = keys_of(user).filter(pk=key_id).first()
    if found is None or not end_keys([found]):
        raise KeyUnknown(why="api_key")


def end_keys(keys: Iterable[ApiKey]) -> int:
    """End these keys, whosever they are; returns how many were not ended before."""
    ended = 0
    with transaction.atomic():
        for key in keys:
            if ApiKey.objects.filter(pk=key.pk).revoke():
                record(KeyAction.REVOKED, on=about_key(key), before={"scope": key.scope})
                ended += 1
    return ended


def key_for(secret: str) -> ApiKey | None:
    """Return the key that is still good, or None; keeps in mind that it is used."""
    if len(secret) > 200:
        return None
    keys = ApiKey.objects.filter(key_hash=_digest(secret)).select_related(
        "user__granted", "user__preferences"
    )
    key = keys.order_by().first()
    if key is None or not key.is_good:
        return None
    activity.note(key)
    return key


def live_keys(ids: Collection[int]) -> list[ApiKey]:
    """Return those keys that are still good, in one query."""
    keys = ApiKey.objects.filter(pk__in=ids).order_by().select_related("user")
    return [key for key in keys if key.is_good]


def right_of_key(key: ApiKey) -> Right:
    """What a key may do: never more than its user may now."""
    return min(SCOPES[Scope(key.scope)], right_of_user(key.user))


def _digest(secret: str) -> str:
    # Nobody guesses 32 random bytes: a slow hash would only slow down every request.
    return hashlib.sha256(secret.encode()).hexdigest()
