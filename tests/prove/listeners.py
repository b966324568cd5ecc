"""Clients of the WebSocket that come back whenever they lose it, and what each heard."""

from __future__ import annotations

import itertools
import json
import random
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

ROOMS = ("downloads", "download_progress")
PROGRESS = "download_progress"  # a reading takes the place of the one before: it may be left out
AT_ONCE = "at once"
OPEN_SECONDS = 10.0
LOOK_SECONDS = 0.25
AFTER_A_LOSS_SECONDS = 0.02
# More than a client has to say where it stands: what comes after that must be refused.
TOO_LATE_SECONDS = 0.3


class Written(NamedTuple):
    """An event as the outbox has it."""

    id: int
    room: str
    type: str


@dataclass
class Visit:
    """One connection. ``since`` is the id after which it must have everything of a room."""

    came_from: int = 0
    manner: str = ""
    since: dict[str, int] = field(default_factory=dict)
    heard: list[tuple[int, str]] = field(default_factory=list)
    snapshots_required: int = 0

    @property
    def ids(self) -> list[int]:
        return [event_id for event_id, _ in self.heard]

    def faults(self, written: Mapping[int, Written]) -> Iterator[str]:
        """What was promised and not kept, held against the outbox."""
        ids = self.ids
        if self.manner == AT_ONCE and self.snapshots_required:
            yield f"who said at once that it had {self.came_from} was told to begin anew"
        for before, after in itertools.pairwise(ids):
            if after <= before:
                yield f"{after} came after {before}"
        if ids and ids[0] <= self.came_from:
            yield f"{ids[0]} came again to who had {self.came_from}"
        for event_id, kind in self.heard:
            if kind != PROGRESS and event_id not in written:
                yield f"{event_id} ({kind}) was never written"
        yield from (f"{missing} is missing" for missing in self._missing(ids, written.values()))

    def _missing(self, ids: Sequence[int], written: Iterable[Written]) -> list[Written]:
        heard, last = set(ids), ids[-1] if ids else 0
        return [
            event
            for event in written
            if self.since.get(event.room, last) < event.id <= last and event.id not in heard
        ]


class Listener(threading.Thread):
    """Listens until it is told up to which id, and has everything up to there.

    It comes back in each way the protocol has: with one message, room by room, and so late that
    the order can no longer be kept.
    """

    def __init__(self, addresses: Sequence[str], token: str, seed: int) -> None:
        super().__init__(name=f"listener-{seed}", daemon=True)
        self.visits: list[Visit] = []
        self._addresses = addresses
        self._headers = {"Authorization": f"Bearer {token}"}
        self._chance = random.Random(seed)
        self._last: int | None = None
        self._goal: int | None = None

    def finish(self, goal: int) -> None:
        self._goal = goal

    @property
    def connections(self) -> int:
        return sum(bool(visit.since) for visit in self.visits)

    def run(self) -> None:
        while not self._is_done:
            address = self._chance.choice(self._addresses)
            visit = Visit(self._last or 0)
            self.visits.append(visit)
            try:
                with connect(
                    address,
                    additional_headers=self._headers,
                    proxy=None,
                    open_timeout=OPEN_SECONDS,
                    close_timeout=1,
                    max_size=None,
                ) as socket:
                    self._listen(socket, visit)
            except (OSError, WebSocketException):
                time.sleep(AFTER_A_LOSS_SECONDS)

    @property
    def _is_done(self) -> bool:
        return self._goal is not None and self._last is not None and self._last >= self._goal

    def _listen(self, socket: ClientConnection, visit: Visit) -> None:
        self._come_in(socket, visit)
        while not self._is_done:
            try:
                message = json.loads(socket.recv(timeout=LOOK_SECONDS))
            except TimeoutError:
                continue
            self._take(message, visit)

    def _come_in(self, socket: ClientConnection, visit: Visit) -> None:
        manner = self._chance.choice((AT_ONCE, "room by room", "too late"))
        if self._last is not None and manner == AT_ONCE:
            visit.manner = manner
            _say(socket, action="resume", last_event_id=self._last, rooms=list(ROOMS))
        else:
            for room in ROOMS:
                _say(socket, action="join", room=room)
            if self._last is not None:
                time.sleep(TOO_LATE_SECONDS if manner == "too late" else 0)
                _say(socket, action="resume", last_event_id=self._last)
        if self._last is not None:
            visit.since = dict.fromkeys(ROOMS, self._last)

    def _take(self, message: dict[str, Any], visit: Visit) -> None:
        kind, data = message["type"], message["data"]
        if message["id"] is not None:
            visit.heard.append((message["id"], kind))
            if self._last is not None:
                self._last = max(self._last, message["id"])
        elif kind == "snapshot_required":
            visit.snapshots_required += 1
            visit.since = dict.fromkeys(ROOMS, data["last_event_id"])
            self._last = max(self._last or 0, data["last_event_id"])
        elif kind == "snapshot" and self._last is None:
            visit.since[data["room"]] = data["last_event_id"]
            if len(visit.since) == len(ROOMS):
                self._last = max(min(visit.since.values()), *visit.ids, 0)
        elif kind == "error":
            raise AssertionError(f"told off: {data}")


def _say(socket: ClientConnection, **message: Any) -> None:
    socket.send(json.dumps(message))
