"""A suspicious file that waits for its owner's word: as its item keeps it, and as all see it."""

from __future__ import annotations

from typing import Annotated, Any, TypedDict

from aniworld.web.shapes import Moment
from aniworld.web.texts import Told, told
from downloads import seen
from downloads.seen import Seen, kept
from downloads.transfer.quarantine import Quarantined

LONGEST = 100  # characters of a hoster's or a language's name


class QuarantinedFile(TypedDict):
    """A file that plays but may not be the episode. It is deleted at ``until``."""

    reason: Annotated[Told, "What is suspicious of it."]
    hoster: str
    language: str
    seconds: float
    size_mb: float
    seen: Annotated[Seen | None, "What it holds."]
    until: Moment


def facts_of(found: Quarantined) -> dict[str, Any]:
    """What of it is kept on the item."""
    return {
        "code": found.code,
        "params": dict(found.params),
        "hoster": found.hoster[:LONGEST],
        "language": found.language[:LONGEST],
        "source": found.source,
        "size": found.size,
        "seconds": round(found.duration, 3),
        "seen": kept(found.seen),
    }


def shown(facts: dict[str, Any], until: str) -> QuarantinedFile:
    """The same as everyone sees it."""
    reason = told(facts["code"], facts["params"])
    if reason is None:
        raise AssertionError("a quarantine without a reason")
    return {
        "reason": reason,
        "hoster": facts["hoster"],
        "language": facts["language"],
        "seconds": facts["seconds"],
        "size_mb": round(facts["size"] / 1_000_000, 2),
        "seen": seen.shown(facts["seen"]),
        "until": until,
    }
