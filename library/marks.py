"""What the rooms above know of series that are listed.

They hang themselves in here (``AppConfig.ready()``), as in ``library.leaving``: the library shows
what is said, and does not know who says it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mark:
    """What is on its way of one series.

    Attributes:
        queued: episodes that wait.
        is_downloading: whether one is being fetched now.
    """

    queued: int = 0
    is_downloading: bool = False


Marks = Mapping[int, Mark]

_asked: dict[str, Callable[[Collection[int]], Marks]] = {}


def ask(name: str, marks: Callable[[Collection[int]], Marks]) -> None:
    """Let a room say what it knows.

    Args:
        name: of the room; the last one of a name counts.
        marks: given ids of series, those of them that have a mark.
    """
    _asked[name] = marks


def marks_of(series_ids: Collection[int]) -> Marks:
    """The marks of these series, by their ids."""
    found: dict[int, Mark] = {}
    for marks in _asked.values() if series_ids else ():
        found |= marks(series_ids)
    return found
