"""The look that goes on by itself, and what browsers are told of it."""

from __future__ import annotations

import logging
import threading

import pytest
from django.db import DatabaseError
from django.test import Client

from aniworld.events.models import OutboxEvent
from aniworld.system import watch
from library.models import LibraryRoot
from tests.unit.aniworld.system.well import Installation, furnish
from tests.unit.reading import get

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(library: LibraryRoot, monkeypatch: pytest.MonkeyPatch) -> Installation:
    monkeypatch.setattr(watch, "_told", ())
    return furnish(library, monkeypatch)


def told() -> list[dict[str, object]]:
    events = OutboxEvent.objects.filter(type="repairs_changed").order_by("id")
    return list(events.values_list("data", flat=True))


def test_a_change_is_told_once(here: Installation) -> None:
    watch.turn()
    assert told() == []
    here.library.rmdir()
    for _ in range(3):
        watch.turn()
    assert watch.count() == 1
    here.library.mkdir()
    for _ in range(3):
        watch.turn()
    assert watch.count() == 0
    worse = {"count": 1, "errors": 1, "warnings": 0, "codes": ["root_missing"]}
    well = {"count": 0, "errors": 0, "warnings": 0, "codes": []}
    assert told() == [worse, well]


def test_each_is_logged_once_as_gravely_as_it_is(
    here: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    here.library.rmdir()
    here.configure(providers={"sites": {"aniworld": {"enabled": False}}})
    (here.data / "set_up").unlink()
    with caplog.at_level(logging.INFO):
        for _ in range(2):
            watch.turn()
    of_it = [one for one in caplog.records if one.name == watch.__name__]
    logged = [(one.levelname, one.getMessage().split()[1]) for one in of_it]
    assert sorted(logged) == [
        ("ERROR", "severity=error:"),
        ("INFO", "severity=note:"),
        ("WARNING", "severity=warning:"),
    ]


def test_what_the_database_does_not_take_is_told_later(
    here: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_event: object) -> int:
        raise DatabaseError("database is locked")

    here.library.rmdir()
    with monkeypatch.context() as patch:
        patch.setattr(watch, "publish", away)
        watch.turn()
    assert (watch.count(), told()) == (1, [])
    watch.turn()
    assert len(told()) == 1


def test_a_look_that_is_young_enough_will_do(here: Installation) -> None:
    watch.look()
    here.library.rmdir()
    assert watch.look(not_older_than=60).findings == ()
    assert len(watch.look().findings) == 1


def test_the_menu_counts_what_was_found(visitor: Client, here: Installation) -> None:
    assert get(visitor, "/queue").select_one("#repairs-badge").get_text() == ""  # type: ignore[union-attr]
    here.library.rmdir()
    watch.look()
    assert get(visitor, "/queue").select_one("#repairs-badge").get_text() == "1"  # type: ignore[union-attr]


def test_whoever_is_started_together_is_not_told_of_as_dead(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[str] = []
    is_over = threading.Event()

    def pause(seconds: float) -> None:
        done.append(f"pause {seconds}")
        if len(done) > 2:
            is_over.set()
            threading.Event().wait()  # for good: nobody joins it

    monkeypatch.setattr(watch, "turn", lambda: done.append("look"))
    watch.keep_watching(pause)
    assert is_over.wait(60)
    assert done == ["pause 10.0", "look", "pause 10.0"]
