"""One look of a scheduler: what begins, what waits, what is ended."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from aniworld.config import services as config
from aniworld.config import store
from aniworld.events.models import Operation, OutboxEvent
from aniworld.journal.models import Entry
from aniworld.system.schedule import claims, planning, services
from aniworld.system.schedule.choices import Resource, RunState, Trigger
from aniworld.system.schedule.claims import DeadRuns
from aniworld.system.schedule.errors import JobNotFound, JobRunning, WhenUnreadable
from aniworld.system.schedule.models import KEPT_RUNS, LEASE, JobRun, JobState
from aniworld.system.schedule.scheduler import BEAT_EVERY, GRACE_SECONDS, PLAN_EVERY, serve

from .conftest import Make
from .fakes import HOURS, FakeClock, FakeProcesses, dies, job

pytestmark = pytest.mark.django_db

MINUTES = timedelta(minutes=1)
NIGHTLY = job("nightly", "every day at 2:30")


def configure(**jobs: Any) -> None:
    config.edit({"scheduler": {"jobs": jobs}})


def runs(name: str = "nightly") -> list[tuple[str, str]]:
    found = JobRun.objects.filter(name=name).order_by("id")
    return list(found.values_list("state", "trigger"))


def state(name: str = "nightly") -> JobState:
    return JobState.objects.get(name=name)


def test_a_new_installation_begins_nothing_at_once(make: Make, clock: FakeClock) -> None:
    assert make(NIGHTLY).turn() == []
    assert state().next_at == datetime(2027, 1, 1, 1, 30, tzinfo=UTC)


def test_what_is_off_never_begins_and_begins_when_it_is_switched_on(
    make: Make, clock: FakeClock
) -> None:
    scheduler = make(job("rescan", "every 6 hours", is_on=False))
    for _ in range(50):
        assert scheduler.turn() == []
        clock.go(6 * HOURS)
    configure(rescan={"enabled": True})
    scheduler.turn()
    clock.go(6 * HOURS)
    assert [run.name for run in scheduler.turn()] == ["rescan"]
    configure(rescan={"enabled": False})
    clock.go(1 * MINUTES)
    scheduler.turn()
    assert (state("rescan").next_at, state("rescan").planned_at) == (None, None)


def test_another_rhythm_counts_from_the_next_look_on(make: Make, clock: FakeClock) -> None:
    scheduler = make(NIGHTLY)
    scheduler.turn()
    configure(nightly={"when": "täglich um 5"})
    scheduler.turn()
    assert state().next_at == datetime(2027, 1, 1, 4, 0, tzinfo=UTC)


def test_two_that_need_the_same_wait_for_each_other(
    make: Make, clock: FakeClock, processes: FakeProcesses
) -> None:
    at_four = [job(name, "every day at 4", uses=Resource.DISK) for name in ("one", "two")]
    beside = job("beside", "every day at 4", uses=Resource.SITES)
    scheduler = make(*at_four, beside)
    scheduler.turn()
    clock.go(4 * HOURS)
    assert [run.name for run in scheduler.turn()] == ["one", "beside"]
    clock.go(processes.takes)
    assert [run.name for run in scheduler.turn()] == ["two"]


def test_what_comes_while_it_runs_is_left_out(
    make: Make, clock: FakeClock, processes: FakeProcesses
) -> None:
    processes.takes = 25 * MINUTES
    scheduler = make(job("often", "every 10 minutes"))
    scheduler.turn()
    for _ in range(46):
        clock.go(1 * MINUTES)
        scheduler.turn()
    begun = [child.run.begun_at.minute for child in processes.begun]
    assert begun == [10, 45]  # until 35; 20 and 30 came meanwhile, and the beat begins anew


def test_the_owner_runs_it_now_also_while_it_is_paused(make: Make, clock: FakeClock) -> None:
    scheduler = make(NIGHTLY)
    scheduler.turn()
    services.pause("nightly")
    clock.go(30 * HOURS)
    assert scheduler.turn() == []
    services.run_now("nightly")
    assert [run.trigger for run in scheduler.turn()] == [Trigger.OWNER]
    with pytest.raises(JobRunning):
        services.run_now("nightly")
    actions = list(Entry.objects.order_by("id").values_list("action", "object_id"))
    assert actions == [("job.paused", "nightly"), ("job.wanted", "nightly")]


def test_what_came_while_it_was_paused_is_not_made_up(
    make: Make, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", clock.now)
    scheduler = make(NIGHTLY)
    scheduler.turn()
    services.pause("nightly")
    services.pause("nightly")  # twice is once
    clock.go(50 * HOURS)
    services.resume("nightly")
    assert scheduler.turn() == []
    assert state().next_at == datetime(2027, 1, 4, 1, 30, tzinfo=UTC)
    assert Entry.objects.filter(action__startswith="job.").count() == 2


def test_of_an_unknown_job_that_is_said() -> None:
    for verb in (services.run_now, services.pause, services.resume):
        with pytest.raises(JobNotFound):
            verb("nonsense")


def test_a_killed_process_is_a_failed_run_at_the_next_look(
    make: Make, clock: FakeClock, processes: FakeProcesses
) -> None:
    processes.how = dies
    scheduler = make(NIGHTLY)
    scheduler.turn()
    clock.go(2 * HOURS)
    scheduler.turn()
    clock.go(processes.takes)
    scheduler.turn()
    run = JobRun.objects.get()
    assert (run.state, run.error_code, run.error_params) == (
        RunState.FAILED,
        "job_died",
        {"how": "SIGKILL"},
    )
    assert Operation.objects.get().status == "failed"
    assert scheduler.turn() == []  # and not begun again before its next time


def test_one_that_is_to_be_tried_again_is(
    make: Make, clock: FakeClock, processes: FakeProcesses
) -> None:
    processes.how = dies
    scheduler = make(job("nightly", "every day at 2:30", retry_after=1 * HOURS))
    scheduler.turn()
    clock.go(2 * HOURS)
    for _ in range(4):
        scheduler.turn()
        clock.go(1 * MINUTES)
    assert len(runs()) == 1
    clock.go(1 * HOURS)
    processes.how = processes.ends_well
    assert len(scheduler.turn()) == 1
    clock.go(1 * MINUTES)
    scheduler.turn()
    assert state().next_at == datetime(2027, 1, 2, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(("is_deaf", "asked"), [(False, ["end"]), (True, ["end", "kill"])])
def test_one_that_hangs_is_ended_at_its_limit(
    make: Make, clock: FakeClock, processes: FakeProcesses, is_deaf: bool, asked: list[str]
) -> None:
    processes.takes, processes.is_deaf = 99 * HOURS, is_deaf
    scheduler = make(job("nightly", "every day at 2:30", limit=10 * MINUTES))
    scheduler.turn()
    clock.go(2 * HOURS)
    scheduler.turn()
    clock.go(10 * MINUTES - timedelta(seconds=1))
    scheduler.turn()
    assert processes.begun[0].asked == []
    for _ in range(3):
        clock.go(timedelta(seconds=GRACE_SECONDS))
        scheduler.turn()
    run = JobRun.objects.get()
    assert processes.begun[0].asked == asked
    assert (run.state, run.error_code) == (RunState.FAILED, "job_too_long")
    assert run.error_params == {"minutes": 10}


def test_what_nobody_watches_ends_within_thirty_seconds(
    make: Make, clock: FakeClock, processes: FakeProcesses
) -> None:
    """Its scheduler was killed on another machine; nobody can ask for its process there."""
    processes.takes = 99 * HOURS
    gone, here = make(NIGHTLY), make(NIGHTLY)
    gone.turn()
    clock.go(2 * HOURS)
    gone.turn()
    JobRun.objects.update(host="elsewhere 1")
    waited = timedelta()
    while JobRun.objects.running().exists():
        here.turn()
        clock.go(timedelta(seconds=1))
        waited += timedelta(seconds=1)
        assert waited <= timedelta(seconds=30)
    assert waited >= LEASE
    run = JobRun.objects.get()
    assert (run.state, run.error_code) == (RunState.CANCELLED, "job_died")
    clock.go(claims.AGAIN_AFTER)
    assert len(here.turn()) == 1, "it is made up"
    # Whoever was taken for dead and was not ends its process, and leaves the run alone.
    clock.go(timedelta(seconds=BEAT_EVERY))
    gone.turn()
    assert processes.begun[0].asked == ["end"]
    gone.turn()
    assert JobRun.objects.running().count() == 1


def test_one_whose_process_here_is_gone_ends_at_once(
    make: Make, clock: FakeClock, processes: FakeProcesses
) -> None:
    gone = make(NIGHTLY)
    gone.turn()
    clock.go(2 * HOURS)
    gone.turn()
    host = JobRun.objects.get().host.partition(" ")[0]
    JobRun.objects.update(host=f"{host} 1", holder_pid=2**22)
    assert len(DeadRuns(clock).end()) == 1


def test_one_that_is_watched_is_never_taken_for_dead(
    make: Make, clock: FakeClock, processes: FakeProcesses
) -> None:
    processes.takes = 1 * HOURS
    ours, others = make(NIGHTLY), make(NIGHTLY)
    ours.turn()
    clock.go(2 * HOURS)
    ours.turn()
    JobRun.objects.update(host="elsewhere 1")
    for second in range(120):
        clock.go(timedelta(seconds=1))
        if second == 40:
            clock.set(-5 * HOURS)  # somebody sets the clock on the wall
        if second == 80:
            clock.set(9 * HOURS)
        ours.turn()
        others.turn()
    assert JobRun.objects.running().count() == 1


def test_one_that_has_said_it_is_done_may_take_its_time_to_go(
    make: Make, clock: FakeClock, processes: FakeProcesses, caplog: pytest.LogCaptureFixture
) -> None:
    processes.takes = 1 * HOURS
    scheduler = make(NIGHTLY)
    scheduler.turn()
    clock.go(2 * HOURS)
    scheduler.turn()
    (child,) = processes.begun
    processes.ends_well(child.run)
    clock.go(timedelta(seconds=BEAT_EVERY + 1))
    scheduler.turn()
    assert child.code is None
    assert child.asked == []
    assert "is ended" not in caplog.text


def test_with_the_worker_it_ends_and_is_begun_again_soon(
    make: Make, clock: FakeClock, processes: FakeProcesses
) -> None:
    processes.takes = 5 * HOURS
    scheduler = make(NIGHTLY)
    scheduler.turn()
    clock.go(90 * MINUTES)
    scheduler.turn()
    scheduler.stop()
    assert runs() == [("CANCELLED", "SCHEDULE")]
    clock.go(3 * MINUTES)
    again = make(NIGHTLY)
    assert len(again.turn()) == 1
    again.stop()  # once more is enough: what stops the worker each time must not do so for ever
    assert state().next_at == datetime(2027, 1, 2, 1, 30, tzinfo=UTC)


def test_the_clock_set_back_by_a_year_keeps_nothing_waiting(make: Make, clock: FakeClock) -> None:
    clock.set(timedelta(days=365))
    scheduler = make(NIGHTLY)
    scheduler.turn()
    clock.go(2 * HOURS)
    assert len(scheduler.turn()) == 1
    clock.go(1 * MINUTES)
    scheduler.turn()
    clock.set(-timedelta(days=365))
    clock.go(timedelta(seconds=PLAN_EVERY))
    scheduler.turn()
    assert state().next_at == datetime(2027, 1, 2, 1, 30, tzinfo=UTC)


def test_the_clock_set_back_a_little_runs_nothing_twice(make: Make, clock: FakeClock) -> None:
    scheduler = make(NIGHTLY)
    scheduler.turn()
    clock.go_to(datetime(2027, 1, 1, 1, 30, 2, tzinfo=UTC))
    assert len(scheduler.turn()) == 1
    clock.go(1 * MINUTES)
    scheduler.turn()
    clock.set(-5 * MINUTES)
    clock.go(timedelta(seconds=PLAN_EVERY))
    scheduler.turn()
    assert state().next_at == datetime(2027, 1, 2, 1, 30, tzinfo=UTC)


def test_the_spread_is_the_same_each_time_and_bounded(make: Make, clock: FakeClock) -> None:
    asking = job("asking", "every day at 4", spread=10 * MINUTES)
    scheduler = make(asking)
    scheduler.turn()
    known = state("asking")
    shown = planning.times_of(asking, known, planning.bounded(asking, asking.when))
    begun = []
    for _ in range(5):
        at = state("asking").next_at
        assert at is not None
        clock.go_to(at)
        (run,) = scheduler.turn()
        begun.append(run.begun_at)
        clock.go(1 * MINUTES)
        scheduler.turn()
    assert begun == shown
    late = [one - one.replace(hour=3, minute=0, second=0) for one in begun]
    assert all(timedelta() <= one <= 10 * MINUTES for one in late)
    assert len(set(late)) > 1


def test_a_job_never_has_two_running_runs() -> None:
    values = {"trigger": Trigger.OWNER, "holder": "a"}
    now = datetime(2027, 1, 1, tzinfo=UTC)
    JobRun.objects.create(name="one", begun_at=now, beat_at=now, **values)
    with pytest.raises(IntegrityError), transaction.atomic():
        JobRun.objects.create(name="one", begun_at=now, beat_at=now, **values)


@pytest.mark.parametrize(
    "values",
    [
        {"state": "WAITING"},
        {"trigger": "MOON"},
        {"ended_at": datetime(2027, 1, 1, tzinfo=UTC)},
        {"state": "FAILED"},
    ],
)
def test_the_database_refuses_runs_that_make_no_sense(values: dict[str, Any]) -> None:
    now = datetime(2027, 1, 1, tzinfo=UTC)
    good = {"name": "one", "trigger": "OWNER", "holder": "a", "begun_at": now, "beat_at": now}
    with pytest.raises(IntegrityError), transaction.atomic():
        JobRun.objects.create(**{**good, **values})


def test_browsers_are_told_of_a_scan_by_the_schedule(
    make: Make, clock: FakeClock, processes: FakeProcesses
) -> None:
    scheduler = make(job("rescan", "every 6 hours"))
    scheduler.turn()
    for how in (processes.ends_well, dies):
        processes.how = how
        clock.go(6 * HOURS)
        scheduler.turn()
        clock.go(1 * MINUTES)
        scheduler.turn()
    told = OutboxEvent.objects.filter(room="scan_progress").order_by("id")
    assert list(told.values_list("type", flat=True)) == [
        "scheduled_rescan_started",
        "scheduled_rescan_completed",
        "scheduled_rescan_started",
        "scheduled_rescan_error",
    ]
    assert Operation.objects.filter(type="system").count() == 2


def test_what_is_set_is_checked_and_journalled(make: Make) -> None:
    make(NIGHTLY)
    services.change("nightly", when=" every   day at 5 ")
    assert store.load().scheduler.jobs["nightly"].when == "every day at 5"
    entry = Entry.objects.latest("id")
    assert entry.action == "config.changed"
    with pytest.raises(WhenUnreadable) as refused:
        services.change("nightly", when="every minute")
    assert refused.value.errors[0].params["why"] == "too_often"
    services.change("nightly", when="", enabled=True)
    assert store.load().scheduler.jobs == {}, "as it comes"


def test_it_ends_as_soon_as_its_process_is_asked_to(
    make: Make, clock: FakeClock, processes: FakeProcesses, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever else that process has to do until its end."""
    processes.takes = 9 * HOURS
    scheduler = make(NIGHTLY)
    scheduler.turn()
    clock.go(90 * MINUTES)
    scheduler.turn()
    kept = SimpleNamespace(close=lambda: None)  # the test is in a transaction of it
    monkeypatch.setattr("aniworld.system.schedule.scheduler.connection", kept)
    serve(scheduler, threading.Event(), lambda: True)
    assert runs() == [("CANCELLED", "SCHEDULE")]


def test_the_clock_set_back_forgets_no_run_that_is_new(make: Make, clock: FakeClock) -> None:
    """Those of a year ahead are older than what runs today, whatever they say themselves."""
    daily = job("daily", "every day at 4")
    make(daily)
    ahead = clock.now() + timedelta(days=365)
    past = [JobRun(name="daily", state="COMPLETED", trigger="SCHEDULE") for _ in range(KEPT_RUNS)]
    for one in past:
        one.begun_at = one.ended_at = one.beat_at = ahead
    JobRun.objects.bulk_create(past)
    state = claims.states_of([daily])["daily"]
    JobState.objects.update(wanted_at=clock.now())
    state.refresh_from_db()
    run = claims.claim(daily, state, "holder", clock.now())
    assert run is not None
    claims.finish(run, RunState.COMPLETED, clock.now())
    assert JobRun.objects.newest_first().first() == run
    assert JobRun.objects.count() == KEPT_RUNS


def test_what_is_set_too_often_in_the_file_comes_as_often_as_it_may(
    make: Make, clock: FakeClock
) -> None:
    asking = job("asking", "every 6 hours", asks_sites=True)
    scheduler = make(asking)
    configure(asking={"enabled": True, "when": "* * * * *"})
    for _ in range(120):
        clock.go(timedelta(seconds=30))
        scheduler.turn()
    moments = [run.begun_at for run in JobRun.objects.order_by("pk")]
    assert len(moments) >= 3
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert min(gaps) >= timedelta(minutes=14), gaps
