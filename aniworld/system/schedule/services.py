"""What can be done with jobs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from aniworld.config import services as config_services
from aniworld.config import store
from aniworld.journal.actors import current_actor
from aniworld.journal.services import record
from aniworld.rhythm.errors import RhythmUnreadable
from aniworld.system.schedule import claims, events, planning
from aniworld.system.schedule.entries import JobAction, about
from aniworld.system.schedule.errors import (
    JobNotFound,
    JobRunning,
    JobSetElsewhere,
    WhenUnreadable,
)
from aniworld.system.schedule.jobs import Job, job_named
from aniworld.system.schedule.models import JobRun, JobState
from aniworld.web.errors import FieldError


def get_job(name: str) -> Job:
    """Raises ``JobNotFound``."""
    job = job_named(name)
    if job is None:
        raise JobNotFound(name=name[:80])
    return job


def run_now(name: str) -> JobState:
    """Let a job begin as soon as a scheduler looks, paused or not.

    Raises:
        JobNotFound; JobRunning: it is at it already.
    """
    job = get_job(name)
    state = claims.states_of([job])[name]
    with transaction.atomic():
        if JobRun.objects.running().filter(name=name).exists():
            raise JobRunning
        values: dict[str, Any] = {
            "wanted_at": timezone.now(),
            "wanted_by": current_actor().as_json(),
        }
        if JobState.objects.filter(pk=state.pk, wanted_at=None).update(**values):
            record(JobAction.WANTED, on=about(name))
            events.changed(name)
    state.refresh_from_db()
    return state


def pause(name: str) -> JobState:
    """Let a job not begin by itself until :func:`resume`; one that runs goes on.

    Raises:
        JobNotFound.
    """
    return _set_paused(get_job(name), is_paused=True)


def resume(name: str) -> JobState:
    """Let it begin by itself again, at its next time: what came meanwhile is not made up.

    Raises:
        JobNotFound.
    """
    return _set_paused(get_job(name), is_paused=False)


def _set_paused(job: Job, *, is_paused: bool) -> JobState:
    state = claims.states_of([job])[job.name]
    with transaction.atomic():
        rows = JobState.objects.filter(pk=state.pk, is_paused=not is_paused)
        if rows.update(is_paused=is_paused, **({} if is_paused else _from_now_on(job, state))):
            record(JobAction.PAUSED if is_paused else JobAction.RESUMED, on=about(job.name))
            events.changed(job.name)
    state.refresh_from_db()
    return state


def _from_now_on(job: Job, state: JobState) -> dict[str, Any]:
    """The plan of a job that goes on."""
    rhythm, now = planning.rhythm_of(job, state), timezone.now()
    if rhythm is None or state.next_at is None or state.next_at > now:
        return {}
    plan = planning.plan(job, rhythm, state.seed, now, due=state.planned_at)
    return {"planned_at": plan.planned_at, "next_at": plan.next_at}


def change(name: str, *, enabled: bool | None = None, when: str | None = None) -> JobState:
    """Set whether a job runs by itself, and when. In effect with the next look of a scheduler.

    Args:
        when: in words or as a cron expression; empty for its usual rhythm. None, here and for
            ``enabled``: as it is.

    Raises:
        JobNotFound; JobSetElsewhere; WhenUnreadable: with what is wrong with ``when``.
        ConfigError: it cannot be read or written now.
    """
    job = get_job(name)
    if job.settings_page:
        raise JobSetElsewhere(name=name, section=job.settings_page)
    if when:
        _check(job, when)

    def put(data: dict[str, Any]) -> None:
        known = planning.choice_of(job, store.load())
        jobs = data["scheduler"]["jobs"]
        chosen = jobs.setdefault(name, {"enabled": known.is_on, "when": ""})
        chosen |= {"enabled": chosen["enabled"] if enabled is None else enabled}
        chosen |= {"when": chosen["when"] if when is None else " ".join(when.split())}
        if chosen == {"enabled": job.is_on, "when": ""}:
            del jobs[name]  # as it comes

    config = config_services.change(put)
    state = claims.states_of([job])[name]
    claims.replan(job, state, config, timezone.now())
    return state


def _check(job: Job, when: str) -> None:
    try:
        planning.checked(job, when, now=timezone.now())
    except RhythmUnreadable as error:
        raise _refused(error) from error


def preview(when: str) -> list[datetime]:
    """The next times of a rhythm. Raises ``WhenUnreadable``."""
    try:
        return planning.preview(when, now=timezone.now())
    except RhythmUnreadable as error:
        raise _refused(error) from error


def _refused(error: RhythmUnreadable) -> WhenUnreadable:
    wrong = FieldError("when", error.code, params=error.params)
    return WhenUnreadable(reason=error, errors=[wrong])
