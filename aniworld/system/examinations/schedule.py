"""The schedule: does anybody begin the jobs, and do they come to a good end?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext

from aniworld.system.findings import Finding, Look
from aniworld.system.kinds import found
from aniworld.system.schedule.choices import RunState
from aniworld.system.schedule.jobs import JOBS, Job
from aniworld.system.schedule.models import JobRun, JobState
from providers.coded import Coded, coded

FAILURES = 3  # in a row
# Who lets cron begin the jobs may do so but once in an hour.
LATE_AFTER = timedelta(hours=2)
# Another examination tells of backups that fail, from the first one on.
TOLD_ELSEWHERE = "database_backup"
CHECK = "integrity_check"


def schedule(look: Look) -> Iterator[Finding]:
    """What is late, what fails, and what the check of files has found."""
    if not look.has("worker_dead"):  # then that is the fault
        yield from _late()
    newest = _newest()
    for job in JOBS:
        if job.name != TOLD_ELSEWHERE:
            yield from _failing(job, newest.get(job.name, []))
    yield from _damaged(newest.get(CHECK, []))


def _newest() -> dict[str, list[JobRun]]:
    """The newest runs of each job that have ended, the newest first; they are few for each."""
    found: dict[str, list[JobRun]] = {}
    for run in JobRun.objects.exclude(state=RunState.RUNNING).newest_first():
        of_job = found.setdefault(run.name, [])
        if len(of_job) < FAILURES:
            of_job.append(run)
    return found


def _late() -> Iterator[Finding]:
    now = timezone.now()
    labels = {job.name: job.label for job in JOBS}
    late = JobState.objects.filter(
        is_paused=False, next_at__lt=now - LATE_AFTER, name__in=list(labels)
    )
    first = late.exclude(name__in=JobRun.objects.running().values("name")).order_by("next_at")
    state = first.first()
    if state is not None and state.next_at is not None:
        hours = int((now - state.next_at).total_seconds() // 3600)
        yield found(coded("schedule_late", job=gettext(labels[state.name]), hours=hours))


def _failing(job: Job, newest: list[JobRun]) -> Iterator[Finding]:
    if len(newest) < FAILURES or any(run.state != RunState.FAILED for run in newest):
        return
    reason: Coded = {"code": newest[0].error_code, "params": newest[0].error_params}
    said = coded("job_fails", job=gettext(job.label), times=FAILURES, reason=reason)
    yield found(said, about=job.name)


def _damaged(newest: list[JobRun]) -> Iterator[Finding]:
    """Of the last check that came to an end."""
    last = next((run for run in newest if run.state == RunState.COMPLETED), None)
    damaged = last.result_params.get("damaged", 0) if last else 0
    if last is not None and damaged:
        files = last.result_params.get("files", [])
        yield found(coded("files_damaged", damaged=damaged, files=files))
