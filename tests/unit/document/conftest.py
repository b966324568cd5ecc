from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.telling_server import media_server
from tests.unit.document.house import House, furnished


@pytest.fixture
def house(
    db: None, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[House]:
    settings.DATA_DIR = tmp_path / "data"
    settings.DATA_DIR.mkdir()
    settings.LOG_DIR = settings.DATA_DIR / "logs"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick
    library = tmp_path / "library"
    with media_server("JELLYFIN", Anime=[str(library)]) as server:
        yield furnished(library, monkeypatch, server)
