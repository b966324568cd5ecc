"""The schedule over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, TypedDict

from rest_framework.request import Request
from rest_framework.views import APIView

from aniworld.config import store
from aniworld.config.errors import CONFIG_UNREADABLE, ConfigNotWritten
from aniworld.rhythm.reading import read
from aniworld.rhythm.rhythms import Calendar, Period
from aniworld.system.schedule import planning, services, shapes
from aniworld.system.schedule.api import serializers
from aniworld.system.schedule.errors import (
    JobNotFound,
    JobRunning,
    JobSetElsewhere,
    WhenUnreadable,
)
from aniworld.system.schedule.jobs import JOBS
from aniworld.system.schedule.shapes import RhythmPreview, ScheduledJob, ScheduledJobDetail
from aniworld.web.answers import Accepted, Answer, described
from aniworld.web.pagination import Page, page_of
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from aniworld.web.serializers import valid

RESCAN, FOLLOW = "rescan", "follow"
_CHANGING = (WhenUnreadable, ConfigNotWritten, *CONFIG_UNREADABLE)


class SchedulerConfig(TypedDict):
    """When the library is scanned by itself, and whether episodes are queued by themselves."""

    enabled: bool
    auto_download: Annotated[
        bool, "Whether the job `follow` runs by itself: it queues episodes of followed series."
    ]
    when: str
    cron: Annotated[str | None, "Where the rhythm is one cron expression."]
    interval_minutes: Annotated[int | None, "Where it is a period."]
    next: list[datetime]


@needs(Right.VIEW)
class JobsView(APIView):
    @described(raises=CONFIG_UNREADABLE)
    def get(self, request: Request) -> Answer[Page[ScheduledJob]]:
        """What runs by itself: when it comes, and how it went."""
        return Answer(page_of(request, JOBS, shapes.jobs))


@needs(Right.VIEW, writing=Right.OWN)
class JobView(APIView):
    @described(raises=(JobNotFound, *CONFIG_UNREADABLE))
    def get(self, _request: Request, name: str) -> Answer[ScheduledJobDetail]:
        """One job with its newest runs."""
        return Answer(shapes.detail(services.get_job(name)))

    @described(
        body=serializers.JobChangeSerializer, raises=(JobNotFound, JobSetElsewhere, *_CHANGING)
    )
    def patch(self, request: Request, name: str) -> Answer[ScheduledJobDetail]:
        """Set whether it runs by itself, and when: in words or as a cron expression."""
        services.change(name, **valid(serializers.JobChangeSerializer(data=request.data)))
        return Answer(shapes.detail(services.get_job(name)))


@needs(Right.OPERATE)
class JobRunView(APIView):
    @described(raises=(JobNotFound, JobRunning, *CONFIG_UNREADABLE))
    def post(self, _request: Request, name: str) -> Accepted[ScheduledJobDetail]:
        """Let it begin as soon as a scheduler looks, paused or not."""
        services.run_now(name)
        return Accepted(shapes.detail(services.get_job(name)))


@needs(Right.OPERATE)
class JobPauseView(APIView):
    @described(raises=(JobNotFound, *CONFIG_UNREADABLE))
    def post(self, _request: Request, name: str) -> Answer[ScheduledJobDetail]:
        """Let it not begin by itself; one that runs goes on."""
        services.pause(name)
        return Answer(shapes.detail(services.get_job(name)))


@needs(Right.OPERATE)
class JobResumeView(APIView):
    @described(raises=(JobNotFound, *CONFIG_UNREADABLE))
    def post(self, _request: Request, name: str) -> Answer[ScheduledJobDetail]:
        """Let it begin by itself again, at its next time."""
        services.resume(name)
        return Answer(shapes.detail(services.get_job(name)))


@needs(Right.OPERATE)
class PreviewView(APIView):
    @described(body=serializers.PreviewSerializer, raises=(WhenUnreadable,))
    def post(self, request: Request) -> Answer[RhythmPreview]:
        """The next five times of a rhythm, or what is wrong with it. Nothing is changed."""
        when = valid(serializers.PreviewSerializer(data=request.data))["when"]
        return Answer({"when": when, "next": services.preview(when)})


@needs(Right.VIEW, writing=Right.OWN)
class SchedulerConfigView(APIView):
    @described(raises=CONFIG_UNREADABLE)
    def get(self, _request: Request) -> Answer[SchedulerConfig]:
        """When the library is scanned by itself, and whether episodes are queued by themselves."""
        return Answer(_config())

    @described(body=serializers.SchedulerChangeSerializer, raises=_CHANGING)
    def post(self, request: Request) -> Answer[SchedulerConfig]:
        """Set it: `interval_minutes`, `cron`, or `when` in words.

        `auto_download` switches the job `follow` on or off, which has a rhythm of its own."""
        sent = valid(serializers.SchedulerChangeSerializer(data=request.data))
        auto_download: bool | None = sent.pop("auto_download", None)
        if sent:
            services.change(RESCAN, enabled=sent.get("enabled"), when=_when_of(sent))
        if auto_download is not None:
            services.change(FOLLOW, enabled=auto_download)
        return Answer(_config())


@needs(Right.OPERATE)
class TriggerRescanView(APIView):
    @described(raises=(JobRunning, *CONFIG_UNREADABLE))
    def post(self, _request: Request) -> Accepted[ScheduledJobDetail]:
        """Let the scan of the schedule begin now."""
        services.run_now(RESCAN)
        return Accepted(shapes.detail(services.get_job(RESCAN)))


def _when_of(sent: dict[str, Any]) -> str | None:
    if "interval_minutes" in sent:
        return f"every {sent['interval_minutes']} minutes"
    said: str | None = sent.get("cron", sent.get("when"))
    return said


def _config() -> SchedulerConfig:
    job = shapes.detail(services.get_job(RESCAN))
    rhythm = read(job["when"])
    is_one = isinstance(rhythm, Calendar) and len(rhythm.expressions) == 1
    return {
        "enabled": job["enabled"],
        "auto_download": planning.choice_of(services.get_job(FOLLOW), store.load()).is_on,
        "when": job["when"],
        "cron": rhythm.expressions[0] if is_one and isinstance(rhythm, Calendar) else None,
        "interval_minutes": (
            int(rhythm.length.total_seconds() // 60) if isinstance(rhythm, Period) else None
        ),
        "next": job["next"],
    }
