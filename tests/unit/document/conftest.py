from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from tests.unit.document.house import House, furnished


@pytest.fixture
def house(db: None, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    settings.DATA_DIR = tmp_path / "data"
    settings.DATA_DIR.mkdir()
    settings.LOG_DIR = settings.DATA_DIR / "logs"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick
    return furnished(tmp_path / "library", monkeypatch)
