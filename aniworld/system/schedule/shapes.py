"""Jobs and their runs as API and pages give them. Nothing is written here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, TypedDict

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext

from aniworld.config import store
from aniworld.config.schema import Config
from aniworld.system.schedule import claims, planning
from aniworld.system.schedule.choices import RunState, Trigger
from aniworld.system.schedule.jobs import JOBS, Job, job_named
from aniworld.system.schedule.models import JobRun, JobState, SchedulerMark
from aniworld.web.shapes import AtMost, OneOf
from aniworld.web.texts import Told, told
from providers.coded import Coded, coded

SHOWN_RUNS = 20
# A scheduler notes three times a minute that it looks.
LOOKS_WITHIN = timedelta(seconds=90)


class JobRunEntry(TypedDict):
    """One run of a job."""

    id: str
    state: Annotated[str, OneOf(RunState)]
    trigger: Annotated[str, OneOf(Trigger)]
    due_at: Annotated[datetime | None, "Null where somebody asked for it."]
    begun_at: datetime
    ended_at: datetime | None
    seconds: Annotated[float | None, "Null while it runs."]
    result: Annotated[Told | None, "What there is to say of it."]
    error: Annotated[Told | None, "Why it failed, was ended, or had nothing to do."]


class ScheduledJob(TypedDict):
    """A job, when it comes, and how it went."""

    name: str
    label: str
    help: str
    enabled: Annotated[bool, "Whether it runs by itself."]
    paused: bool
    when: Annotated[str, "Its rhythm, in words or as a cron expression."]
    usual_when: Annotated[str, "The rhythm it comes with."]
    next_at: datetime | None
    next: Annotated[list[datetime], AtMost(planning.SHOWN)]
    running: JobRunEntry | None
    last: Annotated[JobRunEntry | None, "The last run that has ended."]
    waits: Annotated[Told | None, "What it waits for, where it would begin otherwise."]


class ScheduledJobDetail(ScheduledJob):
    """The same, with its newest runs."""

    runs: Annotated[list[JobRunEntry], AtMost(SHOWN_RUNS)]


class RhythmPreview(TypedDict):
    """When a rhythm comes."""

    when: str
    next: Annotated[list[datetime], AtMost(planning.SHOWN)]


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read once for all jobs that are shown."""

    config: Config
    now: datetime
    states: Mapping[str, JobState]
    running: Mapping[str, JobRun]
    last: Mapping[str, JobRun]
    is_looked_at: bool


def jobs(listed: Sequence[Job] = JOBS) -> list[ScheduledJob]:
    """These jobs, in a few queries. Raises ``ConfigError``."""
    known = _known()
    return [_job(job, known) for job in listed]


def detail(job: Job) -> ScheduledJobDetail:
    """One, with its runs. Raises ``ConfigError``."""
    return {**_job(job, _known()), "runs": runs_of(job)}


def runs_of(job: Job) -> list[JobRunEntry]:
    """The newest runs of a job, the newest first."""
    newest = JobRun.objects.filter(name=job.name).newest_first()[:SHOWN_RUNS]
    return [entry(run) for run in newest]


def entry(run: JobRun) -> JobRunEntry:
    """One run."""
    return {
        "id": str(run.pk),
        "state": run.state,
        "trigger": run.trigger,
        "due_at": run.due_at,
        "begun_at": run.begun_at,
        "ended_at": run.ended_at,
        "seconds": run.seconds,
        "result": run.result,
        "error": run.error,
    }


def is_looked_at(now: datetime) -> bool:
    """Whether there is a scheduler."""
    mark = SchedulerMark.objects.filter(pk=1).first()
    return mark is not None and mark.is_fresh(now, within=LOOKS_WITHIN)


def _known() -> _Known:
    now = timezone.now()
    newest = (
        JobRun.objects.exclude(state=RunState.RUNNING).values("name").annotate(newest=Max("pk"))
    )
    return _Known(
        config=store.load(),
        now=now,
        states={state.name: state for state in JobState.objects.all()},
        running=_by_name(JobRun.objects.running()),
        last=_by_name(JobRun.objects.filter(pk__in=[row["newest"] for row in newest])),
        is_looked_at=is_looked_at(now),
    )


def _by_name(runs: Iterable[JobRun]) -> dict[str, JobRun]:
    return {run.name: run for run in runs}


def _job(job: Job, known: _Known) -> ScheduledJob:
    choice = planning.choice_of(job, known.config)
    state = known.states.get(job.name) or JobState(name=job.name)
    running, last = known.running.get(job.name), known.last.get(job.name)
    times = _times(job, state, choice, known.now)
    waits = _waits(job, state, known)
    return {
        "name": job.name,
        "label": gettext(job.label),
        "help": gettext(job.help),
        "enabled": choice.is_on,
        "paused": state.is_paused,
        "when": choice.when,
        "usual_when": job.when,
        "next_at": times[0] if times else None,
        "next": times,
        "running": entry(running) if running else None,
        "last": entry(last) if last else None,
        "waits": told(waits["code"], waits["params"]) if waits else None,
    }


def _times(job: Job, state: JobState, choice: planning.Choice, now: datetime) -> list[datetime]:
    """As they are planned; where no scheduler has looked since the settings were changed, as they
    will be."""
    if not choice.is_on or state.is_paused:
        return []
    rhythm = planning.bounded(job, choice.when)
    if state.rhythm == planning.key_of(choice.when):
        return planning.times_of(job, state, rhythm)
    plan = planning.plan(job, rhythm, state.seed, planning.base_of(job, state, now))
    first = JobState(
        name=job.name, seed=state.seed, planned_at=plan.planned_at, next_at=plan.next_at
    )
    return planning.times_of(job, first, rhythm)


def _waits(job: Job, state: JobState, known: _Known) -> Coded | None:
    if job.name in known.running:
        return None
    if state.is_paused and state.wanted_at is None:
        return coded("job_waits_paused")
    if not claims.is_due(state, known.now):
        return None
    if not known.is_looked_at:
        return coded("job_waits_for_scheduler")
    for name in known.running:
        other = job_named(name)
        if other is not None and other.uses == job.uses:
            return coded("job_waits_for_job", job=gettext(other.label))
    return coded("job_waits_for_look")
