"""What the accounts' API answers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, NotRequired, TypedDict

from accounts.models import UserSession
from accounts.services import IssuedToken


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
    expires_at: NotRequired[Annotated[datetime, "Of the session; only with one."]]


class Session(TypedDict):
    """One login of the caller's user."""

    id: str
    ip_address: str | None
    user_agent: str
    created_at: datetime
    last_activity: datetime
    expires_at: datetime
    is_current: Annotated[bool, "Whether it is the one that asks."]


def done() -> Done:
    return {"status": "ok"}


def token(issued: IssuedToken) -> Token:
    return {
        "access_token": issued.token,
        "token_type": "bearer",
        "expires_at": issued.expires_at,
    }


def auth_status(session: UserSession | None, *, configured: bool) -> AuthStatus:
    answer: AuthStatus = {"configured": configured, "authenticated": session is not None}
    if session is not None:
        answer["expires_at"] = session.expires_at
    return answer


def session_row(session: UserSession, *, current: UserSession) -> Session:
    return {
        "id": str(session.session_id),
        "ip_address": session.ip_address,
        "user_agent": session.user_agent,
        "created_at": session.created_at,
        "last_activity": session.last_activity,
        "expires_at": session.expires_at,
        "is_current": session == current,
    }
