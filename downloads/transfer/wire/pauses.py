"""Pauses that hosts ask for (``Retry-After``): kept where all processes see them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Protocol

from downloads.transfer.wire.stopping import rest
from providers.addresses import host_of
from providers.base import RateStore

LONGEST_HOLD = 3_600.0  # whoever asks for more is asked once an hour whether it still does
POLL_SECONDS = 1.0  # until a pause that the owner has lifted is over


class Pauses(Protocol):
    """Holds of hosts, shared by the threads of a transfer."""

    def hold(self, url: str, /, seconds: float) -> None:
        """Nobody asks the host of ``url`` before ``seconds`` from now."""
        ...

    def wait(self, url: str, stop: threading.Event, /) -> None:
        """Return when the host of ``url`` may be asked.

        Raises:
            Stopped: the transfer ended meanwhile.
        """
        ...


class HostPauses:
    """:class:`Pauses` in the rate store, where the queue page shows them and the owner may lift
    them. It is asked once for each host, and while that host is held.

    Args:
        store: shared by all processes.
        name: for whom the host is asked, as the queue page names it.
        on_wait: told about once a second how many seconds there are still to wait, and 0 when
            that is over. Called by one thread at a time, never by two.
    """

    def __init__(
        self,
        store: RateStore,
        *,
        name: str = "media",
        on_wait: Callable[[float], None] = lambda _seconds: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._name = name
        self._on_wait = on_wait
        self._clock = clock
        self._lock = threading.Lock()
        self._until: dict[str, float] = {}
        self._asked_at: dict[str, float] = {}

    def hold(self, url: str, seconds: float) -> None:
        seconds = min(max(seconds, 0.0), LONGEST_HOLD)
        key = self._key(url)
        with self._lock:
            self._store.hold(key, seconds=seconds)
            now = self._clock()
            self._until[key] = max(self._until.get(key, now), now + seconds)
            self._asked_at[key] = now

    def wait(self, url: str, stop: threading.Event) -> None:
        while (left := self.left(url)) > 0:
            rest(min(left, POLL_SECONDS), stop)

    def left(self, url: str) -> float:
        """Seconds for which the host of ``url`` is still held; 0 where it is not."""
        key = self._key(url)
        with self._lock:
            now = self._clock()
            if self._is_due(key, now):
                self._ask(key, now)
            return max(self._until[key] - now, 0.0)

    def _is_due(self, key: str, now: float) -> bool:
        """A host that is not held is not asked for again: each request would cost a question."""
        asked = self._asked_at.get(key)
        if asked is None:
            return True
        return self._until[key] > asked and now - asked >= POLL_SECONDS

    def _ask(self, key: str, now: float) -> None:
        was_held = self._until.get(key, 0.0) > self._asked_at.get(key, 0.0)
        # Without an interval no slot is taken: this only tells how long the host is held.
        left = min(self._store.reserve(key, interval=0.0), LONGEST_HOLD)
        self._asked_at[key] = now
        self._until[key] = now + left
        if left > 0 or was_held:
            self._on_wait(left)

    def _key(self, url: str) -> str:
        return f"{self._name} {host_of(url)}"
