from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def data_dir() -> None:
    """In place of the library's: the name reader keeps nothing, and has a thousand tests."""
