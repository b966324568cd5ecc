"""Who is told that a session has ended: what was given to its browser ends with it."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Protocol

from accounts.models import UserSession


class Follower(Protocol):
    """Keeps something for the browsers of sessions. Called in the transaction of the change."""

    def ended(self, sessions: Collection[uuid.UUID]) -> None:
        """These were ended: by logging out, by hand, or by a new password."""
        ...

    def kept(self, session: UserSession) -> None:
        """The password of its user is another one, and this session goes on."""
        ...


_followers: list[Follower] = []


def follow(follower: Follower) -> None:
    """Tell it from now on."""
    if follower not in _followers:
        _followers.append(follower)


def ended(sessions: Collection[uuid.UUID]) -> None:
    """Call it in a transaction."""
    for follower in _followers:
        follower.ended(sessions)


def kept(session: UserSession) -> None:
    """Call it in a transaction. ``session`` has the mark of the new password."""
    for follower in _followers:
        follower.kept(session)
