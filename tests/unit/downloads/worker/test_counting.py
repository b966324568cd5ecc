"""What children tell of the bytes that came, and what is written of it."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from downloads.models import FetchedDay
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


def test_days_are_kept_as_long_as_they_are_wanted(db: None) -> None:
    now = timezone.now()
    ledger.add(now, episodes=1)
    ledger.add(now, failed=2)
    ledger.add(now - timedelta(days=5), size=7)
    day = timezone.localtime(now).date()
    figures = FetchedDay.objects.order_by("day").values_list("bytes", "episodes", "failed")
    assert list(figures) == [(7, 0, 0), (0, 1, 2)]
    assert ledger.forget_before(day) == 1
    assert FetchedDay.objects.get().day == day
