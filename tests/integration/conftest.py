"""What the tests of the queue begin with: the sample world, and a library that misses episodes.

Tests of several processes are marked ``django_db(transaction=True)``: those see no transaction of
the test.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from aniworld.config import store
from library.models import AnimeSeries
from tests.integration.downloads_support import configure, make_series
from tests.integration.streams_stage import Packings, Stage
from tests.site.world import SampleWorld


@pytest.fixture
def world(running_world: SampleWorld) -> Iterator[SampleWorld]:
    running_world.reset()
    configure(running_world.catalogue_url)
    yield running_world
    running_world.reset()
    store.path().unlink()


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
def series(db: None, library: Path) -> AnimeSeries:
    return make_series(library)


@pytest.fixture(scope="session")
def packings(tmp_path_factory: pytest.TempPathFactory) -> Packings:
    return Packings(tmp_path_factory.mktemp("films"))


@pytest.fixture
def stage(world: SampleWorld, series: AnimeSeries, packings: Packings, tmp_path: Path) -> Stage:
    return Stage(world, series, packings, tmp_path)
