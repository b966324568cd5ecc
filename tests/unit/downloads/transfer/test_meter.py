"""How far a download is said to be."""

from __future__ import annotations

from downloads.transfer.messages import Reading
from downloads.transfer.meter import Meter


def test_nothing_is_guessed_from_what_a_playlist_says_of_itself_alone() -> None:
    told: list[Reading] = []
    moment = iter(range(100))
    meter = Meter(told.append, clock=lambda: float(next(moment)))
    meter.expect("film", seconds=10.0, bits_per_second=80_000_000)
    meter.received(1_000)
    assert (told[-1].downloaded, told[-1].total, told[-1].percent) == (1_000, None, 0.0)
    meter.done("film", 1.0, 1_000, received=1_000)
    assert (told[-1].total, told[-1].percent, told[-1].is_estimate) == (10_000, 10.0, True)
    meter.done("film", 9.0, 5_000, received=0)
    assert (told[-1].total, told[-1].percent, told[-1].is_estimate) == (6_000, 100.0, False)
