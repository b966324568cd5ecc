"""Who is to know that a series leaves the library, or comes back.

The rooms above hang themselves in here (``AppConfig.ready()``): the library does not know what they
keep of a series. They are called inside the transaction of the act, before it takes any row: who
has a lock of its own, as the queue, takes it first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from library.models import AnimeSeries

Listener = Callable[["AnimeSeries"], None]

_on_leaving: dict[str, Listener] = {}
_on_returning: dict[str, Listener] = {}


def follow(name: str, *, leaving: Listener, returning: Listener) -> None:
    """Call ``leaving`` when a series is taken out, ``returning`` when it is brought back.

    Args:
        name: of the room that follows; the last one of a name counts.
    """
    _on_leaving[name] = leaving
    _on_returning[name] = returning


def leaves(series: AnimeSeries) -> None:
    for listener in _on_leaving.values():
        listener(series)


def returns(series: AnimeSeries) -> None:
    for listener in _on_returning.values():
        listener(series)
