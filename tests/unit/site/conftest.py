from __future__ import annotations

import pytest

from tests.site.world import SampleWorld


@pytest.fixture
def world(running_world: SampleWorld) -> SampleWorld:
    running_world.reset()
    return running_world
