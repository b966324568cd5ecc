"""Static files that a test may change, on a shelf of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from aniworld.web.assets import shelf


def fetched(client: Client, address: str, **headers: str) -> tuple[Any, bytes]:
    """An answer and its body, read to the end so that its file is closed."""
    answer = client.get(address, headers=headers)
    body = b"".join(answer)
    return answer, body


class Version:
    """The product in the state that its sources have now, as after an upgrade and a new start."""

    def __init__(self, settings: Settings, sources: Path, root: Path) -> None:
        self.settings, self.sources, self.root = settings, sources, root

    def change(self, name: str, text: str) -> None:
        path = self.sources / name
        path.write_text(path.read_text() + text)

    def start(self) -> Client:
        """A server that has just started."""
        shelf.ready.cache_clear()
        self.settings.STATIC_URL = "/static/"  # lets go of the storage of before
        client = Client()
        client.handler.load_middleware()
        return client

    def folders(self) -> set[str]:
        return {path.name for path in self.root.iterdir() if path.is_dir()}


@pytest.fixture
def version(settings: Settings, tmp_path: Path) -> Iterator[Version]:
    sources, root = tmp_path / "sources", tmp_path / "shelf"
    shutil.copytree(settings.PROJECT_DIR / "static", sources)
    settings.STATICFILES_DIRS = [sources]
    # Ours alone: what packages bring takes the most of the time.
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_DIR = root
    yield Version(settings, sources, root)
    shelf.ready.cache_clear()
