"""What Ctrl+Z and Ctrl+Y mean: the last acts of one person, back and forth."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from aniworld.journal import own, services
from aniworld.journal.actors import Actor, acting_as
from aniworld.journal.choices import ActorKind, Turn
from aniworld.journal.errors import ChangedSince, NothingToRedo, NothingToUndo
from aniworld.journal.models import Entry
from aniworld.journal.services import Subject, Undo
from aniworld.web.rights import Right
from tests.unit.aniworld.journal.steps import KettleAction, record

ANNA = Actor(ActorKind.OWNER, "1", "anna")
BEN = Actor(ActorKind.OWNER, "2", "ben")


@pytest.fixture
def litres(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, int]]:
    """What is in each kettle. Filling one can be undone, and so can emptying it again."""
    held: dict[str, int] = {}
    services.undoing.load()
    monkeypatch.setattr(services, "_functions", dict(services._functions))

    def empty(*, id: str) -> None:
        if not held[id]:
            raise ChangedSince
        put(held, id, 0)

    services.register_undo("kettle.empty", empty)
    services.register_undo("kettle.fill", lambda *, id: put(held, id, 1))
    with acting_as(ANNA):
        yield held


def put(held: dict[str, int], id: str, much: int) -> Entry:
    held[id] = much
    action = KettleAction.FILLED if much else KettleAction.EMPTIED
    back = Undo("kettle.empty" if much else "kettle.fill", {"id": id})
    return record(action, on=Subject("kettle", id), undo=back)


def test_acts_are_undone_and_done_again_in_their_order(litres: dict[str, int]) -> None:
    put(litres, "a", 1)
    put(litres, "b", 1)
    assert own.undo_newest().turn == Turn.UNDONE
    assert litres == {"a": 1, "b": 0}
    own.undo_newest()
    assert litres == {"a": 0, "b": 0}
    with pytest.raises(NothingToUndo):
        own.undo_newest()
    assert own.redo_newest().turn == Turn.REDONE
    assert litres == {"a": 1, "b": 0}
    own.redo_newest()
    assert litres == {"a": 1, "b": 1}
    with pytest.raises(NothingToRedo):
        own.redo_newest()
    own.undo_newest()
    assert litres == {"a": 1, "b": 0}
    own.redo_newest()
    assert litres == {"a": 1, "b": 1}


def test_a_new_act_ends_what_can_be_done_again(litres: dict[str, int]) -> None:
    put(litres, "a", 1)
    own.undo_newest()
    record(KettleAction.SOLD)  # it has no way back: it does not count
    assert own.next_redo() is not None
    put(litres, "b", 1)
    assert own.next_redo() is None
    with pytest.raises(NothingToRedo):
        own.redo_newest()
    assert litres == {"a": 0, "b": 1}


def test_only_ones_own_acts_of_the_last_hour_count(litres: dict[str, int]) -> None:
    put(litres, "a", 1)
    with acting_as(BEN):
        put(litres, "b", 1)
        assert [entry.object_id for entry in own.own_acts()] == ["b"]
    own.undo_newest()
    assert litres == {"a": 0, "b": 1}
    with acting_as(BEN):
        long_ago = timezone.now() - own.LATELY - timedelta(seconds=1)
        Entry.objects.filter(object_id="b").update(at=long_ago)
        with pytest.raises(NothingToUndo):
            own.undo_newest()
        assert len(own.own_acts()) == 1
    assert litres["b"] == 1


def test_who_has_no_id_has_no_acts(litres: dict[str, int]) -> None:
    with acting_as(Actor(ActorKind.OWNER, "", "127.0.0.1")):
        put(litres, "a", 1)
        assert not own.own_acts().exists()
        with pytest.raises(NothingToUndo):
            own.undo_newest()


def test_whose_right_has_gone_skips_what_it_took(litres: dict[str, int]) -> None:
    put(litres, "a", 1)
    with acting_as(Actor(ANNA.kind, ANNA.id, ANNA.name, right=Right.OPERATE)):
        assert own.next_undo() is None
    assert own.next_undo() is not None


def test_what_has_changed_since_is_refused_and_older_acts_stay(litres: dict[str, int]) -> None:
    put(litres, "a", 1)
    put(litres, "b", 1)
    litres["b"] = 0
    for _ in range(2):
        with pytest.raises(ChangedSince):
            own.undo_newest()
    assert litres == {"a": 1, "b": 0}


def test_all_that_one_undo_records_has_its_turn(litres: dict[str, int]) -> None:
    def twice(*, id: str) -> None:
        put(litres, f"{id}2", 0)
        put(litres, id, 0)

    services.register_undo("kettle.empty", twice)
    put(litres, "a", 1)
    own.undo_newest()
    turns = Entry.objects.order_by("pk").values_list("object_id", "turn")
    assert list(turns) == [("a", "DONE"), ("a2", "UNDONE"), ("a", "UNDONE")]
    assert own.next_undo() is None


def test_it_takes_few_queries_however_much_there_is(litres: dict[str, int]) -> None:
    for number in range(120):
        put(litres, str(number), 1)
    with CaptureQueriesContext(connection) as asked:
        own.next_undo()
        own.next_redo()
    assert len(asked) == 2


@pytest.mark.django_db(transaction=True)
def test_undos_of_before_get_their_turn() -> None:
    """Chains of undos: of an act, of that undo, and of that again."""
    with acting_as(ANNA):
        entries = [record() for _ in range(4)]
    for entry, by in pairwise(entries):
        services.mark_undone(Entry.objects.filter(pk=entry.pk), by=by)
    Entry.objects.update(turn=Turn.DONE)
    executor = MigrationExecutor(connection)
    migration = executor.loader.get_migration("journal", "0004_turns_of_before")
    state = executor.loader.project_state(("journal", "0003_turn"))
    migration.operations[0].code(state.apps, None)  # type: ignore[attr-defined]
    turns = list(Entry.objects.order_by("pk").values_list("turn", flat=True))
    assert turns == ["DONE", "UNDONE", "REDONE", "UNDONE"]
