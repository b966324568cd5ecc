"""Connections that keep us waiting: how many there may be, of one address and of all."""

from __future__ import annotations

from collections import Counter, OrderedDict
from typing import Any, Protocol

import daphne.server  # noqa: F401 (installs the reactor that is taken from Twisted below)
from twisted.internet import reactor

from aniworld.server.limits import Limits

_clock: Any = reactor

# Many may come in one turn of the loop, before anything is read: whoever has sent its request
# already must not be taken for silent.
GRACE_SECONDS = 0.05
MOST_IN_GRACE = 4  # times the limits; beyond it the oldest end at once


class Connection(Protocol):
    """What can be ended."""

    def end(self) -> None: ...


class Crowd:
    """Connections that keep us waiting, by address, oldest first.

    Args:
        most_per_address: where there are more, the oldest of the address end soon.
        most: the same of all addresses.
    """

    def __init__(self, *, most_per_address: int, most: int) -> None:
        self._most_per_address = most_per_address
        self._most = most
        self._is_crowded = False
        self._all: OrderedDict[Connection, str] = OrderedDict()
        self._by_address: dict[str, OrderedDict[Connection, None]] = {}

    def add(self, connection: Connection, address: str) -> None:
        """Take one in; the oldest of its address, or of all, end soon where there are too many."""
        self.remove(connection)
        self._all[connection] = address
        self._by_address.setdefault(address, OrderedDict())[connection] = None
        self._make_room(address, times=MOST_IN_GRACE)
        if not self._is_crowded and self._is_too_many(address):
            self._is_crowded = True
            _clock.callLater(GRACE_SECONDS, self._after_reading)

    def _after_reading(self) -> None:
        """Make room in the next turn of the loop: in this one nothing has been read yet."""
        _clock.callLater(0, self._end_crowd)

    def _end_crowd(self) -> None:
        self._is_crowded = False
        for address in list(self._by_address):
            self._make_room(address, times=1)

    def _is_too_many(self, address: str) -> bool:
        own = self._by_address.get(address, ())
        return len(own) > self._most_per_address or len(self._all) > self._most

    def _make_room(self, address: str, *, times: int) -> None:
        most = times * self._most_per_address
        while len(own := self._by_address.get(address, OrderedDict())) > most:
            self._end(next(iter(own)))
        while len(self._all) > times * self._most:
            self._end(next(iter(self._all)))

    def remove(self, connection: Connection) -> None:
        address = self._all.pop(connection, None)
        if address is None:
            return
        own = self._by_address[address]
        del own[connection]
        if not own:
            del self._by_address[address]

    def _end(self, connection: Connection) -> None:
        self.remove(connection)
        connection.end()


class Crowds:
    """Where the connections of one server stand.

    Attributes:
        waiting: have not yet sent a whole request.
        unread: do not take their answer.
    """

    def __init__(self, limits: Limits) -> None:
        self._most_asking = limits.asking_per_address
        self._asking: Counter[str] = Counter()
        self.waiting = Crowd(most_per_address=limits.waiting_per_address, most=limits.waiting)
        self.unread = Crowd(most_per_address=limits.unread_per_address, most=limits.unread)

    def may_ask(self, address: str) -> bool:
        """Whether few enough requests of an address are being answered; then it is one more."""
        if self._asking[address] >= self._most_asking:
            return False
        self._asking[address] += 1
        return True

    def answered(self, address: str) -> None:
        """One of them is over."""
        self._asking[address] -= 1
        if not self._asking[address]:
            del self._asking[address]
