"""Login by the word of a reverse proxy, which has asked for the password itself.

Off unless ``PROXY_LOGIN_HEADER`` names a header. It counts only on connections from one of
``TRUSTED_PROXIES``; of all others it is dropped before anything reads it (``accounts.clients``).
Nothing is kept of such a login: each request, and each opening of the WebSocket, comes with the
proxy's word or is nobody's. An open WebSocket brings no word again, so it ends after
``WORD_SECONDS`` and is opened anew: by then the proxy has been asked again.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Final

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.clients import is_trusted_proxy
from accounts.entries import BY_PROXY, AccountAction, about
from accounts.models import right_of_user
from accounts.services import is_configured
from aniworld.journal.actors import Actor, acting_as
from aniworld.journal.services import record
from aniworld.web.rights import Right

log = logging.getLogger(__name__)

LONGEST_NAME: Final = 150
MOST_USERS: Final = 500  # a proxy that sends anything it is sent must not fill the database

# Whoever has logged out at the proxy hears no more after that; coming back takes a moment.
WORD_SECONDS: Final = 300.0

_is_a_name = UnicodeUsernameValidator()


def user_said(remote: str, value: str) -> User | None:
    """The user a proxy vouches for; None where none does, or where that user may not log in.

    A name of ``PROXY_LOGIN_USERS`` is the user it is mapped to. Any other is the user of that name,
    made as a viewer when first seen. An owner is only whoever is mapped: a user of the proxy who
    happens to be called as one is not let in.

    Args:
        remote: the address the connection comes from.
        value: of the header; empty where there is none.
    """
    if not settings.PROXY_LOGIN_HEADER or not value or not is_trusted_proxy(remote):
        return None
    if not is_configured():  # or whoever comes first would be there before the owner
        return None
    mapped: str | None = settings.PROXY_LOGIN_USERS.get(value)
    users = User.objects.select_related("granted", "preferences").filter(username=mapped or value)
    user = users.first()
    if user is None:
        return None if mapped else _made(value)
    if mapped is None and _is_only_for_mapped(user):
        log.warning("proxy login refused: an owner must be in PROXY_LOGIN_USERS name=%r", value)
        return None
    return user if user.is_active else None


def may_stay(ids: Collection[int], *, mapped: bool) -> set[int]:
    """Which of the users whom the proxy has let in it could let in still, in one query.

    Args:
        mapped: whether they are those that a name of ``PROXY_LOGIN_USERS`` is mapped to.
    """
    users = User.objects.select_related("granted").filter(pk__in=ids, is_active=True)
    return {user.pk for user in users if mapped or not _is_only_for_mapped(user)}


def is_mapped(value: str) -> bool:
    """Whether a name of the proxy stands in ``PROXY_LOGIN_USERS``."""
    return value in settings.PROXY_LOGIN_USERS


def _is_only_for_mapped(user: User) -> bool:
    return right_of_user(user) is Right.OWN


def _made(name: str) -> User | None:
    try:
        _is_a_name(name)
    except ValidationError:
        return None
    if len(name) > LONGEST_NAME or User.objects.count() >= MOST_USERS:
        log.warning("proxy login refused: no user is made name=%r", name[:LONGEST_NAME])
        return None
    with transaction.atomic(), acting_as(Actor.system("proxy login")):
        nobodys = {"password": make_password(None)}
        user, is_new = User.objects.get_or_create(username=name, defaults=nobodys)
        if is_new:
            record(AccountAction.ADDED, on=about(user), reason=BY_PROXY)
            log.info("user made by proxy login user=%s", user.pk)
    return user
