"""From the outbox to the folders that servers are to be told of."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Max
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from aniworld.config import store
from aniworld.events import cursors
from aniworld.events.models import OutboxCursor, OutboxEvent
from aniworld.events.publish import trim
from aniworld.system.mediaservers import reading, services
from aniworld.system.mediaservers.models import FolderToTell
from aniworld.system.mediaservers.running import Teller
from library import events
from library.models import LibraryRoot
from tests.factories import make_root
from tests.unit.aniworld.system.mediaservers.support import change, wait_for_more

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(library: LibraryRoot) -> LibraryRoot:
    services.add("attic", {"address": "http://127.0.0.1:9"})
    return library


def _waiting(server: str = "attic") -> list[tuple[str, str]]:
    rows = FolderToTell.objects.filter(server=server).order_by("folder")
    return list(rows.values_list("folder", "change"))


def test_each_changed_folder_becomes_one_row_for_each_server(told: LibraryRoot) -> None:
    services.add("cellar", {"address": "http://127.0.0.1:9"})
    services.add("off", {"address": "http://127.0.0.1:9", "enabled": False})
    change(told.pk, ("A/Season 01", "CREATED"), ("B", "DELETED"))
    change(told.pk, ("A/Season 01", "CREATED"))
    assert reading.read() == 3
    expected = [("A/Season 01", "CREATED"), ("B", "DELETED")]
    assert _waiting("attic") == _waiting("cellar") == expected
    assert _waiting("off") == []
    assert reading.read() == 0


def test_what_happened_before_anybody_was_to_be_told_is_not_told(library: LibraryRoot) -> None:
    change(library.pk, ("A", "CREATED"))
    services.add("attic", {"address": "http://127.0.0.1:9"})
    change(library.pk, ("B", "CREATED"))
    reading.read()
    assert _waiting() == [("B", "CREATED")]


def test_a_second_server_takes_nothing_from_the_first(told: LibraryRoot) -> None:
    change(told.pk, ("A", "CREATED"))
    services.add("cellar", {"address": "http://127.0.0.1:9"})
    reading.read()
    assert _waiting() == [("A", "CREATED")]


def test_a_first_server_that_the_file_names_begins_with_what_comes(library: LibraryRoot) -> None:
    """Written into config.json by hand, where no service has seen it come."""
    change(library.pk, ("A", "CREATED"))
    servers = {"attic": {"address": "http://127.0.0.1:9"}}
    store.update(lambda data: data["media_servers"].update(servers=servers))
    assert reading.read() == 0
    change(library.pk, ("B", "CREATED"))
    reading.read()
    assert _waiting() == [("B", "CREATED")]


@pytest.mark.parametrize(
    ("first", "then", "told_as"),
    [
        ("CREATED", "CREATED", "CREATED"),
        ("CREATED", "DELETED", "MODIFIED"),
        ("DELETED", "DELETED", "DELETED"),
        ("DELETED", "MODIFIED", "MODIFIED"),
    ],
)
def test_hints_of_one_folder_are_merged(
    told: LibraryRoot, first: events.Change, then: events.Change, told_as: str
) -> None:
    change(told.pk, ("A", first))
    reading.read()
    change(told.pk, ("A", then))
    reading.read()
    assert _waiting() == [("A", told_as)]
    assert FolderToTell.objects.get().hints == 2
    change(told.pk, ("B", first), ("B", then))
    change(told.pk, ("B", then))
    reading.read()
    assert ("B", told_as) in _waiting()


def test_a_folder_waits_for_more_but_not_for_ever(told: LibraryRoot) -> None:
    wait_for_more(20)
    change(told.pk, ("A", "CREATED"))
    reading.read()
    row = FolderToTell.objects.get()
    assert row.due_at - row.first_at == timedelta(seconds=20)
    for passed, left in ((15, 20), (90, 15), (15, 0)):
        row.first_at -= timedelta(seconds=passed)
        row.save()
        change(told.pk, ("A", "CREATED"))
        reading.read()
        row.refresh_from_db()
        waits = row.due_at - max(timezone.now(), row.first_at)
        assert waits <= timedelta(seconds=left)
    assert row.due_at == row.first_at + timedelta(seconds=120)


def test_the_mark_moves_with_the_rows_or_not_at_all(
    told: LibraryRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(told.pk, ("A", "CREATED"))
    with monkeypatch.context() as broken:
        broken.setattr(reading, "_note", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            reading.read()
    assert FolderToTell.objects.count() == 0
    assert reading.read() == 1


def test_of_two_who_read_at_once_one_writes(
    told: LibraryRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(told.pk, ("A", "CREATED"))
    true = reading._hints
    read: list[bool] = []

    def hints(after: int, newest: int) -> tuple[list[reading.Hint], int]:
        found = true(after, newest)
        if not read:  # another one comes in between
            read.append(True)
            assert reading.read() == 1
        return found

    monkeypatch.setattr(reading, "_hints", hints)
    assert reading.read() == 0
    assert FolderToTell.objects.get().hints == 1


def test_many_events_are_read_in_turns(told: LibraryRoot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "READ_AT_ONCE", 2)
    for number in range(5):
        change(told.pk, (f"{number}", "CREATED"))
    assert [reading.read() for _ in range(4)] == [2, 2, 1, 0]
    assert len(_waiting()) == 5


@pytest.fixture
def crowded(told: LibraryRoot, monkeypatch: pytest.MonkeyPatch) -> LibraryRoot:
    """More has happened than is kept, and nothing of it has been read."""
    monkeypatch.setattr("aniworld.events.publish.KEEP_EVENTS", 1)
    for name in ("A", "B", "C"):
        change(told.pk, (name, "CREATED"))
    OutboxEvent.objects.update(created_at=timezone.now() - timedelta(hours=2))
    return told


def test_the_outbox_waits_for_whoever_has_not_read_it(crowded: LibraryRoot) -> None:
    trim()
    reading.read()
    assert _waiting() == [("A", "CREATED"), ("B", "CREATED"), ("C", "CREATED")]


def test_the_outbox_does_not_wait_where_nobody_is_to_be_told(
    told: LibraryRoot, crowded: LibraryRoot
) -> None:
    services.remove("attic")
    Teller().turn()
    trim()
    assert OutboxEvent.objects.count() == 1
    services.add("attic", {"address": "http://127.0.0.1:9"})
    reading.read()
    assert _waiting() == []  # what happened meanwhile is of no interest


def test_who_comes_too_late_has_all_roots_looked_through(
    crowded: LibraryRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_root("/srv/other")
    monkeypatch.setattr("aniworld.events.publish.HARD_CAP", 1)
    trim()
    reading.read()
    assert {(row.root, row.folder) for row in FolderToTell.objects.all()} == {
        (crowded.path, ""),
        ("/srv/other", ""),
    }
    change(crowded.pk, ("C", "CREATED"))
    reading.read()
    assert ("C", "CREATED") in _waiting()


def test_an_outbox_that_begins_anew_is_read_anew(told: LibraryRoot) -> None:
    OutboxCursor.objects.filter(name=reading.READER).update(last_id=10**9)
    change(told.pk, ("A", "CREATED"))
    reading.read()
    assert _waiting() == [("", "MODIFIED")]
    newest = OutboxEvent.objects.aggregate(newest=Max("id"))["newest"]
    assert cursors.place_of(reading.READER) == newest


def test_what_waits_is_bounded(told: LibraryRoot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_FOLDERS", 3)
    for number in range(4):
        change(told.pk, (f"{number}", "CREATED"))
    reading.read()
    assert _waiting() == [("", "MODIFIED")]


def test_an_event_names_so_many_folders_and_then_the_root(
    told: LibraryRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "FOLDERS_NAMED", 3)
    change(told.pk, *[(str(number), "CREATED") for number in range(4)])
    reading.read()
    assert _waiting() == [("", "MODIFIED")]


def test_a_root_that_is_no_more_is_passed_over(told: LibraryRoot) -> None:
    change(told.pk + 1000, ("A", "CREATED"))
    assert reading.read() == 0
    assert _waiting() == []


def test_without_servers_nothing_is_asked_of_the_database(library: LibraryRoot) -> None:
    change(library.pk, ("A", "CREATED"))
    store.load()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert reading.read() == 0
    assert len(asked) == 0
