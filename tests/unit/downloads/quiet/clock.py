"""A clock that a test sets, for everything that asks what time it is."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from pytest_django import Settings

BERLIN = ZoneInfo("Europe/Berlin")


class Clock:
    """The moment is Monday, 4 January 2027, 12:00 in Berlin until it is set."""

    def __init__(self) -> None:
        self.now = datetime(2027, 1, 4, 12, tzinfo=BERLIN)

    def __call__(self) -> datetime:
        return self.now.astimezone(UTC)  # as Django has it

    def set(self, said: str) -> None:
        self.now = datetime.fromisoformat(said).replace(tzinfo=BERLIN)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Clock:
    settings.TIME_ZONE = "Europe/Berlin"
    found = Clock()
    monkeypatch.setattr(timezone, "now", found)
    return found
