"""A year and a half by a fake clock, with two schedulers on one database: each job's runs are those
of tables that were worked out by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from aniworld.system.schedule.choices import Resource, RunState, Trigger
from aniworld.system.schedule.models import JobRun, JobState
from aniworld.system.schedule.scheduler import Scheduler

from .conftest import Make
from .fakes import HOURS, FakeClock, FakeProcesses, job

pytestmark = pytest.mark.django_db

BERLIN = ZoneInfo("Europe/Berlin")
BEGIN, END = date(2027, 1, 1), date(2028, 3, 2)  # over a leap day
OFF_FROM = datetime(2027, 7, 5, 12, tzinfo=BERLIN)  # the machine is off for a week
OFF_TO = datetime(2027, 7, 12, 12, tzinfo=BERLIN)
SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)
DAY = timedelta(days=1)

# Those that are made up at once need different things, so that none waits for another.
JOBS = (
    job("nightly", "every day at 2:30"),
    job("weekly", "mondays and thursdays at 18:30", uses=Resource.DISK),
    job("monthly", "on the 31st of every month at 4"),
    job("leap", "on 29 february at 3"),
    job("beat", "every 48 hours", uses=Resource.SITES),
)


def wall(day: date, said: str) -> datetime:
    """A time on the wall of Berlin, as a moment."""
    return datetime.combine(day, time.fromisoformat(said), tzinfo=BERLIN).astimezone(UTC)


def days() -> list[date]:
    return [BEGIN + step * DAY for step in range((END - BEGIN).days)]


def is_off(moment: datetime) -> bool:
    return OFF_FROM <= moment < OFF_TO


def with_the_week(moments: list[datetime]) -> list[datetime]:
    """What falls into the week without power is made up once, when it is over."""
    missed = [one for one in moments if is_off(one)]
    kept = [one for one in moments if not is_off(one)]
    return sorted([*kept, OFF_TO.astimezone(UTC)] if missed else kept)


def nightly() -> list[datetime]:
    """02:30 each night; in spring that is not there: 03:00, in autumn it is there twice: the
    first."""
    return [wall(day, "03:00" if day == SPRING else "02:30") for day in days()]


def weekly() -> list[datetime]:
    return [wall(day, "18:30") for day in days() if day.isoweekday() in (1, 4)]


def monthly() -> list[datetime]:
    months = [(2027, one) for one in (1, 3, 5, 7, 8, 10, 12)] + [(2028, 1)]
    return [wall(date(year, month, 31), "04:00") for year, month in months]


def leap() -> list[datetime]:
    return [wall(date(2028, 2, 29), "03:00")]


def beat() -> list[datetime]:
    """Every 48 hours of real time from 1 January 00:00 UTC on. The machine goes off when the last
    one was on 4 July; at its return more than one was missed, so that the beat begins anew."""
    first = datetime(2027, 1, 1, tzinfo=UTC)
    before = [first + step * 48 * HOURS for step in range(1, 300)]
    before = [one for one in before if one < OFF_FROM]
    again = OFF_TO.astimezone(UTC)
    after = [again + step * 48 * HOURS for step in range(300)]
    return before + [one for one in after if one < wall(END, "00:00")]


TABLE = {
    "nightly": with_the_week(nightly()),
    "weekly": with_the_week(weekly()),
    "monthly": with_the_week(monthly()),
    "leap": leap(),
    "beat": beat(),
}


def test_each_job_runs_when_the_table_says(
    make: Make, clock: FakeClock, processes: FakeProcesses
) -> None:
    ours, others = make(*JOBS), make(*JOBS)
    live(clock, processes, ours, others)
    for name, expected in TABLE.items():
        runs = JobRun.objects.filter(name=name)
        assert runs.exclude(state=RunState.COMPLETED).count() == 0
        begun = [child.run for child in processes.begun if child.run.name == name]
        assert [run.begun_at for run in begun] == expected, name
        made_up = [run.begun_at for run in begun if run.trigger == Trigger.MADE_UP]
        assert made_up == [OFF_TO for _ in made_up]
    holders = {child.run.holder for child in processes.begun}
    assert holders == {ours.name, others.name}, "both have worked"


def live(clock: FakeClock, processes: FakeProcesses, ours: Scheduler, others: Scheduler) -> None:
    """Let time go by until the end. At each moment at which something is to be done both look, now
    this one first and now the other."""
    while clock.now() < wall(END, "00:00"):
        is_turned = len(processes.begun) % 2
        for scheduler in (others, ours) if is_turned else (ours, others):
            scheduler.turn()
        if not (ours.is_idle and others.is_idle):
            clock.go(timedelta(seconds=10))
            continue
        upcoming = [one for one in JobState.objects.values_list("next_at", flat=True) if one]
        next_at = max(min(upcoming), clock.now())
        clock.go_to(OFF_TO if is_off(next_at) else next_at)


def test_the_table_is_what_was_worked_out() -> None:
    """A few lines of it, said anew."""
    said = {name: len(moments) for name, moments in TABLE.items()}
    # 426 days; six nights of the week are missed beside the one that is made up.
    assert said == {"nightly": 420, "weekly": 120, "monthly": 8, "leap": 1, "beat": 209}
    assert datetime(2027, 3, 28, 1, 0, tzinfo=UTC) in TABLE["nightly"]
    assert datetime(2027, 10, 31, 0, 30, tzinfo=UTC) in TABLE["nightly"]
    assert datetime(2028, 2, 29, 1, 30, tzinfo=UTC) in TABLE["nightly"]
    assert datetime(2028, 2, 29, 2, 0, tzinfo=UTC) in TABLE["leap"]
