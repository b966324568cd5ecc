"""What children tell of the bytes that came, and what is written of it."""

from __future__ import annotations

from django.utils import timezone

from downloads.quiet import ledger
from downloads.worker.counting import WRITE_SECONDS, Counting


def written() -> int:
    return ledger.used(timezone.now()).month.bytes


def test_what_every_child_of_a_try_has_fetched_is_counted_once(db: None) -> None:
    ticks = [0.0]
    counting = Counting(clock=lambda: ticks[0])
    counting.begin()
    counting.note(100)
    counting.note(250)
    counting.write_now_and_then()
    assert written() == 0
    ticks[0] = WRITE_SECONDS
    counting.write_now_and_then()
    assert written() == 250
    counting.note(300)
    counting.begin()  # the child has died, and another one counts from nothing
    counting.note(40)
    counting.write()
    counting.write()
    assert written() == 340
