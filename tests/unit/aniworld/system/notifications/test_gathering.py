"""From events to the inbox and to what is to be sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings

from aniworld.events import cursors, publish
from aniworld.events.models import OutboxCursor, OutboxEvent, OutboxMark
from aniworld.events.rooms import Room
from aniworld.system.notifications import events as told_events
from aniworld.system.notifications import gathering, targets, wording
from aniworld.system.notifications.choices import Kind
from aniworld.system.notifications.models import Delivery, InboxMessage
from aniworld.web.texts import text_of
from downloads.choices import Status
from downloads.models import QueueState
from tests.factories import make_item, make_series

from .conftest import SetUp
from .happening import arrived, failed

pytestmark = pytest.mark.django_db
NOON = datetime(2027, 3, 10, 12, tzinfo=UTC)


def read(now: datetime | None = None) -> None:
    while gathering.read(targets.settings(), now or timezone.now()):
        continue


def close(now: datetime | None = None, **how: bool) -> None:
    gathering.close(targets.settings(), now or timezone.now(), **how)


def states() -> list[tuple[str, str, int]]:
    rows = Delivery.objects.order_by("id")
    return [(row.target, row.state, row.count) for row in rows]


def test_an_event_is_told_once(target: SetUp) -> None:
    target()
    arrived()
    read()
    read()
    assert states() == [("phone", "WAITING", 1)]
    [message] = InboxMessage.objects.all()
    assert (message.kind, message.count, message.read_at) == ("DOWNLOAD_COMPLETE", 1, None)
    assert text_of(message.said) == "Moon S01E01 has arrived."


def test_without_a_target_the_inbox_has_it(db: None) -> None:
    cursors.place_of(gathering.READER)
    arrived()
    read()
    assert (InboxMessage.objects.count(), Delivery.objects.count()) == (1, 0)


def test_what_happened_before_the_first_reader_is_not_told(target: SetUp) -> None:
    arrived()
    target()
    read()
    assert not InboxMessage.objects.exists()


def test_two_readers_keep_it_once(target: SetUp, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second one has read the same events before the first has kept them."""
    target()
    arrived()
    place = cursors.place_of(gathering.READER)
    read()
    monkeypatch.setattr(cursors, "place_of", lambda _name: place)
    with pytest.raises(gathering.NotOurs):
        read()
    assert states() == [("phone", "WAITING", 1)]
    assert InboxMessage.objects.count() == 1


def test_what_cannot_be_kept_is_read_again(target: SetUp, monkeypatch: pytest.MonkeyPatch) -> None:
    target()
    arrived()

    def full(*_arguments: object) -> None:
        raise OSError("full")

    with monkeypatch.context() as broken:
        broken.setattr(told_events, "inbox_changed", full)
        with pytest.raises(OSError, match="full"), transaction.atomic():
            read()
    assert not InboxMessage.objects.exists()
    read()
    assert states() == [("phone", "WAITING", 1)]


def test_a_batch_is_one_message(target: SetUp) -> None:
    target(pace="DIGEST")
    for number in range(1, 27):
        arrived(number)
        read()
    assert states() == [("phone", "GATHERING", 26)]
    close()
    assert states() == [("phone", "GATHERING", 26)]  # something came just now
    close(timezone.now() + gathering.SETTLED_AFTER)
    assert states() == [("phone", "WAITING", 26)]
    [row] = Delivery.objects.all()
    assert wording.title(row.items) == "Downloaded (26)"
    assert wording.words(row.items).startswith(
        "26 episodes of Moon have arrived: S01E01, S01E02, S01E03,"
    )
    assert "and 14 more" in wording.words(row.items)
    [message] = InboxMessage.objects.all()
    assert message.count == 26


def test_a_digest_waits_for_the_queue(target: SetUp) -> None:
    target(pace="DIGEST", section={"digest_minutes": 60})
    QueueState.objects.update_or_create(pk=1, defaults={"is_running": True})
    make_item(series=make_series(missing=1), status=Status.PENDING)
    arrived()
    read()
    now = timezone.now()
    close(now + timedelta(minutes=59))
    assert states() == [("phone", "GATHERING", 1)]
    close(now + timedelta(minutes=61))
    assert states() == [("phone", "WAITING", 1)]


def test_a_queue_that_stands_is_at_rest(db: None) -> None:
    assert gathering.is_at_rest()
    item = make_item(series=make_series(missing=1), status=Status.PENDING)
    QueueState.objects.update_or_create(pk=1, defaults={"is_running": True})
    assert not gathering.is_at_rest()
    QueueState.objects.filter(pk=1).update(is_paused=True, pause_code="OWNER")
    assert gathering.is_at_rest()
    QueueState.objects.filter(pk=1).update(is_paused=False, told_why="quiet_hours")
    assert gathering.is_at_rest()
    item.status = Status.DOWNLOADING
    item.save()
    assert not gathering.is_at_rest()


def test_failures_come_at_once_and_together(target: SetUp) -> None:
    target(pace="DIGEST")
    arrived(1)
    failed(2)
    failed(3)
    read()
    assert states() == [("phone", "GATHERING", 1), ("phone", "WAITING", 2)]
    words = wording.words(Delivery.objects.order_by("id")[1].items)
    assert words.splitlines() == [
        "Moon S01E02 could not be downloaded. The source is gone.",
        "Moon S01E03 could not be downloaded. The source is gone.",
    ]


def test_a_message_of_several_kinds_has_headings(target: SetUp) -> None:
    target(pace="DIGEST", quiet_hours="00:00-23:59")
    arrived(1)
    failed(2)
    read()
    [row] = Delivery.objects.all()
    assert wording.title(row.items) == "Aniworld: 2 messages"
    assert wording.words(row.items).splitlines()[::2] == ["Downloaded:", "A download failed:"]


def test_each_thing_by_itself(target: SetUp) -> None:
    target(pace="EACH")
    arrived(1)
    arrived(2)
    read()
    assert states() == [("phone", "WAITING", 1)] * 2


def test_a_target_gets_what_it_chose(target: SetUp) -> None:
    target("a", events=["DOWNLOAD_FAILED"])
    target("b", enabled=False)
    target("c", events=[])
    arrived(1)
    failed(2)
    read()
    assert states() == [("a", "WAITING", 1)]


@pytest.mark.parametrize(
    ("hours", "quiet"),
    [
        *(("11:00-13:00", True), ("12:00-13:00", True), ("11:00-12:00", False)),
        *(("13:00-11:00", False), ("13:00-12:30", True), ("", False)),
    ],
)
def test_quiet_hours_by_the_clock(
    target: SetUp, settings: Settings, hours: str, quiet: bool
) -> None:
    settings.TIME_ZONE = "UTC"
    timezone.deactivate()
    target(quiet_hours=hours)
    with timezone.override("UTC"):
        assert targets.targets()["phone"].is_quiet(NOON) is quiet


def test_messages_wait_for_the_end_of_quiet_hours(target: SetUp) -> None:
    """Urgent ones too; they come as one."""
    target(quiet_hours="22:00-07:00", pace="EACH")
    night = timezone.make_aware(datetime(2027, 3, 10, 23))
    arrived(1)
    read(night)
    failed(2)
    read(night + timedelta(hours=1))
    close(night + timedelta(hours=2), at_once=True)
    assert states() == [("phone", "GATHERING", 2)]
    close(night + timedelta(hours=9))
    assert states() == [("phone", "WAITING", 2)]


def test_a_flood_is_gathered(target: SetUp) -> None:
    target(pace="EACH")
    for number in range(1, 101):
        arrived(number)
    read()
    found = states()
    assert len(found) == gathering.MOST_WAITING + 1
    assert sum(count for _, _, count in found) == 100


def test_a_message_has_an_end(target: SetUp) -> None:
    target(pace="DIGEST")
    for number in range(gathering.MOST_ITEMS + 3):
        arrived(1, key=f"s{number}", name=f"Series {number}")
    read()
    assert [count for _, _, count in states()] == [gathering.MOST_ITEMS, 3]


def test_read_messages_are_not_written_over(target: SetUp) -> None:
    target()
    arrived(1)
    read()
    InboxMessage.objects.update(read_at=timezone.now())
    arrived(2)
    read()
    assert list(InboxMessage.objects.order_by("id").values_list("count", flat=True)) == [1, 1]


def test_the_cursor_is_written_only_when_there_is_a_reason(target: SetUp) -> None:
    """A running download tells of its progress four times a second: nobody has to wait for a
    write of ours."""
    OutboxEvent.objects.create(room=Room.DOWNLOADS, type="queue_status", data={})  # as it stands
    target()
    before = OutboxCursor.objects.get().last_id
    OutboxEvent.objects.bulk_create(
        OutboxEvent(room=Room.DOWNLOADS, type="queue_status", data={})
        for _ in range(gathering.SKIP_AFTER - 1)
    )
    read()
    assert OutboxCursor.objects.get().last_id == before
    OutboxEvent.objects.create(room=Room.DOWNLOADS, type="queue_status", data={})
    read()
    assert OutboxCursor.objects.get().last_id == before + gathering.SKIP_AFTER


def test_what_nobody_has_read_is_not_trimmed(target: SetUp) -> None:
    target()
    arrived()
    old = timezone.now() - timedelta(hours=2)
    OutboxEvent.objects.bulk_create(
        OutboxEvent(room=Room.DOWNLOADS, type="queue_status", data={}, created_at=old)
        for _ in range(publish.KEEP_EVENTS + 50)
    )
    publish.trim()
    assert OutboxEvent.objects.count() == publish.KEEP_EVENTS + 51
    read()
    publish.trim()
    assert OutboxEvent.objects.count() == publish.KEEP_EVENTS
    assert InboxMessage.objects.count() == 1


def test_beyond_the_hard_cap_it_is_told_that_something_is_missing(
    target: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    target(events=[])
    monkeypatch.setattr(publish, "HARD_CAP", 20)
    monkeypatch.setattr(publish, "KEEP_EVENTS", 10)
    for _ in range(30):
        arrived()
    publish.trim()
    assert OutboxEvent.objects.count() == 20
    assert OutboxMark.objects.get().trimmed_to > OutboxCursor.objects.get().last_id
    read()
    kinds = list(InboxMessage.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == [Kind.GAP, Kind.DOWNLOAD_COMPLETE]
    assert states() == [("phone", "WAITING", 1)]  # every target is told that


def test_one_event_that_cannot_be_read_does_not_stop_the_others(target: SetUp) -> None:
    target()
    OutboxEvent.objects.create(room=Room.DOWNLOADS, type="download_complete", data={"key": 1})
    arrived()
    read()
    assert states() == [("phone", "WAITING", 1)]


def test_what_a_site_says_is_bounded(target: SetUp) -> None:
    target(pace="DIGEST")
    arrived(1, name="x" * 100_000)
    read()
    [row] = Delivery.objects.all()
    assert len(str(row.items)) < 2_000
    assert len(InboxMessage.objects.get().params["series"]) <= 300
