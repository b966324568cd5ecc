from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.site.world import SampleWorld


@pytest.fixture(scope="module")
def running_world() -> Iterator[SampleWorld]:
    with SampleWorld() as world:
        yield world


@pytest.fixture
def world(running_world: SampleWorld) -> SampleWorld:
    running_world.reset()
    return running_world
