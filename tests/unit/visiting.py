"""A visitor who is logged in, on a data directory of their own."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from accounts import services
from accounts.credentials import COOKIE
from library.models import LibraryRoot
from tests.factories import make_root


@pytest.fixture(autouse=True)
def _own_data(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "data"
    settings.DATA_DIR.mkdir(exist_ok=True)


@pytest.fixture
def library(tmp_path: Path, settings: Settings, db: None) -> LibraryRoot:
    """A configured, empty library folder."""
    directory = tmp_path / "anime"
    directory.mkdir()
    settings.ANIME_DIRECTORY = str(directory)
    return make_root(str(directory))


@pytest.fixture
def visitor(db: None) -> Client:
    owner = User.objects.create(
        username=services.OWNER, password="!", is_staff=True, is_superuser=True
    )
    client = Client()
    client.cookies[COOKIE] = services.open_session(owner).token
    return client
