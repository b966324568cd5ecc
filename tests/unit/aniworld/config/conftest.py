from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, settings: Settings) -> Path:
    """A data directory for this test alone."""
    settings.DATA_DIR = tmp_path
    settings.ANIME_DIRECTORY = ""
    return tmp_path
