"""Who acts.

The one who acts is carried by a context variable, set where something begins: a request, a command,
a turn of the worker (docs/adr/0002-actor-and-journal.md says why). Nobody acts by default: a new
thread and a new process begin with no one, and a write there fails until its edge says who it is.
"""

from __future__ import annotations

import os
import pwd
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Self

from aniworld.journal.choices import ActorKind
from aniworld.journal.errors import NoActor
from aniworld.web.rights import Right, lacking


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who writes.

    ``id`` and ``name`` are the user's for a person or a program (both empty before the login), the
    worker's or the scan's own and the machine's, the command's and the system user's.

    ``origin``: who set it going, where that is another one: the person who started a scan.

    ``right``: what they may do. Whoever acts at a shell, or for the product itself, may do all.
    """

    kind: ActorKind
    id: str = ""
    name: str = ""
    origin: Actor | None = None
    right: Right = Right.OWN

    @classmethod
    def command(cls, name: str) -> Self:
        """A command of that name, run by the system user of this process."""
        return cls(ActorKind.COMMAND, name, _system_user())

    @classmethod
    def worker(cls, name: str) -> Self:
        return cls(ActorKind.WORKER, name, socket.gethostname())

    @classmethod
    def scan(cls, operation_id: str, *, started_by: Actor | None) -> Self:
        return cls(ActorKind.SCAN, operation_id, socket.gethostname(), origin=started_by)

    @classmethod
    def schedule(cls, job: str, *, origin: Actor | None = None) -> Self:
        """The schedule, in a run of that job."""
        return cls(ActorKind.SCHEDULE, job, socket.gethostname(), origin=origin)

    @classmethod
    def system(cls, part: str) -> Self:
        """The product for itself. ``part`` says which: nobody asked for what it does."""
        return cls(ActorKind.SYSTEM, part)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self | None:
        """What :meth:`as_json` gave; None for an empty mapping."""
        return cls(ActorKind(data["kind"]), data["id"], data["name"]) if data else None

    def as_json(self) -> dict[str, str]:
        """To be kept in a row until another process acts for this one; without the origin."""
        return {"kind": self.kind.value, "id": self.id, "name": self.name}


_current: ContextVar[Actor] = ContextVar("actor")


@contextmanager
def acting_as(actor: Actor) -> Iterator[Actor]:
    """Whatever is written inside is written by ``actor``."""
    token = _current.set(actor)
    try:
        yield actor
    finally:
        _current.reset(token)


def current_actor() -> Actor:
    """The one who acts here. Raises ``NoActor``."""
    try:
        return _current.get()
    except LookupError:
        raise NoActor from None


def demand(right: Right) -> None:
    """Go on only where the one who acts has this right: for what an address does at times only.

    What every request to an address takes is said there, by ``aniworld.web.permissions.needs``.

    Raises:
        NoActor: nobody acts here.
        NotAllowed: the right is too small.
    """
    if current_actor().right < right:
        raise lacking(right)


def _system_user() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container may run as a number that has no name
        return str(os.getuid())
