"""Disks that hang, stood in for by questions that nobody answers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from itertools import count

import pytest

from aniworld.config import reach
from aniworld.config.reach import NoAnswer


@pytest.fixture
def hanging() -> Iterator[Callable[[], str]]:
    """A question that is answered when the test is over."""
    over = threading.Event()

    def question() -> str:
        over.wait(60)
        return "late"

    yield question
    over.set()


def open_questions() -> int:
    threads = [thread for thread in threading.enumerate() if thread.name == "asking a disk"]
    return len(threads) - len(reach._idle)


def test_what_a_disk_says_is_given_and_what_it_raises_is_raised() -> None:
    assert reach.ask("/a", lambda: "here") == "here"
    assert reach.ask("/a", lambda: None) is None
    with pytest.raises(PermissionError):
        reach.ask("/a", lambda: _raise(PermissionError(13, "no")))
    with pytest.raises(TimeoutError):  # as a share says it: that is an answer
        reach.ask("/a", lambda: _raise(TimeoutError(110, "server")))


def test_disk_that_hangs_is_waited_for_no_longer_than_said(hanging: Callable[[], str]) -> None:
    began = time.monotonic()
    with pytest.raises(NoAnswer):
        reach.ask("/hangs", hanging, seconds=0.3)
    assert time.monotonic() - began < 30  # half of what it hangs


def test_disk_that_hangs_holds_one_thread_however_often_it_is_asked(
    hanging: Callable[[], str],
) -> None:
    before = open_questions()
    for _ in range(10):
        with pytest.raises(NoAnswer):
            reach.ask("/hangs often", hanging, seconds=0.1)
    assert open_questions() == before + 1
    assert reach.ask("/does not", lambda: 1, seconds=60) == 1  # others are none the worse


def test_disk_is_asked_again_when_it_has_come_back() -> None:
    back = threading.Event()
    with pytest.raises(NoAnswer):
        reach.ask("/comes back", lambda: back.wait(60), seconds=0.2)
    back.set()
    assert reach.ask("/comes back", lambda: "here", seconds=60) == "here"


def test_long_work_that_gets_on_is_waited_for() -> None:
    looks, enough = count(), threading.Event()

    def signs() -> int:
        """Another one at each look; with the tenth the work is done."""
        look = next(looks)
        if look == 10:
            enough.set()
        return look

    assert reach.ask("/slow", lambda: enough.wait(60), seconds=0.1, signs=signs) is True


def test_whoever_waits_may_go(hanging: Callable[[], str]) -> None:
    beats = []

    def beat() -> None:
        beats.append(1)
        if len(beats) % 2 == 0:
            raise InterruptedError

    for _ in range(2):  # nor is the next one held by the question before
        with pytest.raises(InterruptedError):
            reach.ask("/hangs long", hanging, seconds=60, beat=beat)
    assert len(beats) == 4


def test_standing_still_ourselves_is_not_the_disks_silence(
    hanging: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a process that was stopped, or a machine that was asleep, finds the clock."""
    jumps = iter(range(0, 10**9, 10**4))
    monkeypatch.setattr("time.monotonic", lambda: float(next(jumps)))
    beats = []
    with pytest.raises(NoAnswer):
        reach.ask("/stopped", hanging, seconds=1.0, beat=lambda: beats.append(1))
    assert len(beats) == 4


def _raise(error: Exception) -> None:
    raise error
