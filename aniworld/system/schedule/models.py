"""When each job comes next, and how its runs went."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Q

from aniworld.system.schedule.choices import RunState, Trigger
from aniworld.web.columns import CodedColumns

# A scheduler that has not renewed its run for so long is dead.
LEASE = timedelta(seconds=15)
KEPT_RUNS = 50  # of each job


def new_seed() -> int:
    """What the spread of a job's times is made from: another one in each installation."""
    return random.SystemRandom().randrange(2**31)


class JobState(models.Model):
    """What is known of one job. It belongs to this moment and this machine: no backup has it.

    ``rhythm`` is what ``planned_at`` was worked out from; ``next_at`` is that time with its spread.
    Both are empty for a job that does not run by itself. ``last_due_at`` is the time for which it
    ran last. ``wanted_at`` is set while somebody waits for it to begin.
    """

    name = models.CharField(max_length=64, unique=True)
    rhythm = models.CharField(max_length=300, blank=True, default="")
    planned_at = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    last_due_at = models.DateTimeField(null=True, blank=True)
    is_paused = models.BooleanField(default=False)
    seed = models.PositiveIntegerField(default=new_seed)
    wanted_at = models.DateTimeField(null=True, blank=True)
    wanted_by = models.JSONField(default=dict, blank=True, help_text="{kind, id, name}")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(planned_at=None, next_at=None)
                | Q(planned_at__isnull=False, next_at__isnull=False),
                name="job_planned_as_a_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class JobRunQuerySet(models.QuerySet["JobRun"]):
    def running(self) -> Self:
        return self.filter(state=RunState.RUNNING)

    def newest_first(self) -> Self:
        """In the order in which they began, whatever the clock said: somebody may have set it back
        since, and what began before that is no newer for it."""
        return self.order_by("-id")


class JobRun(models.Model):
    """One run. The database allows one RUNNING row a job, so a job never runs twice at once over
    all processes and machines.

    ``holder`` is the scheduler that watches its process; ``beat_at`` is when it last did, by its
    clock. Only the row's holder, its process, and who finds the holder dead may end it.
    """

    name = models.CharField(max_length=64)
    state = models.CharField(max_length=16, choices=RunState, default=RunState.RUNNING)
    trigger = models.CharField(max_length=16, choices=Trigger)
    due_at = models.DateTimeField(null=True, blank=True)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    started_by = models.JSONField(default=dict, blank=True, help_text="{kind, id, name}")
    result_code = models.CharField(max_length=64, blank=True, default="")
    result_params = models.JSONField(default=dict, blank=True)
    error_code = models.CharField(max_length=64, blank=True, default="")
    error_params = models.JSONField(default=dict, blank=True)
    holder = models.CharField(max_length=150)
    host = models.CharField(max_length=255, blank=True, default="")
    holder_pid = models.PositiveIntegerField(null=True, blank=True)
    beat_at = models.DateTimeField()

    result = CodedColumns("result_code", "result_params")
    error = CodedColumns("error_code", "error_params")
    objects = JobRunQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=Q(state="RUNNING"), name="one_running_run_a_job"
            ),
            models.CheckConstraint(
                condition=Q(state__in=RunState.values), name="job_run_state_known"
            ),
            models.CheckConstraint(
                condition=Q(trigger__in=Trigger.values), name="job_run_trigger_known"
            ),
            models.CheckConstraint(
                condition=Q(state="RUNNING", ended_at=None)
                | (~Q(state="RUNNING") & Q(ended_at__isnull=False)),
                name="job_run_over_when_ended",
            ),
        ]
        indexes = [models.Index(fields=["name", "-id"], name="job_run_history")]

    def __str__(self) -> str:
        return f"{self.name} {self.pk}"

    @property
    def seconds(self) -> float | None:
        """How long it took; None while it runs. A clock that was set back counts as none."""
        if self.ended_at is None:
            return None
        return max((self.ended_at - self.begun_at).total_seconds(), 0.0)


class SchedulerMark(models.Model):
    """The one row that says when any scheduler looked last."""

    looked_at = models.DateTimeField()
    holder = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="scheduler_mark_is_single"),
        ]

    def __str__(self) -> str:
        return f"looked at {self.looked_at}"

    def is_fresh(self, now: datetime, *, within: timedelta) -> bool:
        """Whether a scheduler looked so lately, by a clock that may have been set."""
        return abs(now - self.looked_at) <= within
