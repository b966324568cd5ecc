"""A clock that goes as the test says, and processes that end when it says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from aniworld.system.schedule import claims
from aniworld.system.schedule.choices import Resource, RunState
from aniworld.system.schedule.jobs import Job
from aniworld.system.schedule.models import JobRun
from providers.coded import coded

HOURS = timedelta(hours=1)


def job(name: str, when: str, **more: object) -> Job:
    values = {
        "label": name,
        "help": "",
        "is_on": True,
        "work": "keeping:sessions",
        "limit": 2 * HOURS,
        "uses": Resource.DATABASE,
    }
    return Job(name=name, when=when, **{**values, **more})  # type: ignore[arg-type]


@dataclass
class FakeClock:
    """Both clocks of a machine; ``set`` moves the one on the wall alone."""

    moment: datetime
    ran: float = 0.0

    def now(self) -> datetime:
        return self.moment

    def elapsed(self) -> float:
        return self.ran

    def go(self, span: timedelta) -> None:
        self.moment += span
        self.ran += span.total_seconds()

    def go_to(self, moment: datetime) -> None:
        self.go(moment.astimezone(UTC) - self.moment)

    def set(self, span: timedelta) -> None:
        self.moment += span


@dataclass
class FakeChild:
    """The process of a run, which takes so long by the clock of the test."""

    run: JobRun
    clock: FakeClock
    ends_at: float
    how: Callable[[JobRun], int]
    is_deaf: bool = False
    code: int | None = None
    asked: list[str] = field(default_factory=list)

    def exit_code(self) -> int | None:
        if self.code is None and self.clock.ran >= self.ends_at:
            self.code = self.how(self.run)
        return self.code

    def ask_to_end(self) -> None:
        self.asked.append("end")
        if not self.is_deaf and self.code is None:
            self.code = 143

    def kill(self) -> None:
        self.asked.append("kill")
        if self.code is None:
            self.code = -9


@dataclass
class FakeProcesses:
    """Starts such processes, and notes which."""

    clock: FakeClock
    takes: timedelta = timedelta(seconds=30)
    how: Callable[[JobRun], int] | None = None
    is_deaf: bool = False
    begun: list[FakeChild] = field(default_factory=list)

    def launch(self, run: JobRun) -> FakeChild:
        how = self.how or self.ends_well
        ends_at = self.clock.ran + self.takes.total_seconds()
        child = FakeChild(run, self.clock, ends_at, how, self.is_deaf)
        self.begun.append(child)
        return child

    def ends_well(self, run: JobRun) -> int:
        said = coded("job_sessions_cleared", count=0)
        claims.finish(run, RunState.COMPLETED, self.clock.now(), result=said)
        return 0


def dies(_run: JobRun) -> int:
    return -9
