from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from tests.unit.visiting import visitor  # noqa: F401 - fixture


@pytest.fixture(autouse=True)
def _data_apart(settings: Settings, data_dir: Path) -> None:
    """So that a library folder may lie beside our own data."""
    settings.DATA_DIR = data_dir / "data"
    settings.DATA_DIR.mkdir()
