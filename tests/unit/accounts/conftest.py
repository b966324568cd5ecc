from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from accounts import services

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _apart(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "data"
    settings.DATA_DIR.mkdir()
    settings.ROOT_URLCONF = "tests.unit.accounts.addresses"


@pytest.fixture
def owner(db: None) -> User:
    """Setup is done."""
    return User.objects.create(
        username=services.OWNER,
        password=make_password(PASSWORD),
        is_staff=True,
        is_superuser=True,
    )


@pytest.fixture
def browser(owner: User) -> Client:
    """A browser that is logged in and whose CSRF tokens are checked."""
    client = Client(enforce_csrf_checks=True)
    client.cookies["aniworld_session"] = services.open_session(owner).token
    return client


@pytest.fixture
def bearer(owner: User) -> Client:
    """A program that is logged in."""
    token = services.open_session(owner).token
    return Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {token}"})
