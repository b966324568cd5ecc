"""Sending, by real processes to a real server; the clock is the test's."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from aniworld.config import store
from aniworld.system.notifications import claims, gathering, targets
from aniworld.system.notifications.children import Process
from aniworld.system.notifications.models import Delivery, SenderLease, TargetState
from aniworld.system.notifications.sender import AT_ONCE, Sender, drain
from aniworld.system.notifications.wire.messages import Answer, Job
from aniworld.web.texts import text_of
from library.services.liveness import this_process
from tests.receiver import FAILS, FLOODED, HANGS, OK, Receiver

from .conftest import SetUp
from .happening import arrived, failed

pytestmark = pytest.mark.django_db


class Clock:
    def __init__(self) -> None:
        self.now = timezone.now()

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sender(clock: Clock) -> Sender:
    return Sender(now=clock)


def until(holds: Callable[[], object], sender: Sender, *, seconds: float = 60.0) -> None:
    """Turns of a sender until something is so."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "that did not come"
        sender.turn()
        time.sleep(0.02)


def settled(sender: Sender) -> None:
    """Turns until nothing is sent and nothing is due."""
    sender.turn()
    until(lambda: not sender.has_more(), sender)


def states() -> list[str]:
    return list(Delivery.objects.order_by("id").values_list("state", flat=True))


def test_a_message_arrives(target: SetUp, receiver: Receiver, sender: Sender) -> None:
    target(url=receiver.address, signing_key="hush")
    arrived(4)
    settled(sender)
    assert states() == ["SENT"]
    [taken] = receiver.taken
    row = Delivery.objects.get()
    told = taken.json
    assert told["id"] == taken.id == str(row.message_id)
    assert (told["event"], told["text"]) == ("DOWNLOAD_COMPLETE", "Moon S01E04 has arrived.")
    [item] = told["items"]
    assert item["params"]["episodes"] == [{"season": 1, "episode": 4}]
    assert row.tries == 1


def test_apprise_gets_words(target: SetUp, receiver: Receiver, sender: Sender) -> None:
    target(kind="APPRISE", url=receiver.apprise)
    arrived(4)
    settled(sender)
    told = receiver.taken[0].json
    assert (told["title"], told["message"]) == ("Downloaded", "Moon S01E04 has arrived.")


def test_what_fails_is_sent_when_the_server_is_back(
    target: SetUp, receiver: Receiver, sender: Sender, clock: Clock
) -> None:
    receiver.mood = FAILS
    target(url=receiver.address)
    arrived(1)
    settled(sender)
    assert states() == ["WAITING"]
    row = Delivery.objects.get()
    assert text_of(row.error) == "127.0.0.1 answered 500."
    assert row.next_try_at == clock.now + claims.FIRST_PAUSE
    asked = receiver.asked
    sender.turn()
    assert receiver.asked == asked  # it is left alone
    clock.now += timedelta(minutes=1)
    settled(sender)
    assert Delivery.objects.get().next_try_at == clock.now + 2 * claims.FIRST_PAUSE
    receiver.mood = "ok"
    arrived(2)
    clock.now += timedelta(minutes=10)
    settled(sender)
    assert states() == ["SENT", "SENT"]
    assert sorted(receiver.episodes("DOWNLOAD_COMPLETE")) == [("moon", 1, 1), ("moon", 1, 2)]
    state = TargetState.objects.get()
    assert (state.failures, state.failing_since, state.error) == (0, None, None)


def test_one_that_asks_for_a_pause_gets_it(
    target: SetUp, receiver: Receiver, sender: Sender, clock: Clock
) -> None:
    receiver.mood, receiver.retry_after = FLOODED, "1800"
    target(url=receiver.address)
    arrived(1)
    settled(sender)
    assert Delivery.objects.get().next_try_at == clock.now + timedelta(minutes=30)
    assert TargetState.objects.get().next_at == clock.now + timedelta(minutes=30)


def test_what_a_clock_that_was_ahead_has_put_off_is_sent(
    target: SetUp, receiver: Receiver, sender: Sender, clock: Clock
) -> None:
    receiver.mood = FAILS
    target(url=receiver.address)
    arrived(1)
    clock.now += timedelta(days=7)
    settled(sender)
    assert states() == ["WAITING"]
    receiver.mood = OK
    clock.now -= timedelta(days=7)
    settled(sender)
    assert states() == ["SENT"]


def test_it_is_given_up_in_the_end_and_stays(
    target: SetUp, receiver: Receiver, sender: Sender, clock: Clock
) -> None:
    receiver.mood = FAILS
    target(url=receiver.address, section={"give_up_hours": 3})
    arrived(1)
    for _ in range(40):
        settled(sender)
        if states() == ["FAILED"]:
            break
        clock.now = max(Delivery.objects.get().next_try_at or clock.now, clock.now)
        clock.now = max(clock.now, TargetState.objects.get().next_at or clock.now)
    row = Delivery.objects.get()
    assert (row.state, row.ended_at is not None) == ("FAILED", True)
    assert 6 <= row.tries <= 12
    assert text_of(row.error) == "127.0.0.1 answered 500."


def test_one_that_is_never_taken_does_not_hold_up_the_others(target: SetUp, clock: Clock) -> None:
    taken: list[str] = []

    class Child:
        def __init__(self, job: Job) -> None:
            self.job = job

        def is_over(self) -> bool:
            return True

        def answer(self) -> Answer:
            if "S01E01" in self.job.body:
                return Answer({"code": "notify_refused", "params": {"host": "h", "status": 400}})
            taken.append(self.job.title)
            return Answer()

        def kill(self) -> None:
            raise AssertionError("nothing hangs")

    sender = Sender(begin=Child, now=clock)
    target()
    for number in (1, 2, 3):
        arrived(number)
    for _ in range(8):
        sender.turn()
        clock.now += timedelta(seconds=40)
    assert len(taken) == 2
    assert sorted(states())[1:] == ["SENT", "SENT"] or sorted(states())[:2] == ["SENT", "SENT"]
    assert "FAILED" not in states()


def test_one_that_hangs_holds_up_no_other(
    target: SetUp, receiver: Receiver, sender: Sender
) -> None:
    with Receiver(mood=HANGS) as silent:
        target("a", url=silent.address)
        target("b", url=receiver.address)
        arrived(1)
        until(lambda: receiver.taken, sender)
        assert sorted(states()) in (["SENDING", "SENDING"], ["SENDING", "SENT"])
        sender.stop()
        assert "SENDING" not in states()


def test_as_many_at_once_as_may_be(target: SetUp) -> None:
    begun: list[Job] = []

    class Child:
        def __init__(self, job: Job) -> None:
            begun.append(job)

        def is_over(self) -> bool:
            return False

        def answer(self) -> None:
            return None

        def kill(self) -> None:
            begun.pop()

    sender = Sender(begin=Child)
    for number in range(AT_ONCE + 3):
        target(f"t{number}")
    arrived(1)
    arrived(2)
    sender.turn()
    sender.turn()
    assert len(begun) == AT_ONCE
    assert states().count("SENDING") == AT_ONCE
    sender.stop()
    assert begun == []


def test_a_target_that_is_gone_or_off_is_told_in_the_log(
    target: SetUp, sender: Sender, receiver: Receiver, clock: Clock
) -> None:
    for name in ("a", "b", "c"):
        target(name, url=receiver.address)
    arrived(1)

    def change(data: dict[str, Any]) -> None:
        del data["notifications"]["targets"]["a"]
        data["notifications"]["targets"]["b"]["enabled"] = False

    gathering.read(targets.settings(), clock.now)
    store.update(change)
    settled(sender)
    found = {row.target: (row.state, text_of(row.error)) for row in Delivery.objects.all()}
    assert found == {
        "a": ("CANCELLED", "There is no such target any more."),
        "b": ("CANCELLED", "The target is switched off."),
        "c": ("SENT", ""),
    }


def test_nothing_is_sent_in_quiet_hours(
    target: SetUp, receiver: Receiver, sender: Sender, clock: Clock
) -> None:
    receiver.mood = FAILS
    local = timezone.localtime(clock.now)
    clock.now = local.replace(hour=21, minute=59, second=30)
    target(url=receiver.address, quiet_hours="22:00-07:00")
    failed(1)
    settled(sender)
    receiver.mood = "ok"
    clock.now += timedelta(hours=2)
    settled(sender)
    assert states() == ["WAITING"]
    clock.now += timedelta(hours=8)
    settled(sender)
    assert states() == ["SENT"]


def test_a_second_process_stands_by(target: SetUp, receiver: Receiver, sender: Sender) -> None:
    target(url=receiver.address)
    assert sender.turn()
    other = Sender()
    arrived(1)
    assert not other.turn()
    assert not Delivery.objects.exists()
    sender.stop()
    assert other.turn()
    settled(other)
    assert len(receiver.taken) == 1


def test_what_a_dead_process_was_sending_is_sent_again(
    target: SetUp, receiver: Receiver, clock: Clock
) -> None:
    target(url=receiver.address)
    dead = Sender(now=clock)
    arrived(1)
    dead.turn()
    assert states() == ["SENDING"]
    before = Delivery.objects.get().message_id
    for one in dead._sending.values():  # as the system does with a process that is killed
        one.child.kill()
    SenderLease.objects.update(pid=os.getpid(), host=f"{_host()} 1")  # that process is no more
    clock.now += timedelta(seconds=1)
    next_one = Sender(now=clock)
    settled(next_one)
    assert states() == ["SENT"]
    assert receiver.ids()[-1] == str(before)


def test_a_holder_elsewhere_is_dead_after_a_lease(target: SetUp) -> None:
    target()
    at = timezone.now()
    SenderLease.objects.create(pk=1, holder="there:1:x", host="elsewhere 12", pid=1, beat_at=at)
    passed = [0.0]
    sender = Sender(elapsed=lambda: passed[0])
    assert not sender.turn()
    passed[0] = claims.LEASE_SECONDS - 1
    assert not sender.turn()
    SenderLease.objects.update(beat_at=at + timedelta(seconds=5))  # it lives
    passed[0] = claims.LEASE_SECONDS + 1
    assert not sender.turn()
    passed[0] = 2 * claims.LEASE_SECONDS + 2
    assert sender.turn()


def test_one_that_has_lost_its_lease_writes_nothing_more(
    target: SetUp, receiver: Receiver, clock: Clock
) -> None:
    target(url=receiver.address)
    passed = [0.0]
    zombie = Sender(now=clock, elapsed=lambda: passed[0])
    arrived(1)
    zombie.turn()
    SenderLease.objects.update(holder="another", host=this_process(os.getpid()), pid=os.getpid())
    Delivery.objects.update(state="WAITING", next_try_at=clock.now)
    passed[0] = claims.BEAT_EVERY + 1
    assert not zombie.turn()
    assert not zombie.is_sending
    assert states() == ["WAITING"]


@pytest.mark.parametrize("mood", [OK, FAILS])
def test_how_it_went_is_noted_when_the_database_is_busy_no_more(
    target: SetUp, receiver: Receiver, sender: Sender, monkeypatch: pytest.MonkeyPatch, mood: str
) -> None:
    receiver.mood = mood
    target(url=receiver.address)
    arrived(1)
    noted, busy = {OK: "sent", FAILS: "not_sent"}[mood], [True]
    real = getattr(claims, noted)

    def note(*arguments: Any, **named: Any) -> bool:
        if busy:
            busy.pop()
            raise OperationalError("database is locked")
        return bool(real(*arguments, **named))

    monkeypatch.setattr(claims, noted, note)
    with pytest.raises(OperationalError):
        until(lambda: not busy, sender)
    settled(sender)
    assert states() == ["SENT" if mood == OK else "WAITING"]
    assert (receiver.asked, TargetState.objects.get().failures) == (1, int(mood == FAILS))


def test_draining_sends_what_is_gathered(target: SetUp, receiver: Receiver) -> None:
    target(url=receiver.address, pace="DIGEST")
    for number in (1, 2):
        arrived(number)
    drain(Sender(), within=60)
    assert states() == ["SENT"]
    assert receiver.taken[0].json["title"] == "Downloaded (2)"
    assert SenderLease.objects.get().holder == ""


def test_a_process_that_cannot_begin_is_a_try_in_vain(
    target: SetUp, monkeypatch: pytest.MonkeyPatch, sender: Sender
) -> None:
    def no_memory(*_arguments: object, **_options: object) -> None:
        raise OSError(12, "no memory")

    monkeypatch.setattr(Process, "__init__", no_memory)
    target()
    arrived(1)
    settled(sender)
    row = Delivery.objects.get()
    assert (row.state, text_of(row.error)) == ("WAITING", "It could not be sent: ENOMEM")


def test_a_large_digest_goes_into_one_message(
    target: SetUp, receiver: Receiver, sender: Sender, clock: Clock
) -> None:
    """What does not go in is counted, and stays in the log."""
    target(url=receiver.address, pace="DIGEST")
    for series in range(40):
        for number in range(1, 41):
            arrived(number, key=f"s{series}", name="Ä" * 290)
    sender.turn()
    clock.now += timedelta(minutes=1)
    settled(sender)
    told = receiver.taken[0].json
    assert told["left_out"] > 0
    assert sum(item["count"] for item in told["items"]) + told["left_out"] == 1600
    assert Delivery.objects.get().count == 1600


def _host() -> str:
    return this_process(os.getpid()).partition(" ")[0]


def test_all_that_waits_follows_the_first_that_is_taken(
    target: SetUp, receiver: Receiver, sender: Sender, clock: Clock
) -> None:
    """Each had a long pause of its own still before it."""
    receiver.mood = FAILS
    target(url=receiver.address)
    for number in (1, 2, 3):
        arrived(number)
    sender.turn()
    later = clock.now + timedelta(hours=1)
    Delivery.objects.update(state="WAITING", tries=9, next_try_at=later)
    first = Delivery.objects.order_by("id")[0]
    Delivery.objects.filter(pk=first.pk).update(next_try_at=clock.now)
    sender.stop()
    TargetState.objects.update(next_at=None)
    receiver.mood = "ok"
    settled(sender)
    assert states() == ["SENT"] * 3
    assert clock.now < later


def test_a_target_that_fails_is_left_alone_by_what_is_new_too(
    target: SetUp, receiver: Receiver, sender: Sender, clock: Clock
) -> None:
    receiver.mood = FAILS
    target(url=receiver.address)
    arrived(1)
    settled(sender)
    asked = receiver.asked
    arrived(2)
    settled(sender)
    assert receiver.asked == asked
    assert list(Delivery.objects.order_by("id").values_list("tries", flat=True)) == [1, 0]
    clock.now += claims.FIRST_PAUSE
    settled(sender)
    assert receiver.asked > asked
