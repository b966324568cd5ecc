"""Events: what they carry, and what is refused."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass
from typing import Any

import pytest
from django.db import transaction

from aniworld.events import event as event_module
from aniworld.events import publish
from aniworld.events.event import Event, known
from aniworld.events.models import OutboxEvent
from aniworld.events.notices import WarningNotice
from aniworld.events.rooms import Room
from providers.coded import coded
from tests.unit.aniworld.events.conftest import Told, WithQueue


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> dict[str, type[Event]]:
    """What a test defines is forgotten after it."""
    own = dict(event_module._known)
    monkeypatch.setattr(event_module, "_known", own)
    return own


def test_its_fields_are_the_payload() -> None:
    told = coded("disk_full", free=3)
    notice = WarningNotice(code="disk_full", message=told)

    assert (notice.room, notice.type) == (Room.SYSTEM_PROGRESS, "system_warning")
    assert notice.data() == {"code": "disk_full", "message": told}
    assert not hasattr(notice, "__dict__")
    with pytest.raises(FrozenInstanceError):
        notice.code = "other"  # type: ignore[misc]


def test_a_type_is_that_of_one_event(registry: dict[str, type[Event]]) -> None:
    with pytest.raises(TypeError, match="are both 'test_told'"):

        @dataclass(frozen=True, slots=True)
        class Another(Event):
            room = Room.DOWNLOADS
            type = "test_told"

    assert known("test_told") is Told


def test_a_form_of_an_event_has_its_type_and_is_no_second_one(
    registry: dict[str, type[Event]],
) -> None:
    @dataclass(frozen=True, slots=True)
    class ToldTwice(Told):
        m: int

    assert ToldTwice(1, 2).data() == {"n": 1, "m": 2}
    assert (ToldTwice.type, known("test_told")) == ("test_told", Told)


def test_an_event_without_a_room_is_refused(registry: dict[str, type[Event]]) -> None:
    with pytest.raises(TypeError, match="Lost has no room"):

        @dataclass(frozen=True, slots=True)
        class Lost(Event):
            type = "test_lost"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "what", [{"action": "items_added"}, "queue_status", None, WithQueue(1), Told, 7], ids=str
)
def test_what_is_no_event_cannot_be_published(what: Any) -> None:
    with transaction.atomic(), pytest.raises(TypeError, match="Only events of a type"):
        publish.publish(what)
    assert not OutboxEvent.objects.exists()


def test_what_is_no_event_is_a_type_error_as_well() -> None:
    with pytest.raises(TypeError):  # held by mypy: an ignore that is not needed is an error
        publish.publish({"action": "items_added"})  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        publish.publish_progress(Told(1), "1")  # type: ignore[arg-type]
