"""Who acts: set at an edge, carried to whatever it calls, and nobody elsewhere."""

from __future__ import annotations

import contextlib
import os
import pwd
import threading
from contextvars import Context
from io import StringIO
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core.management import call_command

from aniworld.journal.actors import Actor, acting_as, current_actor
from aniworld.journal.choices import ActorKind
from aniworld.journal.commands import ActingCommand
from aniworld.journal.errors import NoActor
from tests.conftest import TESTER

ANNA = Actor(ActorKind.OWNER, "1", "anna")
BEA = Actor(ActorKind.CLIENT, "2", "bea")


def test_nobody_acts_by_default() -> None:
    with pytest.raises(NoActor):
        Context().run(current_actor)


def test_the_inner_one_acts_until_it_is_left() -> None:
    assert current_actor() == TESTER
    with acting_as(ANNA):
        with contextlib.suppress(LookupError), acting_as(BEA):
            assert current_actor() == BEA
            raise LookupError
        assert current_actor() == ANNA
    assert current_actor() == TESTER


def test_a_new_thread_begins_with_nobody() -> None:
    seen: list[Any] = []

    def look() -> None:
        try:
            seen.append(current_actor())
        except NoActor as error:
            seen.append(error)

    with acting_as(ANNA):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    assert [type(one) for one in seen] == [NoActor]


async def test_it_goes_along_into_the_threads_of_asgi_and_does_not_leak_back() -> None:
    def inside() -> Actor:
        with acting_as(BEA):
            return current_actor()

    with acting_as(ANNA):
        assert await sync_to_async(current_actor)() == ANNA
        assert await sync_to_async(inside)() == BEA
        assert current_actor() == ANNA


def test_an_actor_is_kept_in_a_row_until_another_process_acts_for_it() -> None:
    assert Actor.from_json(ANNA.as_json()) == ANNA
    assert Actor.from_json({}) is None
    scan = Actor.scan("o1", started_by=Actor.from_json(ANNA.as_json()))
    assert (scan.kind, scan.id, scan.origin) == (ActorKind.SCAN, "o1", ANNA)


class Command(ActingCommand):
    def handle(self, *_args: Any, **_options: Any) -> None:
        self.stdout.write(repr(current_actor().as_json()))


def test_a_command_acts_as_the_system_user_who_runs_it() -> None:
    said = StringIO()
    call_command(Command(), stdout=said)
    user = pwd.getpwuid(os.getuid()).pw_name
    assert eval(said.getvalue()) == {"kind": "COMMAND", "id": "test_actors", "name": user}  # noqa: S307 - our own words
    assert current_actor() == TESTER


def test_a_system_user_without_a_name_is_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless(_number: int) -> None:
        raise KeyError

    monkeypatch.setattr(pwd, "getpwuid", nameless)
    assert Actor.command("rescan").name == str(os.getuid())
