"""What is told of each call to a site or hoster, and by whom a call may be refused.

The product passes in a watch that all processes share; :class:`Unwatched` stands in where nobody
watches. What a refused call is told, the caller raises: a watch only says how long.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, Self

from providers.coded import Coded
from providers.errors import (
    AddressRefused,
    DefinitionMismatch,
    FeedInvalid,
    MarkupChanged,
    NotFound,
    ProviderError,
    RateLimited,
    SiteResting,
    SiteUnreachable,
    UnsupportedHoster,
)

# Errors of the system that say that this machine has no way out, whoever is asked.
_LINE_DOWN = frozenset({"ENETUNREACH", "ENETDOWN"})
# What a site says is no longer as it was read: no episode is to blame, and time does not mend it.
CHANGED = frozenset({MarkupChanged.code, DefinitionMismatch.code, FeedInvalid.code})
_RESTING = frozenset({"resting", "pause"})
# A site that answers so lets nobody in from here until a person has seen to it, or time has passed.
# Whoever goes on asking is shut out for longer.
REFUSALS = frozenset({"challenge", "blacklisted"})


@dataclass(frozen=True, slots=True)
class Fault:
    """Why there was no answer, as it passes from one process to another.

    Attributes:
        is_unreached: not even a connection came about: the fault of the service, or our line's.
        is_our_line: it can only be our own way to the network.
    """

    code: str
    params: Mapping[str, Any]
    is_unreached: bool = False
    is_our_line: bool = False

    @classmethod
    def of(cls, error: ProviderError) -> Self:
        is_unreached = isinstance(error, SiteUnreachable)
        return cls(error.code, error.params, is_unreached, is_our_line(error.params))


@dataclass(frozen=True, slots=True)
class Called:
    """How one call ended, with all tries it took.

    Attributes:
        service: the site (``aniworld``) or hoster (``hoster:voe``) that was asked.
        host: its address where it has several that are told apart, else empty.
        error: why there was no answer; None where there was one.
        seconds: from sending to the last byte, of the try that was answered.
        size: bytes of the answer.
    """

    service: str
    host: str = ""
    error: Fault | None = None
    seconds: float = 0.0
    size: int = 0


_HOSTER = "hoster:"


def hoster_service(name: str) -> str:
    """What a hoster is called among the services that are asked."""
    return _HOSTER + name


def is_hoster(service: str) -> bool:
    return service.startswith(_HOSTER)


@dataclass(frozen=True, slots=True)
class Rest:
    """How long a service is left alone.

    Attributes:
        seconds: 0 where it may be asked.
        reason: what it has refused us with; None where it has only failed again and again.
    """

    seconds: float = 0.0
    reason: Coded | None = None


class Watch(Protocol):
    """Counts calls, and lets what is down rest. Any method may be called from any thread."""

    def rest(self, service: str, host: str) -> Rest:
        """How long it is still left alone.

        The first one who asks when that is over is let through to see whether it is well again;
        the others wait for what that brings.
        """
        ...

    def note(self, called: Called) -> None:
        """One call has ended."""
        ...

    def misread(self, service: str, error: Fault) -> None:
        """An answer came and could not be read, which says nothing of the others."""
        ...


class Unwatched:
    """A :class:`Watch` that looks away."""

    def rest(self, service: str, host: str) -> Rest:  # noqa: ARG002 - as the protocol has it
        return Rest()

    def note(self, called: Called) -> None:
        pass

    def misread(self, service: str, error: Fault) -> None:
        pass


def is_answer(error: ProviderError) -> bool:
    """Whether the service did answer: it does not have what was asked for."""
    return isinstance(error, NotFound)


def says_nothing(error: ProviderError) -> bool:
    """Whether an error says nothing of who was to be asked: nobody was."""
    if isinstance(error, RateLimited):
        return error.params.get("why") in _RESTING
    return isinstance(error, AddressRefused | SiteResting | UnsupportedHoster)


def is_our_line(params: Mapping[str, Any]) -> bool:
    """Whether an error with these facts can only be that of our own way to the network."""
    return params.get("why") == "no_names" or params.get("errno") in _LINE_DOWN
