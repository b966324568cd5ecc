"""Fixtures of all tests; the environment they run in is set by ``tests/environment.py``."""

from __future__ import annotations

import gzip
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import Settings

from accounts import activity
from aniworld.config import logs
from aniworld.config.schema import LoggingSettings
from aniworld.database import examination, mark
from aniworld.journal.actors import Actor, acting_as
from aniworld.journal.choices import ActorKind
from aniworld.sites import clock
from aniworld.system import watch
from tests import document, savings
from tests.site.world import SampleWorld

TESTER = Actor(ActorKind.OWNER, "test", "a test")


@pytest.fixture(autouse=True)
def _somebody_acts() -> Iterator[None]:
    """Tests call services as an edge of the product would. Requests, scans and workers set their
    own actor, and processes start with none."""
    with acting_as(TESTER):
        yield


@pytest.fixture(scope="session", autouse=True)
def _sessions_are_not_written_between_tests() -> Iterator[None]:
    """Whoever imports ``aniworld.asgi`` starts the thread that writes when sessions were used; in a
    run of tests it would wake up in a test that it has nothing to do with."""
    before, activity.WRITE_EVERY = activity.WRITE_EVERY, 86_400.0
    yield
    activity.WRITE_EVERY = before
    activity._used.clear()  # or it would be written when the run ends


@pytest.fixture(scope="session", autouse=True)
def _savings_are_made() -> Iterator[None]:
    with savings.made():
        yield


@pytest.fixture(scope="session")
def running_world() -> Iterator[SampleWorld]:
    """The sample site, in a process of its own; whoever uses it resets it before."""
    with SampleWorld() as world:
        yield world


@pytest.fixture(autouse=True)
def _a_test_does_not_wait_for_itself(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever looks whether the database takes anything waits for the writer, which on SQLite is
    the transaction that the test is in."""
    marker = request.node.get_closest_marker("django_db")
    is_committed = "transactional_db" in request.fixturenames
    if not (is_committed or (marker and marker.kwargs.get("transaction"))):
        monkeypatch.setattr(examination, "WRITER_SECONDS", 0.0)


@pytest.fixture(autouse=True)
def _passwords_are_quick(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = [f"{savings.__name__}.QuickBcrypt"]


@pytest.fixture(autouse=True)
def _no_configuration_is_left() -> Iterator[None]:
    """What a test writes into the configuration is gone for the next one; so is the mark of a
    setup, beside which the next one's empty database would be a lost one."""
    levels = _levels_of_the_log()
    yield
    # Some tests set the environment, which counts before the configuration and may still be set
    # here: so levels go back to what they were, and not to what would follow from it.
    logs.follow(LoggingSettings())
    for name in _levels_of_the_log().keys() | levels.keys():
        logging.getLogger(name).setLevel(levels.get(name, logging.NOTSET))
    watch._seen = None  # what was found in one test is nothing to the next
    mark.path().unlink(missing_ok=True)
    (Path(settings.DATA_DIR) / clock.NAME).unlink(missing_ok=True)
    for path in Path(settings.DATA_DIR).glob("config.json*"):
        path.unlink()


def _levels_of_the_log() -> dict[str, int]:
    root = logging.getLogger()
    known = {**root.manager.loggerDict, root.name: root}
    return {
        name: logger.level
        for name, logger in known.items()
        if isinstance(logger, logging.Logger) and logger.level
    }


@pytest.fixture(autouse=True)
def _answers_are_as_described(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every answer that any test gets over the test client is held to the OpenAPI document."""
    ask = Client.request

    def request(self: Client, **asked: Any) -> Any:
        answer = ask(self, **asked)
        if getattr(answer, "streaming", False):
            return answer
        method, path = answer.request["REQUEST_METHOD"], answer.request["PATH_INFO"]
        kind = answer.headers.get("Content-Type", "")
        packed = answer.headers.get("Content-Encoding") == "gzip"
        body = gzip.decompress(answer.content) if packed else answer.content
        found = document.problems(method, path, answer.status_code, kind, body)
        assert not found, f"{method} {path} is not as described: {found}"
        return answer

    monkeypatch.setattr(Client, "request", request)
