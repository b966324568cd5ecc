"""The audit part of the journal: a line that was removed or changed shows."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from aniworld.config import retention, store
from aniworld.journal import chain, services
from aniworld.journal.actors import acting_as
from aniworld.journal.choices import Action
from aniworld.journal.models import AuditMark, Entry
from aniworld.journal.services import Subject, Undo
from tests.conftest import TESTER
from tests.unit.aniworld.journal.steps import record

pytestmark = pytest.mark.django_db


class KeyAction(Action):
    """An area that is chained."""

    TURNED = "key.turned"


LOCK = Subject("key", "1", "The cellar’s 鍵")


def audited(count: int = 5, **facts: Any) -> list[Entry]:
    return [record(KeyAction.TURNED, on=LOCK, **facts) for _ in range(count)]


def faults() -> list[tuple[str, int, int]]:
    return [(fault.kind, fault.number, fault.until) for fault in chain.check().faults]


def test_only_what_is_audited_is_chained() -> None:
    assert chain.check() == chain.Report(0, 0, 0, chain.BEGINNING, ())
    other = record()
    lines = audited(3)
    assert other.number is None
    assert [line.number for line in lines] == [1, 2, 3]
    report = chain.check()
    assert (report.count, report.first, report.newest) == (3, 1, 3)
    assert report.is_whole
    assert report.digest == lines[-1].digest
    assert len({line.digest for line in lines}) == 3


@pytest.mark.parametrize(
    "facts",
    [
        {"before": {"share": 1.0}, "after": {"share": 0.1, "size": 2**53, "none": None}},
        {"after": {"at": timezone.now(), "words": '\u2028 ä \\ "', "list": [1, {"b": 1, "a": 2}]}},
        {"undo": Undo("fill", {"n": 1e20}, lasts=timedelta(seconds=1, microseconds=7))},
        {"after": {"tiny": 1e-7, "minus": -0.0, "large": 1.5e300}},
    ],
)
def test_what_is_read_back_is_what_was_hashed(facts: dict[str, Any]) -> None:
    """Databases keep numbers and times in ways of their own."""
    audited(2, **facts)
    assert faults() == []


CHANGES: list[dict[str, Any]] = [
    {"actor_name": "somebody else"},
    {"action": "key.lost"},
    {"after": {"a": 1}},
    {"at": timezone.now()},
    {"object_id": "2"},
    {"reason_code": "x"},
    {"digest": "f" * 64},
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: str(*change))
def test_a_changed_line_shows(change: dict[str, Any]) -> None:
    lines = audited()
    Entry.objects.filter(pk=lines[2].pk).update(**change)
    assert ("changed", 3, 0) in faults()


def test_removed_lines_show_wherever_they_were() -> None:
    lines = audited(6)
    Entry.objects.filter(pk__in=[lines[2].pk, lines[3].pk]).delete()
    assert faults() == [("missing", 3, 4)]
    Entry.objects.filter(pk=lines[0].pk).delete()
    assert faults() == [("missing", 1, 1), ("missing", 3, 4)]
    Entry.objects.filter(pk=lines[5].pk).delete()
    assert faults()[-1] == ("end_missing", 6, 6)


def test_lines_that_changed_places_show() -> None:
    first, second = audited(2)
    Entry.objects.filter(pk=first.pk).update(number=9)
    Entry.objects.filter(pk=second.pk).update(number=1)
    Entry.objects.filter(pk=first.pk).update(number=2)
    assert {number for _, number, _ in faults()} >= {1, 2}


def test_what_undid_a_line_may_be_noted_later() -> None:
    line, by = audited(2)
    services.mark_undone(Entry.objects.filter(pk=line.pk), by=by)
    assert faults() == []


def test_a_chain_written_anew_lacks_the_hash_that_was_noted() -> None:
    known = audited(3)[-1].digest
    audited(2)
    assert chain.check(known=known).is_whole
    Entry.objects.all().delete()
    AuditMark.objects.all().delete()
    audited(5)
    assert chain.check().is_whole, "nothing in the database tells"
    assert [fault.kind for fault in chain.check(known=known).faults] == ["known_missing"]


def test_what_is_too_old_goes_and_the_rest_can_still_be_checked() -> None:
    for age in (900, 800, 10, 0):
        line = _aged(age)
    other = record()
    store.update(lambda data: data["advanced"].update(audit_days=700))
    assert retention.forget_old_audit_lines() == 2
    told = Entry.objects.get(action=chain.FORGOTTEN)
    assert (told.actor_kind, told.after["count"], told.after["number"]) == ("SYSTEM", 2, 2)
    report = chain.check()
    assert (report.is_whole, report.first, report.newest) == (True, 3, 5)
    assert retention.forget_old_audit_lines() == 0
    assert Entry.objects.filter(pk__in=[line.pk, other.pk]).count() == 2
    Entry.objects.filter(number=3).delete()
    assert not chain.check().is_whole, "what was not said to be forgotten is missing"


def _aged(days: int) -> Entry:
    """A line that was written so many days ago."""
    with pytest.MonkeyPatch.context() as then:
        at = timezone.now() - timedelta(days=days)
        then.setattr(Entry._meta.get_field("at"), "_get_default", lambda: at)
        return audited(1)[0]


def test_an_ordinary_trim_leaves_the_audit_part() -> None:
    lines = [_aged(400)]
    old = record()
    Entry.objects.filter(pk=old.pk).update(at=timezone.now() - timedelta(days=400))
    services.trim()
    assert [entry.pk for entry in Entry.objects.all()] == [line.pk for line in lines]
    assert faults() == []


@pytest.mark.django_db(transaction=True)
def test_many_writers_make_one_chain() -> None:
    def write(count: int) -> None:
        with acting_as(TESTER):
            for _ in range(count):
                with transaction.atomic():
                    services.record(KeyAction.TURNED, on=LOCK)
                    services.record(KeyAction.TURNED, on=LOCK)
        connection.close()

    threads = [threading.Thread(target=write, args=(10,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    report = chain.check()
    assert (report.is_whole, report.count, report.newest) == (True, 80, 80)


def test_a_refused_change_leaves_no_gap() -> None:
    audited(1)
    with transaction.atomic():
        services.record(KeyAction.TURNED, on=LOCK)
        transaction.set_rollback(True)
    audited(1)
    assert faults() == []


def _command(*arguments: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("checkjournal", *arguments, stdout=out)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


def test_the_command_says_it_and_ends_as_it_is() -> None:
    lines = audited(3)
    code, told = _command()
    assert code == 0
    assert told.splitlines() == [
        "3 audit lines, number 1 to 3; the hash of the newest is",
        lines[-1].digest,
    ]
    assert _command("--known", "f" * 64)[0] == 1
    Entry.objects.filter(pk=lines[1].pk).update(object_name="another")
    code, told = _command()
    assert (code, told.splitlines()[0]) == (1, "Line 2 is not as it was written.")
    assert json.loads(_command("--json")[1])["faults"][0]["number"] == 2
