"""When a source brings too little; what its hoster wants us to wait is no fault of it."""

from __future__ import annotations

import pytest

from downloads.worker.pace import SLOWEST, WINDOW_SECONDS, Pace

ENOUGH = int(SLOWEST * WINDOW_SECONDS)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pace(clock: Clock) -> Pace:
    return Pace(clock=clock)


def after(pace: Pace, clock: Clock, seconds: float, have: int) -> int | None:
    """What is said after so long, with a look every second as the worker takes them."""
    said = None
    for _ in range(int(seconds)):
        clock.now += 1
        said = pace.too_slow(have)
    return said


def test_a_window_that_brings_enough_is_followed_by_another(pace: Pace, clock: Clock) -> None:
    assert after(pace, clock, WINDOW_SECONDS, ENOUGH) is None
    assert after(pace, clock, WINDOW_SECONDS - 1, ENOUGH) is None
    assert after(pace, clock, 1, ENOUGH) == 0


def test_a_trickle_is_told_by_its_rate(pace: Pace, clock: Clock) -> None:
    pace.begin(500)
    assert after(pace, clock, WINDOW_SECONDS, 500 + ENOUGH // 2) == SLOWEST // 2


def test_what_was_waited_as_asked_belongs_to_no_window(pace: Pace, clock: Clock) -> None:
    assert after(pace, clock, WINDOW_SECONDS - 10, 0) is None
    for left in range(300, 0, -1):  # told about once a second
        pace.wait(left)
        assert after(pace, clock, 1, 0) is None
    pace.wait(0)
    assert after(pace, clock, 9, 0) is None
    assert after(pace, clock, 1, 0) == 0


def test_waiting_that_nobody_ends_is_over_when_it_was_to_be(pace: Pace, clock: Clock) -> None:
    pace.wait(50)
    assert after(pace, clock, 49 + WINDOW_SECONDS, 0) is None
    assert after(pace, clock, 1, 0) == 0


def test_who_asks_to_wait_again_and_again_brings_too_little_all_the_same(
    pace: Pace, clock: Clock
) -> None:
    for _ in range(int(WINDOW_SECONDS) - 1):
        pace.wait(1)
        assert after(pace, clock, 2, 0) is None
    pace.wait(1)
    assert after(pace, clock, 2, 0) == 0


def test_another_source_is_not_waited_for(pace: Pace, clock: Clock) -> None:
    pace.wait(1000)
    pace.begin(0)
    assert after(pace, clock, WINDOW_SECONDS, 0) == 0


def test_a_file_begun_anew_begins_a_window(pace: Pace, clock: Clock) -> None:
    pace.begin(9_000)
    assert after(pace, clock, WINDOW_SECONDS - 1, 8_000) is None
    assert after(pace, clock, 1, 8_000) is None
