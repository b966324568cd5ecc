"""Films for the tests of what happens to films."""

from __future__ import annotations

import pytest

from tests.unit.downloads.transfer.films import Films


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> Films:
    return Films(tmp_path_factory.mktemp("films"))
