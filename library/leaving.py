"""Who is to know that a series leaves the library or comes back, or that its episodes get other
numbers.

The rooms above hang themselves in here (``AppConfig.ready()``): the library does not know what they
keep of a series. They are called inside the transaction of the act, before it takes any row: who
has a lock of its own, as the queue, takes it first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from library.models import AnimeSeries

Listener = Callable[["AnimeSeries"], None]


@dataclass(frozen=True, slots=True)
class Renumbered:
    """What has become of a series' numbers, each as season and episode.

    Attributes:
        moves: old number by new number of what is the same episode.
        gone: old numbers whose episodes are no more, and which are another's now.
    """

    moves: Mapping[tuple[int, int], tuple[int, int]]
    gone: Collection[tuple[int, int]]


_on_locking: dict[str, Callable[[], object]] = {}
_on_leaving: dict[str, Listener] = {}
_on_returning: dict[str, Listener] = {}
_on_renumbering: dict[str, Callable[[AnimeSeries, Renumbered], None]] = {}
_on_holding: dict[str, Callable[[AnimeSeries, bool], None]] = {}


def follow(name: str, *, leaving: Listener, returning: Listener) -> None:
    """Call ``leaving`` when a series is taken out, ``returning`` when it is brought back.

    Args:
        name: of the room that follows; the last one of a name counts.
    """
    _on_leaving[name] = leaving
    _on_returning[name] = returning


def follow_numbers(
    name: str,
    *,
    locking: Callable[[], object],
    renumbering: Callable[[AnimeSeries, Renumbered], None],
    holding: Callable[[AnimeSeries, bool], None],
) -> None:
    """Call ``renumbering`` when episodes of a series get other numbers; ``holding`` with True when
    nobody knows which they are now, with False when that is known again. ``locking`` comes before
    either, and before it is looked which of them it is.

    Args:
        name: of the room that follows; the last one of a name counts.
    """
    _on_locking[name] = locking
    _on_renumbering[name] = renumbering
    _on_holding[name] = holding


def locks() -> None:
    """Let each room take its own lock, before a row of the library is taken."""
    for lock in _on_locking.values():
        lock()


def renumbers(series: AnimeSeries, change: Renumbered) -> None:
    for listener in _on_renumbering.values():
        listener(series, change)


def holds(series: AnimeSeries, *, is_held: bool) -> None:
    for listener in _on_holding.values():
        listener(series, is_held)


def leaves(series: AnimeSeries) -> None:
    for listener in _on_leaving.values():
        listener(series)


def returns(series: AnimeSeries) -> None:
    for listener in _on_returning.values():
        listener(series)
