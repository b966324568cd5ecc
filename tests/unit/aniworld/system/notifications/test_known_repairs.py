"""Faults are told once, however often and by how many they are found."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from aniworld.events.models import OutboxEvent
from aniworld.system.findings import Finding
from aniworld.system.kinds import found
from aniworld.system.notifications.known_repairs import STANDS_AFTER, follow
from aniworld.system.notifications.models import KnownRepair
from providers.coded import coded

pytestmark = pytest.mark.django_db
BEGAN = timezone.now()
MINUTE = timedelta(minutes=1)


def site_refuses(name: str = "aniworld") -> Finding:
    reason = coded("site_down", why="timeout")
    return found(coded("site_refuses", site=name, reason=reason), about=name)


def look(*findings: Finding, at: datetime, is_whole: bool = True) -> None:
    follow(findings, at, is_whole=is_whole)


def told() -> list[tuple[str, str]]:
    events = OutboxEvent.objects.filter(type__startswith="repair_").order_by("id")
    return [(event.type, event.data["code"]) for event in events]


def test_one_that_stands_is_told_once() -> None:
    look(site_refuses(), at=BEGAN)
    look(site_refuses(), at=BEGAN + STANDS_AFTER / 2)
    assert told() == []
    for later in (0, 1, 2):
        look(site_refuses(), at=BEGAN + STANDS_AFTER + later * MINUTE)
    assert told() == [("repair_raised", "site_refuses")]


def test_one_that_mends_itself_is_not_told() -> None:
    look(site_refuses(), at=BEGAN)
    look(at=BEGAN + STANDS_AFTER / 2)
    assert not KnownRepair.objects.exists()
    look(site_refuses(), at=BEGAN + 2 * STANDS_AFTER)
    assert told() == []


def test_one_that_is_gone_for_a_while_is_mended() -> None:
    look(site_refuses(), at=BEGAN)
    look(site_refuses(), at=BEGAN + MINUTE)
    look(at=BEGAN + 2 * MINUTE)
    assert told() == [("repair_raised", "site_refuses")]
    look(site_refuses(), at=BEGAN + 2.5 * MINUTE)  # it was not gone for long
    look(at=BEGAN + 3 * MINUTE)
    look(at=BEGAN + 3.5 * MINUTE)
    assert len(told()) == 1
    look(at=BEGAN + 4 * MINUTE)
    look(at=BEGAN + 9 * MINUTE)
    assert told() == [("repair_raised", "site_refuses"), ("repair_mended", "site_refuses")]
    look(site_refuses(), at=BEGAN + 20 * MINUTE)
    look(site_refuses(), at=BEGAN + 21 * MINUTE)
    assert told()[2:] == [("repair_raised", "site_refuses")]


def test_what_was_not_looked_at_is_not_gone() -> None:
    look(site_refuses(), at=BEGAN)
    look(site_refuses(), at=BEGAN + MINUTE)
    for later in range(2, 9):
        look(at=BEGAN + later * MINUTE, is_whole=False)
    assert len(told()) == 1


def test_a_note_is_no_fault() -> None:
    note = found(coded("host_held", host="a.example", minutes=3), about="1")
    look(note, at=BEGAN)
    assert not KnownRepair.objects.exists()


def test_two_processes_tell_it_once() -> None:
    """Both have read the row before either has written."""
    look(site_refuses(), at=BEGAN)
    stale = list(KnownRepair.objects.all())
    look(site_refuses(), at=BEGAN + MINUTE)
    from aniworld.system.notifications import known_repairs

    for row in stale:
        known_repairs._still(row, BEGAN + MINUTE)
    assert len(told()) == 1


def test_the_event_has_no_facts_of_the_owner() -> None:
    """Every browser gets it, that of a viewer too."""
    look(site_refuses("a-private-path"), at=BEGAN)
    look(site_refuses("a-private-path"), at=BEGAN + MINUTE)
    event = OutboxEvent.objects.get(type="repair_raised")
    assert "a-private-path" not in str(event.data)
    assert KnownRepair.objects.get().params["site"] == "a-private-path"
