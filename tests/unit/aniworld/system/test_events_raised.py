"""What is declared is true: every type of event is raised, and every room tells its state."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils.module_loading import autodiscover_modules

from aniworld.events import event as event_module
from aniworld.events.event import Event
from aniworld.events.models import OutboxEvent
from aniworld.events.notices import ErrorNotice, InfoNotice
from aniworld.events.reading import Limits
from aniworld.events.rooms import Room, snapshot
from aniworld.web.errors import AppError
from downloads import services
from downloads.choices import Status
from downloads.models import DownloadQueueItem
from downloads.worker import run as run_module
from downloads.worker.run import Run
from downloads.worker.worker import Worker
from library.management.media import read_media
from tests.factories import make_file, make_item, make_scan, make_series, said

autodiscover_modules("events")
ROOMS = ("aniworld", "accounts", "library", "downloads")
OURS = {
    type: event
    for type, event in event_module._known.items()
    if not event.__module__.startswith("tests.")
}


def names_used() -> set[str]:
    """The classes that are called, or handed to what calls them."""
    found: set[str] = set()
    for room in ROOMS:
        for path in sorted(Path(settings.PROJECT_DIR, room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call):
                    found |= set(map(_name, [node.func, *node.args]))
    return found


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def forms(event: type[Event]) -> Iterator[type[Event]]:
    yield event
    for form in event.__subclasses__():
        yield from forms(form)


@pytest.mark.parametrize("event", OURS.values(), ids=OURS)
def test_every_type_is_raised_by_something(event: type[Event]) -> None:
    assert {form.__name__ for form in forms(event)} & names_used()


def types() -> list[str]:
    return list(OutboxEvent.objects.order_by("id").values_list("type", flat=True))


def test_every_room_tells_its_state(db: None) -> None:
    series = make_series("Mushishi", missing=3)
    make_item(series, 1, status=Status.DOWNLOADING)
    Run().takes_one()
    make_file(series, "Mushishi/nowhere.mkv")
    read_media(lambda: False)
    make_scan("FAILED", **said("error", "mass_removal", "Many files have gone."))
    assert {room: bool(_content(snapshot(room))) for room in Room} == dict.fromkeys(Room, True)


def _content(state: dict[str, Any]) -> list[Any]:
    """What of a state is more than its outline."""
    return [value for value in state.values() if value]


def test_a_run_of_the_queue_is_one_operation(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "limits", lambda: Limits(per_second=1e9, min_percent=0))
    series = make_series("Mushishi", missing=3)
    items = [make_item(series, number) for number in (1, 2, 3)]
    services.start()
    run = Run()
    for item, end in zip(items, (Status.COMPLETED, Status.FAILED, Status.COMPLETED), strict=True):
        run.takes_one()
        DownloadQueueItem.objects.filter(pk=item.pk).update(status=end)
        item.status = end
        run.note(item)
    running = snapshot(Room.QUEUE_PROGRESS)["active"]
    assert [(one["current"], one["total"]) for one in running] == [(2, 3)]
    assert running[0]["metadata"] == {"completed": 1, "failed": 1}
    services.stop()
    run.rests()
    state = snapshot(Room.QUEUE_PROGRESS)
    assert (state["active"], [one["status"] for one in state["finished"]]) == ([], ["completed"])
    event = OutboxEvent.objects.get(type=InfoNotice.type)
    assert event.data["message"]["params"] == {"completed": 2, "failed": 1}


def test_a_run_that_is_stopped_says_so(db: None) -> None:
    series = make_series("Mushishi", missing=3)
    first, _second = (make_item(series, number) for number in (1, 2))
    run = Run()
    run.takes_one()
    DownloadQueueItem.objects.filter(pk=first.pk).update(status=Status.COMPLETED)
    first.status = Status.COMPLETED
    run.note(first)
    run.rests()
    assert [one["status"] for one in snapshot(Room.QUEUE_PROGRESS)["finished"]] == ["cancelled"]
    assert InfoNotice.type not in types()


def test_what_a_dead_worker_left_is_ended_by_the_next(db: None) -> None:
    make_item(make_series("Mushishi", missing=3), 1)
    Run().takes_one()
    Run().takes_one()
    state = snapshot(Room.QUEUE_PROGRESS)
    assert len(state["active"]) == 1
    assert [one["status"] for one in state["finished"]] == ["cancelled"]


def test_the_worker_says_once_what_it_cannot_go_on_for(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(AppError):
        code = "config_broken"
        texts = {"": "It cannot be read."}

    worker = Worker()
    for _ in range(3):
        worker._tell_trouble(Broken())
    worker._tell_trouble(ValueError("no matter of the owner's"))
    assert types() == [ErrorNotice.type]
