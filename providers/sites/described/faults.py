"""What can be wrong with a part of a definition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from providers.errors import DefinitionInvalid


class Fault(NamedTuple):
    """One thing to mend.

    Attributes:
        at: where it stands, as a JSON pointer (RFC 6901); empty for the whole.
        why: which sentence of ``DefinitionInvalid`` tells it.
        params: what that sentence names.
    """

    at: str
    why: str
    params: Mapping[str, Any] = MappingProxyType({})

    @property
    def facts(self) -> dict[str, Any]:
        """The parameters of its sentence, the place too where that names it."""
        place = {"at": self.at or "#"} if "{at}" in DefinitionInvalid.texts[self.why] else {}
        return {**self.params, **place, "why": self.why}


class Unreadable(ValueError):
    """A selector, path, pattern or template that cannot be read: a :class:`Fault` without place."""

    def __init__(self, why: str, **params: Any) -> None:
        super().__init__(why)
        self.why = why
        self.params = params

    def fault(self, at: str) -> Fault:
        return Fault(at, self.why, self.params)


def pointer(at: str, name: str | int) -> str:
    """The JSON pointer of a member below ``at``."""
    return f"{at}/{str(name).replace('~', '~0').replace('/', '~1')}"


def refusal(faults: Sequence[Fault]) -> DefinitionInvalid:
    """The error of the first fault, with those of all of them."""
    every = tuple(_told(DefinitionInvalid, fault) for fault in faults)
    every[0].faults = every
    return every[0]


def _told(kind: type[DefinitionInvalid], fault: Fault) -> DefinitionInvalid:
    """A fault as an error; which facts its sentence wants stands where the fault is noted."""
    return kind(**fault.facts)
