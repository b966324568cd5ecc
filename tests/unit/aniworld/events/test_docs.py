"""docs/api.md tells of every event there is, and of no other: its type, room and data."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest
from django.utils.module_loading import autodiscover_modules

from aniworld.events import event as event_module
from aniworld.events.event import Event

autodiscover_modules("events")  # as the server does
PAGE = (Path(__file__).resolve().parents[4] / "docs/api.md").read_text(encoding="utf-8")
OURS = {
    type: event
    for type, event in event_module._known.items()
    if not event.__module__.startswith("tests.")
}


def rows() -> dict[str, tuple[str, set[str]]]:
    """The table of events: type, room and fields."""
    table = PAGE.split("| type | room | data |\n|---|---|---|\n")[1].split("\n\n")[0]
    cells = [line.strip("|").split("|") for line in table.splitlines()]
    found = {
        type.strip(" `"): (room.strip(" `"), set(re.findall(r"`(\w+)`", data)))
        for type, room, data in cells
    }
    assert len(found) == len(cells)
    return found


def forms(event: type[Event]) -> Iterator[type[Event]]:
    yield event
    for form in event.__subclasses__():
        # ``slots=True`` makes a class anew; the first one lives until it is collected.
        if getattr(sys.modules[form.__module__], form.__name__, None) is form:
            yield from forms(form)


def payload(event: type[Event]) -> set[str]:
    names = {field.name for form in forms(event) for field in fields(form)}
    return names | ({event.late.name} if event.late else set())


def test_every_event_with_its_room_and_data() -> None:
    assert rows() == {type: (event.room, payload(event)) for type, event in OURS.items()}


@pytest.mark.parametrize("event", OURS.values(), ids=OURS)
def test_every_event_and_form_is_frozen_and_slotted(event: type[Event]) -> None:
    for form in forms(event):
        assert is_dataclass(form)
        assert form.__dataclass_params__.frozen  # type: ignore[attr-defined]
        assert "__slots__" in vars(form)
