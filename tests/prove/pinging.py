"""Pings while something goes on: how long an answer takes depends on the machine, so what is
held is a ratio to what half of them took before."""

from __future__ import annotations

import socket
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import requests

SECONDS = 6.0  # of each attack
MOST = 12  # times the usual
LEAST = 0.02  # seconds: below this the machine's own noise is larger than the answer


@dataclass
class Target:
    port: int
    token: str

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def login(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

    def pings(self, until: Callable[[], bool]) -> list[float]:
        """How long each ping took, on a connection of its own, in seconds."""
        taken = []
        while not until():
            began = time.monotonic()
            assert requests.get(f"{self.address}/ping", timeout=60).status_code == 200
            taken.append(time.monotonic() - began)
        return taken


Attack = Callable[[Target, Callable[[], bool]], None]


def hold_against(target: Target, attack: Attack, words: str) -> str:
    """Ping while an attack goes on.

    Returns:
        What was seen, in one line.

    Raises:
        AssertionError: others were not served as usual; or what the attack itself raised.
    """
    usual = statistics.median(_measured(target, lambda _target, _over: None, SECONDS / 3))
    during = _measured(target, attack, SECONDS)
    median, worst = statistics.median(during), max(during)
    seen = f"{len(during)} pings, half within {median * 1000:.0f} ms ({usual * 1000:.0f} before)"
    assert median < MOST * max(usual, LEAST), f"{words} {seen}"
    assert worst < SECONDS, f"{words} one took {worst:.1f} s"
    return f"{words} {seen}, the longest {worst * 1000:.0f} ms"


def _measured(target: Target, attack: Attack, seconds: float) -> list[float]:
    """The pings while an attack goes on; what it raises is raised here."""
    ends, failed = time.monotonic() + seconds, []

    def over() -> bool:
        return time.monotonic() > ends

    def run() -> None:
        try:
            attack(target, over)
        except BaseException as error:  # noqa: BLE001 - raised below, in the test's own thread
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    taken = target.pings(over)
    thread.join()
    if failed:
        raise failed[0]
    return taken
