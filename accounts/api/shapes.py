"""What the accounts' API answers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, NotRequired, TypedDict

from accounts.keys import IssuedKey
from accounts.models import ApiKey, Scope, UserSession
from accounts.services import IssuedToken
from aniworld.web.rights import Right
from aniworld.web.shapes import OneOf

RIGHTS = [right.word.upper() for right in Right]


class Done(TypedDict):
    """It is done; there is no more to say."""

    status: Literal["ok"]


class Token(TypedDict):
    """What a program logs in with from now on."""

    access_token: Annotated[str, "Send it as `Authorization: Bearer …`."]
    token_type: Literal["bearer"]
    expires_at: datetime


class AuthStatus(TypedDict):
    """Whether setup is done, and who asks."""

    configured: bool
    authenticated: bool
    expires_at: NotRequired[Annotated[datetime | None, "Of the session or key; only with one."]]
    right: NotRequired[
        Annotated[str, OneOf([right.word.upper() for right in Right]), "Of the caller."]
    ]


class Session(TypedDict):
    """One login of the caller's user."""

    id: str
    ip_address: str | None
    user_agent: str
    created_at: datetime
    last_activity: datetime
    expires_at: datetime
    is_current: Annotated[bool, "Whether it is the one that asks."]


class KeyFacts(TypedDict):
    """What is said of an API key when it is made."""

    id: str
    name: str
    scope: Annotated[str, OneOf(Scope.names)]
    beginning: Annotated[str, "Its first characters, to know it again by."]
    created_at: datetime
    expires_at: Annotated[datetime | None, "Null: it lasts until it is revoked."]


class Key(KeyFacts):
    """One API key of the caller's user."""

    last_activity: Annotated[datetime | None, "Null: never used."]
    is_expired: bool


class NewKey(KeyFacts):
    """A fresh key, with the one and only look at it."""

    key: Annotated[str, "Send it as `X-Api-Key`, or as a Bearer token."]


def _facts(key: ApiKey) -> KeyFacts:
    return {
        "id": str(key.pk),
        "name": key.name,
        "scope": key.scope.upper(),
        "beginning": key.beginning,
        "created_at": key.created_at,
        "expires_at": key.expires_at,
    }


def key_row(key: ApiKey) -> Key:
    return {**_facts(key), "last_activity": key.last_activity, "is_expired": key.is_expired}


def new_key(issued: IssuedKey) -> NewKey:
    return {**_facts(issued.key), "key": issued.secret}


def done() -> Done:
    return {"status": "ok"}


def token(issued: IssuedToken) -> Token:
    return {
        "access_token": issued.token,
        "token_type": "bearer",
        "expires_at": issued.expires_at,
    }


def auth_status(
    found: UserSession | ApiKey | None, right: Right | None, *, configured: bool
) -> AuthStatus:
    answer: AuthStatus = {"configured": configured, "authenticated": right is not None}
    if found is not None:
        answer["expires_at"] = found.expires_at
    if right is not None:
        answer["right"] = right.word.upper()
    return answer


def session_row(session: UserSession, *, current: UserSession | None) -> Session:
    return {
        "id": str(session.session_id),
        "ip_address": session.ip_address,
        "user_agent": session.user_agent,
        "created_at": session.created_at,
        "last_activity": session.last_activity,
        "expires_at": session.expires_at,
        "is_current": session == current,
    }
