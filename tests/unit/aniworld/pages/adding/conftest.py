from pathlib import Path

import pytest
from pytest_django import Settings

from tests.unit.library.conftest import show, site  # noqa: F401 - the site in memory


@pytest.fixture
def data_dir(settings: Settings) -> Path:
    return Path(settings.DATA_DIR)
