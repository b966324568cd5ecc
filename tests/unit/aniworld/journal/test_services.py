"""Entries: written with the change they report, taken back once, and kept for a year."""

from __future__ import annotations

import importlib
from contextvars import Context
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from aniworld.journal import services
from aniworld.journal.actors import Actor, acting_as
from aniworld.journal.choices import Action, ActorKind
from aniworld.journal.errors import (
    AlreadyUndone,
    ChangedSince,
    EntryNotFound,
    NoActor,
    NotInTransaction,
    NotUndoable,
    UndoTooLate,
)
from aniworld.journal.models import Entry
from aniworld.journal.services import Subject, Undo, listed, noting
from aniworld.web import texts
from providers.coded import coded
from tests.conftest import TESTER
from tests.unit.aniworld.journal.steps import KETTLE, KettleAction, record

pytestmark = pytest.mark.django_db


def test_an_entry_says_who_did_what_to_which_object_and_why() -> None:
    anna = Actor(ActorKind.OWNER, "1", "anna")
    with acting_as(Actor.scan("o1", started_by=anna)):
        entry = record(
            before={"litres": 0},
            after={"litres": 1},
            reason=coded("thirst", guests=2),
            undo=Undo("kettle.empty", {"id": "k1"}, lasts=timedelta(minutes=10)),
        )
    entry.refresh_from_db()
    assert (entry.actor_kind, entry.actor_id) == ("SCAN", "o1")
    assert (entry.origin_kind, entry.origin_id, entry.origin_name) == ("OWNER", "1", "anna")
    assert (entry.action, entry.object_type, entry.object_id) == ("kettle.filled", "kettle", "k1")
    assert (entry.object_name, entry.before, entry.after) == (
        *("The red kettle", {"litres": 0}, {"litres": 1}),
    )
    assert (entry.reason_code, entry.reason_params) == ("thirst", {"guests": 2})
    assert entry.undo == {"name": "kettle.empty", "arguments": {"id": "k1"}}
    assert entry.undo_until is not None
    assert timedelta(minutes=9) < entry.undo_until - timezone.now() <= timedelta(minutes=10)


def test_an_entry_is_one_insert(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with transaction.atomic(), django_assert_num_queries(1):
        services.record(KettleAction.FILLED, on=KETTLE)


def test_a_write_that_nobody_owns_is_refused() -> None:
    with pytest.raises(NoActor):
        Context().run(record)
    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_entry_apart_from_its_change_is_refused() -> None:
    with pytest.raises(NotInTransaction):
        services.record(KettleAction.FILLED, on=KETTLE)


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_rolled_back_has_no_entry() -> None:
    with transaction.atomic():
        services.record(KettleAction.FILLED, on=KETTLE)
        transaction.set_rollback(True)
    assert not Entry.objects.exists()


def test_names_are_cut_to_what_a_column_holds() -> None:
    entry = record(on=Subject("kettle", "k" * 300, "水" * 600))
    entry.refresh_from_db()
    assert (len(entry.object_id), len(entry.object_name)) == (255, 500)


def test_many_ids_are_the_first_hundred_and_their_number() -> None:
    assert listed([3, 1]) == {"ids": ["3", "1"], "count": 2}
    many = listed(range(10_000))
    assert (len(many["ids"]), many["count"]) == (100, 10_000)


def test_what_is_recorded_inside_is_noted_for_all_who_want_to_know() -> None:
    record()
    with noting() as outer:
        with noting() as inner:
            first = record()
        second = record()
    record()
    assert (inner, outer) == ([first], [first, second])


# --- looking


def test_the_queries_of_the_views() -> None:
    filled, sold = record(), record(KettleAction.SOLD, on=Subject("kettle", "k2"))
    with acting_as(Actor.worker("w1")):
        emptied = record(KettleAction.EMPTIED)
    entries = Entry.objects
    assert list(entries.newest_first()) == [emptied, sold, filled]
    assert list(entries.about("kettle", "k1")) == [emptied, filled]
    assert entries.about("kettle").count() == 3
    assert list(entries.of_action("kettle.")) == [emptied, filled]
    assert list(entries.of_action("kettle.filled")) == [filled]
    assert entries.in_areas({"kettle", "kettlery"}).count() == 3
    assert not entries.in_areas(()).exists()
    assert list(entries.by(ActorKind.WORKER)) == [emptied]
    assert entries.by(TESTER.kind, TESTER.id).count() == 2
    assert not entries.by(TESTER.kind, "another").exists()


# --- taking back


@pytest.fixture
def kettle(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """A thing that is filled and emptied by services; each is undone by the other."""
    litres = {"k1": 0}
    services.undoing.load()  # else the rooms would register theirs here, and lose them after
    monkeypatch.setattr(services, "_functions", {})

    def fill(*, id: str) -> None:
        litres[id] += 1
        record(KettleAction.FILLED, undo=Undo("empty", {"id": id}))

    def empty(*, id: str) -> None:
        if litres[id]:
            litres[id] -= 1
            record(KettleAction.EMPTIED, undo=Undo("fill", {"id": id}))

    services.register_undo("fill", fill)
    services.register_undo("empty", empty)
    fill(id="k1")
    return litres


def last() -> Entry:
    return Entry.objects.newest_first()[0]


def test_undoing_is_an_entry_of_its_own_that_can_be_undone(kettle: dict[str, int]) -> None:
    filled = last()
    anna = Actor(ActorKind.OWNER, "1", "anna")
    with acting_as(anna):
        emptied = services.undo(entry_id=filled.pk)
    filled.refresh_from_db()
    assert kettle == {"k1": 0}
    assert (emptied.action, emptied.actor_name) == ("kettle.emptied", "anna")
    assert (filled.undone_by, list(emptied.undoes.all())) == (emptied, [filled])
    assert filled.undone_at is not None
    services.undo(entry_id=emptied.pk)
    assert kettle == {"k1": 1}


def test_an_entry_is_undone_once(kettle: dict[str, int]) -> None:
    filled = last()
    assert list(Entry.objects.undoable()) == [filled]
    services.undo(entry_id=filled.pk)
    with pytest.raises(AlreadyUndone):
        services.undo(entry_id=filled.pk)
    assert kettle == {"k1": 0}
    assert filled not in Entry.objects.undoable()


@pytest.mark.parametrize("handle", [None, Undo("unheard of", {})])
def test_what_has_no_way_back_is_refused(kettle: dict[str, int], handle: Undo | None) -> None:
    entry = record(undo=handle)
    with pytest.raises(NotUndoable):
        services.undo(entry_id=entry.pk)


def test_what_is_too_late_is_refused(kettle: dict[str, int]) -> None:
    Entry.objects.update(undo_until=timezone.now() - timedelta(seconds=1))
    with pytest.raises(UndoTooLate):
        services.undo(entry_id=last().pk)
    assert not last().can_be_undone
    assert not Entry.objects.undoable().exists()
    assert kettle == {"k1": 1}


def test_what_is_no_longer_so_is_refused(kettle: dict[str, int]) -> None:
    kettle["k1"] = 0
    with pytest.raises(ChangedSince):
        services.undo(entry_id=last().pk)
    assert last().undone_at is None


def test_an_entry_there_is_not_is_refused() -> None:
    with pytest.raises(EntryNotFound) as refused:
        services.undo(entry_id=17)
    assert refused.value.status == 404


def test_of_two_who_undo_at_once_the_second_changes_nothing(
    kettle: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one's undo falls between our look at the entry and our mark on it."""
    entry, by_the_other = last(), record()

    def slow(*, id: str) -> None:
        services.mark_undone(Entry.objects.filter(pk=entry.pk), by=by_the_other)
        record(KettleAction.EMPTIED)

    services.register_undo("empty", slow)
    with pytest.raises(AlreadyUndone), transaction.atomic():
        services.undo(entry_id=entry.pk)
    assert not Entry.objects.filter(action="kettle.emptied").exists(), "rolled back"


# --- keeping


def test_entries_that_are_too_old_go_the_oldest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "TRIM_AT_ONCE", 2)
    entries = [record() for _ in range(5)]
    old = timezone.now() - services.KEEP_FOR - timedelta(seconds=1)
    Entry.objects.filter(pk__in=[one.pk for one in entries[:3]]).update(at=old)
    services.trim()
    assert set(Entry.objects.all()) == set(entries[2:])
    services.trim()
    services.trim()
    assert set(Entry.objects.all()) == set(entries[3:])


def test_of_too_many_entries_the_newest_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST_ENTRIES", 3)
    entries = [record() for _ in range(6)]
    services.mark_undone(Entry.objects.filter(pk=entries[0].pk), by=entries[1])
    services.trim()
    assert set(Entry.objects.all()) == set(entries[3:])


def test_recording_trims_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    trimmed: list[Any] = []
    monkeypatch.setattr(services, "trim", lambda: trimmed.append(last().pk))
    monkeypatch.setattr(services, "TRIM_EVERY", 4)
    keys = [record().pk for _ in range(9)]
    assert trimmed == [key for key in keys if key % 4 == 0]


# --- words


@pytest.mark.parametrize("room", ["accounts", "aniworld.config", "downloads", "library"])
def test_every_action_and_reason_of_a_room_has_its_sentence(room: str) -> None:
    entries = importlib.import_module(f"{room}.entries")
    things = vars(entries).values()
    kinds = [kind for kind in Action.__subclasses__() if kind in things]
    codes = [action.value for kind in kinds for action in kind]
    codes += [
        one["code"] for one in things if isinstance(one, dict) and set(one) == {"code", "params"}
    ]
    assert codes
    assert set(codes) == set(entries.TEXTS)
    assert set(codes) <= set(texts._texts)
