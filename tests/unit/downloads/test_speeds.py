from __future__ import annotations

from datetime import UTC, datetime, timedelta

from downloads.speeds import EVERY, MOST, noted

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_speed_is_kept_every_two_seconds_and_the_oldest_go() -> None:
    kept = noted(None, 5_000_000, NOW)
    assert kept == {"at": NOW.isoformat(), "points": [5_000]}
    assert noted(kept, 9_000_000, NOW + EVERY / 2) == kept
    for turn in range(1, 3 * MOST):
        kept = noted(kept, turn * 1_000, NOW + turn * EVERY)
    assert kept is not None
    assert kept["points"] == list(range(2 * MOST, 3 * MOST))


def test_a_wait_is_a_point_of_nothing_but_no_beginning() -> None:
    assert noted(None, None, NOW) is None
    kept = noted(noted(None, 2_000, NOW), None, NOW + EVERY)
    assert kept is not None
    assert kept["points"] == [2, 0]


def test_a_clock_that_was_set_back_does_not_end_the_line() -> None:
    kept = noted(noted(None, 2_000, NOW), 3_000, NOW - timedelta(days=1))
    assert kept is not None
    assert kept["points"] == [2, 3]
