"""Changes of the configuration are journalled: who, and which fields."""

from __future__ import annotations

import logging
from contextvars import Context
from typing import Any

import pytest
from django.db import DatabaseError

from aniworld.config import services, store
from aniworld.config.errors import ConfigInvalid, ConfigStale
from aniworld.journal.errors import NoActor
from aniworld.journal.models import Entry
from aniworld.web.texts import text
from tests.conftest import TESTER

pytestmark = pytest.mark.django_db


def retries(count: Any) -> Any:
    return lambda data: data["downloads"].update(max_retries=count)


def test_a_change_says_which_fields_differ() -> None:
    config = services.change(retries(7))
    assert store.load() == config
    entry = Entry.objects.get()
    assert (entry.action, entry.object_type, entry.actor_name) == (
        *("config.changed", "config", TESTER.name),
    )
    assert (entry.before, entry.after) == (
        {"downloads.max_retries": 3},
        {"downloads.max_retries": 7},
    )


def test_the_journal_names_what_was_changed() -> None:
    services.change(retries(7))
    services.edit(
        {
            "downloads": {"overwrite": True, "auto_start": True, "connections": 2},
            "library": {"bin_days": 3},
        }
    )
    said = [text(entry.action, entry.params) for entry in Entry.objects.order_by("pk")]
    assert said == [
        "Settings were changed: Retries.",
        "Settings were changed: Start the queue by itself, Connections, Overwrite, 1 more.",
    ]
    assert text("config.changed", {"name": "", "id": ""}) == "Settings were changed."


def test_a_change_of_nothing_is_no_act() -> None:
    services.change(retries(3))
    assert not Entry.objects.exists()


def test_a_change_that_is_refused_is_no_act() -> None:
    services.change(retries(4))
    Entry.objects.all().delete()
    with pytest.raises(ConfigInvalid):
        services.change(retries(-1))
    with pytest.raises(ConfigStale):
        services.change(retries(5), expected_version=17)
    assert not Entry.objects.exists()


def test_nothing_is_written_for_nobody() -> None:
    with pytest.raises(NoActor):
        Context().run(services.change, retries(7))
    assert store.load().downloads.max_retries == 3


def test_the_file_holds_where_the_journal_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise DatabaseError("the database is away")

    monkeypatch.setattr(services, "record", away)
    with pytest.raises(DatabaseError), caplog.at_level(logging.ERROR):
        services.change(retries(7))
    assert store.load().downloads.max_retries == 7
    assert "changed but not journalled" in caplog.text
    assert "downloads.max_retries" in caplog.text
