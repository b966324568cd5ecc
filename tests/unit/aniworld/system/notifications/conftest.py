from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from aniworld.config import store
from aniworld.events import cursors
from aniworld.system.notifications.gathering import READER
from tests.receiver import Receiver

SetUp = Callable[..., None]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


@pytest.fixture
def target(db: None) -> SetUp:
    """Sets up a target by its name; the cursor stands at what has happened before."""

    def set_up(
        name: str = "phone", *, section: dict[str, Any] | None = None, **values: Any
    ) -> None:
        chosen = {"kind": "WEBHOOK", "url": "http://127.0.0.1:9/", "pace": "EACH", **values}

        def put(data: dict[str, Any]) -> None:
            data["notifications"].update(section or {})
            data["notifications"]["targets"][name] = chosen

        store.update(put)
        cursors.place_of(READER)

    return set_up
