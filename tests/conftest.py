"""Fixtures of all tests; the environment they run in is set by ``tests/environment.py``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings


@pytest.fixture(autouse=True)
def _no_configuration_is_left() -> Iterator[None]:
    """What a test writes into the configuration is gone for the next one."""
    yield
    for path in Path(settings.DATA_DIR).glob("config.json*"):
        path.unlink()
