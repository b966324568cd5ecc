from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from pytest_django import Settings

from aniworld.system.schedule import claims, jobs
from aniworld.system.schedule.jobs import Job
from aniworld.system.schedule.scheduler import Scheduler

from .fakes import FakeClock, FakeProcesses

Make = Callable[..., Scheduler]


@pytest.fixture(autouse=True)
def _zone(settings: Settings) -> None:
    """The times of the tables are those of Berlin."""
    settings.TIME_ZONE = "Europe/Berlin"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(datetime(2027, 1, 1, tzinfo=UTC))


@pytest.fixture
def processes(clock: FakeClock) -> FakeProcesses:
    return FakeProcesses(clock)


@pytest.fixture
def make(clock: FakeClock, processes: FakeProcesses, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Makes a scheduler of these jobs, which are all there are."""

    def made(*listed: Job) -> Scheduler:
        named = {one.name: one for one in listed}
        for module in (jobs, claims):
            monkeypatch.setattr(module, "job_named", named.get)
        monkeypatch.setattr("aniworld.system.schedule.scheduler.job_named", named.get)
        monkeypatch.setattr("aniworld.system.schedule.services.job_named", named.get)
        return Scheduler(clock=clock, launch=processes.launch, jobs=listed)

    return made
