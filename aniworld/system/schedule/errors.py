"""What can be refused here, and what a run can end with."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from aniworld.web.errors import AppError


class ScheduleError(AppError):
    """Base of the errors of this room."""

    code = "schedule_error"


class JobNotFound(ScheduleError):
    code = "job_not_found"
    status = 404
    texts = {"": _("There is no job of the name {name}.")}


class JobRunning(ScheduleError):
    """It is at it already."""

    code = "job_running"
    status = 409
    permanent = False
    texts = {"": _("This job runs already.")}


class WhenUnreadable(ScheduleError):
    """What was written says no rhythm, or none that may be."""

    code = "when_unreadable"
    texts = {"": _("{reason}")}


class JobSetElsewhere(ScheduleError):
    """Its rhythm has settings of its own."""

    code = "job_set_elsewhere"
    status = 409
    texts = {"": _("When {name} runs is set among the settings of {section}.")}


class JobDied(ScheduleError):
    """Its process ended in the middle, or whoever watched it did."""

    code = "job_died"
    permanent = False
    texts = {
        "": _("Its process was ended in the middle ({how})."),
        "unwatched": _("Whoever watched it was ended, and it with them."),
        "not_started": _("Its process could not be started: {errno}."),
    }


class JobTooLong(ScheduleError):
    """It hung, or had more to do than there was time for."""

    code = "job_too_long"
    permanent = False
    texts = {"": _("It was ended after {minutes} minutes, the longest it may take.")}


class JobStopped(ScheduleError):
    """Whoever watched it was asked to end."""

    code = "job_stopped"
    permanent = False
    texts = {"": _("It was stopped with the worker, and is made up soon.")}


class JobFailed(ScheduleError):
    """Something nobody has foreseen."""

    code = "job_failed"
    texts = {"": _("It failed: {reason}")}
