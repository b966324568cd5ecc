"""The job that queues what the followed series have."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from aniworld.system.schedule.choices import Trigger
from aniworld.system.schedule.jobs import job_named
from aniworld.system.schedule.models import JobRun
from aniworld.system.schedule.running import Running, work_of
from downloads.models import DownloadQueueItem
from library.models import Availability
from library.services import change_series
from tests.factories import make_series

pytestmark = pytest.mark.django_db


@pytest.fixture
def running() -> Running:
    now = timezone.now()
    values = {"trigger": Trigger.OWNER, "holder": "a", "begun_at": now, "beat_at": now}
    return Running(JobRun.objects.create(name="follow", **values))


@pytest.fixture(autouse=True)
def _followed(db: None) -> None:
    series = make_series(missing=1)
    change_series(series, {"follow": "GAPS"})
    Availability.objects.create(
        series=series,
        season=1,
        episode_number=1,
        language="German Dub",
        first_seen_at=timezone.now() - timedelta(days=1),
    )


def test_it_queues_what_is_to_be_queued_and_is_off_until_wanted(running: Running) -> None:
    job = job_named("follow")
    assert job is not None
    assert not job.is_on
    said = work_of(job)(running)
    assert said == {"code": "job_followed", "params": {"read": 0, "failed": 0, "queued": 1}}
    assert DownloadQueueItem.objects.get().wanted_language == "German Dub"


def test_one_that_is_asked_to_end_queues_nothing(running: Running) -> None:
    job = job_named("follow")
    assert job is not None
    running.stop()
    work_of(job)(running)
    assert not DownloadQueueItem.objects.exists()
