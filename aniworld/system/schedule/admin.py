"""The schedule in Django's admin: to look at."""

from __future__ import annotations

from django.contrib import admin

from aniworld.system.schedule.models import JobRun, JobState, SchedulerMark
from aniworld.web.admin import ReadOnlyAdmin


@admin.register(JobState)
class JobStateAdmin(ReadOnlyAdmin):
    list_display = ("name", "next_at", "planned_at", "is_paused", "wanted_at")


@admin.register(JobRun)
class JobRunAdmin(ReadOnlyAdmin):
    list_display = ("id", "name", "state", "trigger", "begun_at", "ended_at", "error_code")
    list_filter = ("name", "state", "trigger")
    ordering = ("-id",)


@admin.register(SchedulerMark)
class SchedulerMarkAdmin(ReadOnlyAdmin):
    list_display = ("looked_at", "holder")
